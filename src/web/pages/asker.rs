//! Which network a request comes from, for counting.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The network of whoever asks: an IPv4 address, or the /64 that one household has of IPv6.
///
/// `X-Forwarded-For` counts only as far as proxies that are trusted have written it.
pub(super) fn network(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> String {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut asker = peer.ip().to_canonical();
    let told: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for told in told.iter().rev() {
        if !is_trusted(asker) {
            break;
        }
        match address(told.trim()) {
            Some(next) => asker = next,
            None => break,
        }
    }
    match asker {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & (u128::MAX << 64);
            format!("{}/64", Ipv6Addr::from(prefix))
        }
    }
}

/// An address as proxies write it, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let whole = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    whole.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        network(peer.parse().unwrap(), &headers, &trusted)
    }

    #[test]
    fn whoever_is_not_trusted_speaks_for_nobody_else() {
        assert_eq!(seen("192.0.2.1:9", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1:9", &["198.51.100.7"], &["192.0.2.0/24"]), "198.51.100.7");
        // What the visitor wrote stands left of what the proxy wrote.
        assert_eq!(
            seen("10.0.0.2:9", &["203.0.113.9, 198.51.100.7", "10.0.0.1"], &["10.0.0.0/8"]),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.2:9", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.2");
    }

    #[test]
    fn a_household_of_ipv6_is_one_asker() {
        assert_eq!(seen("[2001:db8:1:2:3:4:5:6]:9", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(seen("[::ffff:192.0.2.1]:9", &[], &[]), "192.0.2.1");
        assert_eq!(seen("10.0.0.2:9", &["[2001:db8::1]:443"], &["10.0.0.0/8"]), "2001:db8::/64");
    }
}

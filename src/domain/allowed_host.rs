//! A host that an operator lets sources reach although it is not on the public web.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use url::{Host, Url};

/// The ports of the web, which need no permission.
pub const WEB_PORTS: [u16; 2] = [80, 443];

/// A permission to fetch: `host`, `host:port`, or `*:port` for a port of every public host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AllowedHost {
    /// `None` is every public host.
    host: Option<Host<String>>,
    /// `None` is the ports of the web.
    port: Option<u16>,
}

/// A text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a host with or without its port (127.0.0.1:8020, [::1]:8020, feeds.lan) or *:PORT")]
pub struct AllowedHostError;

impl AllowedHost {
    /// Permits the host and port of an address that the operator has configured.
    pub fn of(url: &Url) -> Option<Self> {
        let host = unrooted(url.host()?.to_owned());
        Some(Self { host: Some(host), port: Some(url.port_or_known_default()?) })
    }

    /// True when it names this host and port itself.
    pub fn names(&self, host: &Host<String>, port: u16) -> bool {
        self.host.as_ref() == Some(host) && self.port.map_or(WEB_PORTS.contains(&port), |own| own == port)
    }

    /// True when it opens this port of every public host.
    pub fn opens(&self, port: u16) -> bool {
        self.host.is_none() && self.port == Some(port)
    }
}

/// The host without the dot that only says that the name is whole.
pub fn unrooted(host: Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => Host::Domain(name.strip_suffix('.').map(str::to_owned).unwrap_or(name)),
        address => address,
    }
}

impl FromStr for AllowedHost {
    type Err = AllowedHostError;

    fn from_str(text: &str) -> Result<Self, AllowedHostError> {
        let text = text.trim();
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(Self { host: Some(Host::Ipv6(address)), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !text.ends_with(']') => {
                let port = port.parse().ok().filter(|port| *port > 0);
                (host, Some(port.ok_or(AllowedHostError)?))
            }
            _ => (text, None),
        };
        if host == "*" {
            return port.map(|port| Self { host: None, port: Some(port) }).ok_or(AllowedHostError);
        }
        let host = Host::parse(host).map_err(|_| AllowedHostError)?;
        Ok(Self { host: Some(unrooted(host)), port })
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "{host}")?,
            None => f.write_str("*")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host<String> {
        Host::parse(text).unwrap()
    }

    #[test]
    fn a_permission_holds_for_its_host_and_port_alone() {
        for (text, shown) in [
            ("127.0.0.1:8020", "127.0.0.1:8020"),
            (" [::1]:8020 ", "[::1]:8020"),
            ("::1", "[::1]"),
            ("Feeds.LAN.", "feeds.lan"),
            ("2130706433:80", "127.0.0.1:80"),
            ("*:8443", "*:8443"),
        ] {
            assert_eq!(text.parse::<AllowedHost>().unwrap().to_string(), shown);
        }
        let exact: AllowedHost = "127.0.0.1:8020".parse().unwrap();
        assert!(exact.names(&host("127.1"), 8020));
        assert!(!exact.names(&host("127.0.0.1"), 80) && !exact.names(&host("127.0.0.2"), 8020));
        let usual: AllowedHost = "feeds.lan".parse().unwrap();
        assert!(usual.names(&host("feeds.lan"), 443) && !usual.names(&host("feeds.lan"), 8080));
        let port: AllowedHost = "*:8443".parse().unwrap();
        assert!(port.opens(8443) && !port.opens(8444) && !port.names(&host("feeds.lan"), 8443));
    }

    #[test]
    fn what_names_no_host_is_refused() {
        for text in ["", "*", ":80", "host:", "host:0", "host:65536", "https://host", "a@b", "host/x", "[::1"]
        {
            assert_eq!(text.parse::<AllowedHost>(), Err(AllowedHostError), "{text}");
        }
    }
}

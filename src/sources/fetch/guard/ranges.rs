//! Which addresses are not on the public internet: IANA's special-purpose registries as one table.
//!
//! Everything that can stand for an IPv4 address in IPv6 is refused but the mapped form, which is read as the
//! IPv4 address that it is: a system's resolver may answer in it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const METADATA: &str = "a cloud provider’s metadata service";
const PRIVATE: &str = "a private network";
const DOCUMENTATION: &str = "a range for documentation";
const PROTOCOL: &str = "a range for protocols";
const LINK_LOCAL: &str = "the local network (link-local)";
const RESERVED: &str = "a reserved range";

/// The first range that holds an address says what it is, so the narrow ones come first.
const V4: &[(Ipv4Net, &str)] = &[
    (v4([169, 254, 169, 254], 32), METADATA),
    (v4([169, 254, 170, 2], 32), METADATA),
    (v4([100, 100, 100, 200], 32), METADATA),
    (v4([192, 0, 0, 192], 32), METADATA),
    // Azure's, in a range that is otherwise public.
    (v4([168, 63, 129, 16], 32), METADATA),
    (v4([0, 0, 0, 0], 8), "this machine (unspecified)"),
    (v4([10, 0, 0, 0], 8), PRIVATE),
    (v4([100, 64, 0, 0], 10), "a provider’s inner network (CGNAT)"),
    (v4([127, 0, 0, 0], 8), "this machine (loopback)"),
    (v4([169, 254, 0, 0], 16), LINK_LOCAL),
    (v4([172, 16, 0, 0], 12), PRIVATE),
    (v4([192, 0, 0, 0], 24), PROTOCOL),
    (v4([192, 0, 2, 0], 24), DOCUMENTATION),
    (v4([192, 88, 99, 0], 24), "a 6to4 relay"),
    (v4([192, 168, 0, 0], 16), PRIVATE),
    (v4([198, 18, 0, 0], 15), "a range for benchmarks"),
    (v4([198, 51, 100, 0], 24), DOCUMENTATION),
    (v4([203, 0, 113, 0], 24), DOCUMENTATION),
    (v4([224, 0, 0, 0], 4), "many receivers (multicast)"),
    (v4([255, 255, 255, 255], 32), "everyone on the local network (broadcast)"),
    (v4([240, 0, 0, 0], 4), RESERVED),
];

const V6: &[(Ipv6Net, &str)] = &[
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), METADATA),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), METADATA),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "this machine (unspecified)"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "this machine (loopback)"),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), "an IPv4 address inside IPv6 (compatible)"),
    (v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), "an IPv4 address inside IPv6 (translated)"),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), "an IPv4 address inside IPv6 (NAT64)"),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), "an IPv4 address inside IPv6 (NAT64)"),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), "a range that is discarded"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), "an IPv4 address inside IPv6 (Teredo)"),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "a range for benchmarks"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), PROTOCOL),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), DOCUMENTATION),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), "an IPv4 address inside IPv6 (6to4)"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), DOCUMENTATION),
    (v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16), "a range for segment routing"),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), PRIVATE),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), LINK_LOCAL),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), PRIVATE),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "many receivers (multicast)"),
];

/// The only range from which public IPv6 addresses are given out.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), prefix)
}

const fn v6(groups: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_segments(groups), prefix)
}

/// Says what an address is when it is not on the public internet, in words that complete “leads to …”.
pub fn inside(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => V4.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what),
        IpAddr::V6(address) => {
            let known = V6.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what);
            known.or_else(|| (!GLOBAL_V6.contains(&address)).then_some(RESERVED))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_inside(address: &str) -> bool {
        inside(address.parse().unwrap()).is_some()
    }

    #[test]
    fn every_range_is_refused_from_its_first_address_to_its_last() {
        for (net, what) in V4 {
            assert!(inside(net.network().into()).is_some(), "{net} {what}");
            assert!(inside(net.broadcast().into()).is_some(), "{net} {what}");
        }
        for (net, what) in V6 {
            assert!(inside(net.network().into()).is_some(), "{net} {what}");
            assert!(inside(net.broadcast().into()).is_some(), "{net} {what}");
        }
    }

    #[test]
    fn the_neighbours_of_a_range_are_public() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2000::",
            "2001:200::",
            "2001:db7:ffff::",
            "2001:db9::",
            "2003::",
            "2606:4700::1111",
            "3ffe:ffff::",
            "3fff:1000::",
        ] {
            assert!(!is_inside(address), "{address}");
        }
    }

    #[test]
    fn an_ipv4_address_inside_ipv6_is_seen() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:4136:e378:8000:63bf:80ff:fffe",
        ] {
            assert!(is_inside(address), "{address}");
        }
    }

    #[test]
    fn what_nobody_has_been_given_is_refused() {
        for address in ["4000::1", "8000::", "e000::1", "1::1", "100:0:0:1::", "fe00::1"] {
            assert_eq!(inside(address.parse().unwrap()), Some(RESERVED), "{address}");
        }
    }

    #[test]
    fn metadata_services_are_named() {
        for address in
            ["169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"]
        {
            assert_eq!(inside(address.parse().unwrap()), Some(METADATA), "{address}");
        }
    }
}

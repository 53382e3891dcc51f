//! Addresses: as text, the way C's `inet_ntop` writes them, and where they are
//! valid.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// An address that is shown as C shows it.
///
/// Rust's own text differs in one case: an IPv6 address whose first 96 bits
/// are zero is an IPv4-compatible one to C, `::0.1.0.2` and not `::1:2`.
#[derive(Debug, Clone, Copy)]
pub struct Shown(pub IpAddr);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let IpAddr::V6(v6) = self.0
            && let [0, 0, 0, 0, 0, 0, high, low] = v6.segments()
            && high != 0
        {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            return write!(f, "::{}", Ipv4Addr::new(a, b, c, d));
        }
        self.0.fmt(f)
    }
}

/// Whether it is valid on its link alone (RFC 3927, RFC 4291).
pub fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// Whether it is private (RFC 1918, RFC 6598, RFC 4193).
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private() || a == 100 && b & 0xc0 == 64
        }
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

/// Whether it is a public address, and not one for documentation.
pub fn is_public(ip: IpAddr) -> bool {
    let special = match ip {
        IpAddr::V4(ip) => ip.is_broadcast() || ip.is_documentation() || ip.octets()[0] == 0,
        IpAddr::V6(ip) => {
            ip.segments()[0] & 0xe000 != 0x2000 || ip.segments()[..2] == [0x2001, 0xdb8]
        }
    };
    !(special || is_private(ip) || is_link_local(ip) || ip.is_loopback() || ip.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ip: IpAddr) -> String {
        Shown(ip).to_string()
    }

    #[test]
    fn text_is_what_inet_ntop_writes() {
        let same = [
            "10.0.0.2",
            "::",
            "::1",
            "::ffff:1.2.3.4",
            "::0.1.0.2",
            "::1.2.0.0",
            "2001:db8:0:1:1:1:1:1",
            "64:ff9b::102:304",
            "::ffff:0:102:304",
            "fe80::1",
        ];
        for address in same {
            assert_eq!(text(address.parse().unwrap()), address);
        }
        assert_eq!(text("::1:2".parse().unwrap()), "::0.1.0.2");
    }
}

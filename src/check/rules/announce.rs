//! Addresses that are announced to peers.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::{add, bound, delete, flags, has, ip, scope_of, subject};
use crate::pm::Flags;

pub fn private(facts: &Facts) -> Vec<Finding> {
    let announced = facts.endpoints.iter().filter(|of| has(of, Flags::SIGNAL));
    let found = announced.filter_map(|endpoint| {
        let own = ip(endpoint)?;
        let finding = |message: &str| {
            Finding::new(Level::Warn, subject(facts, endpoint), message)
                .concerning(scope_of(endpoint))
                .seen("address", own.to_string())
                .shown_by("mptcp endpoint show")
                .fix(delete(endpoint))
        };
        let device = bound(endpoint).map(|index| facts.device_name(index));
        if is_link_local(own) {
            let message = "a link-local address is announced, which no peer can connect to";
            return Some(finding(message));
        }
        let connections = facts.connections.iter().filter(|of| of.fallback.is_none());
        let mut peers = connections.map(|of| of.remote.address);
        let peer = peers.find(|peer| is_private(own) && is_public(*peer))?;
        let message =
            "a private address is announced to peers on the internet, who cannot reach it";
        let finding = finding(message).seen("peer", peer.to_string());
        // What else it does stays.
        let kept = Flags(flags(endpoint).0 & !Flags::SIGNAL.0);
        Some(match has(endpoint, Flags::SUBFLOW) {
            true => finding.fix(add(endpoint, device.as_deref(), kept)),
            false => finding,
        })
    });
    found.collect()
}

/// Whether it is private (RFC 1918, RFC 6598, RFC 4193).
fn is_private(ip: IpAddr) -> bool {
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

/// Whether it is valid on its link only.
pub fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

//! Addresses that are announced to peers.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::{has, scope_of, subject};
use crate::check::remedy::{self, add, delete};
use crate::ip::{is_link_local, is_private, is_public};
use crate::pm::{Endpoint, Flags};

pub fn private(facts: &Facts) -> Vec<Finding> {
    let announced = facts.announced();
    let found = announced.filter_map(|endpoint| {
        let own = endpoint.ip();
        let finding = |message: &str| {
            Finding::new(Level::Warn, subject(facts, endpoint), message)
                .concerning(scope_of(endpoint))
                .seen("address", own.to_string())
                .shown_by(remedy::show_endpoints())
                .fix(delete(endpoint))
        };
        let device = endpoint.device.map(|index| facts.device_name(index));
        if is_link_local(own) {
            let message = "a link-local address is announced, which no peer can connect to";
            return Some(finding(message));
        }
        let connections = facts.connections.iter();
        let connections = connections.filter(|of| of.fallback.is_none());
        let mut peers = connections.map(|of| of.remote.address);
        let peer = peers.find(|peer| is_private(own) && is_public(*peer))?;
        let message =
            "a private address is announced to peers on the internet, who cannot reach it";
        let finding = finding(message).seen("peer", peer.to_string());
        // What else it does stays.
        let kept = Flags(endpoint.flags.0 & !Flags::SIGNAL.0);
        Some(if has(endpoint, Flags::SUBFLOW) {
            finding.fix(add(endpoint, device.as_deref(), kept))
        } else {
            finding
        })
    });
    found.collect()
}

/// An ADD_ADDR with an IPv6 address and a port takes more room than TCP's
/// options have beside a timestamp.
pub fn dropped(facts: &Facts) -> Vec<Finding> {
    const TIMESTAMPS: &str = "net.ipv4.tcp_timestamps";
    // Since Linux 7.2: leave out the timestamp of that packet.
    const MAKE_ROOM: &str = "net.mptcp.add_addr_v6_port_drop_ts";
    const COUNTER: &str = "AddAddrTxDrop";
    let Some(timestamps) = facts.sysctl(TIMESTAMPS).filter(|value| *value != "0") else {
        return Vec::new();
    };
    let can_make_room = facts.sysctl(MAKE_ROOM);
    // A peer without timestamps leaves room.
    let fits = facts.counter(COUNTER) == 0 && facts.connections.iter().any(|of| of.info.is_some());
    if fits || can_make_room.is_some_and(|value| value != "0") {
        return Vec::new();
    }
    let found = facts.announced().filter_map(|endpoint| {
        let port = endpoint.port?;
        Some(endpoint.ip()).filter(IpAddr::is_ipv6)?;
        let message = "an IPv6 address with a port does not fit beside TCP timestamps: \
                       it is never announced";
        let finding = Finding::new(Level::Warn, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .seen("port", u32::from(port))
            .seen(TIMESTAMPS, timestamps)
            .seen(COUNTER, facts.counter(COUNTER))
            .shown_by(remedy::show_sysctl(TIMESTAMPS))
            .shown_by(remedy::counters(&[COUNTER]));
        let device = endpoint.device.map(|index| facts.device_name(index));
        if can_make_room.is_some() {
            let again = add(endpoint, device.as_deref(), endpoint.flags);
            let finding = finding.fix(remedy::sysctl(MAKE_ROOM, "1"));
            return Some(finding.fix(delete(endpoint)).fix(again));
        }
        let without = Endpoint {
            port: None,
            ..endpoint.clone()
        };
        Some(
            finding
                .fix(delete(endpoint))
                .fix(add(&without, device.as_deref(), endpoint.flags))
                .advice("keep the SERVER listening on this address, too"),
        )
    });
    found.collect()
}

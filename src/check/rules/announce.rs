//! Addresses that are announced to peers.

use crate::check::Facts;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::{add, bound, delete, flags, has, ip, scope_of, subject};
use crate::ip::{is_link_local, is_private, is_public};
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

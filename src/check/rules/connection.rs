//! Connections: whether they use MPTCP, and what their first subflow shows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::host;
use crate::check::Facts;
use crate::check::finding::{Finding, Level, Piece, Place, Scope, words};
use crate::check::remedy::{self, OPTION};
use crate::diag::connection::{Connection, Fallback};
use crate::ip::Shown;

/// A connection in words.
pub fn subject(of: &Connection) -> String {
    let remote = format!("to {} port {}", Shown(of.remote.address), of.remote.port);
    match of.token {
        Some(token) => format!("connection {token:08x} {remote}"),
        None => format!("connection {remote}"),
    }
}

/// MPTCP is disabled for a while. Counters and old connections show only that
/// it was disabled at some time, so the kernel is asked what it does now.
pub fn blackhole(facts: &Facts) -> Vec<Finding> {
    let opened = |why| facts.opened().filter(move |of| of.fallback == Some(why));
    let untried: Vec<_> = opened(Fallback::NotTried).collect();
    let (level, message) = match (facts.tried_now, untried.is_empty()) {
        (Some(false), _) => (
            Level::Fail,
            "MPTCP is not tried for a while, because a path dropped it (blackhole detection)",
        ),
        (None, false) => (
            Level::Warn,
            "MPTCP was not tried, because a path had dropped it (blackhole detection)",
        ),
        (Some(true), false) => (
            Level::Ok,
            "MPTCP is tried again; connections that were opened without stay plain TCP",
        ),
        (_, true) => return Vec::new(),
    };
    let subject = untried
        .first()
        .map_or_else(|| "MPTCP".to_owned(), |of| subject(of));
    let mut finding = Finding::new(level, subject, message);
    const COUNTERS: [&str; 3] = ["Blackhole", "MPCapableSYNTXDrop", "MPCapableSYNTXDisabled"];
    for name in COUNTERS {
        finding = finding.seen(name, facts.counter(name));
    }
    if !untried.is_empty() {
        finding = finding.seen("connections", untried.len());
    }
    finding = finding
        .shown_by(remedy::counters(&COUNTERS))
        .at(Place::Path);
    if level == Level::Ok {
        return vec![finding];
    }
    let dropped = opened(Fallback::SynDropped);
    let dropped = dropped.chain(untried.iter().copied()).next();
    let check = match dropped {
        Some(of) => remedy::check_to(of.remote.address, Some(of.remote.port)),
        None => words!["mptcp", "check", "to", "ADDRESS", "port", "NR"],
    };
    let finding = finding.fixes(host::try_again(facts));
    vec![finding.advice("then find what drops MPTCP: ").advice(check)]
}

/// Connections that fell back, one finding for each peer and reason.
pub fn fallback(facts: &Facts) -> Vec<Finding> {
    let mut peers: BTreeMap<(IpAddr, u16), Vec<&Connection>> = BTreeMap::new();
    // While MPTCP is switched off, blackhole explains it.
    let is_explained = |why| why == Fallback::SynDropped && facts.tried_now == Some(false);
    for of in facts.opened() {
        if let Some(why @ (Fallback::PeerOrPath | Fallback::SynDropped)) = of.fallback
            && !is_explained(why)
        {
            peers
                .entry((of.remote.address, of.remote.port))
                .or_default()
                .push(of);
        }
    }
    let found = peers.into_iter().filter_map(|((peer, port), connections)| {
        let why = connections.first()?.fallback?;
        let place = match why {
            Fallback::SynDropped => Place::Path,
            _ => Place::Peer,
        };
        let subject = format!("connections to {} port {port}", Shown(peer));
        let finding = Finding::new(Level::Warn, subject, why.meaning())
            .concerning(Scope::Peer(peer))
            .seen("connections", connections.len())
            .seen("fallback", why.name())
            .seen(
                "MPCapableFallbackSYNACK",
                facts.counter("MPCapableFallbackSYNACK"),
            )
            .shown_by(words!["ss", "-Mni"])
            .shown_by(remedy::counters(&["MPCapableFallbackSYNACK"]))
            .at(place);
        Some(match why {
            Fallback::SynDropped => finding
                .advice(OPTION)
                .advice("; to see it: ")
                .advice(remedy::check_to(peer, Some(port))),
            _ => finding
                .advice("on the peer: ")
                .advice(Piece::Remote(remedy::sysctl(host::ENABLED, "1")))
                .advice(", and run a SERVER that uses MPTCP; another port shows which it is: ")
                .advice(remedy::check_to(peer, None)),
        })
    });
    found.collect()
}

pub fn fallback_later(facts: &Facts) -> Vec<Finding> {
    const COUNTERS: [&str; 6] = [
        "MPCapableDataFallback",
        "DssFallback",
        "DSSCorruptionFallback",
        "DataCsumErr",
        "InfiniteMapTx",
        "InfiniteMapRx",
    ];
    let mut peers: BTreeMap<IpAddr, Vec<&Connection>> = BTreeMap::new();
    for of in facts.opened().chain(facts.accepted()) {
        if let Some(Fallback::Later | Fallback::AfterHandshake) = of.fallback {
            peers.entry(of.remote.address).or_default().push(of);
        }
    }
    let found = peers.into_iter().filter_map(|(peer, connections)| {
        let why = connections.first()?.fallback?;
        let mut finding = Finding::new(Level::Warn, format!("connections with {}", Shown(peer)), why.meaning())
            .concerning(Scope::Peer(peer))
            .seen("connections", connections.len())
            .seen("fallback", why.name());
        for name in COUNTERS {
            if facts.counter(name) > 0 {
                finding = finding.seen(name, facts.counter(name));
            }
        }
        Some(
            finding
                .shown_by(words!["ss", "-Mni"])
                .shown_by(remedy::counters(&COUNTERS))
                .advice("on the path: look for a PROXY or firewall that rewrites TCP; another port may pass it")
                .at(Place::Path),
        )
    });
    found.collect()
}

pub fn plain_tcp(facts: &Facts) -> Vec<Finding> {
    let serves = facts.listeners.iter().any(|of| of.mptcp);
    let tried = facts.counter("MPCapableSYNTX") > 0 || !facts.connections.is_empty();
    let endpoints = facts.opening().count();
    let Some(first) = facts.plain.first() else {
        return Vec::new();
    };
    if serves || tried || endpoints == 0 {
        return Vec::new();
    }
    let message = "there are endpoints, but no application uses MPTCP: connections are plain TCP";
    let subject = format!(
        "connection to {} port {}",
        Shown(first.remote.address),
        first.remote.port
    );
    vec![
        Finding::new(Level::Warn, subject, message)
            .seen("connections", facts.plain.len())
            .seen("MPCapableSYNTX", 0_u32)
            .seen("endpoints", endpoints)
            .shown_by(words!["ss", "-tn"])
            .shown_by(words!["ss", "-Mn"])
            .shown_by(remedy::counters(&["MPCapableSYNTX"]))
            .advice("start the application with MPTCP: ")
            .advice(words!["mptcp", "run", "PROGRAM"])
            .advice("; for one in Go: GODEBUG=multipathtcp=1 COMMAND"),
    ]
}

pub fn family(facts: &Facts) -> Vec<Finding> {
    let endpoints: Vec<_> = facts.opening().map(|of| of.ip()).collect();
    let live: Vec<_> = facts.opened_mptcp().collect();
    let Some(first) = live.first() else {
        return Vec::new();
    };
    let ipv4 = first.remote.address.is_ipv4();
    let strange = endpoints.iter().all(|of| of.is_ipv4() != ipv4)
        && live
            .iter()
            .all(|of| of.remote.address.is_ipv4() == ipv4 && of.subflows.len() <= 1);
    let (false, true) = (endpoints.is_empty(), strange) else {
        return Vec::new();
    };
    let (theirs, ours, address) = if ipv4 {
        ("IPv4", "IPv6", "IPV4_ADDRESS")
    } else {
        ("IPv6", "IPv4", "IPV6_ADDRESS")
    };
    let message = format!("all endpoints are of {ours}, all connections of {theirs}");
    vec![
        Finding::new(Level::Warn, "endpoints", message)
            .seen("endpoints", endpoints.len())
            .seen("connections", live.len())
            .seen("peer", Shown(first.remote.address).to_string())
            .shown_by(remedy::show_endpoints())
            .shown_by(words!["ss", "-Mn"])
            .advice("add an address of the other family: ")
            .advice(remedy::add_subflow(address, "DEV")),
    ]
}

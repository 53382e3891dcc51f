//! Connections: whether they use MPTCP, and what their first subflow shows.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::check::Facts;
use crate::check::finding::{Finding, Level, Place, Scope};
use crate::check::inspect::{id, ip, joined};
use crate::check::paths::{name, origin};
use crate::diag::connection::{Connection, Fallback};
use crate::diag::info::TcpInfo;
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
    const TIMEOUT: &str = "net.mptcp.blackhole_timeout";
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
    for name in ["Blackhole", "MPCapableSYNTXDrop", "MPCapableSYNTXDisabled"] {
        finding = finding.seen(name, facts.counter(name));
    }
    if !untried.is_empty() {
        finding = finding.seen("connections", untried.len());
    }
    finding = finding.shown_by("nstat -asz").at(Place::Path);
    if level == Level::Ok {
        return vec![finding];
    }
    // Writing the old value makes the kernel try MPTCP again at once.
    if let Some(timeout) = facts.sysctl(TIMEOUT) {
        finding = finding.fix(format!("sysctl -w {TIMEOUT}={timeout}"));
    }
    let dropped = opened(Fallback::SynDropped);
    let dropped = dropped.chain(untried.iter().copied()).next();
    let to = dropped.map_or_else(
        || "ADDRESS port NR".to_owned(),
        |of| format!("{} port {}", Shown(of.remote.address), of.remote.port),
    );
    vec![finding.advice(format!("then find what drops MPTCP: mptcp check to {to}"))]
}

/// Connections that fell back, one finding for each peer and reason.
pub fn fallback(facts: &Facts) -> Vec<Finding> {
    let mut peers: BTreeMap<(IpAddr, u16), Vec<&Connection>> = BTreeMap::new();
    // While MPTCP is switched off, blackhole tells why.
    let is_told = |why| why == Fallback::SynDropped && facts.tried_now == Some(false);
    for of in facts.opened() {
        if let Some(why @ (Fallback::PeerOrPath | Fallback::SynDropped)) = of.fallback
            && !is_told(why)
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
        let peer = Shown(peer);
        let (message, advice) = match why {
            Fallback::SynDropped => (
                why.meaning().to_owned(),
                format!("on the path: let TCP option 30 through; to see it: mptcp check to {peer} port {port}"),
            ),
            _ => (
                format!("{}; another port tells which: mptcp check to {peer} port NR", why.meaning()),
                "on the peer: sysctl -w net.mptcp.enabled=1, and a SERVER that uses MPTCP".to_owned(),
            ),
        };
        Some(
            Finding::new(Level::Warn, format!("connections to {peer} port {port}"), message)
                .concerning(Scope::Peer(peer.0))
                .seen("connections", connections.len())
                .seen("fallback", why.name())
                .seen("MPCapableFallbackSYNACK", facts.counter("MPCapableFallbackSYNACK"))
                .shown_by("ss -Mni").also_shown_by("nstat -asz MPTcpExtMPCapableFallbackSYNACK")
                .advice(advice)
                .at(place),
        )
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
                .shown_by("ss -Mni").also_shown_by("nstat -asz")
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
            .shown_by("ss -tn").also_shown_by("ss -Mn").also_shown_by("nstat -asz MPTcpExtMPCapableSYNTX")
            .advice("start the application with MPTCP: mptcpize run COMMAND; for one in Go: GODEBUG=multipathtcp=1 COMMAND"),
    ]
}

pub fn family(facts: &Facts) -> Vec<Finding> {
    let endpoints: Vec<_> = facts.opening().filter_map(ip).collect();
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
    let (theirs, ours) = match ipv4 {
        true => ("IPv4", "IPv6"),
        false => ("IPv6", "IPv4"),
    };
    let message = format!("all endpoints are of {ours}, all connections of {theirs}");
    vec![
        Finding::new(Level::Warn, "endpoints", message)
            .seen("endpoints", endpoints.len())
            .seen("connections", live.len())
            .seen("peer", Shown(first.remote.address).to_string())
            .shown_by("mptcp endpoint show")
            .also_shown_by("ss -Mn")
            .advice(format!(
                "add an address of the other family: mptcp endpoint add {} dev DEV subflow",
                if ipv4 { "IPV4_ADDRESS" } else { "IPV6_ADDRESS" }
            )),
    ]
}

/// Paths that work but carry nothing.
pub fn idle(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    for connection in facts.connections.iter().filter(|of| of.fallback.is_none()) {
        for subflow in connection.subflows.iter().filter(|of| joined(of)) {
            let idle = |tcp: &&TcpInfo| tcp.bytes_sent == 0 && tcp.bytes_received == 0;
            let Some(tcp) = subflow.tcp.as_ref().filter(idle) else {
                continue;
            };
            let why = match (subflow.backup(), subflow.backup_remote()) {
                (true, _) => "it is a backup and carries nothing",
                (_, true) => "the peer wants it as a backup, and it carries nothing",
                _ => "it is established, but the scheduler has not needed it so far",
            };
            let message = format!("{}; {why}", origin(facts, subflow));
            let finding = Finding::new(Level::Ok, name(subflow), message)
                .seen("bytes_sent", tcp.bytes_sent)
                .seen("bytes_received", tcp.bytes_received)
                .flag("backup", subflow.backup())
                .flag("backup_remote", subflow.backup_remote())
                .seen("rtt", Duration::from_micros(tcp.rtt_us.into()))
                .shown_by("ss -tni");
            let mut endpoints = facts.endpoints.iter();
            let own = endpoints.find(|of| ip(of) == Some(subflow.local.address));
            found.push(match own.filter(|_| subflow.backup()) {
                Some(endpoint) => finding.fix(format!(
                    "mptcp endpoint change id {} nobackup",
                    id(endpoint)
                )),
                None => finding,
            });
        }
    }
    found
}

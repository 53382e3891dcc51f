//! Paths of live connections: stalled, lost, never tried, idle.

use std::time::Duration;

use super::{connection, endpoint, id};
use crate::check::Facts;
use crate::check::attempts::{Attempt, is_started};
use crate::check::finding::{Finding, Level, Scope, words};
use crate::check::inspect::{joined, scope_of, subject};
use crate::check::remedy;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::info::TcpInfo;
use crate::diag::socket::State;
use crate::ip::Shown;
use crate::pm::Endpoint;

/// Bytes of an IPv4 header with that of ICMP, and of IPv6.
const HEADERS: (u32, u32) = (28, 48);

/// Data that is sent and never acknowledged, while the path is established.
pub fn stalled(facts: &Facts) -> Vec<Finding> {
    let live = facts.opened().chain(facts.accepted());
    let live = live.filter(|of| of.fallback.is_none());
    let found = live.flat_map(|connection| {
        let stalled = connection.subflows.iter();
        let stalled = stalled.filter_map(|of| Some((of, of.stalled()?)));
        stalled.map(|(subflow, time)| stall(facts, connection, subflow, time))
    });
    found.collect()
}

fn stall(facts: &Facts, connection: &Connection, subflow: &Subflow, time: Duration) -> Finding {
    let mut others = connection.subflows.iter();
    let another = others.any(|of| of.state == State::Established && of.stalled().is_none());
    let level = if another { Level::Warn } else { Level::Fail };
    let own = facts.opening().find(|of| of.ip() == subflow.local.address);
    let scope = own.map_or(Scope::Peer(subflow.remote.address), scope_of);
    let link = facts.device_of_subflow(subflow);
    if let Some(link) = link.filter(|link| !link.is_usable() && !link.is_internal()) {
        let finding = endpoint::down(link, name(subflow)).id(id::LINK_DOWN);
        return Finding { level, ..finding }.concerning(scope);
    }
    let message = if another {
        "the path is established, but nothing comes through; other paths carry the data"
    } else {
        "the path is established, but nothing comes through, and no other path works"
    };
    let (local, to) = (subflow.local.address, subflow.remote.address);
    let mut finding = Finding::new(level, name(subflow), message)
        .concerning(scope)
        .seen("last_ack", time);
    if let Some(tcp) = &subflow.tcp {
        finding = finding
            .seen("unacked", tcp.unacked)
            .seen("retransmits", u32::from(tcp.retransmits))
            .seen("backoff", u32::from(tcp.backoff));
    }
    let mut lookup = words!["ip", "route", "get", Shown(to), "from", Shown(local)];
    let hop = facts.next_hop(Some(local), link.map(|link| link.index), to);
    if let Some(link) = link {
        finding = finding.seen("dev", link.label());
        if subflow.device != 0 {
            lookup.extend(words!["oif", link.label()]);
        }
    }
    finding = finding.shown_by(words!["ss", "-tno", "src", Shown(local), "dst", Shown(to)]);
    if let Some(hop) = hop {
        let gateway = hop.gateway.unwrap_or(to);
        if facts.is_silent(gateway, hop.device) {
            let show = remedy::show_neighbour(gateway, &facts.device_name(hop.device));
            finding = finding
                .seen("neighbour", gateway.to_string())
                .shown_by(show);
        }
    }
    finding = finding.advice("find where it is lost: ").advice(lookup);
    if let Some(mtu) = link.and_then(|link| link.mtu) {
        let headers = if to.is_ipv4() { HEADERS.0 } else { HEADERS.1 };
        let size = mtu.saturating_sub(headers);
        finding = finding
            .seen("mtu", mtu)
            .advice("; whether full packets pass (MTU): ")
            .advice(words![
                "ping",
                "-c",
                "3",
                "-M",
                "do",
                "-s",
                size,
                "-I",
                Shown(local),
                Shown(to)
            ]);
    }
    match own.filter(|_| !subflow.initial && facts.opened().any(|of| of == connection)) {
        Some(endpoint) => finding
            .advice("; once the path works again: ")
            .advice(remedy::retry_force(endpoint.id)),
        None => finding,
    }
}

/// Paths that were established once, or may have been.
pub fn lost(facts: &Facts) -> Vec<Finding> {
    let message = "the path of a live connection is gone: it was reset later, its join was \
                   refused, or the peer's limit is reached; only another try shows which";
    let found = super::join::lacking(facts, message, |attempt| attempt == Attempt::Lost);
    // An announced address may have given none for other reasons.
    let resets = facts.counter("MPRstTx") + facts.counter("MPRstRx");
    let found = found
        .into_iter()
        .filter(|(_, endpoint)| endpoint.is_some() || resets > 0);
    let complete = |(finding, endpoint): (Finding, Option<u8>)| {
        let finding = finding
            .seen("MPJoinSynAckRx", facts.counter("MPJoinSynAckRx"))
            .seen("MPRstTx", facts.counter("MPRstTx"))
            .seen("MPRstRx", facts.counter("MPRstRx"))
            .shown_by(remedy::counters(&["MPJoinSynAckRx", "MPRstTx", "MPRstRx"]));
        match endpoint {
            Some(id) => finding
                .fix(remedy::retry(id))
                .advice("if it is lost again at once, the peer's limit is reached"),
            None => finding
                .advice("open the connection again, or have the peer announce its ADDRESS again"),
        }
    };
    found.map(complete).collect()
}

/// Endpoints that came too late for a connection.
pub fn not_tried(facts: &Facts) -> Vec<Finding> {
    let is_late = |attempt| matches!(attempt, Attempt::None | Attempt::NotSent);
    let unsent = facts.result() == Attempt::NotSent;
    let by_hand: Vec<_> = facts
        .opened_mptcp()
        .filter(|of| facts.is_by_hand(of))
        .collect();
    let found = facts
        .lacking(is_late)
        .into_iter()
        .map(|(endpoint, connections)| {
            let tried = facts.lacking(|attempt| attempt == Attempt::NotSent);
            let tried = tried.iter().any(|(of, _)| of.id == endpoint.id);
            let message = if unsent && tried {
                "it was tried when it had no route or address, and nothing was sent: \
             the kernel tries an endpoint once a connection"
            } else {
                "it was not tried on a live connection: the limit, the endpoint's route or the \
             endpoint came later than the connection"
            };
            let finding = Finding::new(Level::Warn, subject(facts, endpoint), message)
                .concerning(scope_of(endpoint))
                .seen("connections", connections)
                .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
                .shown_by(words!["ss", "-Mni"])
                .shown_by(remedy::counters(&["MPJoinSynTx"]));
            finding.fix(remedy::retry(endpoint.id))
        });
    let found: Vec<_> = found.collect();
    let Some(first) = by_hand.first() else {
        return found;
    };
    let message = "the connection began under a path manager in user space, and keeps it: \
                   endpoints give it no path";
    let finding = Finding::new(Level::Warn, connection::subject(first), message)
        .concerning(first.token.map_or(Scope::Host, Scope::Connection))
        .seen("connections", by_hand.len())
        .shown_by(words!["ss", "-Mni"])
        .advice("open the connection again");
    found.into_iter().chain([finding]).collect()
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
                .flag("backup_remote", subflow.backup_remote());
            let finding = rtt(finding, tcp).shown_by(words!["ss", "-tni"]);
            let mut endpoints = facts.endpoints.iter();
            let own = endpoints.find(|of| of.ip() == subflow.local.address);
            found.push(match own.filter(|_| subflow.backup()) {
                Some(endpoint) => finding.fix(words![
                    "mptcp",
                    "endpoint",
                    "change",
                    "id",
                    endpoint.id,
                    "nobackup"
                ]),
                None => finding,
            });
        }
    }
    found
}

/// Of the connection in question: each path, and for each endpoint that gave
/// it none, why. What the findings report is left out.
pub fn listed(facts: &Facts, findings: &[Finding]) -> Vec<Finding> {
    if facts.focus.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for connection in &facts.connections {
        let is_new = |of: &&Subflow| {
            let name = name(of);
            findings.iter().all(|finding| finding.subject != name)
        };
        let paths = connection.subflows.iter().filter(is_new);
        found.extend(paths.map(|of| path(facts, of)));
        let explained = |endpoint: &&Endpoint| {
            !findings
                .iter()
                .any(|finding| finding.concerns(scope_of(endpoint)) && finding.level <= Level::Warn)
        };
        let unused = facts.opening().filter(explained).filter_map(|endpoint| {
            let own = endpoint.ip();
            let mut subflows = connection.subflows.iter();
            let used = subflows.any(|of| of.local.address == own);
            let why = (!used).then(|| reason(facts, connection, endpoint))?;
            let finding = Finding::new(Level::Ok, subject(facts, endpoint), why)
                .concerning(scope_of(endpoint))
                .seen("subflows", 0_u32)
                .shown_by(words!["ss", "-tn", "src", Shown(own)]);
            Some(finding.id(id::PATH))
        });
        found.extend(unused);
    }
    found
}

/// A path as it is named everywhere.
fn name(subflow: &Subflow) -> String {
    let (local, remote) = (subflow.local, subflow.remote);
    format!(
        "{} to {} port {}",
        Shown(local.address),
        Shown(remote.address),
        remote.port
    )
}

/// Who opened a path.
fn origin(facts: &Facts, subflow: &Subflow) -> String {
    let of_address = |of: &&Endpoint| of.ip() == subflow.local.address;
    let opening = facts.opening().find(of_address);
    let endpoint = opening.or_else(|| facts.endpoints.iter().find(of_address));
    let flags = subflow
        .mptcp
        .as_ref()
        .map(|info| info.flags)
        .unwrap_or_default();
    match (subflow.initial, endpoint) {
        (true, _) => "the initial path of the connection".to_owned(),
        (false, _) if flags.mp_join() && !flags.mp_join_requested() => {
            "opened by the peer".to_owned()
        }
        (false, Some(endpoint)) => format!("opened from {}", subject(facts, endpoint)),
        (false, None) => "opened to an address that the peer announced".to_owned(),
    }
}

fn path(facts: &Facts, subflow: &Subflow) -> Finding {
    let backup = subflow.backup() || subflow.backup_remote();
    let mut message = origin(facts, subflow);
    if backup {
        message += ", as a backup";
    }
    // One that waits for an answer may still be established.
    let level = match subflow.state {
        State::Established => Level::Ok,
        state if state.is_connecting() => {
            message += "; waiting for an answer";
            Level::Unknown
        }
        state => {
            message = message + "; " + state.name();
            Level::Unknown
        }
    };
    let mut finding = Finding::new(level, name(subflow), message)
        .seen("state", subflow.state.name())
        .flag("backup", backup);
    if let Some(tcp) = &subflow.tcp {
        finding = rtt(finding.seen("bytes_sent", tcp.bytes_sent), tcp);
    }
    finding.shown_by(words!["ss", "-tni"]).id(id::PATH)
}

/// The round-trip time, once it was measured.
fn rtt(finding: Finding, tcp: &TcpInfo) -> Finding {
    match tcp.rtt_us {
        0 => finding,
        rtt => finding.seen("rtt", Duration::from_micros(rtt.into())),
    }
}

/// Why the endpoint gave the connection no path, where nothing is wrong.
fn reason(facts: &Facts, connection: &Connection, endpoint: &Endpoint) -> &'static str {
    let is_ipv4 = endpoint.ip().is_ipv4();
    if connection.fallback.is_some() {
        "the connection is plain TCP, which has one path"
    } else if facts.opened_mptcp().next().is_none() {
        "this host did not open the connection: the peer opens paths"
    } else if is_ipv4 != connection.remote.address.is_ipv4() {
        "its address family differs from the connection's"
    } else if !is_started(connection) {
        "no data was acknowledged so far: paths are opened after that"
    } else if connection.subflows.iter().any(|of| !of.initial) {
        "the connection has other paths, and its limit is reached"
    } else {
        "it is not known whether it was tried"
    }
}

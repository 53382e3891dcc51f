//! Additional subflows that were not established.
//!
//! A failed attempt leaves no socket, only counters, which do not say which
//! connection they belong to. So they count as evidence only if a live
//! connection lacks a path that it should have.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::check::Facts;
use crate::check::finding::{Finding, Level, Place, Scope};
use crate::check::inspect::{self, id, ip, subject};
use crate::diag::connection::Connection;
use crate::ip::Shown;
use crate::pm::Endpoint;

pub fn unanswered(facts: &Facts) -> Vec<Finding> {
    let mut paths: BTreeMap<(IpAddr, IpAddr, u16), (usize, u32)> = BTreeMap::new();
    for subflow in facts.opened_mptcp().flat_map(|of| &of.subflows) {
        if inspect::unanswered(subflow) {
            let remote = subflow.remote;
            let path = (subflow.local.address, remote.address, remote.port);
            let (count, repeated) = paths.entry(path).or_default();
            *count += 1;
            *repeated += subflow.tcp.as_ref().map_or(0, |tcp| tcp.total_retrans);
        }
    }
    let found = paths.into_iter().map(|((local, remote, port), (count, repeated))| {
        let mut endpoints = facts.endpoints.iter();
        let own = endpoints.find(|of| ip(of) == Some(local));
        let (local, shown) = (Shown(local), Shown(remote));
        let message = "joins are sent and not answered: something on the way drops them, \
                    the peer cannot answer to this address, or its accept queue is full";
        Finding::new(Level::Warn, format!("path {local} to {shown} port {port}"), message)
            .concerning(own.map_or(Scope::Peer(remote), inspect::scope_of))
            .seen("syn-sent", count)
            .seen("retransmits", repeated)
            .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
            .seen("MPJoinSynAckRx", facts.counter("MPJoinSynAckRx"))
            .shown_by(format!("ss -tno state syn-sent src {local}"))
            .advice(format!(
                "on the path: let TCP option 30 through firewall and NAT; to see whether TCP passes: \
                 mptcp check to {shown} port {port} from {local}; \
                 for its queue (Recv-Q), on the peer: ss -ltn sport = {port}"
            ))
            .at(Place::Path)
    });
    found.collect()
}

pub fn hmac(facts: &Facts) -> Vec<Finding> {
    const NAME: &str = "MPJoinSynAckHMacFailure";
    let failures = facts.counter(NAME);
    if failures == 0 {
        return Vec::new();
    }
    let message = "the answer to a join was not the peer's: another host answers there \
                (a load balancer), or the options are rewritten";
    lacking(
        facts,
        |finding| {
            finding
                .seen(NAME, failures)
                .shown_by(format!("nstat -asz MPTcpExt{NAME}"))
                .advice(
                    "on the path: lead all paths of a connection to the same server, \
                     or let each SERVER announce an address of its own",
                )
                .at(Place::Path)
        },
        message,
    )
}

pub fn refused(facts: &Facts) -> Vec<Finding> {
    let (sent, answered) = attempts(facts);
    if sent <= answered {
        return Vec::new();
    }
    let message = "joins were refused or abandoned: nothing listens there, a firewall refuses them, \
                or the peer could not be reached at that time";
    lacking(
        facts,
        |finding| {
            finding
                .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
                .seen("MPJoinSynAckRx", answered)
                .seen("AttemptFails", facts.counter("AttemptFails"))
                .shown_by("nstat -asz")
                .advice(
                    "on the peer: let the SERVER keep its listening socket, on any address, \
                 or announce a port: mptcp endpoint add ADDRESS port NR signal",
                )
                .at(Place::Peer)
        },
        message,
    )
}

pub fn peer_limit(facts: &Facts) -> Vec<Finding> {
    let (sent, answered) = attempts(facts);
    let resets = facts.counter("MPRstTx") + facts.counter("MPRstRx");
    if answered == 0 || sent > answered || resets == 0 {
        return Vec::new();
    }
    let message =
        "the peer answered the join, and then the path was reset: most likely its limit is reached";
    lacking(
        facts,
        |finding| {
            finding
                .seen("MPJoinSynAckRx", answered)
                .seen("MPRstTx", facts.counter("MPRstTx"))
                .seen("MPRstRx", facts.counter("MPRstRx"))
                .shown_by("nstat -asz")
                .advice("on the peer: mptcp limits set subflows NR")
                .at(Place::Peer)
        },
        message,
    )
}

/// How many joins were sent, but for those that still wait, and how many were
/// answered.
fn attempts(facts: &Facts) -> (u64, u64) {
    let subflows = facts.opened_mptcp().flat_map(|of| &of.subflows);
    let waiting = subflows
        .filter(|of| !of.initial && of.state.is_connecting())
        .count();
    let sent = facts.counter("MPJoinSynTx").saturating_sub(waiting as u64);
    (sent, facts.counter("MPJoinSynAckRx"))
}

/// A finding for each endpoint that gave a live connection no path, although
/// it was tried, and for the peers whose announced addresses gave none.
fn lacking(facts: &Facts, complete: impl Fn(Finding) -> Finding, message: &str) -> Vec<Finding> {
    let mut found: BTreeMap<u8, &Endpoint> = BTreeMap::new();
    let mut peers: BTreeMap<IpAddr, &Connection> = BTreeMap::new();
    for connection in facts.opened_mptcp().filter(|of| of.subflows.len() == 1) {
        let Some(info) = &connection.info else {
            continue;
        };
        if info.local_addr_used.is_some_and(|used| used > 0) {
            found.extend(facts.without_subflow(connection).map(|of| (id(of), of)));
        } else if info.add_addr_accepted > 0 {
            peers.insert(connection.remote.address, connection);
        }
    }
    let endpoints = found.into_values().map(|endpoint| {
        Finding::new(Level::Warn, subject(facts, endpoint), message)
            .concerning(inspect::scope_of(endpoint))
    });
    let peers = peers.into_iter().map(|(peer, connection)| {
        let subject = super::connection::subject(connection);
        Finding::new(Level::Warn, subject, message).concerning(Scope::Peer(peer))
    });
    endpoints.chain(peers).map(complete).collect()
}

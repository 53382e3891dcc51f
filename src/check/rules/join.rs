//! Further subflows whose joins failed.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::probe::listen;
use crate::check::Facts;
use crate::check::attempts::Attempt;
use crate::check::finding::{Finding, Level, Piece, Place, Scope, words};
use crate::check::inspect::{self, subject};
use crate::check::remedy::{self, OPTION, RESET};
use crate::diag::info::MptcpInfo;
use crate::ip::Shown;

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
    let found = paths
        .into_iter()
        .map(|((local, remote, port), (count, repeated))| {
            let mut endpoints = facts.endpoints.iter();
            let own = endpoints.find(|of| of.ip() == local);
            let (local, shown) = (Shown(local), Shown(remote));
            let message = "joins are sent and not answered: something on the path drops them, \
                       the peer cannot answer to this address, or its accept queue is full";
            let mut check = remedy::check_to(remote, Some(port));
            check.extend(words!["from", local]);
            Finding::new(
                Level::Warn,
                format!("{local} to {shown} port {port}"),
                message,
            )
            .concerning(own.map_or(Scope::Peer(remote), inspect::scope_of))
            .seen("syn-sent", count)
            .seen("retransmits", repeated)
            .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
            .seen("MPJoinSynAckRx", facts.counter("MPJoinSynAckRx"))
            .shown_by(words!["ss", "-tno", "state", "syn-sent", "src", local])
            .shown_by(remedy::counters(&["MPJoinSynTx", "MPJoinSynAckRx"]))
            .advice(OPTION)
            .advice("; to see whether TCP passes: ")
            .advice(check)
            .advice("; for its queue (Recv-Q), on the peer: ")
            .advice(Piece::Remote(words!["ss", "-ltn", "sport", "=", port]))
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
    let found = lacking(facts, message, |attempt| attempt >= Attempt::Refused);
    let complete = |(finding, _): (Finding, Option<u8>)| {
        finding
            .seen(NAME, failures)
            .shown_by(remedy::counters(&[NAME]))
            .advice(
                "on the path: route all paths of a connection to the same server, \
                 or have each SERVER announce an address of its own",
            )
            .at(Place::Path)
    };
    found.into_iter().map(complete).collect()
}

pub fn refused(facts: &Facts) -> Vec<Finding> {
    let message = format!("the join was refused, or not answered in time: {RESET}");
    let found = lacking(facts, &message, |attempt| attempt == Attempt::Refused);
    let complete = |(finding, endpoint): (Finding, Option<u8>)| {
        let finding = finding
            .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
            .seen("MPJoinSynAckRx", facts.counter("MPJoinSynAckRx"))
            .shown_by(remedy::counters(&["MPJoinSynTx", "MPJoinSynAckRx"]))
            .at(Place::Peer);
        let finding = listen(finding);
        match endpoint {
            Some(id) => finding.advice("; then here: ").advice(remedy::retry(id)),
            None => finding,
        }
    };
    found.into_iter().map(complete).collect()
}

/// A finding for each endpoint that gave a live connection no path for that
/// reason, with its id, and for the peers whose announced addresses gave none.
pub fn lacking(
    facts: &Facts,
    message: &str,
    wanted: impl Fn(Attempt) -> bool,
) -> Vec<(Finding, Option<u8>)> {
    let endpoints = facts.lacking(&wanted).into_iter();
    let mut found: Vec<_> = endpoints
        .map(|(endpoint, connections)| {
            let finding = Finding::new(Level::Warn, subject(facts, endpoint), message)
                .concerning(inspect::scope_of(endpoint))
                .seen("connections", connections);
            (finding, Some(endpoint.id))
        })
        .collect();
    if !found.is_empty() || !wanted(facts.result()) {
        return found;
    }
    let mut peers = BTreeMap::new();
    for connection in facts.opened_mptcp() {
        let accepted = |info: &MptcpInfo| {
            info.local_addr_used.unwrap_or_default() == 0 && info.add_addr_accepted > 0
        };
        if connection.subflows.len() == 1 && connection.info.as_ref().is_some_and(accepted) {
            peers.entry(connection.remote.address).or_insert(connection);
        }
    }
    found.extend(peers.into_iter().map(|(peer, connection)| {
        let subject = super::connection::subject(connection);
        let finding = Finding::new(Level::Warn, subject, message).concerning(Scope::Peer(peer));
        (finding, None)
    }));
    found
}

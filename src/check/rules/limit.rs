//! Limits.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::attempts::Attempt;
use crate::check::finding::{Finding, Level, Piece, Place, words};
use crate::check::inspect::{scope_of, subject, unanswered};
use crate::check::remedy::{self, delete};
use crate::diag::connection::Connection;

/// What to do if a limit cannot be raised: only the kernel knows its maximum.
pub fn at_most(finding: Finding) -> Finding {
    finding
        .advice("or, where the kernel takes no higher limit: ")
        .advice(words!["mptcp", "endpoint", "delete", "id", "ID"])
        .advice(", of an endpoint that can be spared")
}

pub fn subflows(facts: &Facts) -> Vec<Finding> {
    let Some(limit) = facts.limits.subflows else {
        return Vec::new();
    };
    let needed = needed(facts, limit == 0);
    let have = usize::try_from(limit).unwrap_or(usize::MAX);
    if have >= needed {
        return rejected(facts, limit).into_iter().collect();
    }
    let (level, message) = match limit {
        0 => (
            Level::Fail,
            "no connection may have an additional subflow".to_owned(),
        ),
        _ => (
            Level::Warn,
            format!(
                "the limit of additional subflows is {limit}, but the endpoints could open {needed}"
            ),
        ),
    };
    let finding = Finding::new(level, "limits", message)
        .seen("subflows", limit)
        .seen("endpoints", needed)
        .shown_by(remedy::show_limits())
        .shown_by(remedy::show_endpoints())
        .fix(remedy::limit_subflows(needed));
    // A limit that rises makes no connection try again.
    vec![finding.fixes(facts.retry_all())]
}

/// A host that accepts connections rejects joins beyond its own limit.
fn rejected(facts: &Facts, limit: u32) -> Option<Finding> {
    const COUNTER: &str = "MPJoinRejected";
    let accepted = facts.accepted().filter(|of| of.fallback.is_none());
    let info = |of: &Connection| of.info.as_ref().map_or(0, |info| u32::from(info.subflows));
    let full = |of: &&Connection| limit == 0 && of.subflows.len() == 1 || info(of) >= limit.max(1);
    let full = accepted.filter(full).count();
    if facts.counter(COUNTER) == 0 || full == 0 {
        return None;
    }
    let message = match limit {
        0 => "joins of peers are rejected: no connection may have an additional subflow".to_owned(),
        _ => {
            format!("joins of peers are rejected: connections have all {limit} additional subflows")
        }
    };
    Some(
        Finding::new(Level::Warn, "limits", message)
            .seen("subflows", limit)
            .seen("connections", full)
            .seen(COUNTER, facts.counter(COUNTER))
            .shown_by(remedy::show_limits())
            .shown_by(remedy::counters(&[COUNTER]))
            .fix(remedy::limit_subflows((limit + 1).max(2)))
            // The kernel does not accept joins again on a connection that was full.
            .advice("then open connections again: these take no further join"),
    )
}

/// How many endpoints could each give a connection a further subflow.
/// `any`: where it is not known which address connections begin with, none of
/// them is taken for it.
fn needed(facts: &Facts, any: bool) -> usize {
    let addresses: Vec<_> = facts.opening().map(|of| of.ip()).collect();
    let further = |ipv4: bool, first: Option<IpAddr>| {
        let of_family = addresses.iter().filter(|of| of.is_ipv4() == ipv4);
        let count = of_family.clone().count();
        match first {
            Some(first) => of_family.filter(|of| **of != first).count(),
            None if any || facts.has_others(ipv4, &addresses) => count,
            None => count.saturating_sub(1),
        }
    };
    let opened = facts.opened_mptcp();
    let live = opened.map(|of| further(of.remote.address.is_ipv4(), Some(of.local.address)));
    live.max().unwrap_or_else(|| {
        // A host that was only ever connected to opens nothing.
        if !facts.connections.is_empty() {
            return 0;
        }
        let families = [true, false].into_iter();
        let by_default = families.map(|ipv4| further(ipv4, facts.default_address(ipv4)));
        by_default.max().unwrap_or_default()
    })
}

pub fn announced(facts: &Facts) -> Vec<Finding> {
    let announced = facts.counter("AddAddr");
    let single = facts
        .opened_mptcp()
        .filter(|of| of.subflows.len() == 1)
        .count();
    if facts.limits.add_addr_accepted != Some(0) || announced == 0 || single == 0 {
        return Vec::new();
    }
    let mut command = words!["mptcp", "limits", "set"];
    if let Some(0 | 1) = facts.limits.subflows {
        command.extend(words!["subflows", "2"]);
    }
    command.extend(words!["add_addr_accepted", "2"]);
    let message = "peers announce addresses, but none is accepted";
    vec![
        Finding::new(Level::Warn, "limits", message)
            .seen("add_addr_accepted", 0_u32)
            .seen("AddAddr", announced)
            .shown_by(remedy::show_limits())
            .shown_by(remedy::counters(&["AddAddr"]))
            .fix(command)
            .advice(
                "the peer announces its addresses to a connection once: open connections again",
            ),
    ]
}

pub fn used_up(facts: &Facts) -> Vec<Finding> {
    let limit = facts.limits.subflows.unwrap_or_default();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = facts.opened_mptcp().find_map(|of| {
        let trying = of.subflows.iter().filter(|of| unanswered(of)).count();
        let waits = facts.without_subflow(of).next().is_some() || facts.counter("AddAddr") > 0;
        (limit > 0 && trying >= most && waits).then_some((of, trying))
    });
    let Some((connection, trying)) = found else {
        return Vec::new();
    };
    let message = "unanswered attempts use up the subflow limit of the connection";
    let dead = facts.opening().find(|endpoint| {
        let mut attempts = connection.subflows.iter().filter(|of| unanswered(of));
        attempts.any(|of| of.local.address == endpoint.ip())
    });
    let finding = Finding::new(Level::Warn, super::connection::subject(connection), message)
        .seen("syn-sent", trying)
        .seen("limit", limit)
        .shown_by(words!["ss", "-tn", "state", "syn-sent"])
        .shown_by(remedy::show_limits())
        .fix(remedy::limit_subflows(trying + 1))
        .fixes(facts.retry_all());
    vec![match dead {
        Some(endpoint) => finding
            .advice("or delete the endpoint whose path is dead: ")
            .advice(delete(endpoint)),
        None => at_most(finding),
    }]
}

/// Endpoints that count as tried, although no join was ever sent.
pub fn deny_join_id0(facts: &Facts) -> Vec<Finding> {
    let lacking = facts
        .lacking(|attempt| attempt == Attempt::Denied)
        .into_iter();
    let found = lacking.map(|(endpoint, connections)| {
        let message = "it counts as used, but no join was sent: the peer forbids joins to \
                       its first address";
        denied(Finding::new(Level::Warn, subject(facts, endpoint), message))
            .concerning(scope_of(endpoint))
            .seen("connections", connections)
            .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
            .shown_by(remedy::counters(&["MPJoinSynTx"]))
    });
    found.collect()
}

/// What helps where the peer takes no joins to its first address.
pub fn denied(finding: Finding) -> Finding {
    finding
        .advice("on the peer: announce another address: ")
        .advice(Piece::Remote(words![
            "mptcp", "endpoint", "add", "ADDRESS", "signal"
        ]))
        .advice("; here: accept it with ")
        .advice(words!["mptcp", "limits", "set", "add_addr_accepted", "2"])
        .advice(" and use fullmesh or laminar for this endpoint; events with deny_join_id0: ")
        .advice(words!["mptcp", "monitor"])
        .at(Place::Peer)
}

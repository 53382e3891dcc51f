//! Limits.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::{delete, ip, unanswered};

/// What to do if a limit cannot be raised: only the kernel knows its maximum.
pub const AT_MOST: &str = "or, where the kernel takes no higher limit: \
                           mptcp endpoint delete id ID, of an endpoint that can be spared";

pub fn subflows(facts: &Facts) -> Vec<Finding> {
    let Some(limit) = facts.limits.subflows else {
        return Vec::new();
    };
    let needed = needed(facts, limit == 0);
    let have = usize::try_from(limit).unwrap_or(usize::MAX);
    if have >= needed {
        return Vec::new();
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
    vec![
        Finding::new(level, "limits", message)
            .seen("subflows", limit)
            .seen("endpoints", needed)
            .shown_by("mptcp limits show")
            .also_shown_by("mptcp endpoint show")
            .fix(format!("mptcp limits set subflows {needed}")),
    ]
}

/// How many endpoints could each give a connection a further subflow.
/// `any`: where it is not known which address connections begin with, none of
/// them is taken for it.
fn needed(facts: &Facts, any: bool) -> usize {
    let addresses: Vec<_> = facts.opening().filter_map(ip).collect();
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
    let subflows = match facts.limits.subflows {
        Some(0 | 1) => " subflows 2",
        _ => "",
    };
    let message = "peers announce addresses, but none is accepted";
    vec![
        Finding::new(Level::Warn, "limits", message)
            .seen("add_addr_accepted", 0_u32)
            .seen("AddAddr", announced)
            .shown_by("mptcp limits show")
            .also_shown_by("nstat -asz MPTcpExtAddAddr")
            .fix(format!("mptcp limits set{subflows} add_addr_accepted 2")),
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
        attempts.any(|of| Some(of.local.address) == ip(endpoint))
    });
    let advice = dead.map_or_else(
        || AT_MOST.to_owned(),
        |of| format!("or delete the endpoint whose path is dead: {}", delete(of)),
    );
    vec![
        Finding::new(Level::Warn, super::connection::subject(connection), message)
            .seen("syn-sent", trying)
            .seen("limit", limit)
            .shown_by("ss -tn state syn-sent")
            .also_shown_by("mptcp limits show")
            .fix(format!("mptcp limits set subflows {}", trying + 1))
            .advice(advice),
    ]
}

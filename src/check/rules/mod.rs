//! The table of all rules, in the order in which they are applied.
//!
//! To add one: write a function from [`Facts`] to findings, add its id and a
//! line here that names the findings that silence it, test it in
//! `check/tests`, and explain its id in the manual page.

mod announce;
mod connection;
mod endpoint;
mod host;
mod join;
mod limit;
mod missing;
mod path;
mod probe;
mod route;

pub(super) use path::listed;

use super::facts::Kind::{
    self, Addresses, Connections, Counters, Links, Neighbours, PathManager, Processes, Routes,
    Subflows, Sysctls,
};
use super::{Facts, Finding};

/// The ids of rules, which never change.
pub mod id {
    pub const KERNEL: &str = "kernel";
    pub const DISABLED: &str = "disabled";
    pub const USERSPACE_PM: &str = "userspace-pm";
    pub const ENDPOINT_FLAGS: &str = "endpoint-flags";
    pub const ENDPOINT_ADDRESS: &str = "endpoint-address";
    pub const ENDPOINT_DEVICE: &str = "endpoint-device";
    pub const LINK_DOWN: &str = "link-down";
    pub const ENDPOINT_ROUTE: &str = "endpoint-route";
    pub const WRONG_DEVICE: &str = "wrong-device";
    pub const RP_FILTER: &str = "rp-filter";
    pub const PRIVATE_ANNOUNCED: &str = "private-announced";
    pub const ANNOUNCE_DROPPED: &str = "announce-dropped";
    pub const SUBFLOW_LIMIT: &str = "subflow-limit";
    pub const ADD_ADDR_LIMIT: &str = "add-addr-limit";
    pub const BLACKHOLE: &str = "blackhole";
    pub const FALLBACK: &str = "fallback";
    pub const FALLBACK_LATER: &str = "fallback-later";
    pub const PLAIN_TCP: &str = "plain-tcp";
    pub const NO_ENDPOINT: &str = "no-endpoint";
    pub const FAMILY: &str = "family";
    pub const PATH_STALLED: &str = "path-stalled";
    pub const JOIN_UNANSWERED: &str = "join-unanswered";
    pub const LIMIT_USED_UP: &str = "limit-used-up";
    pub const JOIN_HMAC: &str = "join-hmac";
    pub const DENY_JOIN_ID0: &str = "deny-join-id0";
    pub const JOIN_REFUSED: &str = "join-refused";
    pub const PEER_LIMIT: &str = "peer-limit";
    pub const PATH_LOST: &str = "path-lost";
    pub const PATH_NOT_TRIED: &str = "path-not-tried";
    pub const PATH_IDLE: &str = "path-idle";
    pub const OTHER_MANAGER: &str = "other-manager";
    pub const PATH: &str = "path";
    pub const UNREACHABLE: &str = "unreachable";
    pub const REFUSED: &str = "refused";
    pub const SYN_DROPPED: &str = "syn-dropped";
}

/// A cause, and how it is found.
#[derive(Debug)]
pub struct Rule {
    /// Its id. Findings can be reported under another one.
    pub id: &'static str,
    /// Finds what is wrong.
    pub judge: fn(&Facts) -> Vec<Finding>,
    /// What is fine if it finds nothing.
    pub fine: &'static str,
    /// The facts that it needs.
    pub needs: &'static [Kind],
    /// The rules that come before it: what they, or those before them, found on
    /// the whole host or on the same endpoint explains what this one would
    /// report.
    pub after: &'static [&'static str],
    /// Whether it judges this host's connections, handshakes with another
    /// host, or either.
    pub of: Of,
}

/// What a rule judges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Of {
    /// `check`, with or without `token`.
    Host,
    /// `check to`.
    Probe,
    /// Both.
    Both,
}

/// The host, then each endpoint, then limits, then connections.
pub static RULES: [Rule; 32] = [
    rule(id::KERNEL, host::kernel, "this kernel has MPTCP").both(),
    rule(id::DISABLED, host::disabled, "MPTCP is on")
        .needs(&[Sysctls])
        .after(&[id::KERNEL])
        .both(),
    rule(
        id::USERSPACE_PM,
        host::userspace_pm,
        "the kernel manages the paths",
    )
    .needs(&[Sysctls, PathManager])
    .after(&[id::DISABLED]),
    rule(
        id::ENDPOINT_FLAGS,
        endpoint::flags,
        "each endpoint has a flag that has an effect",
    )
    .needs(&[PathManager])
    .after(&[id::USERSPACE_PM]),
    rule(
        id::ENDPOINT_ADDRESS,
        endpoint::address,
        "each endpoint's address is on this host",
    )
    .needs(&[PathManager, Addresses, Links])
    .after(&[id::DISABLED, id::ENDPOINT_FLAGS])
    .both(),
    rule(
        id::ENDPOINT_DEVICE,
        endpoint::device,
        "each endpoint's device has its address",
    )
    .needs(&[PathManager, Addresses, Links])
    .after(&[id::ENDPOINT_ADDRESS])
    .both(),
    rule(id::LINK_DOWN, endpoint::link, "each endpoint's link is up")
        .needs(&[PathManager, Addresses, Links])
        .after(&[id::ENDPOINT_DEVICE])
        .both(),
    rule(id::ENDPOINT_ROUTE, route::none, "each endpoint has a route")
        .needs(&[PathManager, Links, Routes, Neighbours])
        .after(&[id::LINK_DOWN])
        .both(),
    rule(
        id::WRONG_DEVICE,
        route::elsewhere,
        "what an endpoint sends leaves by its device",
    )
    .needs(&[PathManager, Addresses, Links, Routes])
    .after(&[id::ENDPOINT_ROUTE])
    .both(),
    rule(
        id::RP_FILTER,
        route::filtered,
        "no answer to an endpoint is filtered",
    )
    .needs(&[PathManager, Sysctls, Addresses, Links, Routes])
    .after(&[id::WRONG_DEVICE])
    .both(),
    rule(
        id::PRIVATE_ANNOUNCED,
        announce::private,
        "peers can reach what is announced",
    )
    .needs(&[PathManager])
    .after(&[id::ENDPOINT_ADDRESS]),
    rule(
        id::ANNOUNCE_DROPPED,
        announce::dropped,
        "each announcement fits into a packet",
    )
    .needs(&[PathManager, Sysctls, Counters])
    .after(&[id::PRIVATE_ANNOUNCED]),
    rule(
        id::SUBFLOW_LIMIT,
        limit::subflows,
        "the limit has room for all endpoints",
    )
    .needs(&[PathManager, Counters])
    .after(&[id::USERSPACE_PM]),
    rule(
        id::ADD_ADDR_LIMIT,
        limit::announced,
        "addresses that peers announce are used",
    )
    .needs(&[PathManager, Counters, Connections])
    .after(&[id::USERSPACE_PM]),
    rule(id::BLACKHOLE, connection::blackhole, "MPTCP is tried")
        .needs(&[Counters, Connections])
        .after(&[id::DISABLED]),
    rule(id::FALLBACK, connection::fallback, "connections have MPTCP")
        .needs(&[Connections])
        .after(&[id::DISABLED]),
    rule(
        id::FALLBACK_LATER,
        connection::fallback_later,
        "connections keep MPTCP",
    )
    .needs(&[Connections])
    .after(&[id::DISABLED]),
    rule(
        id::PLAIN_TCP,
        connection::plain_tcp,
        "applications use MPTCP",
    )
    .needs(&[PathManager, Counters, Connections])
    .after(&[id::DISABLED]),
    rule(
        id::NO_ENDPOINT,
        missing::endpoint,
        "there is an endpoint to open paths from",
    )
    .needs(&[PathManager, Addresses, Links, Routes, Counters, Connections])
    .after(&[id::USERSPACE_PM, id::ADD_ADDR_LIMIT]),
    rule(
        id::FAMILY,
        connection::family,
        "endpoints have the family of the connections",
    )
    .needs(&[PathManager, Connections])
    .after(&[id::USERSPACE_PM]),
    rule(
        id::PATH_STALLED,
        path::stalled,
        "each path carries what is sent over it",
    )
    .needs(&[Connections, Links])
    .after(&[id::RP_FILTER]),
    rule(id::JOIN_UNANSWERED, join::unanswered, "joins are answered")
        .needs(&[Connections, Subflows])
        .after(&[id::RP_FILTER]),
    rule(
        id::LIMIT_USED_UP,
        limit::used_up,
        "no place is taken by an attempt without an answer",
    )
    .needs(&[PathManager, Connections, Subflows])
    .after(&[id::RP_FILTER, id::SUBFLOW_LIMIT]),
    rule(
        id::JOIN_HMAC,
        join::hmac,
        "joins reach the right host unchanged",
    )
    .needs(&[Counters, Connections])
    .after(&[id::RP_FILTER]),
    rule(
        id::DENY_JOIN_ID0,
        limit::deny_join_id0,
        "peers accept joins to their first address",
    )
    .needs(&[PathManager, Counters, Connections])
    .after(UNEXPLAINED),
    rule(id::JOIN_REFUSED, join::refused, "joins are not refused")
        .needs(&[PathManager, Counters, Connections])
        .after(UNEXPLAINED),
    rule(id::PATH_LOST, path::lost, "no path was lost")
        .needs(&[PathManager, Counters, Connections])
        .after(UNEXPLAINED),
    rule(
        id::PATH_NOT_TRIED,
        path::not_tried,
        "each endpoint was tried on each connection",
    )
    .needs(&[PathManager, Counters, Connections])
    .after(UNEXPLAINED),
    rule(id::PATH_IDLE, path::idle, "no path is idle")
        .needs(&[Connections, Subflows])
        .after(&[id::DISABLED]),
    rule(
        id::OTHER_MANAGER,
        host::other_manager,
        "nothing else edits endpoints",
    )
    .needs(&[Processes]),
    rule(id::PATH, probe::paths, "each path answers with MPTCP")
        .after(&[id::RP_FILTER])
        .probe(),
    rule(id::PEER_LIMIT, probe::joins, "each endpoint gives a path")
        .needs(&[PathManager])
        .after(&[id::PATH])
        .probe(),
];

/// What explains that an endpoint gave a live connection no path.
const UNEXPLAINED: &[&str] = &[
    id::RP_FILTER,
    id::SUBFLOW_LIMIT,
    id::JOIN_UNANSWERED,
    id::JOIN_HMAC,
    id::LIMIT_USED_UP,
];

const fn rule(id: &'static str, judge: fn(&Facts) -> Vec<Finding>, fine: &'static str) -> Rule {
    Rule {
        id,
        judge,
        fine,
        needs: &[],
        after: &[],
        of: Of::Host,
    }
}

impl Rule {
    const fn needs(mut self, needs: &'static [Kind]) -> Self {
        self.needs = needs;
        self
    }

    const fn after(mut self, after: &'static [&'static str]) -> Self {
        self.after = after;
        self
    }

    const fn both(mut self) -> Self {
        self.of = Of::Both;
        self
    }

    const fn probe(mut self) -> Self {
        self.of = Of::Probe;
        self
    }
}

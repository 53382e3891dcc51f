//! The table of all rules, in the order in which they are applied.
//!
//! To add one: write a function from [`Facts`] to findings, and a line here
//! that says which findings silence it; test it in `check/tests`, and explain
//! its id in the manual page.

mod announce;
mod connection;
pub(super) mod endpoint;
pub(super) mod host;
mod join;
pub(super) mod limit;
mod missing;
pub(super) mod route;

use super::facts::Kind::{
    self, Addresses, Connections, Counters, Links, Neighbours, PathManager, Processes, Routes,
    Subflows, Sysctls,
};
use super::{Facts, Finding, Level};

/// A cause, and how it is found.
#[derive(Debug)]
pub struct Rule {
    /// Its id, which never changes.
    pub id: &'static str,
    /// The highest level of its findings.
    pub level: Level,
    /// What is fine if it finds nothing.
    pub fine: &'static str,
    /// The facts that it needs.
    pub needs: &'static [Kind],
    /// The rules that come before it: what they, or those before them, found on
    /// the whole host or on the same endpoint explains what this one would say.
    pub after: &'static [&'static str],
    /// Finds what is wrong.
    pub judge: fn(&Facts) -> Vec<Finding>,
}

use Level::{Fail, Warn};

/// The host, then each endpoint, then limits, then connections.
pub static RULES: [Rule; 26] = [
    rule(
        "kernel",
        Fail,
        "this kernel has MPTCP",
        &[],
        &[],
        host::kernel,
    ),
    rule(
        "disabled",
        Fail,
        "MPTCP is on",
        &[Sysctls],
        &["kernel"],
        host::disabled,
    ),
    rule(
        "userspace-pm",
        Warn,
        "the kernel manages the paths",
        &[Sysctls, PathManager],
        &["disabled"],
        host::userspace_pm,
    ),
    rule(
        "endpoint-flags",
        Fail,
        "each endpoint has a flag that does something",
        &[PathManager],
        &["userspace-pm"],
        endpoint::flags,
    ),
    rule(
        "endpoint-address",
        Fail,
        "each endpoint's address is on this host",
        &[PathManager, Addresses, Links],
        &["endpoint-flags"],
        endpoint::address,
    ),
    rule(
        "endpoint-device",
        Fail,
        "each endpoint's device has its address",
        &[PathManager, Addresses, Links],
        &["endpoint-address"],
        endpoint::device,
    ),
    rule(
        "link-down",
        Fail,
        "each endpoint's link is up",
        &[PathManager, Addresses, Links],
        &["endpoint-device"],
        endpoint::link,
    ),
    rule(
        "endpoint-route",
        Fail,
        "each endpoint has a way out",
        &[PathManager, Links, Routes, Neighbours],
        &["link-down"],
        route::none,
    ),
    rule(
        "wrong-device",
        Warn,
        "what an endpoint sends leaves by its device",
        &[PathManager, Addresses, Links, Routes],
        &["endpoint-route"],
        route::elsewhere,
    ),
    rule(
        "rp-filter",
        Warn,
        "no answer to an endpoint is filtered",
        &[PathManager, Sysctls, Addresses, Links, Routes],
        &["wrong-device"],
        route::filtered,
    ),
    rule(
        "private-announced",
        Warn,
        "peers can reach what is announced",
        &[PathManager],
        &["endpoint-address"],
        announce::private,
    ),
    rule(
        "subflow-limit",
        Fail,
        "the limit has room for all endpoints",
        &[PathManager],
        &["userspace-pm"],
        limit::subflows,
    ),
    rule(
        "add-addr-limit",
        Warn,
        "addresses that peers announce are used",
        &[PathManager, Counters, Connections],
        &["userspace-pm"],
        limit::announced,
    ),
    rule(
        "blackhole",
        Fail,
        "MPTCP is tried",
        &[Counters, Connections],
        &["disabled"],
        connection::blackhole,
    ),
    rule(
        "fallback",
        Warn,
        "connections have MPTCP",
        &[Connections],
        &["disabled"],
        connection::fallback,
    ),
    rule(
        "fallback-later",
        Warn,
        "connections keep MPTCP",
        &[Connections],
        &["disabled"],
        connection::fallback_later,
    ),
    rule(
        "plain-tcp",
        Warn,
        "applications use MPTCP",
        &[PathManager, Counters, Connections],
        &["disabled"],
        connection::plain_tcp,
    ),
    rule(
        "no-endpoint",
        Warn,
        "there is an endpoint to open paths from",
        &[PathManager, Addresses, Links, Routes, Counters, Connections],
        &["userspace-pm", "add-addr-limit"],
        missing::endpoint,
    ),
    rule(
        "family",
        Warn,
        "endpoints have the family of the connections",
        &[PathManager, Connections],
        &["userspace-pm"],
        connection::family,
    ),
    rule(
        "join-unanswered",
        Warn,
        "joins are answered",
        &[Connections, Subflows],
        &["rp-filter"],
        join::unanswered,
    ),
    rule(
        "limit-used-up",
        Warn,
        "no place is taken by an attempt without an answer",
        &[PathManager, Connections, Subflows],
        &["rp-filter", "subflow-limit"],
        limit::used_up,
    ),
    rule(
        "join-hmac",
        Warn,
        "joins reach the right host unchanged",
        &[Counters, Connections],
        &["rp-filter"],
        join::hmac,
    ),
    rule(
        "join-refused",
        Warn,
        "joins are not refused",
        &[PathManager, Counters, Connections],
        &[
            "subflow-limit",
            "join-unanswered",
            "join-hmac",
            "limit-used-up",
        ],
        join::refused,
    ),
    rule(
        "peer-limit",
        Warn,
        "the peer accepts joins",
        &[PathManager, Counters, Connections],
        &["join-refused"],
        join::peer_limit,
    ),
    rule(
        "path-idle",
        Level::Ok,
        "no path is idle",
        &[Connections, Subflows],
        &["disabled"],
        connection::idle,
    ),
    rule(
        "other-manager",
        Level::Ok,
        "nothing else edits endpoints",
        &[Processes],
        &[],
        host::other_manager,
    ),
];

const fn rule(
    id: &'static str,
    level: Level,
    fine: &'static str,
    needs: &'static [Kind],
    after: &'static [&'static str],
    judge: fn(&Facts) -> Vec<Finding>,
) -> Rule {
    Rule {
        id,
        level,
        fine,
        needs,
        after,
        judge,
    }
}

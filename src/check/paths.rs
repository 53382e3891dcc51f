//! The paths of one connection, and why an endpoint gave it none.

use std::time::Duration;

use super::facts::Facts;
use super::finding::{Finding, Level};
use super::inspect::{ip, scope_of, subject};
use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::ip::Shown;
use crate::pm::Endpoint;

/// The rule that finds them.
const PATH: &str = "path";

/// Of the connection in question: each path, and for each endpoint that gave
/// it none, why. What the findings tell is left out.
pub fn paths(facts: &Facts, findings: &[Finding]) -> Vec<Finding> {
    if facts.focus.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for connection in &facts.connections {
        let untold = |of: &&Subflow| {
            let name = name(of);
            findings.iter().all(|finding| finding.subject != name)
        };
        let paths = connection.subflows.iter().filter(untold);
        found.extend(paths.map(|of| path(facts, of)));
        let told = |endpoint: &&Endpoint| {
            !findings
                .iter()
                .any(|finding| finding.concerns(scope_of(endpoint)) && finding.level <= Level::Warn)
        };
        let unused = facts.opening().filter(told).filter_map(|endpoint| {
            let own = ip(endpoint)?;
            let mut subflows = connection.subflows.iter();
            let used = subflows.any(|of| of.local.address == own);
            let why = (!used).then(|| reason(facts, connection, endpoint))?;
            let finding = Finding::new(Level::Ok, subject(facts, endpoint), why)
                .concerning(scope_of(endpoint))
                .seen("subflows", 0_u32)
                .shown_by(format!("ss -tn src {}", Shown(own)));
            Some(Finding {
                check: PATH,
                ..finding
            })
        });
        found.extend(unused);
    }
    found
}

/// A path in words, the same everywhere.
pub(super) fn name(subflow: &Subflow) -> String {
    let (local, remote) = (subflow.local, subflow.remote);
    format!(
        "path {} to {} port {}",
        Shown(local.address),
        Shown(remote.address),
        remote.port
    )
}

/// Who opened a path.
pub(super) fn origin(facts: &Facts, subflow: &Subflow) -> String {
    let of_address = |of: &&Endpoint| ip(of) == Some(subflow.local.address);
    let opening = facts.opening().find(of_address);
    let endpoint = opening.or_else(|| facts.endpoints.iter().find(of_address));
    let flags = subflow
        .mptcp
        .as_ref()
        .map(|info| info.flags)
        .unwrap_or_default();
    match (subflow.initial, endpoint) {
        (true, _) => "it is the initial path of the connection".to_owned(),
        (false, _) if flags.mp_join() && !flags.mp_join_requested() => {
            "the peer opened it".to_owned()
        }
        (false, Some(endpoint)) => format!("{} gave it", subject(facts, endpoint)),
        (false, None) => "it leads to an address that the peer announced".to_owned(),
    }
}

fn path(facts: &Facts, subflow: &Subflow) -> Finding {
    let backup = subflow.backup() || subflow.backup_remote();
    let mut message = origin(facts, subflow);
    if backup {
        message += ", as a backup";
    }
    // One that waits for an answer may yet come to something.
    let level = match subflow.state {
        State::Established => Level::Ok,
        state => {
            message = message + "; it is " + state.name();
            Level::Unknown
        }
    };
    let mut finding = Finding::new(level, name(subflow), message)
        .seen("state", subflow.state.name())
        .flag("backup", backup);
    if let Some(tcp) = &subflow.tcp {
        finding = finding
            .seen("bytes_sent", tcp.bytes_sent)
            .seen("rtt", Duration::from_micros(tcp.rtt_us.into()));
    }
    Finding {
        check: PATH,
        ..finding.shown_by("ss -tni")
    }
}

/// Why the endpoint gave the connection no path, where nothing is wrong.
fn reason(facts: &Facts, connection: &Connection, endpoint: &Endpoint) -> &'static str {
    let family = ip(endpoint).map(|of| of.is_ipv4());
    let acknowledged = connection.info.as_ref().and_then(|info| info.traffic);
    let started = acknowledged.is_none_or(|traffic| traffic.bytes_acked > 0);
    if connection.fallback.is_some() {
        "the connection is plain TCP, which has one path"
    } else if facts.opened_mptcp().next().is_none() {
        "this host did not open the connection: the peer opens paths"
    } else if family != Some(connection.remote.address.is_ipv4()) {
        "its address family differs from the connection's"
    } else if !started {
        "no data was acknowledged so far: paths are opened after that"
    } else if connection.subflows.iter().any(|of| !of.initial) {
        "the connection has other paths: its limit is reached, or this endpoint came later"
    } else {
        "it was not tried: it came later than the connection, or the limit was raised since then"
    }
}

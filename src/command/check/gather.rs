//! Gathers the facts that rules judge by. Those that are not available are
//! listed with the reason, and the check continues without them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::Duration;

use nix::libc::{EACCES, EPERM};

use crate::check::Facts;
use crate::check::facts::{Kind, Listener, PlainTcp, Unavailable, sysctl_name};
use crate::diag::connection::Connection;
use crate::diag::request::States;
use crate::diag::select::{Condition, Selector};
use crate::diag::socket::{Family, Info, State};
use crate::errno::text_of;
use crate::kernel::counters::{Counters, MPTCP, TCP_EXT};
use crate::kernel::processes;
use crate::kernel::{Kernel, sockets, sysctl};
use crate::netlink;

use super::blackhole::tries_mptcp;
use super::routes;

/// The sysctls that rules judge by, and those that fixes write.
const SYSCTLS: [&str; 7] = [
    "net.mptcp.enabled",
    "net.mptcp.path_manager",
    "net.mptcp.pm_type",
    "net.mptcp.blackhole_timeout",
    "net.mptcp.add_addr_v6_port_drop_ts",
    "net.ipv4.tcp_timestamps",
    "net.ipv4.conf.all.rp_filter",
];

/// Programs that manage endpoints as well.
const MANAGERS: [&str; 2] = ["NetworkManager", "mptcpd"];

/// How often counters and connections are gathered, and the time in between.
const ATTEMPTS: usize = 4;
const PAUSE: Duration = Duration::from_millis(100);

/// What to gather.
#[derive(Debug, Default, Clone, Copy)]
pub struct Selection {
    /// Connections of this family only.
    pub family: Option<Family>,
    /// One connection only.
    pub token: Option<u32>,
    /// Also what is of interest only with `all`.
    pub all: bool,
}

/// The facts of this host.
///
/// # Errors
/// [`sockets::Error::NoConnection`] where the connection is not there.
pub fn gather(kernel: &mut Kernel, selection: Selection) -> Result<Facts, sockets::Error> {
    let mut facts = observe(kernel, selection)?;
    complete(kernel, &mut facts, selection);
    Ok(facts)
}

/// What is there: the configuration, the counters and all connections.
///
/// # Errors
/// As for [`gather`].
pub fn observe(kernel: &mut Kernel, selection: Selection) -> Result<Facts, sockets::Error> {
    let mut facts = configuration(kernel);
    if !facts.mptcp {
        facts.unavailable.clear();
        return Ok(facts);
    }
    joins(kernel, &mut facts, selection)?;
    Ok(facts)
}

/// Leaves out the connections that are not judged, and adds what depends on the
/// others: routes, neighbours, plain TCP.
pub fn complete(kernel: &mut Kernel, facts: &mut Facts, selection: Selection) {
    if !facts.mptcp {
        return;
    }
    if selection.token.is_none() {
        // A connection of this host with itself has no other path to take.
        let own = |ip: IpAddr| ip.is_loopback() || facts.addresses.iter().any(|of| of.ip == ip);
        facts.connections.retain(|of| !own(of.remote.address));
    }
    facts.tried_now = tries_mptcp(facts);
    plain_tcp(kernel, facts);
    if let Some(family) = selection.family {
        let wanted = |ip: IpAddr| ip.is_ipv4() == (family == Family::V4);
        facts.connections.retain(|of| wanted(of.remote.address));
        facts.plain.retain(|of| wanted(of.remote.address));
        facts.endpoints.retain(|of| wanted(of.ip()));
    }
    if let Err(error) = routes::look_up(kernel, facts) {
        facts.mark_unavailable(Kind::Routes, error);
    }
    if selection.all {
        match managers() {
            Ok(managers) => facts.managers = managers,
            Err(error) => facts.mark_unavailable(Kind::Processes, text_of(&error)),
        }
    }
}

/// What is set up, without connections.
pub fn configuration(kernel: &mut Kernel) -> Facts {
    let mut facts = Facts::default();
    for name in SYSCTLS {
        match sysctl::read(name) {
            Ok(value) => facts
                .sysctls
                .extend(value.map(|value| (name.to_owned(), value))),
            Err(error) => {
                facts.mark_unavailable(Kind::Sysctls, format!("{name}: {}", text_of(&error)));
                break;
            }
        }
    }
    facts.mptcp = facts.sysctls.contains_key("net.mptcp.enabled");
    let snapshot = kernel.snapshot();
    // A container may hide /proc/sys.
    facts.mptcp |= !matches!(snapshot.path_manager, Err(netlink::Error::NoFamily(_)));
    match snapshot.path_manager {
        Ok((limits, endpoints)) => {
            facts.limits = limits;
            facts.endpoints = endpoints.entries;
        }
        Err(error) if lacks_privilege(&error) => {
            facts.mark_unavailable(Kind::PathManager, "it takes CAP_NET_ADMIN");
        }
        Err(error) => facts.mark_unavailable(Kind::PathManager, error),
    }
    if facts.sysctls.is_empty() && facts.unavailable.is_empty() {
        facts.mark_unavailable(Kind::Sysctls, "/proc/sys/net is not there");
    }
    match snapshot.links {
        Ok(links) => facts.links = links.entries,
        Err(error) => facts.mark_unavailable(Kind::Links, error),
    }
    match snapshot.addresses {
        Ok(addresses) => facts.addresses = addresses.entries,
        Err(error) => facts.mark_unavailable(Kind::Addresses, error),
    }
    device_sysctls(&mut facts);
    facts
}

/// The sysctls of the devices that endpoints are bound to.
fn device_sysctls(facts: &mut Facts) {
    for link in &facts.links {
        let bound = |of: &crate::pm::Endpoint| of.device == Some(link.index);
        if facts.endpoints.iter().any(bound) {
            let value = sysctl::ipv4_conf(OsStr::from_bytes(&link.name), "rp_filter");
            let name = sysctl_name(&link.label(), "rp_filter");
            let known = value.map(|value| (name, value.to_string()));
            facts.sysctls.extend(known);
        }
    }
}

/// The counters that rules judge by.
pub fn counters(facts: &mut Facts) {
    let counters = match Counters::read() {
        Ok(counters) => counters,
        Err(error) => return facts.mark_unavailable(Kind::Counters, error),
    };
    for (table, names) in [(MPTCP, None), (TCP_EXT, Some("IPReversePathFilter"))] {
        let wanted = counters
            .table(table)
            .filter(|(name, _)| names.is_none_or(|wanted| wanted == *name));
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value));
        facts.counters.extend(wanted);
    }
}

/// Counters and connections that belong together: while joins are begun or end
/// between the two, they are gathered again, a few times. A path that is missing
/// has to be missing twice, as one that is just being established is in neither.
fn joins(
    kernel: &mut Kernel,
    facts: &mut Facts,
    selection: Selection,
) -> Result<(), sockets::Error> {
    const NAMES: [&str; 3] = ["MPJoinSynTx", "MPJoinSynAckRx", "MPCurrEstab"];
    let values = |facts: &Facts| NAMES.map(|name| facts.counter(name));
    for attempt in 0..ATTEMPTS {
        counters(facts);
        let before = values(facts);
        facts.connections.clear();
        facts.listeners.clear();
        connections(kernel, facts, selection)?;
        counters(facts);
        let is_missing = !facts.lacking(|_| true).is_empty();
        if values(facts) == before && (attempt > 0 || !is_missing) {
            break;
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn connections(
    kernel: &mut Kernel,
    facts: &mut Facts,
    selection: Selection,
) -> Result<(), sockets::Error> {
    let selector = Selector {
        tokens: selection.token.into_iter().collect(),
        conditions: match selection.token {
            Some(_) => Vec::new(),
            None => vec![
                Condition::Established,
                Condition::Fallback,
                Condition::Pending,
                Condition::Listening,
            ],
        },
        ..Selector::default()
    };
    facts.focus = selection.token;
    let mut take = |connection: Connection| {
        match connection.state {
            State::Listen => facts.listeners.push(Listener {
                local: connection.local,
                mptcp: true,
            }),
            _ => facts.connections.push(connection),
        }
        Ok::<(), sockets::Error>(())
    };
    let dumped = kernel
        .sockets()
        .and_then(|sockets| sockets.connections(&selector, &mut take));
    match dumped {
        Ok(missing) if missing.subflow_info => {
            facts.mark_unavailable(Kind::Subflows, "before Linux 6.15 it takes CAP_NET_ADMIN");
        }
        Ok(_) => {}
        Err(error @ sockets::Error::NoConnection(_)) => return Err(error),
        Err(error) => facts.mark_unavailable(Kind::Connections, error),
    }
    Ok(())
}

/// Plain connections are of interest only where nothing ever tried MPTCP.
fn plain_tcp(kernel: &mut Kernel, facts: &mut Facts) {
    let tried = facts
        .counters
        .get("MPCapableSYNTX")
        .is_some_and(|count| *count > 0);
    if tried || facts.opening().next().is_none() || !facts.connections.is_empty() {
        return;
    }
    let (mut plain, mut listening) = (Vec::new(), BTreeSet::new());
    let states = States::only(State::Established).and(State::Listen);
    let take = |socket: crate::diag::socket::Socket| {
        let header = socket.header;
        match (header.state, socket.info) {
            (State::Listen, _) => drop(listening.insert(header.local.port)),
            (_, Info::Tcp { subflow: None, .. }) => plain.push(PlainTcp {
                local: header.local,
                remote: header.remote,
            }),
            _ => {}
        }
    };
    let dumped = kernel
        .sockets()
        .and_then(|sockets| sockets.tcp(states, take));
    if let Err(error) = dumped {
        return facts.mark_unavailable(Kind::Connections, error);
    }
    plain.retain(|of| {
        let here =
            of.remote.address.is_loopback() || facts.host_address(of.remote.address).is_some();
        !here && !listening.contains(&of.local.port)
    });
    facts.plain = plain;
}

/// Those of [`MANAGERS`] that run.
fn managers() -> io::Result<Vec<String>> {
    let names = processes::names()?;
    let known = MANAGERS.map(str::to_owned).into_iter();
    Ok(known.filter(|known| names.contains(known)).collect())
}

impl Facts {
    /// Lists facts of a kind as missing, with the first reason.
    pub(super) fn mark_unavailable(&mut self, what: Kind, why: impl ToString) {
        if self.unavailable.iter().all(|known| known.what != what) {
            let why = why.to_string().trim_end_matches('.').to_owned();
            self.unavailable.push(Unavailable { what, why });
        }
    }
}

/// Whether it was the privilege that was missing.
fn lacks_privilege(error: &netlink::Error) -> bool {
    match error {
        netlink::Error::Refused(refusal) | netlink::Error::DumpRefused(refusal) => {
            matches!(refusal.errno, EPERM | EACCES)
        }
        _ => false,
    }
}

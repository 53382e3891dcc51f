//! Gathers the facts that rules judge by. Facts that are not available are
//! listed, and the check continues.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use nix::libc::{EACCES, EPERM};

use crate::check::facts::{Kind, Listener, PlainTcp, Unavailable, sysctl_name};
use crate::check::{Facts, inspect};
use crate::diag::connection::Connection;
use crate::diag::request::States;
use crate::diag::select::{Condition, Selector};
use crate::diag::socket::{Family, Info, State};
use crate::kernel::counters::{Counters, IP, MPTCP, TCP, TCP_EXT};
use crate::kernel::processes;
use crate::kernel::{Kernel, sockets, sysctl};
use crate::netlink;

use super::blackhole::tries_mptcp;
use super::routes;

/// The sysctls that rules look at, and those that fixes write.
const SYSCTLS: [&str; 5] = [
    "net.mptcp.enabled",
    "net.mptcp.path_manager",
    "net.mptcp.pm_type",
    "net.mptcp.blackhole_timeout",
    "net.ipv4.conf.all.rp_filter",
];

/// Programs that manage endpoints as well.
const MANAGERS: [&str; 2] = ["NetworkManager", "mptcpd"];

/// What to look at.
#[derive(Debug, Default, Clone, Copy)]
pub struct Selection {
    /// Connections of this family only.
    pub family: Option<Family>,
    /// One connection only.
    pub token: Option<u32>,
    /// Also at what is only of interest where all is asked for.
    pub all: bool,
}

/// Gathers the facts that rules judge by.
///
/// # Errors
/// [`sockets::Error::NoConnection`] where the connection is not there.
pub fn gather(kernel: &mut Kernel, selection: Selection) -> Result<Facts, sockets::Error> {
    let mut facts = observe(kernel, selection)?;
    complete(kernel, &mut facts, selection);
    Ok(facts)
}

/// Gathers what is there: the configuration, counters and all connections.
///
/// # Errors
/// As for [`gather`].
pub fn observe(kernel: &mut Kernel, selection: Selection) -> Result<Facts, sockets::Error> {
    let mut facts = configuration(kernel);
    if !facts.mptcp {
        // There is nothing to be seen.
        facts.unavailable.clear();
        return Ok(facts);
    }
    counters(&mut facts);
    connections(kernel, &mut facts, selection)?;
    Ok(facts)
}

/// Leaves out what rules do not judge, and adds what depends on the rest:
/// routes, neighbours, plain TCP.
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
        facts
            .endpoints
            .retain(|of| inspect::ip(of).is_none_or(wanted));
    }
    if let Err(error) = routes::look_up(kernel, facts) {
        facts.mark_unavailable(Kind::Routes, &error);
    }
    if selection.all {
        facts.managers = managers();
    }
}

/// What was set up: as much as [`look`] sees without connections.
pub fn configuration(kernel: &mut Kernel) -> Facts {
    let read = |name: &&str| Some(((*name).to_owned(), sysctl::read(name)?));
    let mut facts = Facts {
        mptcp: sysctl::Mptcp::read().is_some(),
        ..Facts::default()
    };
    facts.sysctls.extend(SYSCTLS.iter().filter_map(read));
    let snapshot = kernel.snapshot();
    // A container may hide /proc/sys.
    facts.mptcp |= !matches!(snapshot.path_manager, Err(netlink::Error::NoFamily(_)));
    match snapshot.path_manager {
        Ok((limits, endpoints)) => {
            facts.limits = limits;
            facts.endpoints = endpoints.entries;
        }
        Err(error) if lacks_privilege(&error) => facts.unavailable.push(Unavailable {
            what: Kind::PathManager,
            why: "it takes CAP_NET_ADMIN".to_owned(),
        }),
        Err(error) => facts.mark_unavailable(Kind::PathManager, &error),
    }
    if facts.sysctls.is_empty() {
        facts.unavailable.push(Unavailable {
            what: Kind::Sysctls,
            why: "/proc/sys/net is not there".to_owned(),
        });
    }
    match snapshot.links {
        Ok(links) => facts.links = links.entries,
        Err(error) => facts.mark_unavailable(Kind::Links, &error),
    }
    match snapshot.addresses {
        Ok(addresses) => facts.addresses = addresses.entries,
        Err(error) => facts.mark_unavailable(Kind::Addresses, &error),
    }
    device_sysctls(&mut facts);
    facts
}

/// The sysctls of the devices that endpoints are bound to.
fn device_sysctls(facts: &mut Facts) {
    for link in &facts.links {
        let bound = |of: &crate::pm::Endpoint| inspect::bound(of) == Some(link.index);
        if facts.endpoints.iter().any(bound) {
            let value = sysctl::ipv4_conf(OsStr::from_bytes(&link.name), "rp_filter");
            let name = sysctl_name(&link.label(), "rp_filter");
            let known = value.map(|value| (name, value.to_string()));
            facts.sysctls.extend(known);
        }
    }
}

fn counters(facts: &mut Facts) {
    let counters = match Counters::read() {
        Ok(counters) => counters,
        Err(error) => return facts.mark_unavailable(Kind::Counters, &error),
    };
    for (table, names) in [
        (MPTCP, None),
        (TCP_EXT, Some("IPReversePathFilter")),
        (TCP, Some("AttemptFails")),
        (IP, Some("OutNoRoutes")),
    ] {
        let wanted = counters
            .table(table)
            .filter(|(name, _)| names.is_none_or(|wanted| wanted == *name));
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value));
        facts.counters.extend(wanted);
    }
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
        Ok(missing) if missing.subflow_info => facts.unavailable.push(Unavailable {
            what: Kind::Subflows,
            why: "before Linux 6.15 it takes CAP_NET_ADMIN".to_owned(),
        }),
        Ok(_) => {}
        Err(error @ sockets::Error::NoConnection(_)) => return Err(error),
        Err(error) => facts.mark_unavailable(Kind::Connections, &error),
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
    let states = States::of(State::Established).and(State::Listen);
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
    if dumped.is_err() {
        return;
    }
    plain.retain(|of| {
        let here =
            of.remote.address.is_loopback() || facts.host_address(of.remote.address).is_some();
        !here && !listening.contains(&of.local.port)
    });
    facts.plain = plain;
}

/// Those of [`MANAGERS`] that run.
fn managers() -> Vec<String> {
    let names: Vec<String> = processes::names().collect();
    let known = MANAGERS.map(str::to_owned).into_iter();
    known.filter(|known| names.contains(known)).collect()
}

impl Facts {
    /// Notes what could not be had.
    fn mark_unavailable(&mut self, what: Kind, why: &(impl std::error::Error + ?Sized)) {
        let why = why.to_string().trim_end_matches('.').to_owned();
        self.unavailable.push(Unavailable { what, why });
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

//! What can be observed of a host, its connections, and another host.

use std::collections::BTreeMap;
use std::fmt;

use super::probe::Probed;
use crate::diag::connection::Connection;
use crate::diag::socket::End;
use crate::network::{Address, DefaultRoute, Link, Lookup, Neighbour, NextHop};
use crate::pm::{Endpoint, Limits};

/// All that the rules judge by, of one network namespace at one time. What was
/// not gathered is empty; what could not be is named in
/// [`Facts::unavailable`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Facts {
    /// Whether this kernel has MPTCP: its sysctls, or its path manager.
    pub mptcp: bool,
    /// The values of sysctls by their names, such as `net.mptcp.enabled`; see
    /// [`sysctl_name`] for those of devices.
    pub sysctls: BTreeMap<String, String>,
    pub endpoints: Vec<Endpoint>,
    pub limits: Limits,
    pub links: Vec<Link>,
    pub addresses: Vec<Address>,
    /// The routes that were looked up.
    pub routes: Vec<Route>,
    /// The default routes of the main table, where an endpoint may need one.
    pub defaults: Vec<DefaultRoute>,
    pub neighbours: Vec<Neighbour>,
    /// The counters of `/proc/net/netstat` and `/proc/net/snmp` by their names.
    /// They count since the namespace was created.
    pub counters: BTreeMap<String, u64>,
    /// Connections that use or asked for MPTCP, without listening sockets.
    pub connections: Vec<Connection>,
    /// Sockets that wait for clients.
    pub listeners: Vec<Listener>,
    /// TCP connections without MPTCP that this host opened to other hosts.
    pub plain: Vec<PlainTcp>,
    /// Whether the kernel tries MPTCP for connections that are opened now, as
    /// far as blackhole detection goes; `None`: there was no reason to ask, or
    /// it could not be asked.
    pub tried_now: Option<bool>,
    /// Programs that manage endpoints and run here (`NetworkManager`, `mptcpd`).
    pub managers: Vec<String>,
    /// The connection that is being checked, if it is a single one.
    pub focus: Option<u32>,
    /// Handshakes with another host, if that is what is being checked.
    pub probed: Option<Probed>,
    pub unavailable: Vec<Unavailable>,
}

/// A route that was looked up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Route {
    pub lookup: Lookup,
    /// `None`: there is no route.
    pub next_hop: Option<NextHop>,
}

/// A socket that waits for clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Listener {
    pub local: End,
    pub mptcp: bool,
}

/// A TCP connection that has nothing to do with MPTCP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PlainTcp {
    pub local: End,
    pub remote: End,
}

/// Facts that could not be determined.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unavailable {
    pub what: Kind,
    /// Why not.
    pub why: String,
}

/// The kinds of facts, by how they are determined.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    Sysctls,
    PathManager,
    Links,
    Addresses,
    Routes,
    Neighbours,
    Counters,
    Connections,
    /// What MPTCP knows about subflows; before Linux 6.15, only with
    /// CAP_NET_ADMIN.
    Subflows,
    Processes,
}

/// A summary in a line.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.endpoints.len(), "endpoints"),
            (self.links.len(), "devices"),
            (self.addresses.len(), "addresses"),
            (self.routes.len(), "routes"),
            (self.neighbours.len(), "neighbours"),
            (self.counters.len(), "counters"),
            (self.connections.len(), "connections"),
            (self.listeners.len(), "MPTCP listeners"),
            (self.plain.len(), "plain TCP connections"),
        ];
        f.write_str("looked at:")?;
        for (name, value) in &self.sysctls {
            write!(f, " {name}={value}")?;
        }
        let limits = [
            ("subflows", self.limits.subflows),
            ("add_addr_accepted", self.limits.add_addr_accepted),
        ];
        for (name, limit) in limits {
            if let Some(limit) = limit {
                write!(f, " {name}={limit}")?;
            }
        }
        for (count, name) in counts {
            write!(f, ", {count} {name}")?;
        }
        Ok(())
    }
}

impl Kind {
    /// Its name in text.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Sysctls => "sysctls",
            Kind::PathManager => "endpoints and limits",
            Kind::Links => "devices",
            Kind::Addresses => "addresses",
            Kind::Routes => "routes",
            Kind::Neighbours => "neighbours",
            Kind::Counters => "counters",
            Kind::Connections => "connections",
            Kind::Subflows => "the MPTCP part of subflows",
            Kind::Processes => "processes",
        }
    }
}

/// The name of a device's sysctl of IPv4, as `sysctl` takes it: with slashes
/// where the device's own name has dots.
pub fn sysctl_name(device: &str, setting: &str) -> String {
    if device.contains('.') {
        format!("net/ipv4/conf/{device}/{setting}")
    } else {
        format!("net.ipv4.conf.{device}.{setting}")
    }
}

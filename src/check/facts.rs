//! What one look at a host and its connections can see.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use crate::diag::connection::Connection;
use crate::diag::socket::End;
use crate::pm::{Endpoint, Limits};

/// All that the rules judge by, of one network namespace at one time. What was
/// not looked at, or could not be, is empty here and named in [`Facts::unseen`].
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
    pub addresses: Vec<HostAddress>,
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
    pub unavailable: Vec<Unavailable>,
}

/// A network device.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Link {
    pub index: u32,
    /// Bytes that are no text are replaced.
    pub name: String,
    /// It was set up (IFF_UP).
    pub up: bool,
    /// It has a carrier (IFF_LOWER_UP).
    pub carrier: bool,
    pub loopback: bool,
    /// It has one peer, and no neighbours to look for (IFF_POINTOPOINT).
    pub point_to_point: bool,
    /// The bridge, bond or VRF that it belongs to.
    pub master: Option<u32>,
    /// `dummy`, `bridge`, `veth`, …; empty for hardware.
    pub kind: String,
}

/// An address of this host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostAddress {
    pub address: IpAddr,
    /// Bits of its network, as in `ip address`.
    pub prefix: u8,
    /// Index of the device that has it.
    pub device: u32,
    /// Duplicate address detection has not finished (IFA_F_TENTATIVE).
    pub tentative: bool,
    /// Duplicate address detection found another host with it.
    pub duplicate: bool,
}

/// A route that was looked up, as `ip route get TO from FROM oif BY` does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route {
    pub to: IpAddr,
    pub from: Option<IpAddr>,
    /// Index of the device that it was to go out by.
    pub by: Option<u32>,
    /// `None`: there is no route.
    pub next_hop: Option<NextHop>,
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NextHop {
    pub device: u32,
    pub gateway: Option<IpAddr>,
    /// The address that the kernel would send from.
    pub source: Option<IpAddr>,
    /// A route says so (RTM_F_FIB_MATCH). Where it is not, the kernel takes the
    /// target for on-link, only since it was told the device.
    pub routed: bool,
}

/// A default route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DefaultRoute {
    pub device: u32,
    pub gateway: Option<IpAddr>,
    /// The metric: lower is preferred.
    pub metric: u32,
}

/// A host on a link, as far as its link-layer address is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Neighbour {
    pub address: IpAddr,
    pub device: u32,
    pub state: Reached,
}

/// The `NUD_*` states, as far as they matter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reached {
    /// Its link-layer address is known.
    Known,
    /// It was asked for its address, and has not answered yet.
    Incomplete,
    /// It did not answer.
    Failed,
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
    /// Why not, in words.
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

/// What was looked at, in a line.
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
    /// What it is called in text.
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
    match device.contains('.') {
        true => format!("net/ipv4/conf/{device}/{setting}"),
        false => format!("net.ipv4.conf.{device}.{setting}"),
    }
}

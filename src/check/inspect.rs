//! Queries of the facts that several rules make, and whoever gathers the facts.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::ip;
use crate::network::{self, DefaultRoute, Link, Lookup, NextHop};
use crate::pm::{Endpoint, Flags};

use super::facts::{Facts, Route};
use super::finding::{Command, Scope};
use super::probe::Path;
use super::remedy;

/// Stands for any host of the internet where there is no connection yet: the
/// default route leads there, also where a VPN has put two halves in its place.
/// Nothing is sent to it.
pub const FAR: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(128, 0, 0, 1)),
    IpAddr::V6(std::net::Ipv6Addr::new(0x2600, 0, 0, 0, 0, 0, 0, 0)),
];

/// For how many peers routes are looked up, for each endpoint.
const MOST_TARGETS: usize = 8;

impl Facts {
    pub fn sysctl(&self, name: &str) -> Option<&str> {
        self.sysctls.get(name).map(String::as_str)
    }

    pub fn counter(&self, name: &str) -> u64 {
        self.counters.get(name).copied().unwrap_or_default()
    }

    pub fn link(&self, index: u32) -> Option<&Link> {
        self.links.iter().find(|link| link.index == index)
    }

    /// A device's name, or its number where it has none any more.
    pub fn device_name(&self, index: u32) -> String {
        let link = self.link(index);
        link.map_or_else(|| format!("if{index}"), Link::label)
    }

    pub fn host_address(&self, ip: IpAddr) -> Option<&network::Address> {
        self.addresses.iter().find(|of| of.ip == ip)
    }

    /// The device that an endpoint's subflows are to go out by: its own, or the
    /// one that has its address.
    pub fn device_of(&self, endpoint: &Endpoint) -> Option<&Link> {
        let holder = || self.host_address(endpoint.ip()).map(|of| of.device);
        self.link(endpoint.device.or_else(holder)?)
    }

    /// Whether any device will do for its addresses: lo, a dummy.
    pub fn is_anywhere(&self, device: u32) -> bool {
        let link = self.link(device);
        link.is_some_and(Link::is_internal)
    }

    /// Whether one device is a part of the other.
    pub fn belong_together(&self, one: u32, other: u32) -> bool {
        let master = |index| self.link(index).and_then(|link| link.master);
        let (a, b) = (master(one), master(other));
        one == other || a == Some(other) || b == Some(one) || (a.is_some() && a == b)
    }

    /// The endpoints that somebody made, and not the kernel for a connection.
    pub fn made(&self) -> impl Iterator<Item = &Endpoint> {
        let made = |of: &&Endpoint| !has(of, Flags::IMPLICIT);
        self.endpoints.iter().filter(made)
    }

    /// The endpoints that subflows are opened from.
    pub fn opening(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(|of| has(of, Flags::SUBFLOW))
    }

    /// The endpoints that are announced to peers.
    pub fn announced(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(|of| has(of, Flags::SIGNAL))
    }

    /// The default route by a device and a gateway.
    pub fn default_route_by(&self, device: Option<u32>, gateway: IpAddr) -> Option<&DefaultRoute> {
        let mut known = self.defaults.iter();
        known.find(|of| Some(of.device) == device && of.gateway == Some(gateway))
    }

    /// Live connections that this host opened.
    pub fn opened(&self) -> impl Iterator<Item = &Connection> {
        let opened = |of: &&Connection| is_live(of) && self.is_opened(of);
        self.connections.iter().filter(opened)
    }

    /// Those of them that have MPTCP. A subflow that was listed without its
    /// connection is none.
    pub fn opened_mptcp(&self) -> impl Iterator<Item = &Connection> {
        self.opened().filter(|of| {
            of.fallback.is_none() && of.state == State::Established && of.info.is_some()
        })
    }

    /// Live connections that this host accepted.
    pub fn accepted(&self) -> impl Iterator<Item = &Connection> {
        let accepted = |of: &&Connection| is_live(of) && !self.is_opened(of);
        self.connections.iter().filter(accepted)
    }

    fn is_opened(&self, connection: &Connection) -> bool {
        let is_listener = || {
            let mut listeners = self.listeners.iter();
            listeners.any(|of| of.local.port == connection.local.port)
        };
        match connection.server_side {
            Some(server) => !server,
            None => !is_listener(),
        }
    }

    /// Where an endpoint's subflows are to go: the host that is probed; the
    /// remote addresses of its subflows; the peers of the connections that this
    /// host opened; else the default route, where there is one. A host that
    /// only accepted connections has none to judge by.
    pub fn targets(&self, endpoint: &Endpoint) -> Vec<IpAddr> {
        let own = endpoint.ip();
        let of_family = |remote: &IpAddr| remote.is_ipv4() == own.is_ipv4();
        if let Some(probed) = &self.probed {
            return Some(probed.to.ip()).into_iter().filter(of_family).collect();
        }
        let opened = self.opened_mptcp().filter(|of| of.local.address != own);
        // What stays on this host takes no link.
        let is_away = |to: &IpAddr| self.host_address(*to).is_none() && !to.is_loopback();
        let used = self.joined_from(own).map(|of| of.remote.address);
        let mut targets: BTreeSet<_> = used.collect();
        if targets.is_empty() {
            targets.extend(opened.map(|of| of.remote.address).filter(of_family));
        }
        let away = targets.into_iter().filter(is_away);
        let mut targets: Vec<_> = away.take(MOST_TARGETS).collect();
        if targets.is_empty() && self.connections.is_empty() {
            let far = FAR.iter().copied().filter(of_family);
            let routed = far.filter(|to| self.next_hop(None, None, *to).is_some());
            let another = |to: &IpAddr| self.first_address(*to) != Some(own);
            targets = routed.filter(another).collect();
        }
        targets
    }

    /// The address that a connection to there would begin with.
    fn first_address(&self, to: IpAddr) -> Option<IpAddr> {
        self.next_hop(None, None, to)?.source
    }

    /// The address that connections of a family begin with by the default
    /// route, if there is one.
    pub fn default_address(&self, ipv4: bool) -> Option<IpAddr> {
        let far = FAR.iter().find(|to| to.is_ipv4() == ipv4)?;
        self.first_address(*far)
    }

    /// Whether a device has an address of the family that is none of these, so
    /// that connections may well begin there.
    pub fn has_others(&self, ipv4: bool, known: &[IpAddr]) -> bool {
        self.addresses.iter().any(|of| {
            let ip = of.ip;
            let local = ip::is_link_local(ip);
            ip.is_ipv4() == ipv4 && !local && !self.is_anywhere(of.device) && !known.contains(&ip)
        })
    }

    /// A route that was looked up, if it was.
    pub fn route(&self, lookup: Lookup) -> Option<&Route> {
        self.routes.iter().find(|route| route.lookup == lookup)
    }

    /// Where it leads, if anywhere.
    pub fn next_hop(
        &self,
        from: Option<IpAddr>,
        device: Option<u32>,
        to: IpAddr,
    ) -> Option<NextHop> {
        self.route(Lookup { to, from, device })?.next_hop
    }

    /// Whether a host on a link was asked for and is not there.
    pub fn is_silent(&self, address: IpAddr, device: u32) -> bool {
        let mut neighbours = self.neighbours.iter();
        let known = neighbours.find(|of| of.ip == address && of.device == device);
        known.is_some_and(network::Neighbour::is_silent)
    }

    /// Whether a host is on a link, as far as it was asked for.
    pub fn is_neighbour(&self, address: IpAddr, device: u32) -> bool {
        let mut neighbours = self.neighbours.iter();
        let known = neighbours.find(|of| of.ip == address && of.device == device);
        known.is_some_and(|of| !of.is_silent())
    }

    /// The further subflows from there that are established.
    pub fn joined_from(&self, own: IpAddr) -> impl Iterator<Item = &Subflow> {
        let subflows = self.opened().flat_map(|of| &of.subflows);
        subflows.filter(move |of| joined(of) && of.local.address == own)
    }

    /// Whether packets from there are known to arrive and to be answered.
    pub fn works(&self, own: IpAddr) -> bool {
        let probed = self.probed.iter().flat_map(|probed| &probed.paths);
        let mut answered = probed.filter(|path| path.from == Some(own));
        self.joined_from(own).next().is_some() || answered.any(Path::is_answered)
    }

    /// Whether a live connection of this host that the kernel manages has no
    /// established path from an endpoint. An attempt in progress is none: what
    /// keeps it from being answered may end it first.
    pub fn is_lacking(&self, endpoint: &Endpoint) -> bool {
        let own = endpoint.ip();
        let mut managed = self.opened_mptcp().filter(|of| !self.is_by_hand(of));
        let lacks = |of: &Connection| {
            let mut subflows = of.subflows.iter();
            own.is_ipv4() == of.remote.address.is_ipv4()
                && of.local.address != own
                && !subflows.any(|of| joined(of) && of.local.address == own)
        };
        has(endpoint, Flags::SUBFLOW) && managed.any(lacks)
    }

    /// The commands that have live connections try an endpoint again, where one
    /// of them lacks its path: once it was tried, or its limit was reached, the
    /// kernel does not do that by itself. An attempt in progress keeps the route
    /// that it began with, so the endpoint is added again.
    pub fn retry(&self, endpoint: &Endpoint) -> Vec<Command> {
        let own = endpoint.ip();
        let mut subflows = self.opened_mptcp().flat_map(|of| &of.subflows);
        let is_pending =
            |of: &Subflow| of.local.address == own && !of.initial && of.state.is_connecting();
        if !self.is_lacking(endpoint) {
            Vec::new()
        } else if subflows.any(is_pending) {
            let device = endpoint.device.map(|index| self.device_name(index));
            let add = remedy::add(endpoint, device.as_deref(), endpoint.flags);
            vec![remedy::delete(endpoint), add]
        } else {
            vec![remedy::retry(endpoint.id)]
        }
    }

    /// The same for all endpoints.
    pub fn retry_all(&self) -> Option<Command> {
        let lacking = self.opening().filter(|of| self.is_lacking(of));
        remedy::retries(&lacking.map(|of| of.id).collect::<Vec<_>>())
    }

    /// Whether a program in user space manages the connection, for its whole
    /// life.
    pub fn is_by_hand(&self, connection: &Connection) -> bool {
        let limit = self.limits.subflows.unwrap_or_default();
        let info = connection.info.as_ref();
        limit > 0 && info.is_some_and(|info| info.subflows_max == 0)
    }

    /// The device that a subflow leaves by: the one that it is bound to, or
    /// that has its address.
    pub fn device_of_subflow(&self, subflow: &Subflow) -> Option<&Link> {
        let bound = Some(subflow.device).filter(|index| *index != 0);
        let holder = || self.host_address(subflow.local.address).map(|of| of.device);
        self.link(bound.or_else(holder)?)
    }

    /// The endpoints that should give a connection another path, but do not.
    pub fn without_subflow<'a>(&'a self, of: &'a Connection) -> impl Iterator<Item = &'a Endpoint> {
        self.opening().filter(|endpoint| {
            let own = endpoint.ip();
            own.is_ipv4() == of.remote.address.is_ipv4()
                && of.local.address != own
                && of.subflows.iter().all(|of| of.local.address != own)
        })
    }
}

/// Whether the subflow is an additional one, and works.
pub fn joined(subflow: &Subflow) -> bool {
    !subflow.initial && subflow.state == State::Established
}

/// Whether it is an attempt that was not answered so far, although it was
/// repeated.
pub fn unanswered(subflow: &Subflow) -> bool {
    let tcp = subflow.tcp.as_ref();
    let repeated = tcp.is_some_and(|tcp| tcp.total_retrans > 0 || tcp.retransmits > 0);
    !subflow.initial && subflow.state == State::SynSent && repeated
}

fn is_live(connection: &Connection) -> bool {
    use State::{CloseWait, Established, SynReceived, SynSent};
    matches!(
        connection.state,
        Established | CloseWait | SynSent | SynReceived
    )
}

pub fn scope_of(endpoint: &Endpoint) -> Scope {
    Scope::Endpoint(endpoint.id)
}

pub fn has(endpoint: &Endpoint, flag: Flags) -> bool {
    endpoint.flags.contains(flag)
}

/// An endpoint in words: `endpoint 10.0.2.1 id 2 dev eth1`.
pub fn subject(facts: &Facts, endpoint: &Endpoint) -> String {
    let (ip, id) = (endpoint.ip(), endpoint.id);
    let device = endpoint
        .device
        .map(|index| format!(" dev {}", facts.device_name(index)));
    format!("endpoint {ip} id {id}{}", device.unwrap_or_default())
}

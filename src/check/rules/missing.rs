//! The lack of endpoints, where there could be one.

use std::net::IpAddr;

use super::endpoint::{is_useless, lacks_subflow};
use crate::check::Facts;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::FAR;
use crate::check::remedy::{self, add, delete};
use crate::diag::connection::Connection;
use crate::ip::is_link_local;
use crate::network::{Link, Lookup, NextHop};
use crate::pm::{Endpoint, Flags};

pub fn endpoint(facts: &Facts) -> Vec<Finding> {
    // One whose flags are wrong is reported already, with its fix.
    let useless = |of: &Endpoint| is_useless(of) || lacks_subflow(of);
    // Where peers announce addresses and these are accepted, paths come from
    // them; a connection that is older than the limit stays without.
    let accepts = facts.limits.add_addr_accepted.is_some_and(|most| most > 0);
    let announced = accepts && facts.counter("AddAddr") > 0;
    if announced || facts.made().any(useless) {
        return Vec::new();
    }
    let alone = |of: &&Connection| {
        let accepted = of.info.as_ref().map_or(0, |info| info.add_addr_accepted);
        of.established() == 1 && of.subflows.len() == 1 && accepted == 0
    };
    let first = |of: &Connection| (of.local.address, of.remote.address);
    let live = facts.opened_mptcp().filter(alone).map(first);
    let mut first: Vec<_> = live.collect();
    if facts.connections.is_empty() {
        // Connections will begin where the default route leads.
        let far = FAR.iter();
        let by_default = |to: &IpAddr| Some((facts.default_address(to.is_ipv4())?, *to));
        first.extend(far.filter_map(by_default));
    }
    let found = first.into_iter().find_map(|(own, remote)| {
        let mut opening = facts.opening().map(|of| of.ip());
        let has_none = facts.opening().next().is_none();
        let has_only = opening.all(|of| of == own);
        // A host without connections may not want any paths.
        if !has_only || has_none && facts.connections.is_empty() {
            return None;
        }
        let (link, address) = spare(facts, own, remote)?;
        let carries = (!has_none).then_some(own);
        Some(without(facts, link, address, remote, carries))
    });
    found.into_iter().collect()
}

fn without(
    facts: &Facts,
    link: &Link,
    address: IpAddr,
    remote: IpAddr,
    carries: Option<IpAddr>,
) -> Finding {
    // The kernel takes subflow for an endpoint of its own beside one that
    // announces a port.
    let held = facts.made().find(|of| of.ip() == address);
    let held = held.filter(|of| of.port.is_none_or(|port| port == 0));
    let name = link.label();
    let message = match carries {
        Some(own) => format!(
            "the only subflow endpoint, {own}, already carries the first path, \
             so {name} provides none"
        ),
        None => format!("no endpoint has the flag subflow, so {name} provides no path"),
    };
    let finding = Finding::new(Level::Warn, "endpoints", message)
        .seen("endpoints", facts.endpoints.len())
        .seen("connections", facts.opened_mptcp().count())
        .seen("AddAddrTx", facts.counter("AddAddrTx"))
        .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
        .shown_by(remedy::show_endpoints())
        .shown_by(remedy::counters(&["AddAddrTx", "MPJoinSynTx"]));
    let commands = match held {
        Some(endpoint) => {
            let flags = endpoint.flags | Flags::SUBFLOW;
            vec![delete(endpoint), add(endpoint, Some(&name), flags)]
        }
        None => vec![remedy::add_subflow(address, &name)],
    };
    if leads(facts, link, address, remote) {
        return finding.fixes(commands);
    }
    // The kernel tries an endpoint once, so its route comes first.
    let metric = super::route::metric(facts);
    let finding = finding
        .advice("first its route: ")
        .advice(remedy::add_default_route(remote, &name, metric));
    commands.into_iter().fold(finding, |finding, command| {
        finding.advice(", then: ").advice(command)
    })
}

/// Whether packets from there by that device may arrive: only a host after a
/// gateway is certainly not on the link.
fn leads(facts: &Facts, link: &Link, address: IpAddr, remote: IpAddr) -> bool {
    let lookup = Lookup {
        to: remote,
        from: Some(address),
        device: Some(link.index),
    };
    let beyond = facts.next_hop(None, None, remote);
    let beyond = beyond.is_some_and(|hop| hop.gateway.is_some());
    let routed = |hop: NextHop| hop.routed && hop.device == link.index;
    let route = facts.route(lookup);
    link.point_to_point || !beyond || route.is_none_or(|route| route.next_hop.is_some_and(routed))
}

/// Another device with an address that a path could start from.
fn spare(facts: &Facts, own: IpAddr, remote: IpAddr) -> Option<(&Link, IpAddr)> {
    let taken = facts.host_address(own)?.device;
    facts.addresses.iter().find_map(|of| {
        let link = facts.link(of.device)?;
        let usable = of.ip.is_ipv4() == own.is_ipv4()
            && !is_link_local(of.ip)
            && !of.tentative
            && !facts.belong_together(taken, link.index)
            && !facts.is_anywhere(link.index)
            && link.up
            && link.carrier
            && link.master.is_none();
        // Those of containers, virtual machines and tunnels mostly lead to
        // these alone.
        let inner = link.kind == "bridge" || link.point_to_point;
        let next_hop = || facts.next_hop(Some(of.ip), Some(link.index), remote);
        let leads =
            || next_hop().is_some_and(|next_hop| next_hop.routed && next_hop.device == link.index);
        (usable && (!inner || leads())).then_some((link, of.ip))
    })
}

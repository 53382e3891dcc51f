//! The lack of endpoints, where there could be one.

use std::net::IpAddr;

use super::endpoint::{is_useless, lacks_subflow};
use crate::check::Facts;
use crate::check::finding::{Finding, Level, Scope};
use crate::check::inspect::{self, add, delete, ip};
use crate::ip::is_link_local;
use crate::network::Link;
use crate::pm::{Endpoint, Flags};

pub fn endpoint(facts: &Facts) -> Vec<Finding> {
    // One whose flags are wrong is told of already, with what mends it.
    let meant = |of: &Endpoint| is_useless(of) || lacks_subflow(of);
    // Where peers announce addresses and these are accepted, paths come from
    // them; a connection that is older than the limit stays without.
    let accepts = facts.limits.add_addr_accepted.is_some_and(|most| most > 0);
    let announced = accepts && facts.counter("AddAddr") > 0;
    if announced || facts.opening().next().is_some() || facts.made().any(meant) {
        return Vec::new();
    }
    let alone = |of: &&crate::diag::connection::Connection| {
        let accepted = of.info.as_ref().map_or(0, |info| info.add_addr_accepted);
        of.established() == 1 && of.subflows.len() == 1 && accepted == 0
    };
    for connection in facts.opened_mptcp().filter(alone) {
        let (own, remote) = (connection.local.address, connection.remote.address);
        if let Some((link, address)) = spare(facts, own, remote) {
            return vec![without(facts, link, address)];
        }
    }
    Vec::new()
}

fn without(facts: &Facts, link: &Link, address: IpAddr) -> Finding {
    // The kernel takes subflow for an endpoint of its own beside one that
    // announces a port.
    let held = facts.made().find(|of| ip(of) == Some(address));
    let held = held.filter(|of| of.port.is_none_or(|port| port == 0));
    let finding = Finding::new(
        Level::Warn,
        "endpoints",
        format!(
            "no endpoint has the flag subflow, so {} provides no path",
            link.label()
        ),
    )
    .concerning(Scope::Host)
    .seen("endpoints", facts.endpoints.len())
    .seen("connections", facts.opened_mptcp().count())
    .seen("AddAddrTx", facts.counter("AddAddrTx"))
    .seen("MPJoinSynTx", facts.counter("MPJoinSynTx"))
    .shown_by("mptcp endpoint show; nstat -asz");
    match held {
        Some(endpoint) => {
            let flags = inspect::flags(endpoint) | Flags::SUBFLOW;
            let anew = add(endpoint, Some(&link.label()), flags);
            finding.fix(delete(endpoint)).fix(anew)
        }
        None => finding.fix(format!(
            "mptcp endpoint add {address} dev {} subflow",
            link.label()
        )),
    }
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

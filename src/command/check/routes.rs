//! Where packets would go, and whether the next hop answers: the routes and
//! neighbours that rules judge by.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::check::facts::{Facts, Route};
use crate::check::inspect::FAR;
use crate::kernel::Kernel;
use crate::kernel::Network;
use crate::netlink::Error;
use crate::network::Lookup;

/// For how many connections the routes by other devices are looked up, where
/// no endpoint gives another path.
const MOST_CONNECTIONS: usize = 8;

/// Finds what [`Facts::targets`] needs, then the routes to these.
pub fn look_up(kernel: &mut Kernel, facts: &mut Facts) -> Result<(), Error> {
    let network = kernel.network()?;
    for to in FAR {
        add(
            network,
            facts,
            Lookup {
                to,
                from: None,
                device: None,
            },
        )?;
    }
    let mut wanted = Vec::new();
    for endpoint in facts.opening() {
        let (from, bound) = (Some(endpoint.ip()), endpoint.device);
        for to in facts.targets(endpoint) {
            wanted.extend([bound, None].map(|device| Lookup { to, from, device }));
        }
    }
    // The routes of subflows, for what keeps them from being acknowledged.
    let live = facts.opened().chain(facts.accepted());
    let stalled = live.flat_map(|of| &of.subflows);
    let stalled = stalled.filter(|of| of.stalled().is_some());
    wanted.extend(stalled.map(|of| Lookup {
        to: of.remote.address,
        from: Some(of.local.address),
        device: facts.device_of_subflow(of).map(|link| link.index),
    }));
    let single = facts.opened_mptcp().filter(|of| of.subflows.len() == 1);
    let single = single.map(|of| (of.local.address, of.remote.address));
    let mut single: Vec<_> = single.take(MOST_CONNECTIONS).collect();
    if facts.connections.is_empty() && facts.probed.is_none() {
        let by_default = |to: &IpAddr| Some((facts.default_address(to.is_ipv4())?, *to));
        single.extend(FAR.iter().filter_map(by_default));
    }
    for (own, to) in single {
        if facts.opening().all(|of| of.ip() == own) {
            wanted.push(Lookup {
                to,
                from: None,
                device: None,
            });
            let others = facts.addresses.iter();
            let others = others.filter(|of| of.ip.is_ipv4() == to.is_ipv4() && of.ip != own);
            let others = others.filter(|of| !facts.is_anywhere(of.device));
            wanted.extend(others.map(|of| Lookup {
                to,
                from: Some(of.ip),
                device: Some(of.device),
            }));
        }
    }
    // Only endpoints with somewhere to go may need one of their own.
    if !wanted.is_empty() {
        facts.defaults = network.default_routes()?;
    }
    for lookup in wanted {
        add(network, facts, lookup)?;
    }
    neighbours(network, facts)
}

fn add(network: &mut Network, facts: &mut Facts, lookup: Lookup) -> Result<(), Error> {
    if facts.route(lookup).is_some() {
        return Ok(());
    }
    let mut next_hop = network.route(&lookup)?;
    // A lookup of IPv6 returns the best route of any device; a socket that is
    // bound to a device uses that device's own.
    if let (Some(hop), Some(bound), true) = (next_hop, lookup.device, lookup.to.is_ipv6())
        && hop.device != bound
    {
        next_hop = network.route_by(bound, lookup.to)?;
    }
    facts.routes.push(Route { lookup, next_hop });
    Ok(())
}

/// What is known of the next hops.
fn neighbours(network: &mut Network, facts: &mut Facts) -> Result<(), Error> {
    let routes = facts.routes.iter().filter(|of| of.lookup.from.is_some());
    let hops = routes.filter_map(|of| {
        let hop = of.next_hop?;
        Some((hop.gateway.unwrap_or(of.lookup.to), hop.device))
    });
    let hops: BTreeSet<_> = hops.filter(|(to, _)| !FAR.contains(to)).collect();
    for (address, device) in hops {
        facts.neighbours.extend(network.neighbour(device, address)?);
    }
    Ok(())
}

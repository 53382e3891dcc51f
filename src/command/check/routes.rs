//! Where packets would go, and whether the next hop answers: the routes and
//! neighbours that rules look at.

use std::collections::BTreeSet;

use crate::check::facts::{Facts, Route};
use crate::check::inspect::{self, FAR};
use crate::kernel::Kernel;
use crate::kernel::Network;
use crate::netlink::Error;
use crate::network::{Lookup, NextHop};

/// How many connections the other ways are looked up for, where there is no
/// endpoint.
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
        let (from, bound) = (inspect::ip(endpoint), inspect::bound(endpoint));
        for to in facts.targets(endpoint) {
            wanted.extend([bound, None].map(|device| Lookup { to, from, device }));
        }
    }
    if wanted.is_empty() && facts.opening().next().is_none() {
        let connections = facts.opened_mptcp().filter(|of| of.subflows.len() == 1);
        for connection in connections.take(MOST_CONNECTIONS) {
            let to = connection.remote.address;
            let others = facts.addresses.iter().filter(|of| {
                let link = facts.link(of.device);
                let inner = link.is_some_and(|of| of.kind == "bridge" || of.point_to_point);
                inner && of.ip.is_ipv4() == to.is_ipv4()
            });
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
    // A lookup of IPv6 returns the best default route, whichever device that
    // has; a socket that is bound to a device uses that device's own.
    if let (Some(hop), Some(bound), true) = (next_hop, lookup.device, lookup.to.is_ipv6())
        && hop.device != bound
    {
        let mut defaults = facts.defaults.iter();
        let own = defaults
            .find(|of| of.device == bound && of.gateway.is_none_or(|gateway| gateway.is_ipv6()));
        next_hop = own.map(|own| NextHop {
            device: own.device,
            gateway: own.gateway,
            source: lookup.from,
            routed: true,
        });
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

//! Where packets would go, and whether the next hop answers: the routes and
//! neighbours that rules look at.

use std::net::IpAddr;

use crate::check::facts::{DefaultRoute, Facts, Neighbour, NextHop, Reached, Route};
use crate::check::inspect::{self, FAR};
use crate::kernel::Kernel;
use crate::kernel::network::{Lookup, LookupResult, NeighbourState, Network};
use crate::netlink::Error;

/// How many connections the other ways are looked up for, where there is no
/// endpoint.
const MOST_CONNECTIONS: usize = 8;

/// Finds what [`Facts::targets`] needs, then the routes to these.
pub fn look_up(kernel: &mut Kernel, facts: &mut Facts) -> Result<(), Error> {
    let network = kernel.network()?;
    for to in FAR {
        add(network, facts, None, None, to)?;
    }
    let mut wanted = Vec::new();
    for endpoint in facts.opening() {
        let (own, bound) = (inspect::ip(endpoint), inspect::bound(endpoint));
        for to in facts.targets(endpoint) {
            wanted.push((own, bound, to));
            wanted.push((own, None, to));
        }
    }
    if wanted.is_empty() && facts.opening().next().is_none() {
        let connections = facts.opened_mptcp().filter(|of| of.subflows.len() == 1);
        for connection in connections.take(MOST_CONNECTIONS) {
            let to = connection.remote.address;
            let others = facts.addresses.iter().filter(|of| {
                let link = facts.link(of.device);
                let inner = link.is_some_and(|of| of.kind == "bridge" || of.point_to_point);
                inner && of.address.is_ipv4() == to.is_ipv4()
            });
            wanted.extend(others.map(|of| (Some(of.address), Some(of.device), to)));
        }
    }
    // Only endpoints with somewhere to go may need one of their own.
    if !wanted.is_empty() {
        let defaults = network.default_routes()?.into_iter();
        facts.defaults = defaults
            .map(|of| DefaultRoute {
                device: of.device,
                gateway: of.gateway,
                metric: of.metric,
            })
            .collect();
    }
    for (from, by, to) in wanted {
        add(network, facts, from, by, to)?;
    }
    neighbours(network, facts)
}

fn add(
    network: &mut Network,
    facts: &mut Facts,
    from: Option<IpAddr>,
    by: Option<u32>,
    to: IpAddr,
) -> Result<(), Error> {
    if facts.route(from, by, to).is_some() {
        return Ok(());
    }
    let lookup = Lookup {
        to,
        from,
        device: by,
    };
    // A lookup of IPv6 heeds the device less than a socket that is bound to it
    // does: it answers with the best default route, whichever device that has.
    let strays = |route: u32| to.is_ipv6() && by.is_some_and(|by| by != route);
    let next_hop = match network.route(&lookup)? {
        LookupResult::Unreachable(_) => None,
        LookupResult::Route(route) if strays(route.device) => {
            let mut defaults = facts.defaults.iter();
            let own = defaults.find(|of| {
                Some(of.device) == by && of.gateway.is_none_or(|gateway| gateway.is_ipv6())
            });
            own.map(|own| NextHop {
                device: own.device,
                gateway: own.gateway,
                source: from,
                routed: true,
            })
        }
        LookupResult::Route(route) => Some(NextHop {
            device: route.device,
            gateway: route.gateway,
            source: route.source,
            routed: by.is_none() || route.gateway.is_some() || network.is_routed(&lookup)?,
        }),
    };
    facts.routes.push(Route {
        to,
        from,
        by,
        next_hop,
    });
    Ok(())
}

/// What is known of the next hops.
fn neighbours(network: &mut Network, facts: &mut Facts) -> Result<(), Error> {
    let routes = facts.routes.iter().filter(|of| of.from.is_some());
    let hops =
        routes.filter_map(|of| Some((of.next_hop?.gateway.unwrap_or(of.to), of.next_hop?.device)));
    let hops: Vec<_> = hops.filter(|(to, _)| !FAR.contains(to)).collect();
    for (at, &(address, device)) in hops.iter().enumerate() {
        if hops.iter().take(at).any(|hop| *hop == (address, device)) {
            continue;
        }
        let Some(found) = network.neighbour(device, address)? else {
            continue;
        };
        let state = match found.state {
            NeighbourState::Incomplete => Reached::Incomplete,
            NeighbourState::Failed => Reached::Failed,
            _ => Reached::Known,
        };
        facts.neighbours.push(Neighbour {
            address,
            device,
            state,
        });
    }
    Ok(())
}

//! The route of packets from an endpoint, and of the answers.

use std::net::IpAddr;

use super::endpoint::then_retry;
use crate::check::Facts;
use crate::check::facts::sysctl_name;
use crate::check::finding::{Command, Finding, Level, Piece, words};
use crate::check::inspect::{has, scope_of, subject};
use crate::check::remedy::{self, add, delete, ip_route};
use crate::network::{Link, Lookup, NextHop};
use crate::pm::{Endpoint, Flags};

pub fn none(facts: &Facts) -> Vec<Finding> {
    facts
        .opening()
        .filter_map(|endpoint| stranded(facts, endpoint))
        .collect()
}

/// The first target that an endpoint has no route to.
fn stranded(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let from = Some(endpoint.ip());
    let link = facts.device_of(endpoint)?;
    let mut targets = facts.targets(endpoint).into_iter();
    targets.find_map(|to| {
        let device = endpoint.device;
        let looked_up = facts.route(Lookup { to, from, device })?;
        match looked_up.next_hop {
            None => Some(unreachable(facts, endpoint, link, to)),
            Some(next_hop) => dead_end(facts, endpoint, link, to, next_hop),
        }
    })
}

/// A route that exists but leads nowhere.
fn dead_end(
    facts: &Facts,
    endpoint: &Endpoint,
    link: &Link,
    to: IpAddr,
    next_hop: NextHop,
) -> Option<Finding> {
    let works = facts.works(endpoint.ip());
    // IPv6 answers with another device where this one has no route.
    if endpoint
        .device
        .is_some_and(|index| !facts.belong_together(index, next_hop.device))
    {
        return Some(unreachable(facts, endpoint, link, to));
    }
    match next_hop.gateway {
        Some(gateway) => (!works && facts.is_silent(gateway, next_hop.device))
            .then(|| silent(facts, endpoint, to, next_hop.device, gateway)),
        // IPv4 takes a target for on-link where no route says anything else.
        None if next_hop.routed || link.point_to_point => None,
        // A path was established, by a route that is gone since, unless the
        // peer is on the link after all.
        None if works => (!facts.is_neighbour(to, next_hop.device))
            .then(|| unreachable(facts, endpoint, link, to)),
        None => {
            let assumed = is_far(to) || facts.is_silent(to, next_hop.device);
            assumed.then(|| unreachable(facts, endpoint, link, to))
        }
    }
}

fn silent(facts: &Facts, endpoint: &Endpoint, to: IpAddr, device: u32, gateway: IpAddr) -> Finding {
    let name = facts.device_name(device);
    let message = format!("the gateway {gateway} did not answer on {name} when it was last asked");
    let known = facts.default_route_by(Some(device), gateway);
    let finding = Finding::new(level(facts, to), subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen("neighbour", gateway.to_string())
        .seen("state", "no answer")
        .shown_by(remedy::show_neighbour(gateway, &name))
        .advice("connect the gateway, or name the right one: ");
    let pieces = remedy::replace_gateway(gateway, &name, known).into_iter();
    then_retry(facts, endpoint, pieces.fold(finding, Finding::advice))
}

/// Towards a peer it cannot work. The default route may never be needed.
fn level(facts: &Facts, to: IpAddr) -> Level {
    if is_far(to) && facts.probed.is_none() {
        Level::Warn
    } else {
        Level::Fail
    }
}

fn is_far(to: IpAddr) -> bool {
    crate::check::inspect::FAR.contains(&to)
}

/// The target in words.
fn target(to: IpAddr) -> String {
    if is_far(to) {
        "default route".to_owned()
    } else {
        to.to_string()
    }
}

fn unreachable(facts: &Facts, endpoint: &Endpoint, link: &Link, to: IpAddr) -> Finding {
    let name = link.label();
    let message = if is_far(to) {
        format!("{name} has no default route: only its own network can be reached from it")
    } else {
        format!("{name} has no route to {to}")
    };
    let finding = Finding::new(level(facts, to), subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen("to", target(to))
        .seen("route", "none")
        .shown_by(lookup(endpoint, &name, to));
    let pieces = new_route(facts, endpoint, link, to).into_iter();
    then_retry(facts, endpoint, pieces.fold(finding, Finding::advice))
}

/// The command that shows the route from an endpoint.
fn lookup(endpoint: &Endpoint, name: &str, to: IpAddr) -> Command {
    let mut command = words!["ip", "route", "get", "fibmatch", to, "from", endpoint.ip()];
    if endpoint.device.is_some() {
        command.extend(words!["oif", name]);
    }
    command
}

/// How to add the route that an endpoint lacks.
fn new_route(facts: &Facts, endpoint: &Endpoint, link: &Link, to: IpAddr) -> Vec<Piece> {
    let name = link.label();
    let own = endpoint.ip().to_string();
    let mut known = facts.defaults.iter();
    // The main table has the route, so a rule must lead elsewhere.
    let hidden = known.find(|of| {
        let of_family = |gateway: IpAddr| gateway.is_ipv4() == to.is_ipv4();
        of.device == link.index && of.gateway.is_some_and(of_family)
    });
    match (hidden.and_then(|of| of.gateway), endpoint.device) {
        (Some(gateway), _) if to.is_ipv4() => vec![
            "a routing rule keeps it from its default route; add that route to the table that "
                .into(),
            words!["ip", "rule", "show"].into(),
            format!(" names for {own}: ").into(),
            words![
                "ip", "route", "replace", "default", "via", gateway, "dev", name, "table", "TABLE"
            ]
            .into(),
        ],
        (_, Some(_)) => vec![remedy::add_default_route(to, &name, metric(facts)).into()],
        (_, None) => vec![
            ip_route(to, words!["rule", "add", "from", own, "table", "200"]).into(),
            " && ".into(),
            ip_route(
                to,
                words![
                    "route", "add", "default", "via", "GATEWAY", "dev", name, "table", "200"
                ],
            )
            .into(),
        ],
    }
}

/// A metric for another default route, which must not become the preferred one.
pub fn metric(facts: &Facts) -> u32 {
    const USUAL: u32 = 2000;
    let highest = facts.defaults.iter().map(|of| of.metric).max();
    let above = |highest: u32| highest.saturating_add(100);
    highest.map_or(USUAL, above).max(USUAL)
}

pub fn elsewhere(facts: &Facts) -> Vec<Finding> {
    let unbound = facts.opening().filter(|of| of.device.is_none());
    unbound
        .filter_map(|endpoint| astray(facts, endpoint))
        .collect()
}

fn astray(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let own = endpoint.ip();
    let link = facts.device_of(endpoint)?;
    if facts.is_anywhere(link.index) {
        return None;
    }
    let mut targets = facts.targets(endpoint).into_iter();
    let (to, next_hop) = targets.find_map(|to| {
        let next_hop = facts.next_hop(Some(own), None, to)?;
        let strays = !facts.belong_together(link.index, next_hop.device)
            && !facts.is_anywhere(next_hop.device);
        strays.then_some((to, next_hop))
    })?;
    let (name, other) = (link.label(), facts.device_name(next_hop.device));
    let message = format!("{name} has the address, but packets from it leave through {other}");
    Some(
        Finding::new(Level::Warn, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .seen("to", target(to))
            .seen("dev", other)
            .shown_by(words!["ip", "route", "get", to, "from", own])
            .fix(delete(endpoint))
            .fix(add(endpoint, Some(&name), endpoint.flags))
            .advice("or a rule: ")
            .advice(words!["ip", "rule", "add", "from", own, "table", "NUMBER"]),
    )
}

pub fn filtered(facts: &Facts) -> Vec<Finding> {
    facts
        .opening()
        .filter_map(|endpoint| strict(facts, endpoint))
        .collect()
}

fn strict(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    const ALL: &str = "net.ipv4.conf.all.rp_filter";
    const COUNTER: &str = "IPReversePathFilter";
    let own = Some(endpoint.ip()).filter(IpAddr::is_ipv4)?;
    let link = facts.link(endpoint.device?)?;
    let name = sysctl_name(&link.label(), "rp_filter");
    let value = |name: &str| facts.sysctl(name)?.parse::<u32>().ok();
    let all = value(ALL);
    if all.max(value(&name)) != Some(1) || facts.works(own) || has(endpoint, Flags::IMPLICIT) {
        return None;
    }
    let mut targets = facts.targets(endpoint).into_iter();
    // The kernel looks up the route of replies without the device.
    let (to, reply) = targets.find_map(|to| {
        let next_hop = facts.next_hop(Some(own), None, to)?;
        (!facts.belong_together(link.index, next_hop.device)).then_some((to, next_hop.device))
    })?;
    let (device, reply) = (link.label(), facts.device_name(reply));
    let route = if is_far(to) {
        "the default route".to_owned()
    } else {
        format!("the route to {to}")
    };
    let message = format!("answers that come in by {device} are dropped, as {route} is by {reply}");
    let finding = Finding::new(Level::Warn, subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen(ALL, all.unwrap_or_default())
        .seen(name.clone(), value(&name).unwrap_or_default())
        .seen(COUNTER, facts.counter(COUNTER))
        .shown_by(words!["sysctl", ALL, name])
        .shown_by(words!["nstat", "-asz", format!("TcpExt{COUNTER}")])
        .fix(remedy::sysctl(&name, "2"));
    Some(finding.fixes(facts.retry(endpoint)))
}

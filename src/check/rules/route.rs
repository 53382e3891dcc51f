//! The route of packets from an endpoint, and of the answers.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::facts::sysctl_name;
use crate::check::finding::{Finding, Level};
use crate::check::inspect::{add, bound, delete, flags, has, ip, scope_of, subject};
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
    let own = ip(endpoint)?;
    let link = facts.device_of(endpoint)?;
    if facts.has_joined(own) {
        return None;
    }
    let mut targets = facts.targets(endpoint).into_iter();
    targets.find_map(|to| {
        let looked_up = facts.route(Lookup {
            to,
            from: Some(own),
            device: bound(endpoint),
        })?;
        match looked_up.next_hop {
            None => Some(unreachable(facts, endpoint, link, to)),
            Some(next_hop) => unanswering(facts, endpoint, link, to, next_hop),
        }
    })
}

/// A route that exists but leads nowhere.
fn unanswering(
    facts: &Facts,
    endpoint: &Endpoint,
    link: &Link,
    to: IpAddr,
    next_hop: NextHop,
) -> Option<Finding> {
    let bound = bound(endpoint);
    // IPv6 answers with another device where this one has no route.
    if bound.is_some_and(|index| !facts.belong_together(index, next_hop.device)) {
        return Some(unreachable(facts, endpoint, link, to));
    }
    match next_hop.gateway {
        Some(gateway) => facts
            .is_silent(gateway, next_hop.device)
            .then(|| silent(facts, endpoint, to, next_hop.device, gateway)),
        // IPv4 takes a target for on-link where no route says anything else.
        None if next_hop.routed || link.point_to_point => None,
        None => {
            let assumed = is_far(to) || facts.is_silent(to, next_hop.device);
            assumed.then(|| unreachable(facts, endpoint, link, to))
        }
    }
}

fn silent(facts: &Facts, endpoint: &Endpoint, to: IpAddr, device: u32, gateway: IpAddr) -> Finding {
    let name = facts.device_name(device);
    let message = format!("the gateway {gateway} did not answer on {name} when it was last asked");
    let mut known = facts.defaults.iter();
    let known = known.find(|of| of.device == device && of.gateway == Some(gateway));
    let ip = ip_command(gateway);
    let right = match known {
        // Without its metric, another link's default route would be replaced.
        Some(route) => format!(
            "{ip} route replace default via GATEWAY dev {name} metric {}",
            route.metric
        ),
        None => format!("{ip} route show dev {name} lists what to correct"),
    };
    Finding::new(level(to), subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen("neighbour", gateway.to_string())
        .seen("state", "no answer")
        .shown_by(format!("ip neighbour show {gateway} dev {name}"))
        .advice(format!(
            "connect the gateway, or name the right one: {right}"
        ))
}

/// Towards a peer it cannot work. The default route may never be needed.
fn level(to: IpAddr) -> Level {
    match is_far(to) {
        true => Level::Warn,
        false => Level::Fail,
    }
}

fn is_far(to: IpAddr) -> bool {
    crate::check::inspect::FAR.contains(&to)
}

/// The target in words.
fn target(to: IpAddr) -> String {
    match is_far(to) {
        true => "default route".to_owned(),
        false => to.to_string(),
    }
}

/// The command for routes of that family.
pub fn ip_command(family: IpAddr) -> &'static str {
    match family {
        IpAddr::V4(_) => "ip",
        IpAddr::V6(_) => "ip -6",
    }
}

fn unreachable(facts: &Facts, endpoint: &Endpoint, link: &Link, to: IpAddr) -> Finding {
    let own = ip(endpoint).map(|ip| ip.to_string()).unwrap_or_default();
    let (name, command) = (link.label(), ip_command(to));
    let by = bound(endpoint).map_or_else(String::new, |_| format!(" oif {name}"));
    let mut known = facts.defaults.iter();
    // The main table has the route, so a rule must lead elsewhere.
    let hidden = known.find(|of| {
        let of_family = |gateway: IpAddr| gateway.is_ipv4() == to.is_ipv4();
        of.device == link.index && of.gateway.is_some_and(of_family)
    });
    let advice = match (hidden.and_then(|of| of.gateway), bound(endpoint)) {
        (Some(gateway), _) if to.is_ipv4() => format!(
            "a routing rule keeps it from its default route: add that route to the table that \
             \"{command} rule show\" names for {own}: \
             {command} route replace default via {gateway} dev {name} table TABLE"
        ),
        (_, Some(_)) => format!(
            "{command} route add default via GATEWAY dev {name} metric {}",
            metric(facts)
        ),
        (_, None) => format!(
            "{command} rule add from {own} table 200 && \
             {command} route add default via GATEWAY dev {name} table 200"
        ),
    };
    let message = match is_far(to) {
        true => format!("{name} has no default route: from there, only its own network is reached"),
        false => format!("{name} has no route to {to}"),
    };
    Finding::new(level(to), subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen("to", target(to))
        .seen("route", "none")
        .shown_by(format!("ip route get fibmatch {to} from {own}{by}"))
        .advice(advice)
}

/// A metric for another default route, which must not become the preferred one.
fn metric(facts: &Facts) -> u32 {
    const USUAL: u32 = 2000;
    let highest = facts.defaults.iter().map(|of| of.metric).max();
    let above = |highest: u32| highest.saturating_add(100);
    highest.map_or(USUAL, above).max(USUAL)
}

pub fn elsewhere(facts: &Facts) -> Vec<Finding> {
    let unbound = facts.opening().filter(|of| bound(of).is_none());
    unbound
        .filter_map(|endpoint| astray(facts, endpoint))
        .collect()
}

fn astray(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let own = ip(endpoint)?;
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
            .shown_by(format!("ip route get {to} from {own}"))
            .fix(delete(endpoint))
            .fix(add(endpoint, Some(&name), flags(endpoint)))
            .advice(format!("or a rule: ip rule add from {own} table NUMBER")),
    )
}

pub fn filtered(facts: &Facts) -> Vec<Finding> {
    facts
        .opening()
        .filter_map(|endpoint| strict(facts, endpoint))
        .collect()
}

fn strict(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let own = ip(endpoint).filter(IpAddr::is_ipv4)?;
    let link = facts.link(bound(endpoint)?)?;
    let name = sysctl_name(&link.label(), "rp_filter");
    let value = |name: &str| {
        facts
            .sysctl(name)
            .and_then(|value| value.parse::<u32>().ok())
    };
    let all = value("net.ipv4.conf.all.rp_filter");
    if all.max(value(&name)) != Some(1) || facts.has_joined(own) || has(endpoint, Flags::IMPLICIT) {
        return None;
    }
    let mut targets = facts.targets(endpoint).into_iter();
    // The kernel asks for the way back without the device.
    let (to, back) = targets.find_map(|to| {
        let next_hop = facts.next_hop(Some(own), None, to)?;
        (!facts.belong_together(link.index, next_hop.device)).then_some((to, next_hop.device))
    })?;
    let (device, back) = (link.label(), facts.device_name(back));
    let way_back = match is_far(to) {
        true => "the default route is".to_owned(),
        false => format!("the way back to {to} is"),
    };
    let message = format!("answers that come in by {device} are dropped, as {way_back} by {back}");
    let finding = Finding::new(Level::Warn, subject(facts, endpoint), message)
        .concerning(scope_of(endpoint))
        .seen("net.ipv4.conf.all.rp_filter", all.unwrap_or_default())
        .seen(name.clone(), value(&name).unwrap_or_default())
        .seen("IPReversePathFilter", facts.counter("IPReversePathFilter"))
        .shown_by(format!(
            "sysctl net.ipv4.conf.all.rp_filter {name}; nstat -asz IPReversePathFilter"
        ))
        .fix(format!("sysctl -w {name}=2"));
    Some(finding)
}

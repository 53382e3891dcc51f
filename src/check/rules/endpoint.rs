//! Each endpoint: its flags, address, device and link.

use std::net::IpAddr;

use crate::check::Facts;
use crate::check::finding::{Finding, Level, words};
use crate::check::inspect::{has, scope_of, subject};
use crate::check::remedy::{self, add, delete};
use crate::ip::is_public;
use crate::network::Link;
use crate::pm::{Endpoint, Flags};

pub fn flags(facts: &Facts) -> Vec<Finding> {
    facts
        .made()
        .filter_map(|endpoint| flag(facts, endpoint))
        .collect()
}

fn flag(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let flags = endpoint.flags;
    let names = || {
        let named = Flags::NAMED
            .iter()
            .filter(|(_, flag)| flags.contains(*flag));
        let names: Vec<_> = named.map(|(name, _)| *name).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(" ")
        }
    };
    let device = endpoint.device.map(|index| facts.device_name(index));
    let finding = |level, message: &str, wanted| {
        Finding::new(level, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .seen("flags", names())
            .shown_by(remedy::show_endpoints())
            .fix(delete(endpoint))
            .fix(add(endpoint, device.as_deref(), wanted))
    };
    if is_useless(endpoint) {
        let message = "it has no flag that has an effect: neither subflow nor signal";
        return Some(finding(Level::Fail, message, flags | Flags::SUBFLOW));
    }
    if lacks_subflow(endpoint) {
        let message = "fullmesh without subflow: it is used only where a peer announces addresses";
        return Some(finding(Level::Warn, message, flags | Flags::SUBFLOW));
    }
    unheard(facts, endpoint)
}

/// Whether it has no flag that has an effect by itself.
pub fn is_useless(endpoint: &Endpoint) -> bool {
    let useful = [
        Flags::SIGNAL,
        Flags::SUBFLOW,
        Flags::FULLMESH,
        Flags::LAMINAR,
        Flags::IMPLICIT,
    ];
    !useful.iter().any(|flag| has(endpoint, *flag))
}

/// Whether it opens paths only to announced addresses, which is rarely
/// intended.
pub fn lacks_subflow(endpoint: &Endpoint) -> bool {
    has(endpoint, Flags::FULLMESH) && !has(endpoint, Flags::SUBFLOW)
}

/// An address is announced on which no socket listens.
fn unheard(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let own = endpoint.ip();
    let signal = has(endpoint, Flags::SIGNAL) && !has(endpoint, Flags::SUBFLOW);
    // The kernel itself listens on an endpoint's port.
    if !signal || endpoint.port.is_some() {
        return None;
    }
    let mut serving = facts
        .listeners
        .iter()
        .filter(|of| of.mptcp && !of.local.address.is_loopback());
    let hears = |address: IpAddr| address == own || address.is_unspecified();
    let first = serving.clone().next()?.local;
    if serving.any(|of| hears(of.local.address)) || facts.host_address(own).is_none() {
        return None;
    }
    let device = endpoint.device.map(|index| facts.device_name(index));
    let message = "it is announced, but no MPTCP socket listens on this address";
    let mut with_port = add(endpoint, device.as_deref(), endpoint.flags);
    with_port.extend(words!["port", "NR"]);
    Some(
        Finding::new(Level::Warn, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .seen(
                "listening",
                format!("{} port {}", first.address, first.port),
            )
            .shown_by(words!["ss", "-Mnl"])
            .advice("keep the SERVER listening on 0.0.0.0 or [::], or announce a port: ")
            .advice(delete(endpoint))
            .advice(" && ")
            .advice(with_port),
    )
}

pub fn address(facts: &Facts) -> Vec<Finding> {
    facts
        .made()
        .filter_map(|endpoint| own_address(facts, endpoint))
        .collect()
}

fn own_address(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let own = Some(endpoint.ip()).filter(|ip| !ip.is_unspecified())?;
    let finding = |level, message: &str| {
        Finding::new(level, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .shown_by(words!["ip", "address", "show", "to", own])
    };
    let Some(known) = facts.host_address(own) else {
        // A device that is down has no IPv6 address: that is the cause to name.
        let down = endpoint
            .device
            .and_then(|index| facts.link(index))
            .is_some_and(|of| !of.up);
        if own.is_ipv6() && down || is_translated(facts, endpoint, own) {
            return None;
        }
        let device = endpoint.device.map(|index| facts.device_name(index));
        let device = device.unwrap_or_else(|| "DEV".to_owned());
        return Some(then_retry(
            facts,
            endpoint,
            finding(Level::Fail, "no device of this host has this address")
                .seen("address", "none")
                .fix(delete(endpoint))
                .advice("or add the address: ")
                .advice(words![
                    "ip",
                    "address",
                    "add",
                    format!("{own}/LENGTH"),
                    "dev",
                    device
                ]),
        ));
    };
    if known.duplicate {
        let message = "another host has this address (duplicate address detection)";
        let device = facts.device_name(known.device);
        let address = format!("{own}/{}", known.prefix);
        return Some(
            finding(Level::Fail, message)
                .seen("flags", "dadfailed")
                .advice("use another ADDRESS: ")
                .advice(words!["ip", "address", "delete", address, "dev", device]),
        );
    }
    if known.tentative {
        let message = "the address is tentative: nothing can be sent from it yet";
        let advice = "wait until duplicate address detection is done, a second or two; \
                    it does not begin while the LINK is down";
        return Some(
            finding(Level::Warn, message)
                .seen("flags", "tentative")
                .advice(advice),
        );
    }
    None
}

/// Whether it may be the public address of a host behind NAT, which servers
/// announce with good reason.
fn is_translated(facts: &Facts, endpoint: &Endpoint, own: IpAddr) -> bool {
    let mut others = facts
        .addresses
        .iter()
        .filter(|of| of.ip.is_ipv4() == own.is_ipv4());
    has(endpoint, Flags::SIGNAL)
        && !has(endpoint, Flags::SUBFLOW)
        && is_public(own)
        && !others.any(|of| is_public(of.ip))
}

fn strange_device(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let index = endpoint.device?;
    let own = endpoint.ip();
    let known = facts.host_address(own);
    let holder = known.map(|of| facts.device_name(of.device));
    let finding = |message: String| {
        let finding = Finding::new(Level::Fail, subject(facts, endpoint), message)
            .concerning(scope_of(endpoint))
            .seen(
                "device",
                holder.clone().unwrap_or_else(|| "none".to_owned()),
            )
            .shown_by(words!["ip", "address", "show", "to", own])
            .fix(delete(endpoint));
        match &holder {
            Some(right) => finding.fix(add(endpoint, Some(right), endpoint.flags)),
            None => finding,
        }
    };
    if facts.link(index).is_none() {
        return Some(finding(format!("its device, number {index}, is gone")));
    }
    let holder = known?.device;
    let mut addresses = facts.addresses.iter();
    if addresses.any(|of| of.ip == own && of.device == index) {
        return None;
    }
    let (name, right) = (facts.device_name(index), facts.device_name(holder));
    if facts.link(index)?.master == Some(holder) {
        return Some(finding(format!(
            "it is bound to {name}, a port of {right}, which has the address: \
             answers come in by {right}"
        )));
    }
    if facts.belong_together(index, holder) || facts.is_anywhere(holder) {
        return None;
    }
    Some(finding(format!(
        "it is bound to {name}, but {right} has the address"
    )))
}

pub fn device(facts: &Facts) -> Vec<Finding> {
    facts
        .made()
        .filter_map(|endpoint| strange_device(facts, endpoint))
        .collect()
}

pub fn link(facts: &Facts) -> Vec<Finding> {
    facts
        .made()
        .filter_map(|endpoint| link_of(facts, endpoint))
        .collect()
}

fn link_of(facts: &Facts, endpoint: &Endpoint) -> Option<Finding> {
    let link = facts.device_of(endpoint)?;
    if facts.is_anywhere(link.index) || link.master.is_some() || link.is_usable() {
        return None;
    }
    let finding = down(link, subject(facts, endpoint)).concerning(scope_of(endpoint));
    Some(if link.up {
        then_retry(facts, endpoint, finding)
    } else {
        finding.fixes(facts.retry(endpoint))
    })
}

/// What to do after the advice, where a live connection waits for the path.
pub fn then_retry(facts: &Facts, endpoint: &Endpoint, finding: Finding) -> Finding {
    let retry = facts.retry(endpoint).into_iter();
    retry.fold(finding, |finding, command| {
        finding.advice(", then: ").advice(command)
    })
}

/// A device in use that is down or has no carrier.
pub fn down(link: &Link, subject: impl Into<String>) -> Finding {
    let name = link.label();
    let finding = |message, state: &str| {
        Finding::new(Level::Fail, subject, message)
            .seen(name.clone(), state)
            .shown_by(words!["ip", "link", "show", name])
    };
    if link.up {
        return finding(format!("device {name} has no carrier"), "no carrier").advice(format!(
            "connect {name}: its CABLE, its radio network, or the other end of it"
        ));
    }
    finding(format!("device {name} is down"), "down")
        .fix(words!["ip", "link", "set", name, "up"])
        .advice("then restore its routes, unless a network manager does: the kernel removed them")
}

use std::net::IpAddr;

use super::*;
use crate::pm::event::{ESTABLISHED, SF_CLOSED, SF_ESTABLISHED};

fn prefix(address: &str, len: u8) -> Prefix {
    let address = address.parse().expect("an address");
    Prefix { address, len }
}

fn event(command: u8, token: u32) -> Event {
    Event {
        command,
        token: Some(token),
        ..Event::default()
    }
}

fn opened(token: u32, local: &str, remote: &str, dport: u16) -> Event {
    let (local, remote): (IpAddr, IpAddr) = (
        local.parse().expect("an address"),
        remote.parse().expect("an address"),
    );
    let mut event = Event {
        local_port: Some(5000),
        remote_port: Some(dport),
        ..event(CREATED, token)
    };
    match local {
        IpAddr::V4(_) => (event.local4, event.remote4) = (Some(local), Some(remote)),
        IpAddr::V6(_) => (event.local6, event.remote6) = (Some(local), Some(remote)),
    }
    event
}

fn passes(filter: &mut Filter, event: &Event) -> bool {
    filter.passes(event.name(), event)
}

#[test]
fn what_lacks_an_attribute_passes_behind_what_fitted() {
    let selector = Selector {
        remotes: vec![prefix("10.0.1.0", 24)],
        dports: vec![443],
        ..Selector::default()
    };
    let mut filter = Filter::new(selector, Vec::new());
    let mut passes = |event: &Event| passes(&mut filter, event);
    assert!(!passes(&event(CLOSED, 1)));
    assert!(passes(&opened(1, "10.0.0.1", "10.0.1.7", 443)));
    assert!(!passes(&opened(2, "10.0.0.1", "10.0.1.7", 80)));
    assert!(!passes(&opened(3, "10.0.0.1", "10.0.2.7", 443)));
    assert!(passes(&event(CLOSED, 1)));
    // What comes behind the end of a connection belongs to it, too.
    assert!(passes(&event(7, 1)));
    assert!(!passes(&event(CLOSED, 2)) && !passes(&event(CLOSED, 3)));
    // A subflow that goes elsewhere does not lack an address.
    let other = opened(1, "10.0.0.1", "10.0.2.7", 443);
    let other = Event {
        command: SF_ESTABLISHED,
        ..other
    };
    assert!(!passes(&other));
}

#[test]
fn a_mapped_address_is_an_ipv4_address() {
    let selector = Selector {
        locals: vec![prefix("10.0.0.0", 8)],
        ..Selector::default()
    };
    let mut filter = Filter::new(selector, Vec::new());
    let mapped = opened(1, "::ffff:10.0.0.1", "::ffff:10.0.1.1", 80);
    assert!(passes(&mut filter, &mapped));
    let other = opened(2, "fd00::1", "fd00::2", 80);
    assert!(!passes(&mut filter, &other));
}

#[test]
fn names_choose_from_the_connections_that_fit() {
    let selector = Selector {
        sports: vec![5000],
        ..Selector::default()
    };
    let mut filter = Filter::new(selector, vec!["CLOSED", "SF_CLOSED"]);
    assert!(!passes(&mut filter, &opened(1, "10.0.0.1", "10.0.1.1", 80)));
    assert!(!passes(&mut filter, &event(ESTABLISHED, 1)));
    assert!(passes(&mut filter, &event(SF_CLOSED, 1)));
    assert!(passes(&mut filter, &event(CLOSED, 1)));
    assert!(!passes(&mut filter, &event(CLOSED, 2)));
    assert!(!filter.passes(None, &event(200, 1)));
    assert!(filter.passes(Some(LISTING), &Event::default()));
}

#[test]
fn a_device_is_known_by_its_number_or_its_address() {
    let selector = Selector {
        devices: vec![Device {
            index: 3,
            addresses: vec!["10.0.0.1".parse().expect("an address")],
        }],
        ..Selector::default()
    };
    let mut filter = Filter::new(selector, Vec::new());
    assert!(passes(&mut filter, &opened(1, "10.0.0.1", "10.0.1.1", 80)));
    let mut bound = opened(2, "10.0.9.1", "10.0.1.1", 80);
    assert!(!passes(&mut filter, &bound));
    bound.device = Some(3);
    assert!(passes(&mut filter, &bound));
    assert!(!passes(&mut filter, &event(6, 4)));
}

#[test]
fn a_token_is_all_that_is_asked_for() {
    let selector = Selector {
        tokens: vec![7],
        ..Selector::default()
    };
    let mut filter = Filter::new(selector, Vec::new());
    assert!(passes(&mut filter, &event(CLOSED, 7)));
    assert!(!passes(&mut filter, &event(CLOSED, 8)));
    let listener = Event {
        command: 15,
        ..Event::default()
    };
    assert!(!passes(&mut filter, &listener));
}

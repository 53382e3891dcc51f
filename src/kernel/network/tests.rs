//! What the kernel reports of `lo`, and bytes that no kernel sends.

use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::network::Scope;

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// An attribute.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut message = Message::new(0);
    message.put(kind, Some(value));
    message.body().to_vec()
}

#[test]
fn the_loopback_device_has_an_index_a_name_and_no_master() {
    let links = Network::open().unwrap().links().unwrap().entries;
    let lo = links.iter().find(|link| link.name == b"lo").unwrap();
    assert!(lo.loopback && lo.is_internal() && !lo.point_to_point);
    assert_eq!((lo.index, lo.master, lo.kind.as_str()), (1, None, ""));
    assert!(lo.mtu.unwrap() >= 1280);
}

#[test]
fn the_address_of_this_host_is_routed_to_this_host() {
    let mut network = Network::open().unwrap();
    let addresses = network.addresses().unwrap().entries;
    let Some(local) = addresses.iter().find(|address| address.ip == LOCALHOST) else {
        return; // In a namespace whose lo is down, there is none.
    };
    assert_eq!((local.device, local.prefix), (1, 8));
    assert_eq!(local.scope, Scope::Host);
    assert!(!local.tentative && !local.is_lasting());

    let lookup = Lookup {
        to: LOCALHOST,
        from: Some(LOCALHOST),
        device: None,
    };
    let hop = network.route(&lookup).unwrap().unwrap();
    assert_eq!((hop.device, hop.gateway, hop.routed), (1, None, true));
}

#[test]
fn no_route_is_an_answer() {
    let lookup = Lookup {
        to: LOCALHOST,
        from: Some([192, 0, 2, 77].into()),
        device: None,
    };
    let result = Network::open().unwrap().route(&lookup).unwrap();
    assert_eq!(result, None);
}

#[test]
fn a_neighbour_that_nothing_was_sent_to_is_none() {
    let mut network = Network::open().unwrap();
    let found = network.neighbour(1, [192, 0, 2, 77].into());
    assert_eq!(found.unwrap(), None);
}

#[test]
fn the_own_end_of_a_point_to_point_link_is_the_address() {
    let mut payload = vec![2, 32, 0x80, 0, 7, 0, 0, 0];
    payload.extend(attribute(1, &[10, 0, 0, 2]));
    payload.extend(attribute(2, &[10, 0, 0, 1]));
    payload.extend(attribute(8, &0xa1u32.to_ne_bytes()));
    let address = address::read(&payload).unwrap().unwrap();
    assert_eq!(address.ip, IpAddr::from([10, 0, 0, 1]));
    assert!(address.deprecated && !address.temporary);
}

#[test]
fn each_next_hop_is_a_route() {
    let hop = |device: u8, last: u8| {
        let gateway = attribute(5, &[10, 0, 0, last]);
        let length = (8 + gateway.len() as u16).to_ne_bytes();
        [
            &length[..],
            &[0, 0],
            &u32::from(device).to_ne_bytes(),
            &gateway,
        ]
        .concat()
    };
    let mut payload = vec![2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
    payload.extend(attribute(9, &[hop(2, 1), hop(3, 9)].concat()));
    assert!(route::is_default(&payload).unwrap());
    let routes = route::read(&payload).unwrap();
    let found: Vec<_> = routes
        .iter()
        .map(|route| (route.device, route.gateway))
        .collect();
    let gateway = |last| Some(IpAddr::from([10, 0, 0, last]));
    assert_eq!(found, [(2, gateway(1)), (3, gateway(9))]);
}

#[test]
fn a_gateway_may_be_of_the_other_family() {
    let mut payload = vec![2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
    let address = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    payload.extend(attribute(
        18,
        &[&10u16.to_ne_bytes()[..], &address].concat(),
    ));
    let routes = route::read(&payload).unwrap();
    assert_eq!(routes[0].gateway, Some(IpAddr::from(address)));
}

#[test]
fn bytes_that_are_cut_off_or_odd_are_errors() {
    let readers: [fn(&[u8]) -> bool; 4] = [
        |bytes| link::read(bytes).is_err(),
        |bytes| address::read(bytes).is_err(),
        |bytes| route::read(bytes).is_err(),
        |bytes| neighbour::read(bytes, LOCALHOST).is_err(),
    ];
    for fails in readers {
        assert!((0..8).all(|length| fails(&vec![1; length])));
        // Whatever comes, it comes to an end.
        for length in 0..200 {
            for byte in [0, 1, 4, 9, 0xff] {
                fails(&vec![byte; length]);
            }
        }
    }
    let mut payload = vec![2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
    payload.extend(attribute(9, &[0; 8]));
    let error = route::read(&payload).unwrap_err().to_string();
    assert!(error.contains("RTA_MULTIPATH"), "{error}");
    payload.truncate(12);
    payload.extend(attribute(5, &[10, 0]));
    let error = route::read(&payload).unwrap_err().to_string();
    assert!(error.contains("RTA_GATEWAY"), "{error}");
}

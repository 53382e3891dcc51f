use super::*;

#[test]
fn a_flag_that_does_something_is_missing() {
    for flags in [Flags::default(), Flags::BACKUP] {
        let mut facts = healthy();
        facts.endpoints[0].flags = flags;
        finds(&facts, "endpoint-flags FAIL");
    }
    for flags in [Flags::LAMINAR, Flags::IMPLICIT, Flags::SIGNAL] {
        let mut facts = healthy();
        facts.endpoints[0].flags = flags;
        quiet(&facts);
    }
}

#[test]
fn fullmesh_goes_with_subflow() {
    let mut facts = healthy();
    facts.endpoints[0].flags = Flags::FULLMESH;
    let found = finds(&facts, "endpoint-flags WARN");
    assert_eq!(
        found.fix[1].join(" "),
        "mptcp endpoint add 10.1.0.1 dev eth1 id 1 subflow fullmesh"
    );
    facts.endpoints[0].flags = Flags::FULLMESH | Flags::SUBFLOW;
    quiet(&facts);
}

#[test]
fn nobody_listens_where_it_is_announced() {
    let mut facts = healthy();
    facts.endpoints[0].flags = Flags::SIGNAL;
    for (address, heard) in [
        ("10.0.0.1", false),
        ("0.0.0.0", true),
        ("::", true),
        ("10.1.0.1", true),
        ("127.0.0.1", true),
    ] {
        facts.listeners = vec![listener(address)];
        match heard {
            true => quiet(&facts),
            false => drop(finds(&facts, "endpoint-flags WARN")),
        }
    }
    facts.listeners = vec![listener("10.0.0.1")];
    facts.endpoints[0].port = Some(8443);
    quiet(&facts);
}

#[test]
fn an_address_is_on_no_device() {
    let mut facts = healthy();
    facts
        .endpoints
        .push(endpoint(2, "10.7.0.1", 0, Flags::SUBFLOW));
    let found = finds(&facts, "endpoint-address FAIL");
    assert_eq!(found.subject, "endpoint 10.7.0.1 id 2");
}

#[test]
fn a_public_address_in_front_of_a_translator_may_be_announced() {
    let mut facts = healthy();
    facts
        .endpoints
        .push(endpoint(2, "8.8.8.8", 0, Flags::SIGNAL));
    quiet(&facts);
    facts.addresses.push(address("8.8.4.4", 2));
    finds(&facts, "endpoint-address FAIL");
}

#[test]
fn an_address_that_is_tentative_or_twice() {
    let mut facts = healthy();
    facts.addresses[2].tentative = true;
    finds(&facts, "endpoint-address WARN");
    facts.addresses[2].duplicate = true;
    finds(&facts, "endpoint-address FAIL");
}

#[test]
fn another_device_has_the_address() {
    let mut facts = healthy();
    facts.endpoints[0].device = Some(2);
    let found = finds(&facts, "endpoint-device FAIL");
    assert_eq!(
        found.fix[1].join(" "),
        "mptcp endpoint add 10.1.0.1 dev eth1 id 1 subflow"
    );
    facts.links[2].kind = "dummy".to_owned();
    quiet(&facts);
}

#[test]
fn a_bridge_has_the_address_of_its_devices() {
    let mut facts = healthy();
    facts.links.push(Link {
        master: Some(3),
        carrier: false,
        ..link(4, "port")
    });
    // Answers come in by the bridge.
    facts.endpoints[0].device = Some(4);
    let found = finds(&facts, "endpoint-device FAIL");
    assert_eq!(
        fixes(&found)[1],
        "mptcp endpoint add 10.1.0.1 dev eth1 id 1 subflow"
    );
    facts.endpoints[0].device = Some(3);
    quiet(&facts);
    // A VRF has no addresses of its devices.
    facts.links[2].master = Some(4);
    facts.links[3].master = None;
    quiet(&facts);
}

#[test]
fn the_device_is_gone() {
    let mut facts = healthy();
    facts.endpoints[0].device = Some(9);
    finds(&facts, "endpoint-device FAIL");
}

#[test]
fn a_link_is_down_or_without_carrier() {
    let mut facts = healthy();
    facts.links[2].carrier = false;
    facts.routes.clear();
    let found = finds(&facts, "link-down FAIL");
    assert!(found.fix.is_empty());
    facts.links[2].up = false;
    let found = finds(&facts, "link-down FAIL");
    assert_eq!(found.fix, [["ip", "link", "set", "eth1", "up"]]);
    // The device that the endpoint's address is on, then.
    facts.endpoints[0].device = None;
    finds(&facts, "link-down FAIL");
    facts.links[2].kind = "dummy".to_owned();
    quiet(&facts);
}

#[test]
fn ipv6_addresses_go_with_the_link() {
    let mut facts = healthy();
    facts.endpoints[0] = endpoint(1, "2001:db8::1", 3, Flags::SUBFLOW);
    finds(&facts, "endpoint-address FAIL");
    facts.links[2].up = false;
    finds(&facts, "link-down FAIL");
}

#[test]
fn no_endpoint_opens_a_path() {
    let mut facts = with_one_path();
    facts.endpoints.clear();
    let found = finds(&facts, "no-endpoint WARN");
    assert_eq!(
        found.fix[0].join(" "),
        "mptcp endpoint add 10.1.0.1 dev eth1 subflow"
    );
    facts
        .endpoints
        .push(endpoint(4, "10.1.0.1", 3, Flags::SIGNAL));
    let found = finds(&facts, "no-endpoint WARN");
    assert_eq!(found.fix[0].join(" "), "mptcp endpoint delete id 4");
    // Nothing that it had is lost.
    facts.endpoints[0].flags = Flags::SIGNAL | Flags::BACKUP;
    let found = finds(&facts, "no-endpoint WARN");
    assert_eq!(
        found.fix[1].join(" "),
        "mptcp endpoint add 10.1.0.1 dev eth1 id 4 signal subflow backup"
    );
    // Beside one that announces a port, there is place for another.
    facts.endpoints[0] = endpoint(4, "10.1.0.1", 3, Flags::SIGNAL);
    facts.endpoints[0].port = Some(8443);
    let found = finds(&facts, "no-endpoint WARN");
    assert_eq!(
        found.fix,
        [[
            "mptcp", "endpoint", "add", "10.1.0.1", "dev", "eth1", "subflow"
        ]]
    );
}

#[test]
fn an_endpoint_with_wrong_flags_is_not_told_of_twice() {
    for (flags, wanted, fix) in [
        (Flags::BACKUP, "endpoint-flags FAIL", "subflow backup"),
        (Flags::FULLMESH, "endpoint-flags WARN", "subflow fullmesh"),
    ] {
        let mut facts = with_one_path();
        facts.endpoints[0].flags = flags;
        let found = finds(&facts, wanted);
        let add = format!("mptcp endpoint add 10.1.0.1 dev eth1 id 1 {fix}");
        assert_eq!(found.fix[1].join(" "), add);
    }
}

#[test]
fn without_another_link_there_is_nothing_to_open() {
    let mut facts = with_one_path();
    facts.endpoints.clear();
    // So that what is behind a bridge or a tunnel does not lead to the peer.
    facts.routes.clear();
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        quiet(&facts);
    };
    with(|facts| facts.connections.clear());
    // The connection is older than the limit; the next one gets a path.
    with(|facts| {
        facts.limits.add_addr_accepted = Some(2);
        count(facts, "AddAddr", 1);
    });
    with(|facts| facts.links[2].carrier = false);
    with(|facts| facts.links[2].kind = "bridge".to_owned());
    with(|facts| facts.links[2].point_to_point = true);
    with(|facts| facts.links[2].master = Some(2));
    with(|facts| facts.addresses[2] = address("fe80::1", 3));
    with(|facts| facts.addresses[2] = address("2001:db8::1", 3));
    with(|facts| facts.connections[0].server_side = Some(true));
    with(|facts| {
        facts.connections[0]
            .info
            .as_mut()
            .unwrap()
            .add_addr_accepted = 1;
    });
}

#[test]
fn what_is_announced_can_be_reached() {
    let mut facts = healthy();
    facts.endpoints[0] = endpoint(1, "fe80::1", 3, Flags::SIGNAL);
    facts.addresses.push(address("fe80::1", 3));
    finds(&facts, "private-announced WARN");
    facts.endpoints[0] = endpoint(1, "10.1.0.1", 3, Flags::SIGNAL);
    facts.listeners.push(listener("0.0.0.0"));
    facts.connections.push(server(connection()));
    quiet(&facts);
    facts.connections[0].remote.address = ip("8.8.8.8");
    let found = finds(&facts, "private-announced WARN");
    assert_eq!(found.fix, [["mptcp", "endpoint", "delete", "id", "1"]]);
    // The paths that it gives are kept.
    facts.endpoints[0].flags = Flags::SIGNAL | Flags::SUBFLOW;
    let found = finds(&facts, "private-announced WARN");
    let add = "mptcp endpoint add 10.1.0.1 dev eth1 id 1 subflow";
    assert_eq!(found.fix[1].join(" "), add);
}

#[test]
fn an_ipv6_address_with_a_port_does_not_fit_beside_timestamps() {
    let own = "2001:db8::1";
    let mut facts = healthy();
    facts.addresses.push(address(own, 3));
    facts.endpoints[0] = endpoint(1, own, 3, Flags::SIGNAL);
    facts.endpoints[0].port = Some(8443);
    quiet(&facts);
    set(&mut facts, "net.ipv4.tcp_timestamps", "1");
    let found = finds(&facts, "announce-dropped WARN");
    let add = "mptcp endpoint add 2001:db8::1 dev eth1 id 1 signal";
    assert_eq!(fixes(&found), ["mptcp endpoint delete id 1", add]);
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        quiet(&facts);
    };
    with(|facts| set(facts, "net.ipv4.tcp_timestamps", "0"));
    with(|facts| set(facts, "net.mptcp.add_addr_v6_port_drop_ts", "1"));
    with(|facts| facts.endpoints[0].port = None);
    with(|facts| facts.endpoints[0].flags = Flags::LAMINAR);
    // The peer of the connection has no timestamps.
    with(|facts| facts.connections = vec![server(connection())]);
    facts.connections = vec![server(connection())];
    count(&mut facts, "AddAddrTxDrop", 1);
    finds(&facts, "announce-dropped WARN");
    set(&mut facts, "net.mptcp.add_addr_v6_port_drop_ts", "0");
    let found = finds(&facts, "announce-dropped WARN");
    assert_eq!(
        fixes(&found)[0],
        "sysctl -w net.mptcp.add_addr_v6_port_drop_ts=1"
    );
    assert!(fixes(&found)[2].ends_with("port 8443 signal"), "{found:?}");
}

#[test]
fn the_only_endpoint_carries_the_first_path() {
    // The default route, or a connection, shows where connections begin.
    for mut facts in [healthy(), with_one_path()] {
        facts.endpoints = vec![endpoint(1, "10.0.0.1", 2, Flags::SUBFLOW)];
        let found = finds(&facts, "no-endpoint WARN");
        assert!(found.message.contains("10.0.0.1, already"), "{found:?}");
        let add = "mptcp endpoint add 10.1.0.1 dev eth1 subflow";
        assert_eq!(fixes(&found), [add]);
        assert_eq!(advice(&found), "");
        let with = |change: fn(&mut Facts)| {
            let mut facts = facts.clone();
            change(&mut facts);
            quiet(&facts);
        };
        with(|facts| facts.links[2].up = false);
        with(|facts| facts.addresses.truncate(2));
        // Without a route, it would be tried in vain.
        for route in &mut facts.routes {
            if route.lookup.device == Some(3) {
                route.next_hop = None;
            }
        }
        let found = finds(&facts, "no-endpoint WARN");
        let wanted = "first its route: ip route add default via GATEWAY dev eth1 metric 2000, \
                      then: mptcp endpoint add 10.1.0.1 dev eth1 subflow";
        assert_eq!(advice(&found), wanted);
        assert!(found.fix.is_empty(), "{found:?}");
        facts
            .endpoints
            .push(endpoint(2, "10.1.0.1", 3, Flags::SUBFLOW));
        assert!(
            super::found(&facts)
                .iter()
                .all(|of| !of.starts_with("no-endpoint"))
        );
    }
}

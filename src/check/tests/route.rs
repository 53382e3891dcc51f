use super::*;
use crate::network::{DefaultRoute, Neighbour, NeighbourState};

fn cut(facts: &mut Facts, change: impl Fn(&mut Option<NextHop>)) {
    for route in &mut facts.routes {
        if route.lookup.device == Some(3) {
            change(&mut route.next_hop);
        }
    }
}

#[test]
fn there_is_no_route() {
    for (mut facts, wanted, to) in [
        // Nobody may ever need it.
        (healthy(), "endpoint-route WARN", "default route"),
        (with_one_path(), "endpoint-route FAIL", PEER),
    ] {
        cut(&mut facts, |next_hop| *next_hop = None);
        let found = finds(&facts, wanted);
        let add = "ip route add default via GATEWAY dev eth1 metric 2000";
        assert!(advice(&found).starts_with(add), "{found:?}");
        // A live connection needs another try.
        let retry = advice(&found).ends_with(", then: mptcp endpoint retry id 1");
        assert_eq!(retry, !facts.connections.is_empty());
        assert_eq!(found.seen[0], ("to".to_owned(), to.into()));
    }
}

#[test]
fn a_further_default_route_does_not_become_the_best() {
    let mut facts = healthy();
    cut(&mut facts, |next_hop| *next_hop = None);
    for (metrics, wanted) in [
        ([0, 100], "metric 2000"),
        ([0, 20600], "metric 20700"),
        ([2000, 0], "metric 2100"),
        ([0, u32::MAX], "metric 4294967295"),
    ] {
        facts.defaults = metrics.map(default_route).into();
        for route in &mut facts.defaults {
            route.device = 2;
        }
        let advice = advice(&finds(&facts, "endpoint-route WARN"));
        assert!(advice.ends_with(wanted), "{advice}");
    }
}

#[test]
fn a_rule_may_hide_the_default_route() {
    let mut facts = with_one_path();
    cut(&mut facts, |next_hop| *next_hop = None);
    facts.defaults.push(default_route(300));
    let advice = advice(&finds(&facts, "endpoint-route FAIL"));
    let missing = "ip route replace default via 10.1.0.254 dev eth1 table TABLE";
    assert!(advice.contains("ip rule show"), "{advice}");
    assert!(advice.contains(missing), "{advice}");
}

fn default_route(metric: u32) -> DefaultRoute {
    DefaultRoute {
        device: 3,
        gateway: Some(ip("10.1.0.254")),
        metric,
    }
}

#[test]
fn a_path_that_works_settles_it() {
    let mut facts = with_both_paths();
    cut(&mut facts, |next_hop| {
        let next_hop = next_hop.as_mut().unwrap();
        (next_hop.gateway, next_hop.routed) = (None, false);
    });
    set(&mut facts, "net.ipv4.conf.all.rp_filter", "1");
    facts.neighbours = vec![Neighbour {
        ip: ip(PEER),
        device: 3,
        state: NeighbourState::Stale,
    }];
    quiet(&facts);
    // The peer is not on the link: there was a route, which is gone.
    facts.neighbours.clear();
    finds(&facts, "endpoint-route FAIL");
    cut(&mut facts, |next_hop| *next_hop = None);
    finds(&facts, "endpoint-route FAIL");
}

#[test]
fn ipv6_answers_with_another_device() {
    let mut facts = with_one_path();
    cut(&mut facts, |next_hop| next_hop.as_mut().unwrap().device = 2);
    finds(&facts, "endpoint-route FAIL");
}

#[test]
fn what_is_only_taken_for_on_link_proves_nothing_by_itself() {
    let mut facts = with_one_path();
    cut(&mut facts, |next_hop| {
        let next_hop = next_hop.as_mut().unwrap();
        (next_hop.gateway, next_hop.routed) = (None, false);
    });
    quiet(&facts);
    let mut neighbour = Neighbour {
        ip: ip(PEER),
        device: 3,
        state: NeighbourState::Reachable,
    };
    facts.neighbours = vec![neighbour];
    quiet(&facts);
    for state in [NeighbourState::Failed, NeighbourState::Incomplete] {
        neighbour.state = state;
        facts.neighbours = vec![neighbour];
        finds(&facts, "endpoint-route FAIL");
    }
}

#[test]
fn the_default_route_has_no_way_by_that_device() {
    let mut facts = healthy();
    cut(&mut facts, |next_hop| {
        let next_hop = next_hop.as_mut().unwrap();
        (next_hop.gateway, next_hop.routed) = (None, false);
    });
    finds(&facts, "endpoint-route WARN");
    // Without a default route there is nothing to go by.
    facts.routes.retain(|route| route.lookup.from.is_some());
    quiet(&facts);
}

#[test]
fn a_server_is_not_judged_by_its_default_route() {
    let mut facts = healthy();
    cut(&mut facts, |next_hop| *next_hop = None);
    facts.connections.push(server(connection()));
    quiet(&facts);
}

#[test]
fn the_gateway_is_silent() {
    let mut facts = with_one_path();
    facts.neighbours.push(Neighbour {
        ip: ip("10.1.0.254"),
        device: 3,
        state: NeighbourState::Failed,
    });
    let found = finds(&facts, "endpoint-route FAIL");
    assert!(found.message.contains("10.1.0.254"));
    assert!(
        advice(&found).contains("ip route show dev eth1"),
        "{found:?}"
    );
    // The route that takes its place is as good as it was, and no better.
    facts.defaults.push(default_route(300));
    let advice = advice(&finds(&facts, "endpoint-route FAIL"));
    let replaced = "ip route replace default via GATEWAY dev eth1 metric 300";
    assert!(advice.contains(replaced), "{advice}");
}

#[test]
fn it_leaves_by_another_device() {
    let mut facts = healthy();
    facts.endpoints[0].device = None;
    let found = finds(&facts, "wrong-device WARN");
    assert_eq!(
        found.fix[1].join(" "),
        "mptcp endpoint add 10.1.0.1 dev eth1 id 1 subflow"
    );
    let mut anywhere = facts.clone();
    anywhere.links[2].kind = "dummy".to_owned();
    quiet(&anywhere);
    // A rule sends it where it belongs.
    facts.routes.retain(|route| route.lookup.device.is_none());
    for route in facts
        .routes
        .iter_mut()
        .filter(|of| of.lookup.from.is_some())
    {
        route.next_hop.as_mut().unwrap().device = 3;
    }
    quiet(&facts);
}

#[test]
fn the_way_back_is_another() {
    let mut facts = healthy();
    for (all, own, drops) in [
        ("1", "0", true),
        ("0", "1", true),
        ("1", "2", false),
        ("2", "1", false),
    ] {
        set(&mut facts, "net.ipv4.conf.all.rp_filter", all);
        set(&mut facts, "net.ipv4.conf.eth1.rp_filter", own);
        match drops {
            true => drop(finds(&facts, "rp-filter WARN")),
            false => quiet(&facts),
        }
    }
    set(&mut facts, "net.ipv4.conf.eth1.rp_filter", "1");
    set(&mut facts, "net.ipv4.conf.all.rp_filter", "1");
    // A rule sends the answers back where they came from.
    for route in facts
        .routes
        .iter_mut()
        .filter(|of| of.lookup.from.is_some())
    {
        route.next_hop.as_mut().unwrap().device = 3;
    }
    quiet(&facts);
}

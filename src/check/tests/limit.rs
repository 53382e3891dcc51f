use super::*;

#[test]
fn no_further_subflow_is_allowed() {
    for mut facts in [healthy(), with_one_path()] {
        facts.limits.subflows = Some(0);
        let found = finds(&facts, "subflow-limit FAIL");
        assert_eq!(found.fix[0].join(" "), "mptcp limits set subflows 1");
        facts.endpoints.clear();
        facts.links.truncate(2);
        quiet(&facts);
    }
}

#[test]
fn there_are_more_endpoints_than_places() {
    let mut facts = with_both_paths();
    facts
        .endpoints
        .push(endpoint(2, "10.0.0.1", 2, Flags::SUBFLOW));
    facts.limits.subflows = Some(1);
    // The connection began at one of them.
    quiet(&facts);
    facts.links.push(link(4, "eth2"));
    facts.addresses.push(address("10.2.0.1", 4));
    facts
        .endpoints
        .push(endpoint(3, "10.2.0.1", 4, Flags::SUBFLOW));
    finds(&facts, "subflow-limit WARN");
    facts.limits.subflows = Some(2);
    quiet(&facts);
}

#[test]
fn the_default_route_tells_where_connections_begin() {
    let mut facts = healthy();
    facts
        .endpoints
        .push(endpoint(2, "10.0.0.1", 2, Flags::SUBFLOW));
    facts.limits.subflows = Some(1);
    quiet(&facts);
    // Without it, they may begin at either.
    facts.routes.clear();
    quiet(&facts);
    // A host that was only connected to opens none.
    facts.limits.subflows = Some(0);
    facts.connections.push(server(connection()));
    quiet(&facts);
}

#[test]
fn announced_addresses_are_not_accepted() {
    let mut facts = with_one_path();
    facts.endpoints.clear();
    facts.links.truncate(2);
    quiet(&facts);
    count(&mut facts, "AddAddr", 1);
    let found = finds(&facts, "add-addr-limit WARN");
    assert_eq!(
        found.fix[0].join(" "),
        "mptcp limits set add_addr_accepted 2"
    );
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        quiet(&facts);
    };
    with(|facts| facts.limits.add_addr_accepted = Some(1));
    with(|facts| facts.connections.clear());
    with(|facts| facts.connections[0].server_side = Some(true));
}

#[test]
fn attempts_take_all_places() {
    let mut facts = with_an_attempt(1);
    facts.limits.subflows = Some(1);
    finds(&facts, "join-unanswered WARN");
    count(&mut facts, "AddAddr", 1);
    assert_eq!(
        found(&facts),
        ["join-unanswered WARN", "limit-used-up WARN"]
    );
    // The limit alone may be out of reach.
    let dead = judge(&facts, false).findings.remove(1);
    assert!(
        advice(&dead).ends_with("mptcp endpoint delete id 1"),
        "{dead:?}"
    );
    facts.limits.subflows = Some(2);
    finds(&facts, "join-unanswered WARN");
}

#[test]
fn a_limit_below_the_endpoints_is_the_cause_of_too_few_places() {
    let mut facts = with_an_attempt(1);
    facts.links.push(link(4, "eth2"));
    facts.addresses.push(address("10.2.0.1", 4));
    facts
        .endpoints
        .push(endpoint(3, "10.2.0.1", 4, Flags::SUBFLOW));
    facts.limits.subflows = Some(1);
    let wanted = ["subflow-limit WARN", "join-unanswered WARN"];
    assert_eq!(found(&facts), wanted);
}

#[test]
fn as_many_endpoints_as_there_are_may_have_a_place() {
    let mut facts = healthy();
    for number in 2..=20 {
        let own = format!("10.{number}.0.1");
        facts.links.push(link(2 + u32::from(number), "eth"));
        facts.addresses.push(address(&own, 2 + u32::from(number)));
        facts.endpoints.push(endpoint(
            number,
            &own,
            2 + u32::from(number),
            Flags::SUBFLOW,
        ));
    }
    // How many the kernel allows is its own affair.
    let found = finds(&facts, "subflow-limit WARN");
    assert_eq!(found.fix[0].join(" "), "mptcp limits set subflows 20");
}

#[test]
fn a_server_rejects_joins() {
    let mut facts = healthy();
    facts.endpoints.clear();
    facts.limits.subflows = Some(0);
    facts.connections = vec![server(connection())];
    quiet(&facts);
    count(&mut facts, "MPJoinRejected", 1);
    let found = finds(&facts, "subflow-limit WARN");
    assert_eq!(fixes(&found), ["mptcp limits set subflows 2"]);
    facts.limits.subflows = Some(2);
    // There is room: it was another connection.
    quiet(&facts);
    facts.connections[0].info.as_mut().unwrap().subflows = 2;
    let found = finds(&facts, "subflow-limit WARN");
    assert_eq!(fixes(&found), ["mptcp limits set subflows 3"]);
    facts.connections[0].server_side = Some(false);
    facts.links.truncate(2);
    quiet(&facts);
}

#[test]
fn a_limit_that_rises_is_followed_by_a_retry() {
    let mut facts = with_one_path();
    facts.limits.subflows = Some(0);
    let found = finds(&facts, "subflow-limit FAIL");
    let wanted = ["mptcp limits set subflows 1", "mptcp endpoint retry id 1"];
    assert_eq!(fixes(&found), wanted);
    facts.connections.clear();
    let found = finds(&facts, "subflow-limit FAIL");
    assert_eq!(fixes(&found), wanted[..1]);
}

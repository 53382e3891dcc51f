//! Hosts of which nothing is to be said.

use super::lab::*;
use crate::support::*;

trials! {
    a_host_without_any_use_of_mptcp, a_client_with_two_paths, a_client_over_ipv6,
    a_server_that_announces, a_server_without_endpoints, clients_without_mptcp,
    an_address_on_a_dummy_device, an_ordinary_user_sees_as_much, plain_tcp_to_this_host,
    endpoints_for_all_addresses,
}

fn a_host_without_any_use_of_mptcp(ns: &mut Sandbox) {
    quiet();
    let _server = server_on_three_links(ns);
    quiet();
    mptcp("limits set subflows 0").ok();
    quiet();
}

fn a_client_with_two_paths(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    lab.server.run(quiet);
}

fn a_client_over_ipv6(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    mptcp("limits set subflows 2").ok();
    run("ip -6 route add fd01::/64 via fd02::2 dev near1 metric 2000");
    mptcp("endpoint add fd02::1 dev near1 subflow").ok();
    quiet();
    let listener = lab.listen_on("[::]:8080");
    let _pair = connect_to(&listener, "[fd01::2]:8080");
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    lab.server.run(quiet);
}

fn a_server_that_announces(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    mptcp("limits set subflows 2 add_addr_accepted 2").ok();
    lab.server.run(|| {
        mptcp("endpoint add 10.0.2.2 signal").ok();
        quiet();
    });
    let listener = lab.listen();
    lab.server.run(quiet);
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    lab.server.run(quiet);
}

fn a_server_without_endpoints(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    delete_link("near1");
    delete_link("near2");
    let listener = lab.listen();
    let _pair = connect(&listener);
    lab.server.run(quiet);
    // The client has nothing to open a path from.
    quiet();
}

fn clients_without_mptcp(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let _client = std::net::TcpStream::connect("10.0.1.2:8080").expect("a connection");
    let _server = accept(&listener);
    lab.server.run(quiet);
}

fn an_address_on_a_dummy_device(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    add_address("lo", "10.9.9.9/32");
    mptcp("endpoint add 10.9.9.9 dev near2 subflow").ok();
    quiet();
}

fn an_ordinary_user_sees_as_much(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    without_net_admin(|| {
        let output = mptcp("check");
        assert!(output.text().starts_with("no problem found"), "{output}");
    });
    mptcp("limits set subflows 0").ok();
    without_net_admin(|| {
        assert_eq!(
            found("check"),
            [("subflow-limit".to_owned(), "fail".to_owned())]
        );
    });
}

fn plain_tcp_to_this_host(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    let listener = std::net::TcpListener::bind("0.0.0.0:9090").expect("a listener");
    let _one = std::net::TcpStream::connect("127.0.0.1:9090").expect("a connection");
    let _other = std::net::TcpStream::connect("10.0.2.1:9090").expect("a connection");
    let _accepted = [listener.accept(), listener.accept()];
    quiet();
}

/// The address that a connection begins with takes no place of the limit.
fn endpoints_for_all_addresses(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint add 10.0.1.1 dev near0 subflow").ok();
    mptcp("endpoint add 10.0.3.1 dev near2 subflow").ok();
    quiet();
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("both paths", || mptcp_counter("MPJoinSynAckRx") == 2);
    quiet();
}

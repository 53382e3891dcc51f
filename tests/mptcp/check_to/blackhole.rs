//! A path that drops MPTCP, and what the kernel makes of it.

use super::*;

trials! {
    a_path_that_drops_mptcp_leaves_no_blackhole, the_next_connection_still_asks_for_mptcp,
    a_blackhole_from_before_is_told_and_mended,
}

const DROPS_MPTCP: &str = "tcp option mptcp exists drop";

fn a_path_that_drops_mptcp_leaves_no_blackhole(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    filter(&server, &format!("iifname far1 {DROPS_MPTCP}"));
    let dropped = ids(&["syn-dropped"]);
    assert_eq!(found("check to 10.0.1.2 port 80"), (dropped, 1));
    let tried = mptcp_counter("MPCapableSYNTX");
    // Why there is no subflow, too.
    let expected = ids(&["syn-dropped"]);
    assert_eq!(found("check to 10.0.1.2 port 80 data"), (expected, 1));
    assert!(mptcp_counter("MPCapableSYNTX") > tried);
    assert_eq!(mptcp_counter("Blackhole"), 0);
    assert_eq!(mptcp_counter("MPCapableSYNTXDisabled"), 0);
}

fn the_next_connection_still_asks_for_mptcp(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    filter(&server, DROPS_MPTCP);
    let dropped = ids(&["syn-dropped"]);
    assert_eq!(found("check to 10.0.1.2 port 80"), (dropped, 1));
    assert_eq!(mptcp_counter("Blackhole"), 0);
    unfilter(&server);
    let (asked, answered) = (
        mptcp_counter("MPCapableSYNTX"),
        mptcp_counter("MPCapableSYNACKRX"),
    );
    let _client = mptcp_connect("10.0.1.2:80");
    assert_eq!(mptcp_counter("MPCapableSYNTX"), asked + 1);
    assert_eq!(mptcp_counter("MPCapableSYNACKRX"), answered + 1);
    assert_eq!(mptcp_counter("MPCapableSYNTXDisabled"), 0);
}

fn a_blackhole_from_before_is_told_and_mended(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    filter(&server, DROPS_MPTCP);
    // It runs into its last SYN that asks for MPTCP, and connects without.
    drop(mptcp_connect("10.0.1.2:80"));
    unfilter(&server);
    assert_eq!(mptcp_counter("Blackhole"), 1);
    let output = mptcp("-json check to 10.0.1.2 port 80");
    let finding = &json(&output.text())[0];
    assert_eq!((&finding["check"], output.status), (&"blackhole".into(), 1));
    let fix = finding["fix"][0][2].as_str().expect("a setting");
    let (name, value) = fix.split_once('=').expect("a value");
    sysctl_write(name, value);
    assert_eq!(found("check to 10.0.1.2 port 80"), (ids(&[]), 0));
}

//! Causes that are there before any connection is.

use super::lab::*;
use crate::support::*;

trials! {
    disabled, userspace_pm, a_flag_is_missing, fullmesh_without_subflow, an_address_is_nowhere,
    an_address_is_tentative, the_device_does_not_have_the_address, the_device_is_gone,
    a_device_is_down, a_device_with_several_endpoints_is_down, a_device_has_no_carrier, the_default_route_has_another_device,
    another_device_without_dev, rp_filter_is_strict, the_limit_is_zero, the_limit_is_too_low,
    a_link_local_address_is_announced, another_manager_runs, flags_are_one_cause, what_follows_from_a_cause_is_not_said,
}

fn disabled(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    sysctl_write("net.mptcp.enabled", "0");
    let found = finds("disabled", "fail");
    assert_eq!(found["seen"]["net.mptcp.enabled"], 0);
    assert_eq!(found["where"], "here");
    mend(&found);
}

fn userspace_pm(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    use_userspace_path_manager();
    mend(&finds("userspace-pm", "warn"));
}

fn a_flag_is_missing(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 id 1 dev near1 backup").ok();
    mend(&finds("endpoint-flags", "fail"));
    mptcp("endpoint show").prints("10.0.2.1 id 1 subflow backup dev near1 \n");
}

fn fullmesh_without_subflow(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 id 1 dev near1 fullmesh").ok();
    mend(&finds("endpoint-flags", "warn"));
}

fn an_address_is_nowhere(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint add 10.0.9.1 id 9 subflow").ok();
    let found = finds("endpoint-address", "fail");
    assert_eq!(found["subject"], "endpoint 10.0.9.1 id 9");
    mend(&found);
}

fn an_address_is_tentative(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    // Detection takes a second.
    run("ip address add fd02::77/64 dev near1");
    mptcp("endpoint add fd02::77 dev near1 subflow").ok();
    assert_eq!(
        found("check"),
        [("endpoint-address".to_owned(), "warn".to_owned())]
    );
    wait_until("detection ends", || found("check").is_empty());
}

fn the_device_does_not_have_the_address(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 dev near2 subflow").ok();
    mend(&finds("endpoint-device", "fail"));
    mptcp("endpoint show").prints("10.0.2.1 id 1 subflow dev near1 \n");
}

fn the_device_is_gone(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    add_device("extra");
    add_address("extra", "10.0.7.1/24");
    mptcp("endpoint add 10.0.7.1 dev extra subflow").ok();
    quiet();
    delete_link("extra");
    // The address went with it.
    mend(&finds("endpoint-address", "fail"));
    mptcp("endpoint add 10.0.3.1 dev near2 subflow").ok();
    quiet();
    add_device("extra");
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 dev extra subflow").ok();
    delete_link("extra");
    mend(&finds("endpoint-device", "fail"));
}

fn a_device_is_down(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    set_down("near1");
    let found = finds("link-down", "fail");
    apply(&found);
    wait_until("the link is up", || super::lab::found("check").is_empty());
}

fn a_device_with_several_endpoints_is_down(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("limits set subflows 3").ok();
    for own in ["10.0.2.11", "10.0.2.12"] {
        add_address("near1", &format!("{own}/24"));
        mptcp(&format!("endpoint add {own} dev near1 subflow")).ok();
    }
    quiet();
    set_down("near1");
    let found = finds("link-down", "fail");
    let subject = found["subject"].as_str().expect("words");
    for own in ["10.0.2.1 ", "10.0.2.11 ", "10.0.2.12 "] {
        assert!(subject.contains(own), "{subject}");
    }
    assert_eq!(fix(&found), ["ip link set near1 up"]);
    apply(&found);
    wait_until("the link is up", || super::lab::found("check").is_empty());
}

fn a_device_has_no_carrier(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.server.run(|| set_down("far1"));
    let found = finds("link-down", "fail");
    assert_eq!(found["seen"]["near1"], "no carrier");
    assert_eq!(fix(&found), [""; 0]);
}

fn the_default_route_has_another_device(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    add_route("0.0.0.0/0", Some("10.0.1.2"), "near0");
    run("ip route add default via 10.0.2.2 dev near1 metric 200");
    quiet();
    run("ip route delete default via 10.0.2.2 dev near1 metric 200");
    // No connection needs it so far.
    let found = finds("endpoint-route", "warn");
    assert_eq!(found["seen"]["to"], "default route");
    let form = "ip route add default via GATEWAY dev near1 metric 2000";
    assert!(message(&found).ends_with(form));
    run(&form.replace("GATEWAY", "10.0.2.2"));
    quiet();
    // Where nothing has one, none is missing.
    run("ip route flush 0/0");
    quiet();
}

fn another_device_without_dev(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    add_route("0.0.0.0/0", Some("10.0.1.2"), "near0");
    run("ip route add default via 10.0.2.2 dev near1 metric 200");
    quiet();
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 subflow").ok();
    mend(&finds("wrong-device", "warn"));
    // A rule does as well.
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 subflow").ok();
    finds("wrong-device", "warn");
    run("ip rule add from 10.0.2.1 table 200");
    run("ip route add default via 10.0.2.2 dev near1 table 200");
    quiet();
}

fn rp_filter_is_strict(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    add_route("0.0.0.0/0", Some("10.0.1.2"), "near0");
    run("ip route add default via 10.0.2.2 dev near1 metric 200");
    quiet();
    sysctl_write("net.ipv4.conf.all.rp_filter", "1");
    mend(&finds("rp-filter", "warn"));
}

fn the_limit_is_zero(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("limits set subflows 0").ok();
    mend(&finds("subflow-limit", "fail"));
}

fn the_limit_is_too_low(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint add 10.0.3.1 dev near2 subflow").ok();
    quiet();
    mptcp("limits set subflows 1").ok();
    mend(&finds("subflow-limit", "warn"));
}

fn a_link_local_address_is_announced(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.server.run(|| {
        add_address("far1", "fe80::77/64");
        mptcp("endpoint add 10.0.2.2 signal").ok();
        quiet();
        mptcp("endpoint add fe80::77 dev far1 signal").ok();
        mend(&finds("private-announced", "warn"));
    });
}

fn another_manager_runs(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    let told = || {
        let all = findings("check all").into_iter();
        let mut told = all.filter(|of| of["check"] == "other-manager" && of["seen"] != json("{}"));
        told.any(|of| of["subject"] == "mptcpd")
    };
    assert!(!told());
    let scratch = Scratch::new();
    let program = scratch.file("mptcpd", "");
    need_tool("sleep");
    copy_program("/bin/sleep", &program);
    let _mptcpd = Program::new(&program).arg("20").start();
    wait_until("it runs", told);
    quiet();
}

fn flags_are_one_cause(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 id 7 dev near1 backup").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    mend(&finds("endpoint-flags", "fail"));
    mptcp("endpoint show").prints("10.0.2.1 id 7 subflow backup dev near1 \n");
}

fn what_follows_from_a_cause_is_not_said(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint add 10.0.9.1 subflow").ok();
    mptcp("limits set subflows 0").ok();
    set_down("near1");
    sysctl_write("net.mptcp.enabled", "0");
    finds("disabled", "fail");
    let unknown = findings("check all");
    let address = unknown.iter().find(|of| of["check"] == "endpoint-address");
    let address = address.expect("each check is told of");
    assert_eq!(address["level"], "unknown");
    assert_eq!(address["says"], "not checked: disabled comes first");
}

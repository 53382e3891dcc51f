//! Addresses and devices that come and go.

use super::setup::*;

trials! {
    addresses_come_and_go, an_ipv6_address_is_valid_first, a_device_is_made_again_under_its_name,
    a_burst_has_one_pass, somebody_elses_endpoints_stay, news_that_are_lost_are_synthetic_for,
}

const FILE: &str = "endpoint add dev eth0 subflow\n";

fn addresses_come_and_go(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    let follower = follow(&scratch.file("conf", FILE), "");
    follower.wait_for_error("conf:1: the device \"eth0\" has no global address");
    add_address("eth0", "10.0.0.2/24");
    wait_for_endpoints("10.0.0.2 id 1 subflow dev eth0\n");
    add_address("eth0", "10.0.1.2/24");
    wait_for_endpoints("10.0.0.2 id 1 subflow dev eth0\n10.0.1.2 id 2 subflow dev eth0\n");
    remove_address("eth0", "10.0.0.2/24");
    wait_for_endpoints("10.0.1.2 id 2 subflow dev eth0\n");
    remove_address("eth0", "10.0.1.2/24");
    wait_for_endpoints("");
    let ended = follower.interrupt();
    let commands: Vec<String> = ended
        .text()
        .lines()
        .map(|line| without_time(line).to_owned())
        .collect();
    let expected = [
        "mptcp endpoint add 10.0.0.2 dev eth0 subflow",
        "mptcp endpoint add 10.0.1.2 dev eth0 subflow",
        "mptcp endpoint delete id 1",
        "mptcp endpoint delete id 2",
    ];
    assert_eq!(commands, expected);
    assert!(ended.text().starts_with('['), "{ended}");
    assert_eq!(ended.status, 0);
}

fn an_ipv6_address_is_valid_first(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    let _follower = follow(&scratch.file("conf", FILE), "");
    add_tentative_address("eth0", "fd00::2/64");
    assert_eq!(endpoints(), "");
    // Duplicate address detection takes a second or two.
    wait_for_endpoints("fd00::2 id 1 subflow dev eth0\n");
}

fn a_device_is_made_again_under_its_name(_ns: &mut Sandbox) {
    add_device("eth0");
    add_address("eth0", "10.0.0.2/24");
    let scratch = Scratch::new();
    let text = "endpoint add dev eth0 subflow\nendpoint add 10.0.9.9 dev eth1 signal\n";
    let follower = follow(&scratch.file("conf", text), "");
    follower.wait_for_error("conf:2: there is no device \"eth1\"");
    wait_for(&["10.0.0.2 subflow dev eth0"]);
    delete_link("eth0");
    wait_for(&[]);
    add_device("eth0");
    add_address("eth0", "10.0.0.3/24");
    wait_for(&["10.0.0.3 subflow dev eth0"]);
    add_device("eth1");
    wait_for(&["10.0.0.3 subflow dev eth0", "10.0.9.9 signal dev eth1"]);
    // At once, so that only the number is another one.
    delete_link("eth0");
    add_device("eth0");
    add_address("eth0", "10.0.0.3/24");
    wait_for(&["10.0.0.3 subflow dev eth0", "10.0.9.9 signal dev eth1"]);
}

/// Waits until these are the endpoints, whatever their ids.
#[track_caller]
fn wait_for(expected: &[&str]) {
    wait_until(&format!("no endpoints {expected:?}"), || {
        let shown = endpoints();
        let mut lines: Vec<String> = shown
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                [&words[..1], &words[3..]].concat().join(" ")
            })
            .collect();
        lines.sort();
        lines == expected
    });
}

fn a_burst_has_one_pass(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    let follower = follow(&scratch.file("conf", FILE), "");
    for last in 1..=100 {
        add_address("eth0", &format!("10.0.0.{last}/32"));
        remove_address("eth0", &format!("10.0.0.{last}/32"));
    }
    add_address("eth0", "10.0.1.1/24");
    wait_until("the last address is an endpoint", || {
        endpoints().contains("10.0.1.1 ")
    });
    wait_until("no other is", || endpoints().lines().count() == 1);
    let ended = follower.interrupt();
    assert!(ended.text().lines().count() < 20, "{ended}");
}

fn somebody_elses_endpoints_stay(_ns: &mut Sandbox) {
    add_devices(["eth0", "eth1"]);
    mptcp("endpoint add 10.0.9.1 id 100 signal").ok();
    mptcp("endpoint add 10.0.9.2 id 101 dev eth1 signal").ok();
    let scratch = Scratch::new();
    let _follower = follow(&scratch.file("conf", FILE), "");
    let others = "10.0.9.1 id 100 signal\n10.0.9.2 id 101 signal dev eth1\n";
    add_address("eth0", "10.0.0.2/24");
    wait_until("the address is an endpoint", || {
        endpoints().contains("10.0.0.2 ")
    });
    remove_address("eth0", "10.0.0.2/24");
    wait_for_endpoints(others);
}

fn news_that_are_lost_are_synthetic_for(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    let follower = follow(&scratch.file("conf", FILE), "");
    follower.stop();
    // More than the socket has room for.
    for _ in 0..15 {
        for last in 1..=200 {
            add_address("eth0", &format!("10.0.0.{last}/32"));
            remove_address("eth0", &format!("10.0.0.{last}/32"));
        }
    }
    add_address("eth0", "10.0.1.1/24");
    follower.signal(nix::sys::signal::Signal::SIGCONT);
    wait_for_endpoints("10.0.1.1 id 1 subflow dev eth0\n");
    assert_eq!(follower.interrupt().status, 0);
}

//! Paths of live connections: late, lost, stalled, denied. What a finding
//! proposes, pasted line by line, gives the live connection its path.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use super::lab::*;
use crate::support::*;

trials! {
    a_path_was_reset, the_limit_rose_later, the_limit_is_zero_for_a_live_connection,
    silence_on_one_path_and_on_both, a_first_path_whose_link_is_down,
    an_idle_connection_and_a_slow_reader, the_only_endpoint_carries_the_first_path,
    the_default_route_is_the_endpoints, a_server_with_a_limit_of_zero, a_server_whose_limit_is_used_up,
    an_announcement_that_does_not_fit, the_peer_denies_joins, a_port_of_a_bridge,
    a_route_that_is_lost_later, a_route_that_came_later, no_route_at_first,
    an_endpoint_before_its_route, an_address_that_came_later,
    a_device_that_came_up_later, one_of_two_connections_was_aborted,
    the_path_manager_was_in_user_space, what_cannot_be_seen_is_not_fine,
}

fn two_paths(lab: &Lab) -> (std::net::TcpListener, Pair) {
    let listener = lab.listen();
    let pair = connect(&listener);
    wait_until("the second path", || paths() == 2);
    quiet();
    (listener, pair)
}

fn a_path_was_reset(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pair = two_paths(&lab);
    lab.on_server("ss -K dst 10.0.2.1");
    let found = comes_to("path-lost", "warn");
    brings_the_path(&found);
}

fn the_limit_rose_later(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("limits set subflows 0").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    mptcp("limits set subflows 4").ok();
    let found = comes_to("path-not-tried", "warn");
    brings_the_path(&found);
}

fn the_limit_is_zero_for_a_live_connection(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("limits set subflows 0").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("subflow-limit", "fail");
    brings_the_path(&found);
}

/// Sends a little again and again, until it is dropped.
struct Talk {
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Talk {
    fn new(pair: &Pair) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let mut client = pair.client.try_clone().expect("another handle");
        let mut server = pair.server.try_clone().expect("another handle");
        for stream in [&client, &server] {
            let patience = Some(Duration::from_millis(100));
            stream.set_read_timeout(patience).expect("a time-out");
            stream.set_write_timeout(patience).expect("a time-out");
        }
        let (sends, reads) = (Arc::clone(&ended), Arc::clone(&ended));
        let send = thread::spawn(move || {
            while !sends.load(Ordering::Relaxed) {
                let _ = client.write(&[7; 2000]);
                sleep(Duration::from_millis(50));
            }
        });
        let read = thread::spawn(move || {
            let mut buffer = [0; 9000];
            while !reads.load(Ordering::Relaxed) {
                let _ = server.read(&mut buffer);
            }
        });
        Talk {
            ended,
            threads: vec![send, read],
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn silence_on_one_path_and_on_both(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let (_listener, pair) = two_paths(&lab);
    let talk = Talk::new(&pair);
    lab.on_server("nft add table inet t");
    lab.on_server("nft add chain inet t c { type filter hook input priority 0 ; }");
    lab.on_server("nft add rule inet t c iifname far0 drop");
    let stalled = comes_to("path-stalled", "warn");
    assert_eq!(stalled["subject"], "10.0.1.1 to 10.0.1.2 port 8080");
    lab.on_server("nft add rule inet t c iifname far1 drop");
    wait_until("no path works", || {
        let levels = found("check");
        levels.len() == 2
            && levels
                .iter()
                .all(|(check, level)| check == "path-stalled" && level == "fail")
    });
    // Once the path works again, it is closed and opened anew.
    lab.on_server("nft flush ruleset");
    let text = mptcp("check").text();
    if text.contains("path-stalled") {
        assert!(text.contains("mptcp endpoint retry id 1 force"), "{text}");
        run("mptcp endpoint retry id 1 force");
    }
    wait_until("both paths work", || found("check").is_empty());
    drop(talk);
}

fn a_first_path_whose_link_is_down(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let (_listener, pair) = two_paths(&lab);
    let talk = Talk::new(&pair);
    lab.on_server("nft add table inet t");
    lab.on_server("nft add chain inet t c { type filter hook input priority 0 ; }");
    lab.on_server("nft add rule inet t c iifname far1 drop");
    lab.server.run(|| set_down("far0"));
    wait_until("both are reported", || {
        let reported = found("check");
        let is = |wanted: &str| {
            reported
                .iter()
                .any(|(check, level)| check == wanted && level == "fail")
        };
        is("link-down") && is("path-stalled")
    });
    assert_eq!(mptcp("check").status, 1);
    drop(talk);
}

fn an_idle_connection_and_a_slow_reader(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let (listener, _idle) = two_paths(&lab);
    let slow = connect(&listener);
    let mut client = slow.client.try_clone().expect("another handle");
    client.set_nonblocking(true).expect("no wait");
    let deadline = std::time::Instant::now() + Duration::from_secs(7);
    while std::time::Instant::now() < deadline {
        // Until the window is closed, and beyond.
        let _ = client.write(&[7; 65536]);
        sleep(Duration::from_millis(100));
        quiet();
    }
}

fn the_only_endpoint_carries_the_first_path(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    delete_link("near2");
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.1.1 dev near0 subflow").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("no-endpoint", "warn");
    brings_the_path(&found);
}

/// Wi-Fi has the lower metric, and the endpoint is there.
fn the_default_route_is_the_endpoints(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    delete_link("near2");
    run("ip route add default via 10.0.2.2 dev near1 metric 600");
    run("ip route add default via 10.0.1.2 dev near0 metric 2000");
    let found = finds("no-endpoint", "warn");
    assert_eq!(
        fix(&found),
        ["mptcp endpoint add 10.0.1.1 dev near0 subflow"]
    );
    mend(&found);
}

fn a_server_with_a_limit_of_zero(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.on_server("mptcp limits set subflows 0");
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("the join is rejected", || {
        lab.server.run(|| mptcp_counter("MPJoinRejected")) == 1
    });
    lab.server.run(|| mend(&comes_to("subflow-limit", "warn")));
    // Whether a connection takes joins was decided when it began.
    let found = comes_to("path-lost", "warn");
    assert_eq!(fix(&found), ["mptcp endpoint retry id 1"]);
    drop(_pair);
    let _pair = connect(&listener);
    wait_until("the second path", || paths() == 2);
    quiet();
}

/// The limit is used up, and rises.
fn a_server_whose_limit_is_used_up(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.on_server("mptcp limits set subflows 1");
    mptcp("endpoint add 10.0.3.1 dev near2 subflow").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("a join is rejected", || {
        lab.server.run(|| mptcp_counter("MPJoinRejected")) == 1
    });
    lab.server.run(|| mend(&comes_to("subflow-limit", "warn")));
    drop(_pair);
    let _pair = connect(&listener);
    wait_until("all paths", || paths() == 3);
    quiet();
}

fn an_announcement_that_does_not_fit(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    mptcp("limits set subflows 2 add_addr_accepted 2").ok();
    lab.on_server("mptcp endpoint add fd02::2 port 7001 signal");
    let listener = lab.listen_on("[::]:8080");
    let _pair = connect_to(&listener, "[fd01::2]:8080");
    wait_until("it is dropped", || {
        lab.server.run(|| mptcp_counter("AddAddrTxDrop")) > 0
    });
    lab.server.run(|| mend(&finds("announce-dropped", "warn")));
    wait_until("the second path", || paths() == 2);
}

fn the_peer_denies_joins(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // Without it, the kernel does not even count the endpoint as used.
    mptcp("limits set add_addr_accepted 2").ok();
    lab.server
        .run(|| sysctl_write("net.mptcp.allow_join_initial_addr_port", "0"));
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("deny-join-id0", "warn");
    assert_eq!(found["where"], "peer");
    // What it proposes.
    lab.on_server("mptcp endpoint add 10.0.2.2 signal");
    wait_until("the second path", || paths() == 2);
}

fn a_port_of_a_bridge(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    run("ip address delete 10.0.2.1/24 dev near1");
    run("ip link add bridge2 type bridge");
    run("ip link set near1 master bridge2");
    run("ip link set bridge2 up");
    add_address("bridge2", "10.0.2.1/24");
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("endpoint-device", "fail");
    assert!(fix(&found)[1].contains("dev bridge2"), "{found}");
    brings_the_path(&found);
}

/// The server's address is reached by routes alone.
fn behind_gateways(lab: &Lab) -> std::net::TcpListener {
    lab.server.run(|| {
        add_address("lo", "10.9.0.1/32");
        // It is not taken for on-link.
        sysctl_write("net.ipv4.conf.all.arp_ignore", "1");
    });
    run("ip route add default via 10.0.1.2 dev near0");
    run("ip route add default via 10.0.2.2 dev near1 metric 2000");
    lab.listen()
}

/// Runs the advice, with the gateway in place of the word in capitals.
fn apply_advice(finding: &serde_json::Value) {
    let says = message(finding);
    let (_, advice) = says.split_once("; ").expect("an advice");
    for command in advice.split(", then: ") {
        run(&command.replace("GATEWAY", "10.0.2.2"));
    }
}

fn a_route_that_is_lost_later(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = behind_gateways(&lab);
    let _pair = connect_to(&listener, "10.9.0.1:8080");
    wait_until("the second path", || paths() == 2);
    quiet();
    run("ip route delete default via 10.0.2.2 dev near1 metric 2000");
    let found = finds("endpoint-route", "fail");
    apply_advice(&found);
    quiet();
}

fn a_route_that_came_later(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = behind_gateways(&lab);
    run("ip route delete default via 10.0.2.2 dev near1 metric 2000");
    let _pair = connect_to(&listener, "10.9.0.1:8080");
    let found = comes_to("endpoint-route", "fail");
    apply_advice(&found);
    // The first attempt may be on its way still.
    wait_until("the second path", || {
        paths() == 2 && super::lab::found("check").is_empty()
    });
}

/// The kernel could send nothing, and does not try again by itself.
fn no_route_at_first(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // Of a socket that is bound to a device, the kernel takes all for on-link.
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 id 1 subflow").ok();
    run("ip route add default via 10.0.2.2 dev near1 table 200");
    run("ip rule add from 10.0.2.1 unreachable");
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("nothing is sent", || {
        mptcp_counter("MPJoinSynTxConnectErr") == 1
    });
    finds("endpoint-route", "fail");
    run("ip rule delete from 10.0.2.1 unreachable");
    run("ip rule add from 10.0.2.1 table 200");
    let found = comes_to("path-not-tried", "warn");
    assert!(message(&found).contains("no route"));
    brings_the_path(&found);
}

/// What is proposed first and last, in this order.
fn an_endpoint_before_its_route(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    delete_link("near2");
    mptcp("endpoint flush").ok();
    mptcp("limits set subflows 2").ok();
    let listener = behind_gateways(&lab);
    run("ip route delete default via 10.0.2.2 dev near1 metric 2000");
    let _pair = connect_to(&listener, "10.9.0.1:8080");
    let found = finds("no-endpoint", "warn");
    let says = message(&found);
    let (_, advice) = says.split_once("first its route: ").expect("an advice");
    for command in advice.split(", then: ") {
        run(&command.replace("GATEWAY", "10.0.2.2"));
    }
    wait_until("the second path", || paths() == 2);
    quiet();
}

fn an_address_that_came_later(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    run("ip address delete 10.0.2.1/24 dev near1");
    let listener = lab.listen();
    let _pair = connect(&listener);
    comes_to("endpoint-address", "fail");
    let text = mptcp("check").text();
    let wanted = "ip address add 10.0.2.1/LENGTH dev near1, then: mptcp endpoint retry id 1";
    assert!(text.contains(wanted), "{text}");
    run("ip address add 10.0.2.1/24 dev near1");
    run("mptcp endpoint retry id 1");
    wait_until("the second path", || paths() == 2);
    quiet();
}

fn a_device_that_came_up_later(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    set_down("near1");
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("link-down", "fail");
    assert_eq!(fix(&found).len(), 2, "{found}");
    apply(&found);
    wait_until("the second path", || paths() == 2);
    quiet();
}

fn one_of_two_connections_was_aborted(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let (listener, _pair) = two_paths(&lab);
    let other = connect(&listener);
    wait_until("all paths", || mptcp_counter("MPJoinSynAckRx") == 2);
    let linger = socket2::SockRef::from(&other.client);
    linger.set_linger(Some(Duration::ZERO)).expect("an abort");
    drop(other);
    wait_until("it is gone", || mptcp_counter("MPCurrEstab") == 1);
    quiet();
}

fn the_path_manager_was_in_user_space(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    use_userspace_path_manager();
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = finds("userspace-pm", "warn");
    apply(&found);
    let found = finds("path-not-tried", "warn");
    assert!(message(&found).contains("user space"));
}

/// Where not even a socket can be had, nothing is known to be fine.
fn what_cannot_be_seen_is_not_fine(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    need_tool("prlimit");
    for line in [
        "check",
        "check token deadbeef",
        "-json check token deadbeef",
    ] {
        for files in 4..=5 {
            let output = Program::new("prlimit")
                .arg(format!("--nofile={files}"))
                .arg(MPTCP)
                .line(line)
                .run();
            let all = output.text() + &output.errors();
            assert_eq!(output.status, 2, "{files} {line}: {all}");
            let reason = ["Too many open files", "no connection has the token"];
            assert!(
                reason.iter().any(|reason| all.contains(reason)),
                "{files} {line}: {all}"
            );
            assert!(!all.contains("is not there"), "{files} {line}: {all}");
        }
    }
}

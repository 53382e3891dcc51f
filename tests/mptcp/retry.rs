//! `endpoint retry`: connections that lack an endpoint's path get it back.

use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::support::*;

trials! {
    a_path_never_tried_is_opened_and_nothing_is_closed, twenty_connections_get_their_paths,
    a_lost_path_comes_back, live_subflows_are_closed_by_force_alone, nothing_to_do_is_done_silently,
    the_first_path_comes_back, a_connection_without_paths_gets_them_back,
    a_stalled_path_takes_force, a_connection_without_room_is_named,
    a_full_table_allows_no_nudge, a_peer_that_refuses_is_named, an_answer_that_does_not_come_is_named,
    what_a_killed_retry_left_is_removed, an_endpoint_is_never_left_deleted,
    a_system_call_that_fails_leaves_no_endpoint_deleted, apply_mends_what_a_kill_left,
    a_batch_and_a_namespace_take_it, what_cannot_be_retried_is_refused, it_is_no_command_of_ip,
}

const PATH: &str = "10.0.2.1";

/// A client with two links, whose endpoint is not used yet.
struct Lab {
    server: Netns,
    listener: TcpListener,
}

impl Lab {
    fn new(ns: &Sandbox) -> Self {
        let server = server_on_three_links(ns);
        let limits = || mptcp("limits set subflows 4 add_addr_accepted 4").ok();
        limits();
        server.run(limits);
        let listener = server.run(|| mptcp_listen("0.0.0.0:8080"));
        Lab { server, listener }
    }

    /// A connection that may open no further subflow yet.
    fn connect(&self) -> (TcpStream, TcpStream) {
        let mut client = mptcp_connect("10.0.1.2:8080");
        let mut server = accept(&self.listener);
        for _ in 0..3 {
            exchange(&mut client, &mut server);
        }
        (client, server)
    }

    /// The same with its path.
    fn connect_twice(&self, count: usize) -> Vec<(TcpStream, TcpStream)> {
        mptcp("endpoint add 10.0.2.1 dev near1 id 1 subflow").ok();
        let pairs = (0..count).map(|_| self.connect()).collect();
        with_paths(count);
        pairs
    }

    /// The endpoint is set, and no connection tries it.
    fn untried(&self, count: usize) -> Vec<(TcpStream, TcpStream)> {
        mptcp("limits set subflows 0").ok();
        mptcp("endpoint add 10.0.2.1 dev near1 id 1 subflow").ok();
        let pairs = (0..count).map(|_| self.connect()).collect();
        mptcp("limits set subflows 4").ok();
        pairs
    }

    /// Resets the paths of these ports, all where none is given.
    fn reset(&self, ports: &[u64]) {
        need_tool("ss");
        // It complains about the MPTCP sockets, which it cannot close.
        let kill = |line: &str| {
            self.server
                .run(|| drop(Program::new("ss").line(line).run()));
        };
        if ports.is_empty() {
            kill("-K dst 10.0.2.1");
        }
        for port in ports {
            kill(&format!("-K dst 10.0.2.1 dport {port}"));
        }
    }
}

fn connections() -> Vec<Value> {
    json(&mptcp("-json connection").ok().text())
        .as_array()
        .expect("an array")
        .clone()
}

/// The ports of the established subflows from the endpoint, one for each
/// connection that has one.
fn ports() -> Vec<u64> {
    let mut ports = Vec::new();
    for connection in connections() {
        let subflows = connection["subflows"].as_array().expect("subflows").clone();
        let found = subflows
            .iter()
            .find(|subflow| subflow["saddr4"] == PATH && subflow["state"] == "established");
        ports.extend(found.map(|subflow| subflow["sport"].as_u64().expect("a port")));
    }
    ports
}

#[track_caller]
fn with_paths(count: usize) {
    wait_until(&format!("{count} paths"), || ports().len() == count);
}

const NUDGE: &str = "mptcp endpoint add 0.0.0.0 id 255\nmptcp endpoint delete id 255\n";
const SHOWN: &str = "10.0.2.1 id 1 subflow dev near1";
const RENEWAL: &str =
    "mptcp endpoint delete id 1\nmptcp endpoint add 10.0.2.1 dev near1 id 1 subflow\n";

fn a_path_never_tried_is_opened_and_nothing_is_closed(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.untried(1);
    let mut events = monitor("monitor");
    let outcome = "endpoint 10.0.2.1 id 1 on 1 of 1 connection\n";
    mptcp("endpoint retry id 1").prints(&format!("{NUDGE}{outcome}"));
    assert_eq!(ports().len(), 1);
    events.line_with("SF_ESTABLISHED");
    let seen = events.interrupt().text();
    assert!(
        !seen.contains("CLOSED") && !seen.contains("REMOVED"),
        "{seen}"
    );
    mptcp("endpoint show").prints("10.0.2.1 id 1 subflow dev near1 \n");
}

fn twenty_connections_get_their_paths(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.untried(20);
    mptcp("endpoint retry all").ok();
    assert_eq!(ports().len(), 20);
    lab.reset(&[]);
    with_paths(0);
    mptcp("endpoint retry 10.0.2.1").ok();
    assert_eq!(ports().len(), 20);
}

fn a_lost_path_comes_back(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.connect_twice(1);
    lab.reset(&[]);
    with_paths(0);
    let outcome = "endpoint 10.0.2.1 id 1 on 1 of 1 connection\n";
    mptcp("endpoint retry all").prints(&format!("{NUDGE}{RENEWAL}{outcome}"));
    assert_eq!(ports().len(), 1);
    // Flags and port are as they were.
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 dev near1 id 7 subflow backup").ok();
    with_paths(1);
    lab.reset(&[]);
    with_paths(0);
    mptcp("endpoint ret id 7").ok();
    mptcp("endpoint show").prints("10.0.2.1 id 7 subflow backup dev near1 \n");
}

fn live_subflows_are_closed_by_force_alone(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.connect_twice(3);
    let [lost, kept @ ..] = &ports()[..] else {
        panic!("no path");
    };
    lab.reset(&[*lost]);
    with_paths(2);
    let output = mptcp("endpoint retry id 1").ends(2, NUDGE);
    output.says("closes 2 live subflows of 2 connections for a moment");
    let mut now = ports();
    now.sort_unstable();
    let mut kept = kept.to_vec();
    kept.sort_unstable();
    assert_eq!(now, kept, "the live ones are as they were");
    let outcome = "endpoint 10.0.2.1 id 1 on 3 of 3 connections\n";
    mptcp("endpoint retry id 1 force").prints(&format!("{NUDGE}{RENEWAL}{outcome}"));
    assert_eq!(ports().len(), 3);
}

fn nothing_to_do_is_done_silently(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint retry all").prints("");
    let _pairs = lab.connect_twice(1);
    for words in ["all", "id 1", "10.0.2.1", "id 1 force"] {
        mptcp(&format!("endpoint retry {words}")).prints("");
    }
    mptcp("-json endpoint retry all").prints("[]\n");
    // The server opened none of its connections.
    lab.server.run(|| {
        mptcp("endpoint add 10.0.3.2 id 1 subflow").ok();
        mptcp("endpoint retry all").prints("");
    });
}

/// Resets every subflow that comes in by this link.
fn reset_from(lab: &Lab, address: &str) {
    need_tool("ss");
    lab.server
        .run(|| drop(Program::new("ss").line(&format!("-K dst {address}")).run()));
}

/// How many subflows from this address are established.
fn established_from(address: &str) -> usize {
    let of = |one: &Value| {
        let subflows = one["subflows"].as_array().expect("subflows").iter();
        let is_it = |of: &&Value| of["saddr4"] == address && of["state"] == "established";
        subflows.filter(is_it).count()
    };
    connections().iter().map(of).sum()
}

fn the_first_path_comes_back(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint add 10.0.1.1 dev near0 id 9 subflow").ok();
    let _pairs = lab.connect_twice(1);
    reset_from(&lab, "10.0.1.1");
    wait_until("the first path is gone", || {
        established_from("10.0.1.1") == 0
    });
    let output = mptcp("endpoint retry all");
    if output.status != 0 && before_linux(6, 12) {
        left_out("this kernel does not use the id 0 again");
    }
    let text = output.ok().text();
    assert!(
        text.ends_with("endpoint 10.0.1.1 id 9 on 1 of 1 connection\n"),
        "{text}"
    );
    assert_eq!(established_from("10.0.1.1"), 1);
    assert_eq!(ports().len(), 1, "the other path is as it was");
    // The side of the connection is known without its first subflow.
    reset_from(&lab, "10.0.1.1");
    wait_until("the first path is gone", || {
        established_from("10.0.1.1") == 0
    });
    let client = mptcp("connection").ok().text();
    assert!(client.contains(" client "), "{client}");
    let server = lab.server.run(|| mptcp("connection")).ok().text();
    assert!(server.contains(" server "), "{server}");
}

fn a_connection_without_paths_gets_them_back(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.connect_twice(1);
    reset_from(&lab, "10.0.1.1");
    reset_from(&lab, "10.0.2.1");
    wait_until("all is lost", || {
        established_from("10.0.1.1") + established_from("10.0.2.1") == 0
    });
    let output = mptcp("endpoint retry id 1");
    if output.status != 0 && before_linux(6, 12) {
        left_out("this kernel opens no subflow where none is left");
    }
    output.ok();
    assert_eq!(ports().len(), 1);
}

fn a_stalled_path_takes_force(ns: &mut Sandbox) {
    need_tool("nft");
    let lab = Lab::new(ns);
    let mut pairs = lab.connect_twice(1);
    let nft = |line: &str| {
        lab.server.run(|| Program::new("nft").line(line).run().ok());
    };
    nft("add table inet t");
    nft("add chain inet t c { type filter hook input priority 0 ; }");
    nft("add rule inet t c iif far1 drop");
    let (mut client, mut server) = pairs.pop().expect("a pair");
    let mut reader = server.try_clone().expect("a descriptor");
    let reader = std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    wait_until("the path is stalled", || {
        std::io::Write::write_all(&mut client, &[0; 100_000]).expect("the other path carries it");
        mptcp("connection state stalled").ok().text() != ""
    });
    let before = ports();
    let output = mptcp("endpoint retry id 1").ends(2, NUDGE);
    output.says("closes 1 live subflow of 1 connection for a moment");
    assert_eq!(ports(), before);
    nft("flush ruleset");
    let outcome = "endpoint 10.0.2.1 id 1 on 1 of 1 connection\n";
    // It may have recovered by itself meanwhile.
    let text = mptcp("endpoint retry id 1 force").ok().text();
    assert!(text.is_empty() || text.ends_with(outcome), "{text}");
    assert_eq!(ports().len(), 1);
    drop(client);
    std::io::Write::flush(&mut server).expect("open");
    reader.join().expect("no panic").expect("all is read");
}

fn a_connection_without_room_is_named(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("limits set subflows 1").ok();
    mptcp("endpoint add 10.0.3.1 dev near2 id 3 subflow").ok();
    let _pair = lab.connect();
    wait_until("its place is taken", || established_from("10.0.3.1") == 1);
    mptcp("endpoint add 10.0.2.1 dev near1 id 1 subflow").ok();
    mptcp("endpoint retry all").prints("");
    let output = mptcp("endpoint retry id 1");
    assert_eq!(output.status, 1, "{output}");
    let text = output.text();
    assert!(
        text.starts_with("endpoint 10.0.2.1 id 1 on 0 of 1 connection\n"),
        "{text}"
    );
    assert!(
        text.contains("as many subflows as the limits allow"),
        "{text}"
    );
    assert_eq!(established_from("10.0.3.1"), 1, "nothing was closed");
}

/// Adds endpoints that no connection uses, from id 2 on, until the kernel takes no
/// more.
fn fill_table() {
    let mut id = 2;
    while mptcp(&format!("endpoint add 10.9.9.{} id {id}", id % 250)).status == 0 {
        id += 1;
    }
}

fn a_full_table_allows_no_nudge(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // An endpoint that is added later is a nudge.
    fill_table();
    mptcp("endpoint delete id 2").ok();
    let _pairs = lab.untried(1);
    let output = mptcp("endpoint retry id 1");
    assert_eq!(output.status, 0, "{output}");
    assert!(output.text().starts_with(RENEWAL), "{output}");
    output.says("the table of endpoints is full");
    assert_eq!(ports().len(), 1);
}

fn a_peer_that_refuses_is_named(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.server.run(|| mptcp("limits set subflows 0").ok());
    let _pairs = lab.untried(1);
    let output = mptcp("endpoint retry id 1");
    assert_eq!(output.status, 1, "{output}");
    let text = output.text();
    assert!(text.contains("on 0 of 1 connection\n    token "), "{text}");
    assert!(
        text.contains("established and closed at once") || text.contains("not opened"),
        "{text}"
    );
}

fn an_answer_that_does_not_come_is_named(ns: &mut Sandbox) {
    need_tool("nft");
    let lab = Lab::new(ns);
    let _pairs = lab.untried(1);
    lab.server.run(|| {
        for line in [
            "add table inet t",
            "add chain inet t c { type filter hook input priority 0 ; }",
            "add rule inet t c iif far1 drop",
        ] {
            Program::new("nft").line(line).run().ok();
        }
    });
    let output = mptcp("-json endpoint retry id 1");
    assert_eq!(output.status, 1, "{output}");
    let found = json(&output.text());
    let outcome = found
        .as_array()
        .and_then(|list| list.last())
        .expect("an outcome");
    assert_eq!(outcome["lacking"][0]["reason"], "unanswered", "{outcome}");
    assert_eq!(outcome["connections"], 1);
}

fn what_a_killed_retry_left_is_removed(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let _pairs = lab.untried(1);
    mptcp("endpoint add 0.0.0.0 id 255").ok();
    mptcp("endpoint retry all").ok();
    mptcp("endpoint show").prints("10.0.2.1 id 1 subflow dev near1 \n");
}

/// Wherever it is killed, what is missing is brought back by the next one.
fn an_endpoint_is_never_left_deleted(ns: &mut Sandbox) {
    need_tool("strace");
    let lab = Lab::new(ns);
    let _pairs = lab.connect_twice(1);
    let before = mptcp("endpoint show").ok().text();
    let mut restored = 0;
    // Most messages are questions how connections are.
    for at in (1..24).chain((24..).step_by(24)) {
        lab.reset(&[]);
        with_paths(0);
        // Ctrl-C at each message to the kernel.
        let strace =
            format!("-f -o /dev/null -e trace=sendto -e inject=sendto:signal=SIGINT:when={at}");
        let program = Program::new("strace").line(&strace).arg(MPTCP);
        let output = program.line("endpoint retry id 1").run();
        let left = mptcp("endpoint show").ok().text();
        assert!(
            left.contains("10.0.2.1 id 1 subflow dev near1"),
            "at {at}: {left}"
        );
        mptcp("endpoint retry id 1").ok();
        assert_eq!(mptcp("endpoint show").ok().text(), before, "at {at}");
        restored += 1;
        if output.status == 0 {
            break;
        }
    }
    assert!(restored > 5, "{restored}");
}

/// Runs a retry of a path that was lost, under strace, and returns what ended
/// it and the endpoints that it left.
fn retry_under(lab: &Lab, inject: &str) -> (Output, String) {
    lab.reset(&[]);
    with_paths(0);
    let call = inject.split(':').next().expect("a call");
    let strace = format!("-f -o /dev/null -e trace={call} -e inject={inject}");
    let program = Program::new("strace").line(&strace).arg(MPTCP);
    let output = program.line("endpoint retry id 1").run();
    (output, mptcp("endpoint show").ok().text())
}

/// A connection with its path, and a full table of endpoints: without a nudge,
/// the deletion is among the first messages.
fn without_a_nudge(ns: &Sandbox) -> (Lab, Vec<(TcpStream, TcpStream)>) {
    need_tool("strace");
    let lab = Lab::new(ns);
    let pairs = lab.connect_twice(1);
    fill_table();
    (lab, pairs)
}

fn a_system_call_that_fails_leaves_no_endpoint_deleted(ns: &mut Sandbox) {
    let (lab, _pairs) = without_a_nudge(ns);
    for (call, error) in [
        ("sendto", "ENOBUFS"),
        ("recvfrom", "ENOMEM"),
        ("write", "ENOSPC"),
    ] {
        let mut failed = 0;
        for at in 1..40 {
            let (output, left) = retry_under(&lab, &format!("{call}:error={error}:when={at}"));
            assert!(left.contains(SHOWN), "{call} {at}: {left}\n{output}");
            if output.status == 0 {
                // There are no more.
                if failed > 0 && call == "write" {
                    break;
                }
                continue;
            }
            assert_ne!(output.errors(), "", "{call} {at}: {output}");
            failed += 1;
            drop(mptcp("endpoint retry id 1"));
        }
        assert!(failed > 0, "{call}");
    }
}

/// No program can do anything after SIGKILL: the endpoint may be gone.
fn apply_mends_what_a_kill_left(ns: &mut Sandbox) {
    let (lab, _pairs) = without_a_nudge(ns);
    let scratch = Scratch::new();
    let file = scratch.file("saved", mptcp("save").ok().text());
    let mut gone = 0;
    for at in 1..30 {
        let (_, left) = retry_under(&lab, &format!("sendto:signal=SIGKILL:when={at}"));
        if left.contains(SHOWN) {
            drop(mptcp("endpoint retry id 1"));
        } else {
            gone += 1;
            Program::mptcp().arg("apply").arg(&file).run().ok();
        }
        with_paths(1);
    }
    assert_eq!(gone, 1, "between the deletion and the addition");
}

fn a_batch_and_a_namespace_take_it(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let pairs = lab.untried(1);
    let output = Program::mptcp()
        .line("-batch -")
        .stdin("endpoint retry id 1\nendpoint show\n")
        .run();
    let text = output.ok().text();
    assert!(
        text.ends_with("on 1 of 1 connection\n10.0.2.1 id 1 subflow dev near1 \n"),
        "{text}"
    );
    drop(pairs);
}

fn what_cannot_be_retried_is_refused(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    mptcp("endpoint add 10.0.2.1 id 1 signal").ok();
    mptcp("endpoint retry id 1").fails(2, "endpoint 10.0.2.1 id 1 is not used for subflows");
    mptcp("endpoint retry id 9").fails(2, "there is no endpoint with id 9");
    mptcp("endpoint retry 10.0.9.9").fails(2, "there is no endpoint with address 10.0.9.9");
    mptcp("endpoint retry").fails(255, "is required");
    mptcp("endpoint retry id 1 all").fails(255, "one endpoint is named by its id or its ADDRESS");
    mptcp("endpoint retry id 1 10.0.2.1").fails(255, "one endpoint is named");
    use_userspace_path_manager();
    mptcp("endpoint retry all").fails(2, "the path manager is \"userspace\"");
}

fn it_is_no_command_of_ip(_ns: &mut Sandbox) {
    for word in ["r", "re"] {
        mptcp(&format!("endpoint {word} all"))
            .fails(255, &format!("Command \"{word}\" is unknown"));
    }
}

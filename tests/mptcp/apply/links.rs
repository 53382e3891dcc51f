//! Devices that lose their carrier, and that are replaced by others.

use super::setup::*;

trials! {
    an_endpoint_goes_and_comes_with_the_carrier, a_short_loss_changes_nothing,
    the_only_path_of_a_connection_stays, the_first_path_moves_to_the_second,
    without_follow_the_carrier_does_not_matter, a_device_replaced_at_any_time_leaves_nothing,
}

const FILE: &str = "limits set subflows 4\n\
                    endpoint add 10.0.1.1 dev near0 id 1 subflow\n\
                    endpoint add dev near1 inet id 2 subflow\n";

/// Two links, the file followed, and a connection with a path on each.
fn followed(ns: &Sandbox, scratch: &Scratch) -> (Netns, Running, Running, Live) {
    let (server, mut theirs) = hosts(ns, "");
    let follower = follow(&scratch.file("conf", FILE), "");
    let live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    (server, theirs, follower, live)
}

/// The next command of the follower.
fn command(follower: &mut Running) -> String {
    let line = follower.line_with("mptcp endpoint");
    without_time(&line).trim_end().to_owned()
}

fn an_endpoint_goes_and_comes_with_the_carrier(ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let (server, mut theirs, mut follower, mut live) = followed(ns, &scratch);
    command(&mut follower);
    command(&mut follower);
    server.run(|| set_down("far1"));
    assert_eq!(command(&mut follower), "mptcp endpoint delete id 2");
    follower.wait_for_error("conf:3: the device \"near1\" is down or has no carrier now.");
    // The server is informed, and closes the path.
    wait_for_event(&mut theirs, "SF_CLOSED", "10.0.2.1");
    live.talk();
    server.run(|| set_up("far1"));
    let add = "mptcp endpoint add 10.0.2.1 dev near1 id 2 subflow";
    assert_eq!(command(&mut follower), add);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    assert!(!has_event(&theirs.text(), "SF_CLOSED", "10.0.1.1"));
    set_down("near1");
    assert_eq!(command(&mut follower), "mptcp endpoint delete id 2");
    set_up("near1");
    assert_eq!(command(&mut follower), add);
    assert_eq!(follower.interrupt().status, 0);
}

fn a_short_loss_changes_nothing(ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let (server, theirs, mut follower, mut live) = followed(ns, &scratch);
    command(&mut follower);
    command(&mut follower);
    for _ in 0..5 {
        server.run(|| set_down("far1"));
        server.run(|| set_up("far1"));
    }
    // A change that is noticed shows that those before it were.
    remove_address("near1", "10.0.2.1/24");
    assert_eq!(command(&mut follower), "mptcp endpoint delete id 2");
    assert!(
        !follower.errors().contains("carrier"),
        "{}",
        follower.errors()
    );
    live.talk();
    assert!(!has_event(&theirs.text(), "SF_CLOSED", "10.0.1.1"));
}

fn the_only_path_of_a_connection_stays(ns: &mut Sandbox) {
    let (server, _theirs) = hosts(ns, "");
    let scratch = Scratch::new();
    let file = "endpoint add 10.0.1.1 dev near0 id 1 subflow\n";
    let follower = follow(&scratch.file("conf", file), "");
    wait_for_endpoints("10.0.1.1 id 1 subflow dev near0\n");
    let mut live = Live::new(&server);
    server.run(|| set_down("far0"));
    follower.wait_for_error("endpoint 10.0.1.1 id 1 stays: it is the only path of a connection");
    assert_eq!(endpoints(), "10.0.1.1 id 1 subflow dev near0\n");
    server.run(|| set_up("far0"));
    live.talk();
    // Without a connection, it goes.
    drop(live);
    wait_until("the connection is closed", || {
        mptcp("connection").ok().text().is_empty()
    });
    server.run(|| set_down("far0"));
    wait_for_endpoints("");
}

fn the_first_path_moves_to_the_second(ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let (server, mut theirs, mut follower, mut live) = followed(ns, &scratch);
    command(&mut follower);
    command(&mut follower);
    server.run(|| set_down("far0"));
    assert_eq!(command(&mut follower), "mptcp endpoint delete id 1");
    live.talk();
    wait_for_event(&mut theirs, "SF_CLOSED", "10.0.1.1");
    server.run(|| set_up("far0"));
    let add = "mptcp endpoint add 10.0.1.1 dev near0 id 1 subflow";
    assert_eq!(command(&mut follower), add);
    live.talk();
}

fn without_follow_the_carrier_does_not_matter(_ns: &mut Sandbox) {
    add_device("eth0");
    set_down("eth0");
    let add = "mptcp endpoint add 10.0.0.2 dev eth0 subflow\n";
    apply_text(&add["mptcp ".len()..], "").prints(add);
}

/// Requests that take long give each pass another device under the name.
fn a_device_replaced_at_any_time_leaves_nothing(_ns: &mut Sandbox) {
    need_tool("strace");
    let scratch = Scratch::new();
    let file = scratch.file("conf", "endpoint add dev eth0 subflow\n");
    let replace = || {
        add_device("eth0");
        add_address("eth0", "10.0.0.2/24");
    };
    replace();
    let slow = "-D -o /dev/null -e trace=sendto -e inject=sendto:delay_exit=100000";
    let program = Program::new("strace").line(slow).arg(MPTCP).arg("apply");
    let follower = program.arg(&file).line("follow").start();
    follower.wait_subscribed();
    for pause in 0..12 {
        std::thread::sleep(std::time::Duration::from_millis(70 * pause));
        delete_link("eth0");
        replace();
    }
    // `show` names a device that is gone by its number.
    wait_until("the endpoint is that of the last device", || {
        let shown = endpoints();
        shown.lines().count() == 1 && shown.ends_with(" subflow dev eth0\n")
    });
    let ended = follower.interrupt();
    assert_eq!(ended.status, 0, "{ended}");
    assert!(!ended.errors().contains("does not know"), "{ended}");
}

//! How following ends, and begins again.

use nix::sys::signal::Signal;

use super::setup::*;

trials! { killed_and_started_again, until_exit_takes_its_own_away, only_keeps_others_out, as_json }

const FILE: &str = "endpoint add dev eth0 subflow\nendpoint add 10.0.9.9 id 50 signal\n";
const SET: &str = "10.0.9.9 id 50 signal\n10.0.0.2 id 51 subflow dev eth0\n";

fn killed_and_started_again(_ns: &mut Sandbox) {
    add_device("eth0");
    add_address("eth0", "10.0.0.2/24");
    let scratch = Scratch::new();
    let file = scratch.file("conf", FILE);
    let follower = follow(&file, "");
    wait_for_endpoints(SET);
    follower.signal(Signal::SIGKILL);
    drop(follower);
    remove_address("eth0", "10.0.0.2/24");
    add_address("eth0", "10.0.0.3/24");
    // What is its own is what the file says.
    let follower = follow(&file, "");
    wait_for_endpoints("10.0.9.9 id 50 signal\n10.0.0.3 id 52 subflow dev eth0\n");
    let ended = follower.interrupt();
    let commands = "mptcp endpoint add 10.0.0.3 dev eth0 subflow\nmptcp endpoint delete id 51\n";
    let text = ended.text();
    let done: String = text
        .lines()
        .map(|line| without_time(line).to_owned() + "\n")
        .collect();
    assert_eq!(done, commands);
}

fn until_exit_takes_its_own_away(_ns: &mut Sandbox) {
    add_device("eth0");
    add_address("eth0", "10.0.0.2/24");
    mptcp("endpoint add 10.0.8.8 id 7 signal").ok();
    let scratch = Scratch::new();
    let follower = follow(&scratch.file("conf", FILE), "until-exit");
    wait_for_endpoints(&format!("10.0.8.8 id 7 signal\n{SET}"));
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.finish().status, 0);
    assert_eq!(endpoints(), "10.0.8.8 id 7 signal\n");
}

fn only_keeps_others_out(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    mptcp("endpoint add 10.0.8.8 id 7 signal").ok();
    let _follower = follow(&scratch.file("conf", FILE), "only");
    wait_for_endpoints("10.0.9.9 id 50 signal\n");
    mptcp("endpoint add 10.0.8.8 signal").ok();
    add_address("eth0", "10.0.0.2/24");
    wait_until("the other one goes", || !endpoints().contains("10.0.8.8"));
}

fn as_json(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("conf", "endpoint add 10.0.9.9 id 50 signal\n");
    let program = Program::mptcp().line("-json -tshort apply").arg(&file);
    let mut follower = program.line("follow").start();
    follower.wait_for("\"signal\"]}");
    let ended = follower.interrupt();
    let printed = json(&ended.text());
    assert_eq!(printed[0]["command"][1], "endpoint");
    assert!(printed[0]["timestamp_short"].is_string(), "{ended}");
}

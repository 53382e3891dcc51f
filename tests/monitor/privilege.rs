//! What takes which privilege.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sched::{CloneFlags, unshare};

use crate::SOON;
use crate::lab::monitor;
use crate::loss::receive_buffer;
use crate::support::*;

/// Set for this program itself: it becomes the program that its arguments
/// name, in a user namespace and a network namespace of that.
const IN_USER_NAMESPACE: &str = "MPTCP_TEST_IN_USER_NAMESPACE";

pub fn trials() -> Vec<Trial> {
    trials![
        without_the_privilege_it_is_named,
        a_large_buffer_is_really_had,
        a_buffer_that_is_not_had_is_told,
    ]
}

/// Does what [`IN_USER_NAMESPACE`] asks for; must come first in `main`.
pub fn become_the_program() {
    if env::var_os(IN_USER_NAMESPACE).is_none() {
        return;
    }
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().expect("a program");
    enter_user_namespace().expect("a user namespace");
    unshare(CloneFlags::CLONE_NEWNET).expect("a network namespace");
    let error = Command::new(program).args(arguments).exec();
    panic!("{error}");
}

fn without_the_privilege_it_is_named(_ns: &mut Sandbox) {
    without_net_admin(|| {
        for line in ["monitor", "-json monitor", "-json -pretty monitor"] {
            let output = mptcp(line).fails(255, "CAP_NET_ADMIN");
            let first = output.errors().lines().next().map(str::to_owned);
            let theirs = "can't subscribe to mptcp events: Operation not permitted";
            assert_eq!(first.as_deref(), Some(theirs));
        }
    });
}

/// More than net.core.rmem_max is anywhere.
const LARGE: usize = 999_000_000;

fn a_large_buffer_is_really_had(_ns: &mut Sandbox) {
    let watch = monitor("-rcvbuf 20000 monitor");
    assert_eq!(receive_buffer(&watch), 20_000);
    watch.interrupt(SOON).prints("");

    let watch = monitor(&format!("-rcvbuf {LARGE} monitor"));
    let size = receive_buffer(&watch);
    let output = watch.interrupt(SOON);
    assert_eq!(output.status, 0, "{output}");
    // Whoever runs this as an ordinary user lacks the privilege.
    match size {
        LARGE => assert_eq!(output.errors(), ""),
        size => warns(&output, size),
    }
}

fn a_buffer_that_is_not_had_is_told(_ns: &mut Sandbox) {
    let this = env::current_exe().expect("the path of this program");
    let watch = Program::new(this)
        .env(IN_USER_NAMESPACE, "1")
        .arg(env!("CARGO_BIN_EXE_mptcp"))
        .line(&format!("-rcvbuf {LARGE} monitor"))
        .start();
    watch.wait_subscribed(SOON);
    let size = receive_buffer(&watch);
    assert!(size < LARGE);
    let output = watch.interrupt(SOON);
    assert_eq!((output.status, output.text().as_str()), (0, ""));
    warns(&output, size);
}

#[track_caller]
fn warns(output: &Output, size: usize) {
    let errors = output.errors();
    let says = |word: &str| errors.contains(word);
    let right = errors.starts_with("Warning: ") && errors.lines().count() == 1;
    let right = right && says(&size.to_string()) && says(&LARGE.to_string());
    assert!(right && says("CAP_NET_ADMIN"), "{output}");
}

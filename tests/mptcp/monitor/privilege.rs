//! What takes which privilege.

use super::loss::receive_buffer;
use crate::support::*;

trials! {
    without_the_privilege_it_is_named, a_large_buffer_is_really_had,
    a_buffer_that_is_not_had_is_told,
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
    watch.interrupt().prints("");

    let watch = monitor(&format!("-rcvbuf {LARGE} monitor"));
    let size = receive_buffer(&watch);
    let output = watch.interrupt();
    assert_eq!(output.status, 0, "{output}");
    // Whoever runs this as an ordinary user lacks the privilege.
    match size {
        LARGE => assert_eq!(output.errors(), ""),
        size => warns(&output, size),
    }
}

fn a_buffer_that_is_not_had_is_told(_ns: &mut Sandbox) {
    let watch = in_user_namespace(&format!("-rcvbuf {LARGE} monitor")).start();
    watch.wait_subscribed();
    let size = receive_buffer(&watch);
    assert!(size < LARGE);
    let output = watch.interrupt();
    warns(&output.ends(0, ""), size);
}

#[track_caller]
fn warns(output: &Output, size: usize) {
    let errors = output.errors();
    let says = |word: &str| errors.contains(word);
    let right = errors.starts_with("Warning: ") && errors.lines().count() == 1;
    let right = right && says(&size.to_string()) && says(&LARGE.to_string());
    assert!(right && says("CAP_NET_ADMIN"), "{output}");
}

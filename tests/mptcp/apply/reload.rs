//! The file is read again, and the service manager is told.

use std::os::unix::net::UnixDatagram;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::setup::*;

trials! {
    a_good_file_and_a_bad_one, the_service_manager_is_told, a_mistake_at_the_beginning_ends_it,
    only_a_regular_file_is_followed,
}

fn a_good_file_and_a_bad_one(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("conf", "endpoint flush\nendpoint add 10.0.0.2 subflow\n");
    let follower = follow(&file, "");
    wait_for_endpoints("10.0.0.2 id 1 subflow\n");
    scratch.file("conf", "endpoint flush\nendpoint add 10.0.0.3 subflow\n");
    follower.signal(Signal::SIGHUP);
    wait_for_endpoints("10.0.0.3 id 2 subflow\n");
    scratch.file("conf", "endpoint add 10.0.0.4\nsense less\n");
    follower.signal(Signal::SIGHUP);
    follower.wait_for_error("conf:2");
    follower.wait_for_error("stays in force");
    assert_eq!(endpoints(), "10.0.0.3 id 2 subflow\n");
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.finish().status, 0);
    assert_eq!(endpoints(), "10.0.0.3 id 2 subflow\n");
}

fn the_service_manager_is_told(_ns: &mut Sandbox) {
    add_device("eth0");
    let scratch = Scratch::new();
    let path = scratch.join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    manager.set_read_timeout(Some(SOON)).expect("a timeout");
    let told = || {
        let mut buffer = [0; 500];
        let length = manager.recv(&mut buffer).expect("a message");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let file = scratch.file("conf", "endpoint add dev eth0 subflow\n");
    let program = Program::mptcp().env("NOTIFY_SOCKET", &path);
    let follower = program.arg("apply").arg(&file).line("follow").start();
    assert_eq!(told(), "READY=1\nSTATUS=0 endpoints, waiting for eth0");
    add_address("eth0", "10.0.0.2/24");
    assert_eq!(told(), "STATUS=1 endpoint");
    follower.signal(Signal::SIGHUP);
    let reloading = told();
    let micros = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=");
    micros.expect("it reloads").parse::<u64>().expect("a time");
    assert_eq!(told(), "READY=1\nSTATUS=1 endpoint");
    scratch.file("conf", "sense less\n");
    follower.signal(Signal::SIGHUP);
    assert!(told().starts_with("RELOADING=1\n"));
    let status = told();
    assert!(
        status.starts_with("READY=1\nSTATUS=the file has a mistake"),
        "{status}"
    );
    follower.signal(Signal::SIGTERM);
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(follower.finish().status, 0);
}

fn a_mistake_at_the_beginning_ends_it(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("conf", "sense less\n");
    apply(&file, "follow").fails(1, "conf:1");
    mptcp("apply - follow").fails(255, "-");
    let file = scratch.file("conf", "endpoint add 10.0.0.2\n");
    without_net_admin(|| apply(&file, "follow").fails(2, "CAP_NET_ADMIN"));
}

/// A FIFO would keep it waiting for a writer, deaf to signals.
fn only_a_regular_file_is_followed(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let fifo = scratch.join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).expect("a FIFO");
    for path in [&*fifo, "/dev/null".as_ref(), "/".as_ref()] {
        apply(path, "follow").fails(1, "is not a regular file");
    }
    let file = scratch.file("conf", "endpoint add 10.0.0.2 subflow\n");
    let follower = follow(&file, "");
    wait_for_endpoints("10.0.0.2 id 1 subflow\n");
    std::fs::rename(&fifo, &file).expect("a FIFO in place of the file");
    follower.signal(Signal::SIGHUP);
    follower.wait_for_error("stays in force");
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.finish().status, 0);
}

//! Hard to break: output that fails, odd input, lost races, hostile
//! surroundings. Every run ends in one of two ways: done, or a clear error and
//! a status that says so.

mod input;
mod output;
mod privilege;
mod races;
mod signals;

use std::fs::{File, OpenOptions};
use std::io::PipeReader;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;

use nix::libc::O_NONBLOCK;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::support::*;

trials! {;
    input::trials(), output::trials(), privilege::trials(), races::trials(), signals::trials()
}

/// Runs a shell script in which `$MPTCP` is the binary under test.
fn shell(script: &str) -> Program {
    Program::new("/bin/sh")
        .args(["-c", script])
        .env("MPTCP", MPTCP)
}

/// Gives the namespace so many endpoints; a kernel takes eight at least.
fn add_endpoints(count: u8) {
    for last in 1..=count {
        mptcp(&format!("endpoint add 10.0.0.{last} subflow")).ok();
    }
}

/// A monitor that has begun to watch, and the pipe that it prints to, which
/// nobody reads from now on.
fn watching() -> (Running, PipeReader) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let monitor = Program::mptcp().arg("monitor").stdout(writer).start();
    monitor.wait_subscribed();
    (monitor, reader)
}

/// Whether it is so within this time, in milliseconds.
fn ready(pipe: impl AsFd, what: PollFlags, within: u16) -> bool {
    let mut polled = [PollFd::new(pipe.as_fd(), what)];
    poll(&mut polled, PollTimeout::from(within)).expect("poll") > 0
}

/// Waits until the pipe that a program prints to takes no more.
fn wait_full(program: &Running) {
    wait_until("the pipe is full", || {
        !ready(output_of(program), PollFlags::POLLOUT, 0)
    });
}

/// The pipe that a program prints to, to write to it without waiting.
fn output_of(program: &Running) -> File {
    let pipe = format!("/proc/{}/fd/1", program.pid());
    let mut options = OpenOptions::new();
    let options = options.write(true).custom_flags(O_NONBLOCK);
    options.open(pipe).expect("its pipe")
}

//! Hard to break: output that fails, odd input, lost races, hostile
//! surroundings. Every run ends in one of two ways: done, or a clear error and
//! a status that says so.

#[macro_use]
mod support;

#[path = "robustness/input.rs"]
mod input;
#[path = "robustness/output.rs"]
mod output;
#[path = "robustness/privilege.rs"]
mod privilege;
#[path = "robustness/races.rs"]
mod races;
#[path = "robustness/signals.rs"]
mod signals;

use std::fs::OpenOptions;
use std::io::{PipeReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::libc::O_NONBLOCK;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use support::*;

fn main() -> ExitCode {
    let mut trials = output::trials();
    trials.extend(input::trials());
    trials.extend(races::trials());
    trials.extend(signals::trials());
    trials.extend(privilege::trials());
    support::main(trials)
}

/// Runs a shell script in which `$MPTCP` is the binary under test.
fn shell(script: &str) -> Program {
    Program::new("/bin/sh")
        .args(["-c", script])
        .env("MPTCP", env!("CARGO_BIN_EXE_mptcp"))
}

/// Gives the namespace so many endpoints; a kernel takes eight at least.
fn add_endpoints(count: u8) {
    for last in 1..=count {
        mptcp(&format!("endpoint add 10.0.0.{last} subflow")).ok();
    }
}

/// A monitor that has begun to watch, and the pipe that it prints to, which
/// nobody reads from now on.
fn watching() -> (Child, PipeReader) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mptcp"));
    let command = command.arg("monitor").stdout(writer).stderr(Stdio::null());
    let mut monitor = command.spawn().expect("a monitor");
    // The first event that it prints says that it is there.
    let began = std::thread::scope(|scope| {
        let first = scope.spawn(|| reader.read(&mut [0; 4096]));
        let late = Instant::now() + SOON;
        while !first.is_finished() {
            if Instant::now() > late {
                // So that the reader's wait has an end.
                let _ = monitor.kill();
            }
            drop(mptcp_listen("127.0.0.1:0"));
            std::thread::sleep(Duration::from_millis(20));
        }
        first.join().expect("the reader")
    });
    assert!(
        began.expect("the pipe") > 0,
        "no event, or the monitor ended"
    );
    (monitor, reader)
}

/// Whether it is so within this time, in milliseconds.
fn ready(pipe: impl AsFd, what: PollFlags, within: u16) -> bool {
    let mut polled = [PollFd::new(pipe.as_fd(), what)];
    poll(&mut polled, PollTimeout::from(within)).expect("poll") > 0
}

/// Waits until the pipe that a monitor prints to takes no more.
fn wait_full(monitor: &Child) {
    let output = format!("/proc/{}/fd/1", monitor.id());
    let mut options = OpenOptions::new();
    let options = options.write(true).custom_flags(O_NONBLOCK);
    wait_until("the pipe is full", || {
        let writer = options.open(&output).expect("the pipe of the monitor");
        !ready(writer, PollFlags::POLLOUT, 0)
    });
}

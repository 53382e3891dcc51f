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

use std::io::{PipeReader, Read};
use std::process::{Child, Command, Stdio};

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

/// Whether all brackets are closed, in the shape that every array here has.
fn is_whole_json(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with('[')
        && text.ends_with(']')
        && text.matches('{').count() == text.matches('}').count()
}

/// A monitor that has begun to watch, and the pipe that it prints to, which
/// nobody reads from now on.
fn watching() -> (Child, PipeReader) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mptcp"));
    let command = command.arg("monitor").stdout(writer).stderr(Stdio::null());
    let monitor = command.spawn().expect("a monitor");
    // The first event that it prints says that it is there.
    let began = std::thread::scope(|scope| {
        let first = scope.spawn(|| reader.read(&mut [0; 4096]));
        while !first.is_finished() {
            drop(mptcp_listen("127.0.0.1:0"));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        first.join().expect("the reader")
    });
    assert!(began.expect("the pipe") > 0, "the monitor ended");
    (monitor, reader)
}

//! Counts the system calls of a program.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;

use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

use super::program::Program;
use super::programs::starting;

impl Program {
    /// Runs the program, which must read `stdin` before it does what is to be
    /// counted, and returns how often it made each of the system calls.
    #[allow(
        clippy::zombie_processes,
        reason = "waitpid tells of the end as well as of the stops"
    )]
    pub fn count_calls<const N: usize>(mut self, stdin: &[u8], calls: [i64; N]) -> [usize; N] {
        self.command()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = starting(|| self.command().spawn()).expect("start the program");
        let pid = Pid::from_raw(child.id().cast_signed());
        let mut input = child.stdin.take().expect("a pipe");
        ptrace::seize(
            pid,
            Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL,
        )
        .expect("trace a child");
        ptrace::interrupt(pid).expect("stop it");
        thread::scope(|scope| {
            scope.spawn(move || {
                // A program may well end without reading all of it.
                let _ = input.write_all(stdin);
            });
            let mut stops = [0; N];
            loop {
                let signal = match waitpid(pid, None).expect("wait for the program") {
                    WaitStatus::Exited(..) | WaitStatus::Signaled(..) => break,
                    WaitStatus::PtraceSyscall(_) => {
                        let current = current_call(pid);
                        for (call, stops) in calls.iter().zip(&mut stops) {
                            *stops += usize::from(Some(*call) == current);
                        }
                        None
                    }
                    WaitStatus::Stopped(_, signal) => Some(signal),
                    _ => None,
                };
                ptrace::syscall(pid, signal.filter(|signal| *signal != Signal::SIGTRAP))
                    .expect("let it go on");
            }
            // It stops where a call begins and where it ends.
            stops.map(|stops| stops / 2)
        })
    }
}

/// The number of the system call that the stopped process is in.
fn current_call(pid: Pid) -> Option<i64> {
    let call = fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?;
    call.split_whitespace().next()?.parse().ok()
}

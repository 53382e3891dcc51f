//! What goes wrong while the program is started: it runs in any case, or it is
//! told why not. strace ends when all processes have ended: none is left over.

use super::*;

trials! { calls_that_fail_are_survived, a_kill_at_any_moment_leaves_nothing }

/// The system calls between the start of this program and that of the other,
/// of all processes, and how often the most of one.
const CALLS: [(&str, usize); 15] = [
    ("seccomp", 3),
    ("readlink", 1),
    ("socketpair", 1),
    ("prctl", 2),
    ("clone", 1),
    ("rt_sigprocmask", 2),
    ("setsid", 1),
    ("wait4", 1),
    ("chdir", 1),
    ("close_range", 3),
    ("sendto", 2),
    ("recvmsg", 1),
    ("recvfrom", 2),
    ("sendmsg", 1),
    ("ioctl", 1),
];

/// Runs it with a fault at one of these system calls.
fn with(fault: &str, call: &str, time: usize) -> Output {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:{fault}:when={time}");
    let strace = ["-f", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    let words = [crate::support::MPTCP, "run", "printf", "ran"];
    Program::new("strace").args(strace).args(words).run()
}

fn calls_that_fail_are_survived(_ns: &mut Sandbox) {
    need_tool("strace");
    for (call, times) in CALLS {
        for time in 1..=times {
            let output = with("error=EPERM", call, time);
            match output.status {
                0 => assert_eq!(output.text(), "ran", "{call} {time}: {output}"),
                // The filter is there, and nobody answers.
                _ => {
                    output.fails(126, "Error: the supervisor was lost: ");
                }
            }
        }
    }
}

fn a_kill_at_any_moment_leaves_nothing(_ns: &mut Sandbox) {
    need_tool("strace");
    for (call, times) in CALLS {
        for time in 1..=times {
            let output = with("signal=KILL", call, time);
            match output.status {
                0 => assert_eq!(output.text(), "ran", "{call} {time}: {output}"),
                126 => {
                    output.fails(126, "Error: the supervisor was lost: ");
                }
                status => assert_eq!(status, 128 + 9, "{call} {time}: {output}"),
            }
        }
    }
}

//! Where other processes, users and descriptors are not as usual.

use super::*;

trials! {
    process_1_has_no_child_to_wait_for, a_program_that_hides_has_it, a_child_that_ends_leaves_no_signal,
    proc_is_required, few_descriptors_are_enough_or_it_is_told, errors_are_those_of_tcp,
}

fn process_1_has_no_child_to_wait_for(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let code = format!(
        "{PROTOCOL}
import os
print(os.getpid())
try: os.wait()
except ChildProcessError: print('none')
"
    );
    let mptcp = crate::support::MPTCP;
    let words = ["-p", "-f", "--mount-proc", mptcp, "run", PYTHON, "-c"];
    let output = Program::new("unshare").args(words).arg(code).run();
    output.ends(0, &format!("{MPTCP}\n1\nnone\n"));
}

/// One that is not dumpable: much of its /proc is closed to others.
fn a_program_that_hides_has_it(_ns: &mut Sandbox) {
    let code = format!("import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); {PROTOCOL}");
    let output = without_sys_ptrace(|| python(&code));
    output.ends(0, &format!("{MPTCP}\n"));
}

fn a_child_that_ends_leaves_no_signal(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let code = format!(
        "
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
os.execv('{0}', ['{0}', 'run', 'grep', 'Pnd', '/proc/self/status'])
",
        crate::support::MPTCP
    );
    let none = "0".repeat(16);
    let output = Program::new(PYTHON).arg("-c").arg(code).run();
    output.ends(0, &format!("SigPnd:\t{none}\nShdPnd:\t{none}\n"));
}

fn proc_is_required(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    // The processes that /proc shows have other numbers.
    let words = ["-p", "-f", crate::support::MPTCP, "run", PYTHON, "-c"];
    let output = Program::new("unshare").args(words).arg(PROTOCOL).run();
    output
        .ends(0, &format!("{TCP}\n"))
        .says_first("Warning: /proc does not show this process")
        .says("Hint: mount it");
}

fn few_descriptors_are_enough_or_it_is_told(_ns: &mut Sandbox) {
    for limit in 4..10 {
        let mptcp = crate::support::MPTCP;
        let script = format!("ulimit -n {limit}; exec {mptcp} run sh -c 'echo ran; exit 3'");
        let output = Program::new("sh").arg("-c").arg(script).run();
        let output = output.ends(3, "ran\n");
        let is_told = output.errors().contains("Warning: the supervisor cannot");
        assert_eq!(is_told, limit < 7, "{limit}: {output}");
    }
}

fn errors_are_those_of_tcp(_ns: &mut Sandbox) {
    let code = "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in [(2, 1 | 0x100, 0), (2, 1 | 0x40000000, 0), (2, 1, 999), (2, 15, 0), (99, 1, 0), (10, 1, 17)]:
    print(call, libc.socket(*call) < 0, ctypes.get_errno())
";
    let without = Program::new(PYTHON).arg("-c").arg(code).run().ok().text();
    assert!(!without.contains("False"), "{without}");
    python(code).ends(0, &without);
}

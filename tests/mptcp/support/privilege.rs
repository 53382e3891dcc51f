//! The right to make namespaces: root has it, an ordinary user gets it in a
//! user namespace.

use std::os::unix::process::CommandExt;
use std::panic::resume_unwind;
use std::process::Command;
use std::{env, fs, thread};

use anyhow::{Context, Result};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

use super::program::{MPTCP, Program};

/// Bit of CAP_SYS_ADMIN in the sets of /proc/self/status (capability.h).
const CAP_SYS_ADMIN: u32 = 21;
/// Bit of CAP_NET_ADMIN in the sets of /proc/self/status (capability.h).
const CAP_NET_ADMIN: u32 = 12;

/// Makes sure this process may create network and mount namespaces, by
/// entering a user namespace as its root where it may not yet.
///
/// # Errors
/// One line saying what this system does not allow.
pub fn acquire() -> Result<()> {
    if has(CAP_SYS_ADMIN) && has(CAP_NET_ADMIN) {
        return Ok(());
    }
    enter_user_namespace().context("not root")
}

/// Makes the calling process, which must have a single thread, the root of a
/// new user namespace.
///
/// # Errors
/// One line saying what this system does not allow.
fn enter_user_namespace() -> Result<()> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER).context("cannot create a user namespace: unshare")?;
    let map = |file: &str, content: String| fs::write(file, content).context(file.to_owned());
    // An unprivileged process may map its group only after giving up setgroups.
    map("/proc/self/setgroups", "deny".into())?;
    map("/proc/self/uid_map", format!("0 {user} 1"))?;
    map("/proc/self/gid_map", format!("0 {group} 1"))
}

/// Set for this program itself: it becomes the program that its arguments
/// name, in a user namespace and a network namespace of that.
const IN_USER_NAMESPACE: &str = "MPTCP_TEST_IN_USER_NAMESPACE";

/// The binary under test in a user namespace and a network namespace of that,
/// which takes a process of its own: this one, started anew.
pub fn in_user_namespace(line: &str) -> Program {
    let this = env::current_exe().expect("the path of this program");
    let program = Program::new(this).env(IN_USER_NAMESPACE, "1");
    program.arg(MPTCP).line(line)
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
    panic!("{}", Command::new(program).args(arguments).exec());
}

/// Runs `body`, in a thread of its own in the same namespaces, so that the
/// programs it starts lack CAP_NET_ADMIN, whoever they run as.
pub fn without_net_admin<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    without(CapabilitySet::NET_ADMIN, body)
}

/// The same for CAP_SYS_ADMIN.
pub fn without_sys_admin<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    without(CapabilitySet::SYS_ADMIN, body)
}

/// The same for CAP_SYS_PTRACE.
pub fn without_sys_ptrace<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    without(CapabilitySet::SYS_PTRACE, body)
}

fn without<T: Send>(capability: CapabilitySet, body: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let body = || {
            // The bounding set binds even root when it starts a program.
            remove_capability_from_bounding_set(capability).expect("give up a capability");
            body()
        };
        scope.spawn(body).join()
    })
    .unwrap_or_else(|panic| resume_unwind(panic))
}

/// Whether the effective set of this process holds the capability.
fn has(capability: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .is_some_and(|set| set & (1 << capability) != 0)
}

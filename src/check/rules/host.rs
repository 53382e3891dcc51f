//! The host itself: whether it has MPTCP, and who manages it.

use crate::check::Facts;
use crate::check::finding::{Command, Finding, Level, Seen, words};
use crate::check::remedy;

/// Whether MPTCP sockets can be created.
pub const ENABLED: &str = "net.mptcp.enabled";

const TIMEOUT: &str = "net.mptcp.blackhole_timeout";

pub fn kernel(facts: &Facts) -> Vec<Finding> {
    if facts.mptcp {
        return Vec::new();
    }
    vec![no_kernel().seen("/proc/sys/net/mptcp", "missing")]
}

/// This kernel has no MPTCP.
pub fn no_kernel() -> Finding {
    Finding::new(Level::Fail, "kernel", "this kernel has no MPTCP")
        .shown_by(words!["ls", "/proc/sys/net/mptcp"])
        .advice("boot a KERNEL of Linux 5.6 or later that is built with CONFIG_MPTCP=y")
}

pub fn disabled(facts: &Facts) -> Vec<Finding> {
    match facts.sysctl(ENABLED) {
        Some("0") => vec![switched_off().seen(ENABLED, 0_u32)],
        _ => Vec::new(),
    }
}

/// MPTCP is disabled here.
pub fn switched_off() -> Finding {
    let message = "MPTCP is disabled: applications that ask for it get an error or TCP";
    Finding::new(Level::Fail, ENABLED, message)
        .shown_by(remedy::show_sysctl(ENABLED))
        .fix(remedy::sysctl(ENABLED, "1"))
}

/// Writing the old value makes the kernel try MPTCP again at once.
pub fn try_again(facts: &Facts) -> Option<Command> {
    Some(remedy::sysctl(TIMEOUT, facts.sysctl(TIMEOUT)?))
}

pub fn userspace_pm(facts: &Facts) -> Vec<Finding> {
    // Since Linux 6.15, and before.
    let settings = [
        ("net.mptcp.path_manager", "userspace", "kernel"),
        ("net.mptcp.pm_type", "1", "0"),
    ];
    let mut known = settings
        .iter()
        .filter(|(name, ..)| facts.sysctl(name).is_some());
    let Some((name, userspace, kernel)) = known.next() else {
        return Vec::new();
    };
    if facts.sysctl(name) != Some(userspace) || facts.endpoints.is_empty() {
        return Vec::new();
    }
    let message = "paths are left to a program in user space, so endpoints have no effect";
    vec![
        Finding::new(Level::Warn, *name, message)
            .seen(*name, number_or_text(userspace))
            .seen("endpoints", facts.endpoints.len())
            .shown_by(remedy::show_sysctl(name))
            .shown_by(remedy::show_endpoints())
            .fix(remedy::sysctl(name, kernel))
            .advice(
                "then open connections again: each keeps the path manager that it began with; \
                 or run a DAEMON that manages the paths, such as mptcpd",
            ),
    ]
}

/// The value of a sysctl, as a number if it is one.
fn number_or_text(value: &str) -> Seen {
    value
        .parse()
        .map_or_else(|_| Seen::from(value), Seen::Number)
}

pub fn other_manager(facts: &Facts) -> Vec<Finding> {
    let found = facts.managers.iter().map(|name| {
        let message = format!("{name} is running, and may add and remove endpoints too");
        Finding::new(Level::Ok, name.clone(), message)
            .seen("process", name.clone())
            .shown_by(words!["pgrep", "-x", name])
            .advice("use only one of the two; for NetworkManager: connection.mptcp-flags=disabled")
    });
    found.collect()
}

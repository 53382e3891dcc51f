//! The host itself: whether it has MPTCP, and who manages it.

use crate::check::Facts;
use crate::check::finding::{Finding, Level, Seen};

const ENABLED: &str = "net.mptcp.enabled";

pub fn kernel(facts: &Facts) -> Vec<Finding> {
    match facts.mptcp {
        true => Vec::new(),
        false => vec![no_kernel().seen("/proc/sys/net/mptcp", "missing")],
    }
}

/// This kernel has no MPTCP.
pub fn no_kernel() -> Finding {
    Finding::new(Level::Fail, "kernel", "this kernel has no MPTCP")
        .shown_by("ls /proc/sys/net/mptcp")
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
        .shown_by(format!("sysctl {ENABLED}"))
        .fix(format!("sysctl -w {ENABLED}=1"))
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
            .shown_by(format!("sysctl {name}"))
            .also_shown_by("mptcp endpoint show")
            .fix(format!("sysctl -w {name}={kernel}"))
            .advice("or run a DAEMON that manages the paths, such as mptcpd"),
    ]
}

/// The value of a sysctl, as text.
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
            .shown_by(format!("pgrep -x {name}"))
            .advice("use only one of the two; for NetworkManager: connection.mptcp-flags=disabled")
    });
    found.collect()
}

//! The host itself: whether it has MPTCP, and who manages it.

use crate::check::Facts;
use crate::check::finding::{Finding, Level};

pub fn kernel(facts: &Facts) -> Vec<Finding> {
    if facts.mptcp {
        return Vec::new();
    }
    let says = "this kernel has no MPTCP";
    vec![
        Finding::new(Level::Fail, "kernel", says)
            .seen("/proc/sys/net/mptcp", "missing")
            .shown_by("ls /proc/sys/net/mptcp")
            .form("boot a KERNEL of Linux 5.6 or later that is built with CONFIG_MPTCP=y"),
    ]
}

pub fn disabled(facts: &Facts) -> Vec<Finding> {
    const NAME: &str = "net.mptcp.enabled";
    if facts.sysctl(NAME) != Some("0") {
        return Vec::new();
    }
    let says = "MPTCP is disabled: applications that ask for it get an error or TCP";
    vec![
        Finding::new(Level::Fail, NAME, says)
            .seen(NAME, "0")
            .shown_by(format!("sysctl {NAME}"))
            .fix(format!("sysctl -w {NAME}=1")),
    ]
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
    let says = "paths are left to a program in user space, so endpoints have no effect";
    vec![
        Finding::new(Level::Warn, *name, says)
            .seen(*name, *userspace)
            .seen("endpoints", facts.endpoints.len())
            .shown_by(format!("sysctl {name}; mptcp endpoint show"))
            .fix(format!("sysctl -w {name}={kernel}"))
            .form("or run a DAEMON that manages the paths, such as mptcpd"),
    ]
}

pub fn other_manager(facts: &Facts) -> Vec<Finding> {
    let found = facts.managers.iter().map(|name| {
        let says = format!("{name} is running, and may add and remove endpoints too");
        Finding::new(Level::Ok, name.clone(), says)
            .seen("process", name.clone())
            .shown_by(format!("pgrep -x {name}"))
            .form("use only one of the two; for NetworkManager: connection.mptcp-flags=disabled")
    });
    found.collect()
}

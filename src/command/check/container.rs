//! Whether this is a container, where some facts are the host's.

use std::path::Path;

use crate::check::{Finding, Level, Report};

/// What is not the container's own.
const NOTE: &str = "in a container: the kernel and its version are the host's; sysctls, \
                    endpoints, limits and counters are those of this network namespace, \
                    and what it is connected to is set up outside of it";

/// The findings that are mended outside of the container.
const OUTSIDE: [&str; 3] = ["kernel", "link-down", "endpoint-route"];

/// What to say of it, in a container: where all is told, or a finding depends
/// on what is the host's.
pub fn note(report: &Report, all: bool) -> Option<&'static str> {
    let mut findings = report.findings.iter();
    let relevant = all || findings.any(depends);
    (relevant && inside()).then_some(NOTE)
}

/// Containers mostly cannot write sysctls.
fn depends(finding: &Finding) -> bool {
    let mut commands = finding.fix.iter();
    let writes = commands.any(|command| command.words().iter().any(|word| word == b"sysctl"));
    finding.level <= Level::Warn && (writes || OUTSIDE.contains(&finding.check))
}

/// Whether one of the usual signs is there.
fn inside() -> bool {
    let files = [
        "/run/.containerenv",
        "/.dockerenv",
        "/run/systemd/container",
    ];
    files.iter().any(|file| Path::new(file).exists())
}

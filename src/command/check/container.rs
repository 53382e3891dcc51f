//! Whether this is a container, where some facts are the host's.

use std::path::Path;

use crate::check::rules::id;
use crate::check::{Finding, Level, Report};

/// What is not the container's own.
const NOTE: &str = "in a container: the kernel and its version are the host's; sysctls, \
                    endpoints, limits and counters are those of this network namespace; \
                    its links are configured outside the container";

/// Findings that are fixed outside of the container.
const OUTSIDE: [&str; 3] = [id::KERNEL, id::LINK_DOWN, id::ENDPOINT_ROUTE];

/// The note, in a container, with `all` or where a finding depends on what is
/// the host's.
pub fn note(report: &Report, all: bool) -> Option<&'static str> {
    let mut findings = report.findings.iter();
    let relevant = all || findings.any(depends);
    (relevant && inside()).then_some(NOTE)
}

/// Containers mostly cannot write sysctls.
fn depends(finding: &Finding) -> bool {
    let mut commands = finding.fix.iter().flatten();
    let writes = commands.any(|word| word == "sysctl");
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

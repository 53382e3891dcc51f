//! Notes, on a terminal, that a command was accepted but cannot work.

use std::io::{self, IsTerminal};

use crate::check::rules::id;
use crate::check::{self, Facts, Finding, Level};
use crate::pm::AddressAttributes;
use crate::report;

use super::gather;
use crate::command::Session;

/// The rules for endpoints whose findings hold whatever is set later.
const FOR_ENDPOINTS: [&str; 5] = [
    id::DISABLED,
    id::USERSPACE_PM,
    id::ENDPOINT_FLAGS,
    id::ENDPOINT_ADDRESS,
    id::SUBFLOW_LIMIT,
];

/// Those for limits, which have no part in what is wrong with endpoints.
const FOR_LIMITS: [&str; 3] = [id::DISABLED, id::USERSPACE_PM, id::SUBFLOW_LIMIT];

/// After an endpoint was added.
pub fn after_add(session: &mut Session, added: &AddressAttributes) {
    note(session, &FOR_ENDPOINTS, |facts| {
        facts.endpoints.retain(|of| Some(of.ip()) == added.ip());
    });
}

/// After limits were set.
pub fn after_limits(session: &mut Session) {
    note(session, &FOR_LIMITS, |_| {});
}

/// Reports the first thing that keeps it from working, once in a run. What
/// cannot be determined is not reported: the command itself succeeded.
fn note(session: &mut Session, rules: &[&str], narrow: impl FnOnce(&mut Facts)) {
    let terminal = || io::stderr().is_terminal();
    if !*session.notes.get_or_insert_with(terminal) {
        return;
    }
    let mut facts = gather::configuration(&mut session.kernel);
    narrow(&mut facts);
    let report = check::judge::judge_by(&facts, |rule| rules.contains(&rule.id), false);
    if let Some(finding) = report.findings.iter().find(|of| is_sure(of)) {
        session.notes = Some(false);
        let Finding {
            subject, message, ..
        } = finding;
        report::note(format_args!(
            "{subject}: {message}; run \"mptcp check\" for details"
        ));
    }
}

/// A limit that is only low can be on purpose, and an address may be tentative
/// for a moment.
fn is_sure(finding: &Finding) -> bool {
    finding.level == Level::Fail || finding.check == id::USERSPACE_PM
}

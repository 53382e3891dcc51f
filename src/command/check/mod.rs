//! `check`: why MPTCP does not work here, why a connection has the paths that
//! it has, or whether another host is reached.

mod blackhole;
mod container;
pub(super) mod gather;
mod note;
mod routes;
mod to;

use crate::check::{self, Level, Report};
use crate::cli::check::Check;
use crate::failure::{Failure, Status};
use crate::netns;
use crate::output;
use crate::report;

use super::Session;
use gather::Selection;

pub use note::{after_add, after_limits};

/// Gathers facts, judges them, and prints the findings. A problem is a result
/// and no failure: [`Session::problem`] keeps it.
pub fn run(session: &mut Session, request: &Check) -> Result<Status, Failure> {
    let all = request.all;
    let facts = match &request.to {
        Some(to) => to::gather(session, to)?,
        None => {
            let selection = Selection {
                family: session.options.family,
                token: request.token,
                all,
            };
            gather::gather(&mut session.kernel, selection)?
        }
    };
    let report = check::judge(&facts, all);
    if session.options.json {
        for missing in &facts.unavailable {
            // The list has no place for it, but no answer is no "nothing wrong".
            report::warning(check::judge::unavailable_message(missing));
        }
    }
    let notes = [
        container::note(&report, all).map(str::to_owned),
        session.options.details.then(|| facts.to_string()),
    ];
    let verdict = report.verdict(&facts.unavailable);
    let namespace = netns::entered();
    session.print(|printer| {
        output::verdict(printer, &verdict)?;
        printer.begin_list()?;
        // In JSON, a path that works is no finding.
        let listed = all || printer.is_text() || facts.probed.is_none();
        for finding in &report.findings {
            if listed || finding.level <= Level::Warn {
                output::finding(printer, finding, &namespace)?;
            }
        }
        printer.end_list()?;
        for note in notes.iter().flatten() {
            output::aside(printer, note)?;
        }
        Ok(())
    })?;
    Ok(status(&report, !facts.unavailable.is_empty()))
}

/// What the check found: a problem, nothing wrong, or not everything that was
/// asked for.
fn status(report: &Report, unavailable: bool) -> Status {
    if report.count(Level::Fail) > 0 {
        Status::Failed
    } else if unavailable || report.is_incomplete() {
        Status::Refused
    } else {
        Status::Done
    }
}

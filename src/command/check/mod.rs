//! `check`: why MPTCP does not work here, or a connection has the paths that
//! it has.

mod blackhole;
mod container;
pub(super) mod gather;
mod note;
mod routes;
mod to;

use crate::check::facts::Kind;
use crate::check::{self, Level, Report};
use crate::cli::check::Check;
use crate::failure::{Failure, Status};
use crate::output;
use crate::report;

use super::Session;
use gather::Selection;

pub use note::{after_add, after_limits};

/// Does what was asked. That something is wrong is a result, which
/// [`Session::problem`] keeps.
pub fn run(session: &mut Session, request: &Check) -> Result<Status, Failure> {
    if let Some(to) = &request.to {
        let report = to::run(session, to, request.all)?;
        return Ok(verdict(&report, false));
    }
    let selection = Selection {
        family: session.options.family,
        token: request.token,
        all: request.all,
    };
    let facts = gather::gather(&mut session.kernel, selection)?;
    let mut report = check::judge(&facts, request.all);
    report
        .findings
        .extend(check::paths(&facts, &report.findings));
    let unavailable = facts.unavailable.iter().any(|of| is_essential(of.what));
    if session.options.json {
        for missing in &facts.unavailable {
            report::note(check::judge::unavailable_message(missing));
        }
    }
    let extras = Extras {
        details: session.options.details.then(|| facts.to_string()),
        container: container::note(&report, request.all),
    };
    show(session, &facts, &report, &extras)?;
    Ok(verdict(&report, unavailable))
}

/// The answer: a problem, or nothing wrong that could be seen.
fn verdict(report: &Report, unavailable: bool) -> Status {
    match report.count(Level::Fail) {
        0 if unavailable => Status::Refused,
        0 => Status::Done,
        _ => Status::Failed,
    }
}

/// Whether there is no verdict without it.
fn is_essential(what: Kind) -> bool {
    matches!(
        what,
        Kind::Sysctls | Kind::PathManager | Kind::Links | Kind::Addresses
    )
}

/// What is printed besides the findings, in text.
struct Extras {
    details: Option<String>,
    container: Option<&'static str>,
}

fn show(
    session: &mut Session,
    facts: &check::Facts,
    report: &Report,
    extras: &Extras,
) -> Result<(), Failure> {
    let verdict = report.verdict(&facts.unavailable);
    session.print(|printer| {
        output::verdict(printer, &verdict)?;
        printer.begin_list()?;
        for finding in &report.findings {
            output::finding(printer, finding)?;
        }
        printer.end_list()?;
        let notes = extras.container.into_iter();
        for note in notes.chain(extras.details.as_deref()) {
            output::aside(printer, note)?;
        }
        Ok(())
    })?;
    Ok(())
}

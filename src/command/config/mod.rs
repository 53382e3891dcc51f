//! `save`, `apply` and `diff`: a configuration as a file.

mod apply;
mod diff;
mod follow;
mod host;
mod load;
mod problem;
mod reconcile;

pub(super) use apply::is_full;
pub(super) use host::expand;

use crate::cli::Error;
use crate::cli::config::Request;
use crate::config::{Absence, Desired, Typed, saved};
use crate::failure::{Failure, Status};
use crate::kernel::devices;
use crate::output::{self, Stamp};
use crate::pm::Flags;
use crate::report;

use super::Session;

/// Handles a request about configurations.
pub fn run(session: &mut Session, request: Request) -> Result<Status, Failure> {
    match request {
        Request::Save => save(session)?,
        Request::Apply(file) if file.follow => {
            if session.options.batch.is_some() {
                let reason = "it has no end, and so no place in a batch";
                return Err(Error::argument("follow", reason).into());
            }
            follow::run(session, &file)?;
        }
        Request::Apply(file) => apply::run(session, &file)?,
        Request::Diff(file) => return diff::run(session, &file),
    }
    Ok(Status::Done)
}

/// Nothing is printed before all is known: a file that was cut short would
/// take endpoints away when it is applied.
fn save(session: &mut Session) -> Result<(), Failure> {
    let path_manager = session.kernel.path_manager()?;
    let limits = path_manager.limits()?;
    let endpoints = path_manager.endpoints()?.settled()?;
    let mut names = devices::Names::default();
    let mut name = |index| names.of(&*path_manager, index).to_vec();
    let commands = saved(limits, &endpoints, &mut name);
    for endpoint in &endpoints {
        let flags = endpoint.flags.unwrap_or_default();
        if flags.unnamed() != 0 && !flags.contains(Flags::IMPLICIT) {
            let (id, flags) = (endpoint.id.unwrap_or_default(), flags.unnamed());
            report::warning(format_args!(
                "endpoint {id} has flags that have no name here, {flags:#x}; they are left out"
            ));
        }
    }
    session.print(|printer| {
        printer.begin_list()?;
        for typed in &commands {
            output::command(printer, &typed.0, &typed.text(), None, 0)?;
        }
        printer.end_list()
    })?;
    Ok(session.flush()?)
}

/// Lines that `apply` cannot go on without: an address that is to be bound to a
/// device that is not there, an id for several addresses.
fn cannot_begin(desired: &Desired) -> bool {
    let mut absent = desired.absent.iter();
    absent.any(|absent| absent.has_address || matches!(absent.absence, Absence::Several(_)))
}

/// Shows a command that was done, or would be.
fn show(
    session: &mut Session,
    typed: &Typed,
    stamp: Option<&Stamp>,
    closes: usize,
) -> Result<(), output::Error> {
    session.print(|printer| output::command(printer, &typed.0, &typed.text(), stamp, closes))
}

//! `save`, `apply` and `diff`: a configuration as a file.

mod act;
mod closing;
mod follow;
mod host;
mod load;
mod problem;
mod reconcile;
mod revive;

pub(super) use host::expand;

use crate::cli::config::{File, Request};
use crate::config::saved;
use crate::failure::{Failure, Status};
use crate::kernel::devices;
use crate::output;
use crate::pm::Flags;
use crate::report;

use super::Session;
use load::load;
use reconcile::{Pass, Purpose, Reconciler};

/// Handles a request about configurations.
pub fn run(session: &mut Session, request: Request) -> Result<Status, Failure> {
    match request {
        Request::Save => save(session)?,
        Request::Apply(file) if file.follow => follow::run(session, &file)?,
        Request::Apply(file) => return apply(session, &file),
        Request::Diff(file) => return diff(session, &file),
    }
    Ok(Status::Done)
}

/// Changes what differs from the file.
fn apply(session: &mut Session, file: &File) -> Result<Status, Failure> {
    match pass(session, file, Purpose::Apply)? {
        Pass {
            obstacle: Some(status),
            ..
        } => Err(Failure::AlreadyReported(status)),
        Pass {
            complete: false, ..
        } => Err(Failure::AlreadyReported(Status::Refused)),
        _ => Ok(Status::Done),
    }
}

/// Prints what differs from the file. The status is that of diff(1): 1 means a
/// difference, 2 trouble.
fn diff(session: &mut Session, file: &File) -> Result<Status, Failure> {
    match pass(session, file, Purpose::Diff) {
        Ok(Pass {
            obstacle: Some(_), ..
        }) => Err(Failure::AlreadyReported(Status::Refused)),
        Ok(pass) if pass.differs || !pass.complete => Ok(Status::Failed),
        Ok(_) => Ok(Status::Done),
        Err(failure) => {
            failure.report();
            Err(Failure::AlreadyReported(Status::Refused))
        }
    }
}

/// Makes a single pass.
fn pass(session: &mut Session, file: &File, purpose: Purpose) -> Result<Pass, Failure> {
    let config = load(session, file)?;
    session.print(|printer| printer.begin_list())?;
    let pass = Reconciler::new(file, config, purpose).pass(session);
    session.print(|printer| printer.end_list())?;
    session.flush()?;
    pass
}

/// Prints the configuration, once it is complete: a file that is cut short would
/// delete endpoints when it is applied.
fn save(session: &mut Session) -> Result<(), Failure> {
    let path_manager = session.kernel.path_manager()?;
    let limits = path_manager.limits()?;
    let endpoints = path_manager.endpoints()?.settled()?;
    let mut names = devices::Names::default();
    let mut name = |index| names.name(&*path_manager, index).to_vec();
    let commands = saved(limits, &endpoints, &mut name);
    for endpoint in &endpoints {
        let flags = endpoint.flags;
        if flags.unnamed() != 0 && !flags.contains(Flags::IMPLICIT) {
            let (id, flags) = (endpoint.id, flags.unnamed());
            report::warning(format_args!(
                "endpoint {id} has flags that have no name here, {flags:#x}; they are left out"
            ));
        }
    }
    session.print(|printer| {
        printer.begin_list()?;
        for typed in &commands {
            output::command(printer, typed, None, 0)?;
        }
        printer.end_list()
    })?;
    Ok(session.flush()?)
}

//! The two ways to make the kernel try an endpoint again: a nudge, and a renewal.

use nix::libc::{EINVAL, ERANGE};
use nix::sys::signal::{SigSet, SigmaskHow};

use crate::command::Session;
use crate::command::session::report_warning;
use crate::config::{self, Step};
use crate::failure::Failure;
use crate::kernel::{PathManager, devices};
use crate::netlink::{self, Refusal};
use crate::netns;
use crate::output::{self, Clock};
use crate::pm::Endpoint;
use crate::report;
use crate::retry::{self, Error};
use crate::shell::Command;

/// Makes every connection try the endpoints that it has not tried, and
/// prints the commands, with the time if `stamped`. False if the kernel has no room
/// for it.
pub(in crate::command) fn nudge(
    session: &mut Session,
    endpoints: &[Endpoint],
    stamped: bool,
) -> Result<bool, Failure> {
    let Some(endpoint) = retry::nudge(endpoints) else {
        warn_full();
        return Ok(false);
    };
    // Between the two, nothing is to end this program.
    let added = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        let added = path_manager.add(&(&endpoint).into())?;
        Ok((added, path_manager.delete(&endpoint.which())?))
    });
    match added {
        Ok((added, deleted)) => {
            report_warning(added);
            report_warning(deleted);
            show(session, &Step::Add((&endpoint).into()), stamped)?;
            show(session, &Step::Delete(endpoint), stamped)?;
            Ok(true)
        }
        Err(netlink::Error::Refused(refusal)) if is_full(&refusal) => {
            warn_full();
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn warn_full() {
    report::warning(
        "the table of endpoints is full: only deleting and adding an endpoint makes connections \
         try it again.",
    );
}

/// Whether there are as many endpoints as the kernel takes. Before Linux 6.2
/// it gives one number for several reasons.
fn is_full(refusal: &Refusal) -> bool {
    let text = refusal.message.as_deref().unwrap_or_default();
    match refusal.errno {
        ERANGE => true,
        EINVAL => text.starts_with("too many addresses"),
        _ => false,
    }
}

/// Deletes the endpoint and adds it again, so that every connection tries it
/// once more, and prints the commands, with the time if `stamped`.
pub(in crate::command) fn renew(
    session: &mut Session,
    endpoint: &Endpoint,
    stamped: bool,
) -> Result<(), Failure> {
    let add = Step::Add(endpoint.into());
    let (deleted, added) = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        match path_manager.delete(&endpoint.which()) {
            Err(refused @ netlink::Error::Refused(_)) => Err(refused),
            // Without an answer, it may be deleted all the same.
            deleted => Ok((deleted, restore(path_manager, endpoint))),
        }
    })?;
    let added = match added {
        Ok(warning) => warning,
        Err(source) => {
            let command = typed(session, &add)?.to_string();
            return Err(Failure::from(Error::NotRestored {
                endpoint: retry::subject(endpoint),
                command,
                source,
            }));
        }
    };
    report_warning(deleted?);
    report_warning(added);
    show(session, &Step::Delete(endpoint.clone()), stamped)?;
    show(session, &add, stamped)
}

/// Adds an endpoint that was just deleted.
///
/// # Errors
/// It is not there: the kernel's reason, or that it could not be asked.
fn restore(
    path_manager: &mut PathManager,
    endpoint: &Endpoint,
) -> Result<Option<String>, netlink::Error> {
    let error = match path_manager.add(&endpoint.into()) {
        Err(error) => error,
        added => return added,
    };
    let entries = path_manager.endpoints().map(|dump| dump.entries);
    let is_it = |entry: &Endpoint| (entry.id, entry.address) == (endpoint.id, endpoint.address);
    match entries {
        // It was added, and the answer was lost; or it was never deleted.
        Ok(entries) if entries.iter().any(is_it) => Ok(None),
        _ if matches!(error, netlink::Error::Refused(_)) => Err(error),
        _ => path_manager.add(&endpoint.into()),
    }
}

/// Runs it while all signals wait, that of a terminal's Ctrl-C among them.
fn unsignalled<R>(run: impl FnOnce() -> Result<R, netlink::Error>) -> Result<R, netlink::Error> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
    let result = run();
    if let Some(before) = before {
        // It was in force before, so it can be again.
        let _ = before.thread_set_mask();
    }
    result
}

fn show(session: &mut Session, step: &Step, stamped: bool) -> Result<(), Failure> {
    let typed = typed(session, step)?;
    let clock = session.clock.as_ref().filter(|_| stamped);
    let stamp = clock.map(Clock::now);
    session.print(|printer| output::command(printer, &typed, stamp.as_ref(), 0))?;
    // What was done is known, however this ends.
    Ok(session.flush()?)
}

fn typed(session: &mut Session, step: &Step) -> Result<Command, Failure> {
    let socket = session.kernel.path_manager()?;
    let mut names = devices::Names::default();
    let mut name = |index| names.name(&*socket, index).to_vec();
    Ok(netns::entered().command(config::typed(step, &mut name)))
}

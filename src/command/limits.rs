//! `limits`: how many addresses and subflows a connection may have.

use crate::cli::limits::Request;
use crate::failure::Failure;
use crate::netlink::Error;
use crate::output;
use crate::pm::Limits;

use super::{Session, check, session::report_warning};

/// Handles a request about limits.
pub fn run(session: &mut Session, request: Request) -> Result<(), Failure> {
    let path_manager = session.kernel.path_manager()?;
    match request {
        Request::Set(limits) => {
            let set = path_manager.set_limits(&limits);
            report_warning(set.map_err(|error| advise(error, &limits))?);
            check::after_limits(session);
        }
        Request::Show => {
            let limits = path_manager.limits()?;
            session.print(|printer| {
                printer.begin_list()?;
                output::limits(printer, &limits)?;
                printer.end_list()
            })?;
        }
    }
    Ok(())
}

/// Names the word whose value is more than the kernel says it takes.
fn advise(error: Error, limits: &Limits) -> Failure {
    match too_large(&error, limits) {
        Some(hint) => Failure::from(error).advised(hint),
        None => error.into(),
    }
}

fn too_large(error: &Error, limits: &Limits) -> Option<String> {
    let Error::Refused(refusal) = error else {
        return None;
    };
    let (_, most) = refusal.message.as_deref()?.split_once('(')?;
    let most = most.split_once(')')?.0.parse().ok()?;
    // In the order in which the kernel looks at them.
    let limits = [
        ("add_addr_accepted", limits.add_addr_accepted),
        ("subflows", limits.subflows),
    ];
    let mut given = limits.into_iter();
    given.find_map(|(word, value)| {
        let value = value.filter(|value| *value > most)?;
        Some(format!(
            "{word} {value} is more than the {most} that this kernel allows"
        ))
    })
}

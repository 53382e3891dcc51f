//! `endpoint`: the addresses that connections may use.

use nix::libc::EOPNOTSUPP;

use crate::cli::Which;
use crate::cli::endpoint::{Request, Spec};
use crate::failure::{Failure, Status};
use crate::kernel::devices;
use crate::netlink::{Dump, Error};
use crate::output::{self, Names};
use crate::pm::{Address, AddressAttributes, Endpoint};
use crate::report;
use crate::resolver;
use crate::visible::of_os;

use super::session::{report_dropped, report_warning};
use super::{Session, check, config, retry};

/// Handles a request about endpoints.
pub fn run(session: &mut Session, request: Request) -> Result<Status, Failure> {
    match request {
        Request::Add(spec) if spec.endpoint.address.is_none() => add_all(session, &spec)?,
        Request::Add(spec) => {
            let endpoint = endpoint(session, &spec)?;
            let path_manager = session.kernel.path_manager()?;
            report_warning(path_manager.add(&endpoint)?);
            report_dropped(path_manager.dropped(&endpoint));
            note_superseded(&spec);
            check::after_add(session, &endpoint);
        }
        Request::Change(spec) => {
            let endpoint = endpoint(session, &spec)?;
            let changed = session.kernel.path_manager()?.set_flags(&endpoint);
            report_warning(changed.map_err(|error| advise_change(error, &spec))?);
            note_superseded(&spec);
        }
        Request::Delete(spec) => {
            let which = endpoint(session, &spec)?;
            report_warning(session.kernel.path_manager()?.delete(&which)?);
            note_superseded(&spec);
        }
        Request::Flush => report_warning(session.kernel.path_manager()?.flush()?),
        Request::ShowOne(spec) => {
            let which = endpoint(session, &spec)?;
            match session.kernel.path_manager()?.endpoint(&which) {
                Ok(found) => show(session, found)?,
                Err(error @ Error::Refused(_)) if which.id.is_none() => {
                    return Err(by_id(session, error.into(), "show", spec.which()));
                }
                Err(error) => return Err(error.into()),
            }
            note_superseded(&spec);
        }
        Request::ShowAll => {
            let dump = session.kernel.path_manager()?.endpoints();
            show_all(session, dump)?;
        }
        Request::Retry(request) => return retry::run(session, &request),
    }
    Ok(Status::Done)
}

/// Adds an endpoint for each address of a device. If the kernel refuses one,
/// the others are still added.
fn add_all(session: &mut Session, spec: &Spec) -> Result<(), Failure> {
    let device = session.device(&spec.devices)?.unwrap_or_default();
    let mut result = Ok(());
    for endpoint in config::expand(session, spec, device)? {
        let path_manager = session.kernel.path_manager()?;
        match path_manager.add(&endpoint) {
            Ok(warning) => {
                report_warning(warning);
                report_dropped(path_manager.dropped(&endpoint));
                check::after_add(session, &endpoint);
            }
            Err(error) => result = result.and(Err(error.into())),
        }
    }
    result
}

/// The endpoint that the words describe.
fn endpoint(session: &mut Session, spec: &Spec) -> Result<AddressAttributes, Failure> {
    let device = session.device(&spec.devices)?;
    Ok(AddressAttributes {
        device,
        ..spec.endpoint.clone()
    })
}

/// Adds a hint what to type if the word `id` is missing. It looks up the
/// endpoint with that address.
pub(super) fn by_id(
    session: &mut Session,
    failure: Failure,
    command: &'static str,
    which: Which,
) -> Failure {
    let which = match which {
        Which::Address(address, _) => {
            let path_manager = session.kernel.path_manager();
            let Ok(dump) = path_manager.and_then(|path_manager| path_manager.endpoints()) else {
                return failure;
            };
            let mut entries = dump.entries.iter();
            let found = entries.find(|endpoint| Address::Ip(endpoint.address) == address);
            Which::Address(address, found.map(|endpoint| endpoint.id))
        }
        which => which,
    };
    failure.advised(which.hint(command))
}

fn advise_change(error: Error, spec: &Spec) -> Failure {
    match &error {
        // If the kernel knows the command, a sentence describes the error.
        Error::Refused(refusal) if refusal.errno == EOPNOTSUPP && refusal.message.is_none() => {
            Failure::from(error).advised(
                "changing endpoints requires Linux 5.13; on this kernel, \
                 delete the endpoint and add it again",
            )
        }
        Error::Refused(_) if spec.endpoint.id.is_none() && spec.number.is_some() => {
            Failure::from(error).advised(spec.which().hint("change"))
        }
        _ => error.into(),
    }
}

/// Of an address or id that is given more than once, the last one counts.
fn note_superseded(spec: &Spec) {
    if let Some((what, last)) = &spec.overridden {
        let last = of_os(last);
        report::note(format_args!("only the last {what} counts, {last}"));
    }
}

/// Prints a list.
pub(super) fn show_all(
    session: &mut Session,
    dump: Result<Dump<Endpoint>, Error>,
) -> Result<(), Failure> {
    match dump {
        Ok(dump) => {
            if dump.interrupted {
                report::line("Dump was interrupted and may be inconsistent.");
            }
            show(session, dump.entries)
        }
        // A list that the kernel refuses is an empty one in JSON. Where it was
        // not asked, there is no list.
        Err(refusal @ (Error::Refused(_) | Error::DumpRefused(_))) => {
            show(session, []).and(Err(refusal.into()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Prints endpoints.
pub(super) fn show(
    session: &mut Session,
    endpoints: impl IntoIterator<Item = Endpoint>,
) -> Result<(), Failure> {
    let Session {
        kernel,
        options,
        printer,
        ..
    } = session;
    let (socket, mut devices) = (kernel.path_manager()?, devices::Names::default());
    let mut resolve = options.resolve;
    let mut host = |ip| {
        let found = if resolve {
            resolver::host(ip)
        } else {
            Ok(None)
        };
        found.unwrap_or_else(|error| {
            report::warning(error);
            resolve = false;
            None
        })
    };
    let write = || {
        printer.begin_list()?;
        for endpoint in endpoints {
            let names = Names {
                device: endpoint
                    .device
                    .map(|index| devices.name(&*socket, index).to_vec()),
                host: host(endpoint.address),
            };
            output::endpoint(printer, &endpoint, &names)?;
        }
        printer.end_list()
    };
    write().map_err(output::Error)?;
    Ok(())
}

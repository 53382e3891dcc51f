//! `endpoint`: the addresses that connections may use.

use crate::cli::endpoint::{Asked, Spec};
use crate::failure::Failure;
use crate::kernel::devices;
use crate::netlink::{Dump, Error};
use crate::output::{self, Names};
use crate::pm::{Address, Endpoint};
use crate::report;
use crate::resolver;

use super::{Session, check, config, session::tell};

/// Does what was asked about endpoints.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Add(spec) if spec.endpoint.address.is_none() => add_all(session, &spec)?,
        Asked::Add(spec) => {
            let endpoint = endpoint(session, spec)?;
            tell(session.kernel.path_manager()?.add(&endpoint)?);
            check::after_add(session, &endpoint);
        }
        Asked::Change(spec) => {
            let endpoint = endpoint(session, spec)?;
            tell(session.kernel.path_manager()?.set_flags(&endpoint)?);
        }
        Asked::Delete(spec) => {
            let which = endpoint(session, spec)?;
            tell(session.kernel.path_manager()?.delete(&which)?);
        }
        Asked::Flush => tell(session.kernel.path_manager()?.flush()?),
        Asked::ShowOne(spec) => {
            let which = endpoint(session, spec)?;
            let found = session.kernel.path_manager()?.endpoint(&which)?;
            show(session, found)?;
        }
        Asked::ShowAll => {
            let dump = session.kernel.path_manager()?.endpoints();
            show_all(session, dump)?;
        }
    }
    Ok(())
}

/// Adds an endpoint for each address of a device. What the kernel refuses is
/// no reason to leave out the others.
fn add_all(session: &mut Session, spec: &Spec) -> Result<(), Failure> {
    let device = session.device(&spec.devices)?.unwrap_or_default();
    let mut result = Ok(());
    for endpoint in config::expand(session, spec, device)? {
        match session.kernel.path_manager()?.add(&endpoint) {
            Ok(warning) => {
                tell(warning);
                check::after_add(session, &endpoint);
            }
            Err(error) => result = result.and(Err(error.into())),
        }
    }
    result
}

/// The endpoint that the words describe.
fn endpoint(session: &mut Session, spec: Spec) -> Result<Endpoint, Failure> {
    let device = session.device(&spec.devices)?;
    Ok(Endpoint {
        device,
        ..spec.endpoint
    })
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
        // A list that the kernel refuses is an empty one in JSON.
        Err(refusal) => show(session, []).and(Err(refusal.into())),
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
                    .map(|index| devices.of(&*socket, index).to_vec()),
                host: match endpoint.address {
                    Some(Address::Ip(ip)) => host(ip),
                    _ => None,
                },
            };
            output::endpoint(printer, &endpoint, &names)?;
        }
        printer.end_list()
    };
    write().map_err(output::Error)?;
    Ok(())
}

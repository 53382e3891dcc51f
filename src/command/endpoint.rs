//! `endpoint`: the addresses that connections may use.

use std::io;

use crate::cli::endpoint::{Endpoint as Asked, Spec};
use crate::failure::Failure;
use crate::kernel::devices;
use crate::netlink::{Dump, Error};
use crate::output::{self, Names};
use crate::pm::{Address, Endpoint};
use crate::report;
use crate::resolver;

use super::{Session, session::tell};

/// Does what was asked about endpoints.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Add(spec) => {
            let endpoint = endpoint(session, spec)?;
            tell(session.kernel.path_manager()?.add(&endpoint)?);
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
            let path_manager = session.kernel.path_manager();
            let dump = path_manager.and_then(|path_manager| path_manager.endpoints());
            show_all(session, dump)?;
        }
    }
    Ok(())
}

/// The endpoint that the words describe.
fn endpoint(session: &mut Session, spec: Spec) -> Result<Endpoint, Failure> {
    Ok(Endpoint {
        address: spec.address,
        id: spec.id,
        port: spec.port,
        flags: spec.flags,
        device: session.device(&spec.devices)?,
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
    let mut resolve = session.options.resolve;
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
    let mut devices = devices::Names::default();
    let Session {
        kernel, printer, ..
    } = session;
    let write = || {
        printer.begin_list()?;
        for endpoint in endpoints {
            let mut name = |index| {
                let socket = kernel.path_manager().map_err(io::Error::other)?;
                Ok::<_, io::Error>(devices.of(socket, index).to_vec())
            };
            let names = Names {
                device: endpoint.device.map(&mut name).transpose()?,
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

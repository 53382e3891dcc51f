//! `endpoint`: the addresses that connections may use.

use crate::cli::endpoint::{Endpoint as Asked, Spec};
use crate::failure::Failure;
use crate::output::{self, Names};
use crate::pm::{Address, Command, Endpoint, Message, Request};
use crate::{device, resolver};

use crate::report;

use super::Session;

/// Does what was asked about endpoints.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Add(spec) => session.change(request(Command::AddAddr, spec)?),
        Asked::Change(spec) => session.change(request(Command::SetFlags, spec)?),
        Asked::Delete(spec) => session.change(request(Command::DelAddr, spec)?),
        Asked::Flush => {
            let all = Message::default();
            session.change(Request::new(Command::FlushAddrs, &all))
        }
        Asked::ShowOne(spec) => {
            let reply = session.get(request(Command::GetAddr, spec)?)?;
            show(session, [reply])
        }
        Asked::ShowAll => {
            let all = Message::default();
            let dump = session.dump(Request::new(Command::GetAddr, &all));
            match dump {
                Ok(dump) => show(session, dump.entries),
                // A list that the kernel refuses is an empty one in JSON.
                Err(refusal) => show(session, []).and(Err(refusal)),
            }
        }
    }
}

/// A request about the endpoint that the words describe.
fn request(command: Command, spec: Spec) -> Result<Request, device::Error> {
    let endpoint = Endpoint {
        address: spec.address,
        id: spec.id,
        port: spec.port,
        flags: spec.flags,
        device: device::last_index(&spec.devices)?,
    };
    let message = Message {
        local: Some(endpoint),
        ..Message::default()
    };
    Ok(Request::new(command, &message))
}

/// Prints the endpoints of replies.
pub(super) fn show(
    session: &mut Session,
    replies: impl IntoIterator<Item = Message>,
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
    let mut devices = device::Names::default();
    session.print(|printer| {
        printer.begin_list()?;
        for endpoint in replies.into_iter().filter_map(|reply| reply.local) {
            let names = Names {
                device: endpoint.device.map(|index| devices.of(index).to_vec()),
                host: match endpoint.address {
                    Some(Address::Ip(ip)) => host(ip),
                    _ => None,
                },
            };
            output::endpoint(printer, &endpoint, &names)?;
        }
        printer.end_list()
    })?;
    Ok(())
}

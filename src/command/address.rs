//! `address`: the addresses that one connection announces.

use crate::cli::address::{Address as Asked, Announcement};
use crate::device;
use crate::failure::Failure;
use crate::netlink::{Connection, Dump, Error as Netlink, Transport};
use crate::pm::{Command, Endpoint, Flags, Message, Request};

use super::{Session, endpoint};

/// The kernel can announce the addresses of a connection but not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this kernel is too old to show the addresses of one connection.")]
pub struct TooOld;

/// Does what was asked about the addresses of one connection.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Announce(announcement) => session.change(announce(&announcement)?),
        Asked::Remove { token, id } => {
            let address = Message {
                token: Some(token),
                local_id: Some(id),
                ..Message::default()
            };
            session.change(Request::new(Command::Remove, &address))
        }
        Asked::Show { token, id } => {
            let (connection, family) = session.path_manager()?;
            if !heeds_tokens(connection, family)? {
                return Err(TooOld.into());
            }
            match id {
                Some(id) => show_one(session, token, id),
                None => show_all(session, token),
            }
        }
    }
}

fn announce(announcement: &Announcement) -> Result<Request, device::Error> {
    let address = Endpoint {
        address: Some(announcement.address),
        id: Some(announcement.id),
        port: announcement.port,
        // The kernel insists on the flag, although there is no other.
        flags: Some(Flags::SIGNAL),
        device: device::last_index(&announcement.devices)?,
    };
    let message = Message {
        token: Some(announcement.token),
        local: Some(address),
        ..Message::default()
    };
    Ok(Request::new(Command::Announce, &message))
}

fn show_all(session: &mut Session, token: u32) -> Result<(), Failure> {
    match session.dump(all(token)) {
        Ok(dump) => endpoint::show(session, dump.entries),
        // As in `endpoint show`: a list that is refused is an empty one in JSON.
        Err(refusal) => endpoint::show(session, []).and(Err(refusal)),
    }
}

fn show_one(session: &mut Session, token: u32, id: u8) -> Result<(), Failure> {
    // Asked for one address, the kernel says of a token that it does not know
    // only that the address was not found. Asked for all, it names the cause.
    session.dump(all(token))?;
    let address = Message {
        token: Some(token),
        local: Some(Endpoint {
            id: Some(id),
            ..Endpoint::default()
        }),
        ..Message::default()
    };
    let reply = session.get(Request::new(Command::GetAddr, &address))?;
    endpoint::show(session, [reply])
}

/// The request for all addresses of a connection.
fn all(token: u32) -> Request {
    let connection = Message {
        token: Some(token),
        ..Message::default()
    };
    Request::new(Command::GetAddr, &connection)
}

/// Whether the kernel gives the token a meaning when it is asked for
/// addresses. From Linux 5.19 to 6.8 it passed it over, and answered with the
/// endpoints of the host: no answer to this question.
///
/// Hardly a connection has the token 0 (one in 2^32), so that a
/// kernel that looks at it refuses.
fn heeds_tokens<T: Transport>(
    connection: &mut Connection<T>,
    family: u16,
) -> Result<bool, Netlink> {
    match connection.dump(family, all(0)) {
        Ok(Dump::<Message> { .. }) => Ok(false),
        Err(Netlink::Refused(_) | Netlink::DumpRefused(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::netlink::Datagram;

    const FAMILY: u16 = 0x1c;
    const PORT: u32 = 4711;

    /// A kernel that answers each request with the same messages.
    struct Kernel(Vec<Vec<u8>>);

    impl Transport for Kernel {
        fn port(&self) -> u32 {
            PORT
        }

        fn send(&mut self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }

        fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Netlink> {
            *buffer = self.0.concat();
            let (from_kernel, size) = (true, buffer.len());
            Ok(Datagram { from_kernel, size })
        }
    }

    /// A message of a dump, the first request of a connection.
    fn message(kind: u16, payload: &[u8]) -> Vec<u8> {
        const NLM_F_MULTI: u16 = 2;
        let length = 16 + payload.len() as u32;
        [
            &length.to_ne_bytes()[..],
            &kind.to_ne_bytes(),
            &NLM_F_MULTI.to_ne_bytes(),
            &1u32.to_ne_bytes(),
            &PORT.to_ne_bytes(),
            payload,
        ]
        .concat()
    }

    fn done(code: i32) -> Vec<u8> {
        message(3, &code.to_ne_bytes())
    }

    fn heeds(answer: Vec<Vec<u8>>) -> bool {
        heeds_tokens(&mut Connection::over(Kernel(answer)), FAMILY).unwrap()
    }

    #[test]
    fn a_kernel_that_answers_for_any_token_does_not_heed_it() {
        // Endpoint 7 of the host: GET_ADDR, version 1; ADDR { ID 7 }.
        let endpoint = [3, 1, 0, 0, 12, 0, 1, 0x80, 5, 0, 2, 0, 7, 0, 0, 0];
        assert!(!heeds(vec![message(FAMILY, &endpoint), done(0)]));
        assert!(!heeds(vec![done(0)]));
        let invalid = -22;
        assert!(heeds(vec![done(invalid)]));
    }
}

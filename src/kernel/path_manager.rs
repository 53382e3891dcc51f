//! The in-kernel path manager and, for single connections, the part of it that
//! serves those in user space (`Documentation/netlink/specs/mptcp_pm.yaml`).

use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::DecodeError;
use netlink_sys::protocols::NETLINK_GENERIC;

use crate::netlink::generic::{self, Family};
use crate::netlink::{Connection, Dump, Error, Incoming, Message, Multicast, Socket, Transport};
use crate::pm::{
    Announcement, Command, EVENTS, Endpoint, Event, FAMILY, Limits, Path, Subflow, VERSION,
    attribute,
};

/// A conversation with the path manager. Each change returns the kernel's
/// warning, if it gave one.
///
/// # Errors
/// [`Error::NoFamily`] where the kernel has no path manager, else what
/// [`Connection`] says.
#[derive(Debug)]
pub struct PathManager<T = Socket> {
    connection: Connection<T>,
    /// Looked up when it is first needed.
    family: Option<Family>,
}

impl PathManager {
    /// Opens a socket to the kernel.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open() -> Result<Self, Error> {
        Ok(PathManager::over(Socket::open(NETLINK_GENERIC)?))
    }

    /// Events from now on, from a socket with a receive buffer of so many bytes;
    /// and the size that the kernel gave it, which is less where the privilege
    /// is missing.
    ///
    /// # Errors
    /// [`Error::Join`] where the privilege is missing.
    pub fn events(mut self, buffer: usize) -> Result<(Events, usize), Error> {
        let (group, family) = (self.family()?.group(EVENTS)?, self.family()?.id);
        let (multicast, given) = self.connection.subscribe(group, buffer)?;
        Ok((Events { multicast, family }, given))
    }
}

/// Its socket can be asked for devices as well.
impl<T: AsFd> AsFd for PathManager<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.connection.as_fd()
    }
}

impl<T: Transport> PathManager<T> {
    /// A conversation over a transport that is ready.
    pub fn over(transport: T) -> Self {
        PathManager {
            connection: Connection::over(transport),
            family: None,
        }
    }

    /// All endpoints.
    pub fn endpoints(&mut self) -> Result<Dump<Endpoint>, Error> {
        self.list(|_| {})
    }

    /// The endpoint that has this id or this address. `None` is an answer
    /// without one, which no kernel gives.
    pub fn endpoint(&mut self, which: &Endpoint) -> Result<Option<Endpoint>, Error> {
        self.get(Command::GetAddr, |to| which.write(to), Endpoint::read)
    }

    /// Adds an endpoint.
    pub fn add(&mut self, endpoint: &Endpoint) -> Result<Option<String>, Error> {
        self.change(Command::AddAddr, |to| endpoint.write(to))
    }

    /// Changes the flags of the endpoint that has this id or this address.
    pub fn set_flags(&mut self, endpoint: &Endpoint) -> Result<Option<String>, Error> {
        self.change(Command::SetFlags, |to| endpoint.write(to))
    }

    /// Removes the endpoint that has this id or this address.
    pub fn delete(&mut self, which: &Endpoint) -> Result<Option<String>, Error> {
        self.change(Command::DelAddr, |to| which.write(to))
    }

    /// Removes all endpoints.
    pub fn flush(&mut self) -> Result<Option<String>, Error> {
        self.change(Command::FlushAddrs, |_| {})
    }

    /// The limits.
    pub fn limits(&mut self) -> Result<Limits, Error> {
        self.get(Command::GetLimits, |_| {}, Limits::read)
    }

    /// Sets the limits that are given.
    pub fn set_limits(&mut self, limits: &Limits) -> Result<Option<String>, Error> {
        self.change(Command::SetLimits, |to| limits.write(to))
    }

    /// Announces an address to the peer of one connection.
    pub fn announce(&mut self, address: &Announcement) -> Result<Option<String>, Error> {
        self.change(Command::Announce, |to| address.write(to))
    }

    /// Withdraws the address with that id from one connection.
    pub fn remove(&mut self, token: u32, id: u8) -> Result<Option<String>, Error> {
        self.change(Command::Remove, |to| {
            write_token(to, token);
            to.put(attribute::LOC_ID, Some([id]));
        })
    }

    /// The addresses that one connection announced or has subflows from.
    ///
    /// # Errors
    /// [`Error::TooOld`] where the kernel does not show them.
    pub fn addresses(&mut self, token: u32) -> Result<Dump<Endpoint>, Error> {
        self.require_tokens()?;
        self.list(|to| write_token(to, token))
    }

    /// One of them, by its id.
    ///
    /// # Errors
    /// As for [`PathManager::addresses`].
    pub fn address(&mut self, token: u32, id: u8) -> Result<Option<Endpoint>, Error> {
        // Asked for one address, the kernel says of a token that it does not know
        // only that the address was not found. Asked for all, it names the cause.
        self.addresses(token)?;
        let which = Endpoint {
            id: Some(id),
            ..Endpoint::default()
        };
        let write = |to: &mut Message| {
            write_token(to, token);
            which.write(to);
        };
        self.get(Command::GetAddr, write, Endpoint::read)
    }

    /// Opens a subflow of one connection.
    pub fn create_subflow(&mut self, subflow: &Subflow) -> Result<Option<String>, Error> {
        self.change(Command::SubflowCreate, |to| subflow.write(to))
    }

    /// Closes a subflow of one connection.
    pub fn destroy_subflow(&mut self, path: &Path) -> Result<Option<String>, Error> {
        self.change(Command::SubflowDestroy, |to| path.write(to))
    }

    /// Tells the peer whether a subflow is to carry data only while no other
    /// can.
    pub fn set_backup(&mut self, path: &Path, backup: bool) -> Result<Option<String>, Error> {
        self.change(Command::SetFlags, |to| path.write_backup(to, backup))
    }

    /// Makes sure that the kernel gives the token a meaning when it is asked for
    /// addresses. From Linux 5.19 to 6.8 it passed it over, and answered with
    /// the endpoints of the host: no answer to this question.
    ///
    /// Hardly a connection has the token 0 (one in 2^32), so that a kernel that
    /// looks at it refuses.
    fn require_tokens(&mut self) -> Result<(), Error> {
        match self.list(|to| write_token(to, 0)) {
            Ok(_) => Err(Error::TooOld {
                what: "show the addresses of one connection",
                since: "6.9",
            }),
            Err(Error::Refused(_) | Error::DumpRefused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn family(&mut self) -> Result<&Family, Error> {
        let family = match self.family.take() {
            Some(family) => family,
            None => generic::family(&mut self.connection, FAMILY)?,
        };
        Ok(self.family.insert(family))
    }

    /// A request, and the number of the family that answers it.
    fn request(
        &mut self,
        command: Command,
        write: impl FnOnce(&mut Message),
    ) -> Result<(Message, u16), Error> {
        let family = self.family()?.id;
        let mut message = generic::message(family, command as u8, VERSION);
        write(&mut message);
        Ok((message, family))
    }

    fn change(
        &mut self,
        command: Command,
        write: impl FnOnce(&mut Message),
    ) -> Result<Option<String>, Error> {
        let (message, _) = self.request(command, write)?;
        self.connection.change(message)
    }

    fn get<R>(
        &mut self,
        command: Command,
        write: impl FnOnce(&mut Message),
        read: fn(&[u8]) -> Result<R, DecodeError>,
    ) -> Result<R, Error> {
        let (message, family) = self.request(command, write)?;
        self.connection
            .get(message, |entry| decode(family, entry, read))
    }

    fn list(&mut self, write: impl FnOnce(&mut Message)) -> Result<Dump<Endpoint>, Error> {
        let (message, family) = self.request(Command::GetAddr, write)?;
        self.connection
            .list(message, |entry| decode(family, entry, Endpoint::read))
    }
}

fn decode<R>(
    family: u16,
    entry: Incoming,
    read: fn(&[u8]) -> Result<R, DecodeError>,
) -> Result<R, Error> {
    Ok(read(generic::body(family, entry)?.attributes)?)
}

fn write_token(to: &mut Message, token: u32) {
    to.put(attribute::TOKEN, Some(token.to_ne_bytes()));
}

/// What happens to connections, as it comes.
#[derive(Debug)]
pub struct Events<T = Socket> {
    multicast: Multicast<T>,
    family: u16,
}

impl<T: AsFd> AsFd for Events<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.multicast.as_fd()
    }
}

impl<T: Transport> Events<T> {
    /// Events of the family with that number, over a transport that has joined
    /// its group.
    pub fn over(transport: T, family: u16) -> Self {
        Events {
            multicast: Multicast::over(transport),
            family,
        }
    }

    /// Hands each event of a datagram to `each`, if one waits; false when none
    /// is waiting.
    ///
    /// # Errors
    /// As for [`Multicast::receive`]; and those of `each`.
    pub fn receive<E: From<Error>>(
        &mut self,
        mut each: impl FnMut(Event) -> Result<(), E>,
    ) -> Result<bool, E> {
        let family = self.family;
        self.multicast.receive(|incoming| {
            if incoming.kind != family {
                return Ok(());
            }
            let body = generic::body(family, incoming)?;
            each(Event::read(body.command, body.attributes).map_err(Error::from)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::netlink::Datagram;

    const FAMILY_ID: u16 = 0x1c;

    /// A kernel that has the family and answers each dump with these messages,
    /// of which there is a type and a payload.
    struct Played {
        dump: Vec<(u16, Vec<u8>)>,
        request: Vec<u8>,
    }

    impl Transport for Played {
        fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
            self.request = datagram.to_vec();
            Ok(())
        }

        fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
            // CTRL_CMD_NEWFAMILY; FAMILY_ID.
            let family = [1, 2, 0, 0, 6, 0, 1, 0, FAMILY_ID as u8, 0, 0, 0];
            let lookup = vec![(0x10, family.to_vec())];
            let answer = match self.request[4] {
                0x10 => &lookup,
                _ => &self.dump,
            };
            buffer.clear();
            for (kind, payload) in answer {
                buffer.extend((16 + payload.len() as u32).to_ne_bytes());
                buffer.extend([kind.to_ne_bytes(), 2u16.to_ne_bytes()].concat());
                buffer.extend(&self.request[8..16]);
                buffer.extend(payload);
            }
            let (from_kernel, size) = (true, buffer.len());
            Ok(Datagram { from_kernel, size })
        }
    }

    fn addresses(dump: Vec<(u16, Vec<u8>)>) -> Result<Dump<Endpoint>, Error> {
        let request = Vec::new();
        PathManager::over(Played { dump, request }).addresses(7)
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_kernel_that_answers_for_any_token_is_too_old() {
        let done = |code: i32| (3, code.to_ne_bytes().to_vec());
        // Endpoint 7 of the host: GET_ADDR, version 1; ADDR { ID 7 }.
        let endpoint = vec![3, 1, 0, 0, 12, 0, 1, 0x80, 5, 0, 2, 0, 7, 0, 0, 0];
        for answer in [vec![(FAMILY_ID, endpoint), done(0)], vec![done(0)]] {
            assert!(matches!(addresses(answer), Err(Error::TooOld { .. })));
        }
        let invalid = vec![done(-22)];
        assert!(matches!(addresses(invalid), Err(Error::Refused(_))));
    }
}

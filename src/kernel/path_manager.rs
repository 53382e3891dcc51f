//! The in-kernel path manager and, for single connections, the part of it that
//! serves those in user space (`Documentation/netlink/specs/mptcp_pm.yaml`).

mod dropped;
mod events;
#[cfg(test)]
mod tests;

use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::DecodeError;
use netlink_sys::protocols::NETLINK_GENERIC;
use nix::libc::EINVAL;

use crate::netlink::generic::{self, Family};
use crate::netlink::{Connection, Dump, Error, Incoming, Message, Socket, Transport};
use crate::pm::{
    AddressAttributes, Announcement, Command, EVENTS, Endpoint, FAMILY, Flags, Limits, Path,
    Subflow, VERSION, attribute,
};

pub use dropped::Dropped;
pub use events::Events;

/// A conversation with the path manager. Each change returns the kernel's
/// warning, if it gave one.
///
/// # Errors
/// [`Error::NoFamily`] if the kernel has no path manager, else those of
/// [`Connection`].
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
        Ok((Events::new(multicast, family), given))
    }
}

/// Its socket can look up devices as well.
impl<T: AsFd> AsFd for PathManager<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.connection.as_fd()
    }
}

impl<T: Transport> PathManager<T> {
    /// A conversation over an open transport.
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
    pub fn endpoint(&mut self, which: &AddressAttributes) -> Result<Option<Endpoint>, Error> {
        self.get(Command::GetAddr, |to| which.write(to), Endpoint::read)
    }

    /// Adds an endpoint.
    pub fn add(&mut self, endpoint: &AddressAttributes) -> Result<Option<String>, Error> {
        self.change(Command::AddAddr, |to| endpoint.write(to))
    }

    /// Changes the flags of the endpoint that has this id or this address.
    ///
    /// From Linux 5.13 to 5.15 the kernel finds it by its address alone: the
    /// address that belongs to the id is looked up first.
    pub fn set_flags(&mut self, endpoint: &AddressAttributes) -> Result<Option<String>, Error> {
        let changed = self.change(Command::SetFlags, |to| endpoint.write(to));
        match (changed, endpoint.id, endpoint.address) {
            (Err(Error::Refused(refusal)), Some(id), None) if refusal.says("missing family") => {
                let Some(known) = self.endpoint(&AddressAttributes::of_id(id))? else {
                    return Err(Error::Refused(refusal));
                };
                // They take a port only together with the flag.
                let signal = known.port.map_or(Flags::default(), |_| Flags::SIGNAL);
                let by_address = AddressAttributes {
                    id: None,
                    address: Some(known.address.into()),
                    port: known.port,
                    flags: Some(endpoint.flags.unwrap_or_default() | signal),
                    device: endpoint.device,
                };
                self.change(Command::SetFlags, |to| by_address.write(to))
            }
            (changed, ..) => changed,
        }
    }

    /// Removes the endpoint that has this id or this address.
    pub fn delete(&mut self, which: &AddressAttributes) -> Result<Option<String>, Error> {
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
        // For one address, the kernel reports of a token that it does not know
        // only that the address was not found. For all of them, it names the cause.
        self.addresses(token)?;
        let which = AddressAttributes::of_id(id);
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

    /// Makes sure that the kernel uses the token when addresses are requested.
    /// From Linux 5.19 to 6.7 it ignored the token and returned the endpoints
    /// of the host, which is no answer. Linux 6.8, and those before 5.19,
    /// refuse the attribute without saying why.
    ///
    /// Hardly any connection has the token 0 (one in 2^32), so a kernel that
    /// uses the token reports it as invalid.
    fn require_tokens(&mut self) -> Result<(), Error> {
        match self.list(|to| write_token(to, 0)) {
            Err(Error::Refused(refusal) | Error::DumpRefused(refusal))
                if refusal.says("invalid token") =>
            {
                Ok(())
            }
            Err(Error::Refused(refusal) | Error::DumpRefused(refusal))
                if refusal.errno != EINVAL =>
            {
                Err(Error::Refused(refusal))
            }
            Err(error) if !matches!(error, Error::Refused(_) | Error::DumpRefused(_)) => Err(error),
            _ => Err(Error::TooOld {
                what: "show the addresses of one connection",
                since: "6.9",
            }),
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

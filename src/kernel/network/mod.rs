//! Links, addresses, routes and neighbours of this network namespace, asked
//! for over rtnetlink (rtnetlink(7), `linux/rtnetlink.h`). Nothing is changed,
//! and no privilege is needed.
//!
//! The requests, the headers and the enumerations are those of
//! netlink-packet-route. Only the attributes used here are read, so that one
//! which a newer kernel made longer does not hide a device.

mod address;
mod changes;
mod link;
mod neighbour;
mod route;
#[cfg(test)]
mod tests;

pub use address::{Address, Scope};
pub use changes::Changes;
pub use link::Link;
pub use neighbour::{Neighbour, State as NeighbourState};
pub use route::{Kind as RouteKind, Lookup, Route, Way};

use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{DecodeError, Emitable, NetlinkSerializable};
use netlink_packet_route::address::AddressMessage;
use netlink_packet_route::link::{LinkAttribute, LinkExtentMask, LinkMessage};
use netlink_packet_route::neighbour::{NeighbourAttribute, NeighbourMessage};
use netlink_packet_route::route::{RouteFlags, RouteMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use nix::libc::ENOENT;

use crate::netlink::{Connection, Dump, Error, Message, Socket, Transport};

/// A conversation with rtnetlink.
///
/// # Errors
/// What [`Connection`] says.
#[derive(Debug)]
pub struct Network<T = Socket>(Connection<T>);

impl Network {
    /// Opens a socket to the kernel.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open() -> Result<Self, Error> {
        Ok(Network(Connection::open(NETLINK_ROUTE)?))
    }
}

/// Its socket can look up devices as well.
impl<T: AsFd> AsFd for Network<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl<T: Transport> Network<T> {
    /// A conversation over a transport that is ready.
    pub fn over(transport: T) -> Self {
        Network(Connection::over(transport))
    }

    /// All devices, by their index.
    pub fn links(&mut self) -> Result<Dump<Link>, Error> {
        let mut all = LinkMessage::default();
        // Statistics are long, and nobody reads them here.
        all.attributes = vec![LinkAttribute::ExtMask(vec![LinkExtentMask::SkipStats])];
        let asked = message(RouteNetlinkMessage::GetLink(all));
        self.list(asked, Link::read)
    }

    /// All addresses of both families.
    pub fn addresses(&mut self) -> Result<Dump<Address>, Error> {
        let all = AddressMessage::default();
        let asked = message(RouteNetlinkMessage::GetAddress(all));
        self.list(asked, Address::read)
    }

    /// Where packets go that are sent like this.
    pub fn route(&mut self, lookup: &Lookup) -> Result<Way, Error> {
        let asked = message(RouteNetlinkMessage::GetRoute(lookup.request()));
        let found = self
            .0
            .get(asked, |entry| Ok(Route::read_all(entry.payload)?));
        match found {
            Ok(routes) => routes.into_iter().next().map_or_else(
                || Err(Error::Malformed("a route without a device".to_owned())),
                |route| Ok(Way::By(route)),
            ),
            Err(Error::Refused(refusal)) => Ok(Way::None(refusal.errno)),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a route for packets that are sent like this. Where the
    /// sender is bound to a device and there is none, IPv4 takes the target for
    /// on-link: [`Network::route`] does not tell (RTM_F_FIB_MATCH, Linux 4.13).
    pub fn is_routed(&mut self, lookup: &Lookup) -> Result<bool, Error> {
        let mut request = lookup.request();
        request.header.flags |= RouteFlags::FibMatch;
        let asked = message(RouteNetlinkMessage::GetRoute(request));
        match self.0.get(asked, |_| Ok(())) {
            Ok(()) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The default routes of the main table, of both families. One with
    /// several next hops is as many routes.
    pub fn default_routes(&mut self) -> Result<Vec<Route>, Error> {
        let mut routes = Vec::new();
        for family in [AddressFamily::Inet, AddressFamily::Inet6] {
            let mut all = RouteMessage::default();
            all.header.address_family = family;
            let mut asked = message(RouteNetlinkMessage::GetRoute(all));
            self.0.dump(&mut asked, |entry| {
                if route::is_default(entry.payload)? {
                    routes.extend(Route::read_all(entry.payload)?);
                }
                Ok::<(), Error>(())
            })?;
        }
        Ok(routes)
    }

    /// What is known of a neighbour of a device; `None`: it was never spoken
    /// to.
    pub fn neighbour(&mut self, device: u32, address: IpAddr) -> Result<Option<Neighbour>, Error> {
        let mut one = NeighbourMessage::default();
        one.header.family = family(address);
        one.header.ifindex = device;
        one.attributes = vec![NeighbourAttribute::Destination(address.into())];
        let asked = message(RouteNetlinkMessage::GetNeighbour(one));
        let found = self
            .0
            .get(asked, |entry| Ok(Neighbour::read(entry.payload)?));
        match found {
            Ok(neighbour) => Ok(neighbour),
            Err(Error::Refused(refusal)) if refusal.errno == ENOENT => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list<R>(
        &mut self,
        asked: Message,
        read: fn(&[u8]) -> Result<Option<R>, DecodeError>,
    ) -> Result<Dump<R>, Error> {
        self.0.list(asked, |entry| Ok(read(entry.payload)?))
    }
}

/// A request, as the crate writes it.
fn message(asked: RouteNetlinkMessage) -> Message {
    let mut message = Message::new(asked.message_type());
    let mut bytes = vec![0; NetlinkSerializable::buffer_len(&asked)];
    NetlinkSerializable::serialize(&asked, &mut bytes);
    message.push(&bytes);
    message
}

fn family(address: IpAddr) -> AddressFamily {
    match address {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    }
}

/// What follows a header in a message.
fn behind<'a>(header: &impl Emitable, payload: &'a [u8]) -> &'a [u8] {
    payload.get(header.buffer_len()..).unwrap_or_default()
}

/// An address of four or sixteen bytes.
fn ip(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    use crate::netlink::wire;
    match bytes.len() {
        4 => wire::ipv4(bytes, name),
        _ => wire::ipv6(bytes, name),
    }
}

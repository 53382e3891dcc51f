//! Links, addresses, routes and neighbours of this network namespace, asked
//! for over rtnetlink (rtnetlink(7), `linux/rtnetlink.h`). Nothing is changed,
//! and no privilege is needed.
//!
//! The headers and the enumerations are those of netlink-packet-route. Only the
//! attributes used here are read, so that one which a newer kernel made longer
//! does not hide a device. The attributes of requests are written here, too: the
//! crate's enumeration of all messages adds code for each of them, a tenth of
//! the program.

mod address;
mod changes;
mod link;
mod neighbour;
mod route;
mod table;
#[cfg(test)]
mod tests;

pub use changes::Changes;

use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{DecodeError, Emitable};
use netlink_packet_route::AddressFamily;
use netlink_packet_route::address::AddressHeader;
use netlink_packet_route::link::LinkHeader;
use netlink_packet_route::neighbour::NeighbourHeader;
use netlink_packet_route::route::{RouteFlags, RouteHeader};
use netlink_sys::protocols::NETLINK_ROUTE;
use nix::libc::{ENOBUFS, ENOENT, ENOMEM};

use crate::netlink::{Connection, Dump, Error, Message, Socket, Transport};
use crate::network::{Address, DefaultRoute, Link, Lookup, Neighbour, NextHop};

const RTM_GETLINK: u16 = 18;
const RTM_GETADDR: u16 = 22;
const RTM_GETROUTE: u16 = 26;
const RTM_GETNEIGH: u16 = 30;

const IFLA_EXT_MASK: u16 = 29;
const RTEXT_FILTER_SKIP_STATS: u32 = 1 << 3;
const NDA_DST: u16 = 1;

/// The families that have routes and rules of their own.
const FAMILIES: [AddressFamily; 2] = [AddressFamily::Inet, AddressFamily::Inet6];

/// A conversation with rtnetlink.
///
/// # Errors
/// Those of [`Connection`].
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
        let mut all = message(RTM_GETLINK, &LinkHeader::default());
        // Statistics are long, and nobody reads them here.
        all.put(IFLA_EXT_MASK, Some(RTEXT_FILTER_SKIP_STATS.to_ne_bytes()));
        self.list(all, link::read)
    }

    /// All addresses of both families.
    pub fn addresses(&mut self) -> Result<Dump<Address>, Error> {
        let all = message(RTM_GETADDR, &AddressHeader::default());
        self.list(all, address::read)
    }

    /// Looks up where packets go; `None`: there is no route. What the kernel
    /// answers then depends on the reason (`ENETUNREACH`, `EHOSTUNREACH`,
    /// `EACCES`, `EINVAL` for a source that this host does not have).
    pub fn route(&mut self, lookup: &Lookup) -> Result<Option<NextHop>, Error> {
        let request = route::request(lookup, RouteFlags::empty());
        let found = self.0.get(request, |entry| Ok(route::read(entry.payload)?));
        let Some(routes) = unless_refused(found)? else {
            return Ok(None);
        };
        let route = routes.into_iter().next();
        let route = route.ok_or_else(|| Error::Malformed("a route without a device".to_owned()))?;
        // Only where the sender is bound to a device, IPv4 answers without a
        // route.
        let certain = lookup.device.is_none() || route.gateway.is_some();
        Ok(Some(NextHop {
            device: route.device,
            gateway: route.gateway,
            source: route.source,
            routed: certain || self.is_routed(lookup)?,
        }))
    }

    fn is_routed(&mut self, lookup: &Lookup) -> Result<bool, Error> {
        let request = route::request(lookup, RouteFlags::FibMatch);
        Ok(unless_refused(self.0.get(request, |_| Ok(())))?.is_some())
    }

    /// The default routes of the main table, of both families. One with
    /// several next hops is as many routes.
    pub fn default_routes(&mut self) -> Result<Vec<DefaultRoute>, Error> {
        let mut routes = Vec::new();
        for family in FAMILIES {
            self.dump_routes(family, |payload| {
                if route::is_default(payload)? {
                    let read = route::read(payload)?.into_iter();
                    routes.extend(read.map(|route| DefaultRoute {
                        device: route.device,
                        gateway: route.gateway,
                        metric: route.metric,
                    }));
                }
                Ok(())
            })?;
        }
        Ok(routes)
    }

    /// The next hop of a sender that is bound to a device, by the main table. A
    /// [`route`](Self::route) of IPv6 is the best one of any device instead.
    pub fn route_by(&mut self, device: u32, to: IpAddr) -> Result<Option<NextHop>, Error> {
        let mut best: Option<(u8, u32, NextHop)> = None;
        self.dump_routes(family(to), |payload| {
            let Some(length) = route::covers(payload, to)? else {
                return Ok(());
            };
            let routes = route::read(payload)?.into_iter();
            for route in routes.filter(|route| route.device == device) {
                let is_better = best.is_none_or(|(known, metric, _)| {
                    length > known || length == known && route.metric < metric
                });
                if is_better {
                    let hop = NextHop {
                        device,
                        gateway: route.gateway,
                        source: route.source,
                        routed: true,
                    };
                    best = Some((length, route.metric, hop));
                }
            }
            Ok(())
        })?;
        Ok(best.map(|(.., hop)| hop))
    }

    /// Lists the routes of all tables of a family: the payload of each
    /// `RTM_NEWROUTE`.
    fn dump_routes(
        &mut self,
        address_family: AddressFamily,
        mut each: impl FnMut(&[u8]) -> Result<(), DecodeError>,
    ) -> Result<(), Error> {
        let header = RouteHeader {
            address_family,
            ..RouteHeader::default()
        };
        let mut all = message(RTM_GETROUTE, &header);
        self.0
            .dump(&mut all, |entry| each(entry.payload).map_err(Error::from))?;
        Ok(())
    }

    /// What is known of a neighbour of a device; `None`: nothing was ever sent
    /// to it.
    pub fn neighbour(&mut self, device: u32, address: IpAddr) -> Result<Option<Neighbour>, Error> {
        let header = NeighbourHeader {
            family: family(address),
            ifindex: device,
            ..NeighbourHeader::default()
        };
        let mut request = message(RTM_GETNEIGH, &header);
        put_ip(&mut request, NDA_DST, address);
        let found = self.0.get(request, |entry| {
            Ok(neighbour::read(entry.payload, address)?)
        });
        match found {
            Ok(neighbour) => Ok(Some(neighbour)),
            Err(Error::Refused(refusal)) if refusal.errno == ENOENT => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list<R>(
        &mut self,
        request: Message,
        read: fn(&[u8]) -> Result<Option<R>, DecodeError>,
    ) -> Result<Dump<R>, Error> {
        self.0.list(request, |entry| Ok(read(entry.payload)?))
    }
}

/// The answer to a lookup; `None`: there is no route.
fn unless_refused<R>(answer: Result<R, Error>) -> Result<Option<R>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Refused(refusal)) if !matches!(refusal.errno, ENOMEM | ENOBUFS) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A request of that type, with the header of its family.
fn message(kind: u16, header: &impl Emitable) -> Message {
    let mut bytes = vec![0; header.buffer_len()];
    header.emit(&mut bytes);
    let mut message = Message::new(kind);
    message.push(&bytes);
    message
}

/// Appends an attribute that is an address.
fn put_ip(to: &mut Message, kind: u16, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => to.put(kind, Some(v4.octets())),
        IpAddr::V6(v6) => to.put(kind, Some(v6.octets())),
    }
}

fn family(address: IpAddr) -> AddressFamily {
    match address {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    }
}

/// What follows a header in a message.
fn after<'a>(header: &impl Emitable, payload: &'a [u8]) -> &'a [u8] {
    payload.get(header.buffer_len()..).unwrap_or_default()
}

/// A string without the NUL that ends it.
fn text(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// An address of four or sixteen bytes.
fn ip(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    use crate::netlink::wire;
    match bytes.len() {
        4 => wire::ipv4(bytes, name),
        _ => wire::ipv6(bytes, name),
    }
}

//! Routes.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;
pub use netlink_packet_route::route::RouteType as Kind;
use netlink_packet_route::route::{RouteFlags, RouteHeader, RouteVia};

use super::{RTM_GETROUTE, behind, family, ip, message, put_ip};
use crate::netlink::{Message, wire};

const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_MULTIPATH: u16 = 9;
const RTA_TABLE: u16 = 15;
const RTA_VIA: u16 = 18;

/// The packets that a route is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup {
    /// Where they go.
    pub to: IpAddr,
    /// The address that they come from, where the sender chose one. It must be
    /// of the same family.
    pub from: Option<IpAddr>,
    /// The index of the device that the sender is bound to.
    pub device: Option<u32>,
}

/// The answer to a [`Lookup`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupResult {
    /// They go this way.
    Route(Route),
    /// They cannot be sent, and this error number is why: `ENETUNREACH`,
    /// `EHOSTUNREACH`, `EACCES` of a prohibiting route, `EINVAL` where they
    /// come from an address that this host does not have, ….
    Unreachable(i32),
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// What happens to the packets: `Unicast`, `Local`, ….
    pub kind: Kind,
    /// The index of the device that they leave through.
    pub device: u32,
    /// The router that takes them on; `None`: the target is on this link.
    pub gateway: Option<IpAddr>,
    /// The address that they come from, if the sender did not choose.
    pub source: Option<IpAddr>,
    /// The metric: lower is preferred; 0 if it has none.
    pub metric: u32,
    /// The routing table that it is in: 254 is the main one.
    pub table: u32,
}

impl Lookup {
    /// The question for it, with these flags besides.
    pub(super) fn request(&self, flags: RouteFlags) -> Message {
        let bits = |address| match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let header = RouteHeader {
            address_family: family(self.to),
            destination_prefix_length: bits(self.to),
            source_prefix_length: self.from.map_or(0, bits),
            // The answer names the table that was found in, not the one of all.
            flags: flags | RouteFlags::LookupTable,
            ..RouteHeader::default()
        };
        let mut message = message(RTM_GETROUTE, &header);
        put_ip(&mut message, RTA_DST, self.to);
        if let Some(from) = self.from {
            put_ip(&mut message, RTA_SRC, from);
        }
        message.put(RTA_OIF, self.device.map(u32::to_ne_bytes));
        message
    }
}

/// Whether an `RTM_NEWROUTE` is of a default route of the main table.
pub(super) fn is_default(payload: &[u8]) -> Result<bool, DecodeError> {
    let header = RouteHeader::parse(payload)?;
    Ok(header.destination_prefix_length == 0
        && header.table == RouteHeader::RT_TABLE_MAIN
        && header.kind == Kind::Unicast)
}

impl Route {
    /// Reads an `RTM_NEWROUTE`, which is a route for each of its next hops.
    pub(super) fn read_all(payload: &[u8]) -> Result<Vec<Self>, DecodeError> {
        let header = RouteHeader::parse(payload)?;
        let mut route = Route {
            kind: header.kind,
            device: 0,
            gateway: None,
            source: None,
            metric: 0,
            table: header.table.into(),
        };
        let mut hops = Vec::new();
        for attribute in wire::attributes(behind(&header, payload), "RTM_NEWROUTE") {
            match attribute? {
                (RTA_PREFSRC, bytes) => route.source = Some(ip(bytes, "RTA_PREFSRC")?),
                (RTA_PRIORITY, bytes) => route.metric = wire::u32(bytes, "RTA_PRIORITY")?,
                (RTA_TABLE, bytes) => route.table = wire::u32(bytes, "RTA_TABLE")?,
                (RTA_OIF, bytes) => route.device = wire::u32(bytes, "RTA_OIF")?,
                (RTA_MULTIPATH, row) => hops = next_hops(row)?,
                (kind, value) => route.take_gateway(kind, value)?,
            }
        }
        if hops.is_empty() {
            hops.push((route.device, route.gateway));
        }
        let with = |(device, gateway)| Route {
            device,
            gateway,
            ..route.clone()
        };
        Ok(hops.into_iter().map(with).collect())
    }

    fn take_gateway(&mut self, kind: u16, value: &[u8]) -> Result<(), DecodeError> {
        if let Some(gateway) = gateway(kind, value)? {
            self.gateway = Some(gateway);
        }
        Ok(())
    }
}

/// A gateway, which may be of the other family.
fn gateway(kind: u16, value: &[u8]) -> Result<Option<IpAddr>, DecodeError> {
    Ok(match kind {
        RTA_GATEWAY => Some(ip(value, "RTA_GATEWAY")?),
        RTA_VIA => match RouteVia::parse(value)? {
            RouteVia::Inet(ip) => Some(ip.into()),
            RouteVia::Inet6(ip) => Some(ip.into()),
            _ => None,
        },
        _ => None,
    })
}

/// The devices and gateways of `RTA_MULTIPATH`, a row of `struct rtnexthop`
/// with attributes behind each.
fn next_hops(mut row: &[u8]) -> Result<Vec<(u32, Option<IpAddr>)>, DecodeError> {
    const HEADER: usize = 8;
    let mut hops = Vec::new();
    while let [l0, l1, _, _, device @ ..] = row {
        let length = usize::from(u16::from_ne_bytes([*l0, *l1]));
        let (Some(device), Some(attributes)) = (device.get(..4), row.get(HEADER..length)) else {
            return Err(format!("RTA_MULTIPATH has a next hop of {length} bytes").into());
        };
        let mut hop = (wire::u32(device, "RTA_MULTIPATH")?, None);
        for attribute in wire::attributes(attributes, "RTA_MULTIPATH") {
            let (kind, value) = attribute?;
            hop.1 = gateway(kind, value)?.or(hop.1);
        }
        hops.push(hop);
        row = row.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(hops)
}

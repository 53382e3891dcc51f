//! Routes.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;
use netlink_packet_route::route::{RouteFlags, RouteHeader, RouteType, RouteVia};

use super::{RTM_GETROUTE, after, family, ip, message, put_ip};
use crate::diag::select::Prefix;
use crate::netlink::{Message, wire};
use crate::network::Lookup;

pub(super) const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_MULTIPATH: u16 = 9;
const RTA_VIA: u16 = 18;

/// The request for a lookup, with these flags besides.
pub(super) fn request(lookup: &Lookup, flags: RouteFlags) -> Message {
    let bits = |address| match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    let header = RouteHeader {
        address_family: family(lookup.to),
        destination_prefix_length: bits(lookup.to),
        source_prefix_length: lookup.from.map_or(0, bits),
        // The answer names the table that was found in, not the one of all.
        flags: flags | RouteFlags::LookupTable,
        ..RouteHeader::default()
    };
    let mut message = message(RTM_GETROUTE, &header);
    put_ip(&mut message, RTA_DST, lookup.to);
    if let Some(from) = lookup.from {
        put_ip(&mut message, RTA_SRC, from);
    }
    message.put(RTA_OIF, lookup.device.map(u32::to_ne_bytes));
    message
}

/// How long the prefix of an `RTM_NEWROUTE` is, if it is a unicast route of the
/// main table that covers an address.
pub(super) fn covers(payload: &[u8], to: IpAddr) -> Result<Option<u8>, DecodeError> {
    let header = RouteHeader::parse(payload)?;
    let length = header.destination_prefix_length;
    let is_candidate =
        header.table == RouteHeader::RT_TABLE_MAIN && header.kind == RouteType::Unicast;
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWROUTE") {
        if let (RTA_DST, bytes) = attribute? {
            let prefix = Prefix {
                address: ip(bytes, "RTA_DST")?,
                len: length,
            };
            return Ok((is_candidate && prefix.contains(to)).then_some(length));
        }
    }
    Ok((is_candidate && length == 0 && header.address_family == family(to)).then_some(0))
}

/// Whether an `RTM_NEWROUTE` is of a default route of the main table.
pub(super) fn is_default(payload: &[u8]) -> Result<bool, DecodeError> {
    let header = RouteHeader::parse(payload)?;
    Ok(header.destination_prefix_length == 0
        && header.table == RouteHeader::RT_TABLE_MAIN
        && header.kind == RouteType::Unicast)
}

/// One of the routes in an `RTM_NEWROUTE`, which has one for each of its next
/// hops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// The index of the device that packets leave through.
    pub device: u32,
    /// `None`: the destination is on-link.
    pub gateway: Option<IpAddr>,
    /// The source address, unless the sender chooses one.
    pub source: Option<IpAddr>,
    /// 0 if it has none.
    pub metric: u32,
}

/// Reads an `RTM_NEWROUTE`.
pub(super) fn read(payload: &[u8]) -> Result<Vec<Route>, DecodeError> {
    let header = RouteHeader::parse(payload)?;
    let (mut source, mut metric, mut hop) = (None, 0, (0, None));
    let mut hops = Vec::new();
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWROUTE") {
        match attribute? {
            (RTA_PREFSRC, bytes) => source = Some(ip(bytes, "RTA_PREFSRC")?),
            (RTA_PRIORITY, bytes) => metric = wire::u32(bytes, "RTA_PRIORITY")?,
            (RTA_OIF, bytes) => hop.0 = wire::u32(bytes, "RTA_OIF")?,
            (RTA_MULTIPATH, row) => hops = next_hops(row)?,
            (kind, value) => hop.1 = gateway(kind, value)?.or(hop.1),
        }
    }
    if hops.is_empty() {
        hops.push(hop);
    }
    let routes = hops.into_iter().map(|(device, gateway)| Route {
        device,
        gateway,
        source,
        metric,
    });
    Ok(routes.collect())
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
/// each followed by attributes.
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

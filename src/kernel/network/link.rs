//! Devices.

use netlink_packet_core::DecodeError;
use netlink_packet_route::link::{LinkFlags, LinkHeader};

use super::{after, text};
use crate::netlink::wire;
use crate::network::Link;

const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_LINKINFO: u16 = 18;
const IFLA_INFO_KIND: u16 = 1;

/// Reads an `RTM_NEWLINK`.
pub(super) fn read(payload: &[u8]) -> Result<Option<Link>, DecodeError> {
    let header = LinkHeader::parse(payload)?;
    let has = |flag| header.flags.contains(flag);
    let mut link = Link {
        index: header.index,
        up: has(LinkFlags::Up),
        carrier: has(LinkFlags::LowerUp),
        loopback: has(LinkFlags::Loopback),
        point_to_point: has(LinkFlags::Pointopoint),
        ..Link::default()
    };
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWLINK") {
        match attribute? {
            (IFLA_IFNAME, name) => link.name = text(name).to_vec(),
            (IFLA_MTU, mtu) => link.mtu = Some(wire::u32(mtu, "IFLA_MTU")?),
            (IFLA_MASTER, index) => link.master = Some(wire::u32(index, "IFLA_MASTER")?),
            (IFLA_LINKINFO, info) => link.kind = kind(info)?,
            _ => {}
        }
    }
    Ok(Some(link))
}

fn kind(info: &[u8]) -> Result<String, DecodeError> {
    for attribute in wire::attributes(info, "IFLA_LINKINFO") {
        if let (IFLA_INFO_KIND, kind) = attribute? {
            return Ok(String::from_utf8_lossy(text(kind)).into_owned());
        }
    }
    Ok(String::new())
}

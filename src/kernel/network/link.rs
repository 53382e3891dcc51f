//! Devices.

use netlink_packet_core::DecodeError;
use netlink_packet_route::link::{LinkFlags, LinkHeader};

use super::behind;
use crate::netlink::wire;

const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_LINKINFO: u16 = 18;
const IFLA_INFO_KIND: u16 = 1;

/// A network device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Its number in this namespace.
    pub index: u32,
    /// Its name, which need not be UTF-8.
    pub name: Vec<u8>,
    /// `IFF_UP`: it was set up.
    pub up: bool,
    /// `IFF_LOWER_UP`: there is a carrier.
    pub carrier: bool,
    /// `IFF_LOOPBACK`.
    pub loopback: bool,
    /// `IFF_POINTOPOINT`: it has one peer, and no neighbours to look for.
    pub point_to_point: bool,
    /// The index of the bridge, bond or VRF that it belongs to.
    pub master: Option<u32>,
    /// What made it: `dummy`, `bridge`, `bond`, `veth`, …; `None` for most
    /// hardware.
    pub kind: Option<String>,
    /// The longest packet, in bytes.
    pub mtu: Option<u32>,
}

impl Link {
    /// Whether addresses on it are reached by any device: `lo` and `dummy`.
    pub fn is_internal(&self) -> bool {
        self.loopback || self.kind.as_deref() == Some("dummy")
    }

    /// Reads an `RTM_NEWLINK`.
    pub(super) fn read(payload: &[u8]) -> Result<Option<Self>, DecodeError> {
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
        for attribute in wire::attributes(behind(&header, payload), "RTM_NEWLINK") {
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
}

fn kind(info: &[u8]) -> Result<Option<String>, DecodeError> {
    for attribute in wire::attributes(info, "IFLA_LINKINFO") {
        if let (IFLA_INFO_KIND, kind) = attribute? {
            return Ok(Some(String::from_utf8_lossy(text(kind)).into_owned()));
        }
    }
    Ok(None)
}

/// A string without the zero that ends it.
fn text(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

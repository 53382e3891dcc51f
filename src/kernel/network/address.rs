//! Addresses of devices.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;
use netlink_packet_route::AddressFamily;
pub use netlink_packet_route::address::AddressScope as Scope;
use netlink_packet_route::address::{AddressFlags, AddressHeader};

use super::{behind, ip};
use crate::netlink::wire;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;

/// An address of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The index of its device.
    pub device: u32,
    /// The address.
    pub ip: IpAddr,
    /// The length of its network's prefix, in bits.
    pub prefix: u8,
    /// The address at the other end, where it is a point-to-point one.
    pub peer: Option<IpAddr>,
    /// How far it is valid.
    pub scope: Scope,
    /// `IFA_F_TENTATIVE`: duplicate address detection has not let it through
    /// yet, and nothing can be sent from it.
    pub tentative: bool,
    /// `IFA_F_DADFAILED`: another host has it.
    pub duplicate: bool,
    /// `IFA_F_DEPRECATED`: not for new connections.
    pub deprecated: bool,
    /// `IFA_F_TEMPORARY` of IPv6: made up for privacy, and replaced in time.
    pub temporary: bool,
    /// `IFA_F_PERMANENT`: it does not expire.
    pub permanent: bool,
}

impl Address {
    /// Reads an `RTM_NEWADDR`. `None`: it is of neither
    /// IPv4 nor IPv6.
    pub(super) fn read(payload: &[u8]) -> Result<Option<Self>, DecodeError> {
        let header = AddressHeader::parse(payload)?;
        if !matches!(header.family, AddressFamily::Inet | AddressFamily::Inet6) {
            return Ok(None);
        }
        let (mut address, mut local) = (None, None);
        // The attribute has more of them than the header has room for.
        let mut flags = AddressFlags::from_bits_retain(header.flags.bits().into());
        for attribute in wire::attributes(behind(&header, payload), "RTM_NEWADDR") {
            match attribute? {
                (IFA_ADDRESS, bytes) => address = Some(ip(bytes, "IFA_ADDRESS")?),
                (IFA_LOCAL, bytes) => local = Some(ip(bytes, "IFA_LOCAL")?),
                (IFA_FLAGS, bits) => {
                    flags = AddressFlags::from_bits_retain(wire::u32(bits, "IFA_FLAGS")?);
                }
                _ => {}
            }
        }
        // IPv4 has both always, IPv6 has the local one beside its peer alone.
        let Some(ip) = local.or(address) else {
            return Ok(None);
        };
        let has = |flag| flags.contains(flag);
        Ok(Some(Address {
            device: header.index,
            ip,
            prefix: header.prefix_len,
            peer: address.filter(|address| *address != ip),
            scope: header.scope,
            tentative: has(AddressFlags::Tentative),
            duplicate: has(AddressFlags::Dadfailed),
            deprecated: has(AddressFlags::Deprecated),
            // The bit means a further address of the same network in IPv4.
            temporary: ip.is_ipv6() && has(AddressFlags::Secondary),
            permanent: has(AddressFlags::Permanent),
        }))
    }
}

//! Addresses of devices.

use netlink_packet_core::DecodeError;
use netlink_packet_route::AddressFamily;
use netlink_packet_route::address::{AddressFlags, AddressHeader};

use super::{after, ip};
use crate::netlink::wire;
use crate::network::Address;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;

/// Reads an `RTM_NEWADDR`. `None`: it is of neither IPv4 nor IPv6.
pub(super) fn read(payload: &[u8]) -> Result<Option<Address>, DecodeError> {
    let header = AddressHeader::parse(payload)?;
    if !matches!(header.family, AddressFamily::Inet | AddressFamily::Inet6) {
        return Ok(None);
    }
    let (mut address, mut local) = (None, None);
    // The attribute has more of them than the header has room for.
    let mut flags = AddressFlags::from_bits_retain(header.flags.bits().into());
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWADDR") {
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
        scope: header.scope,
        tentative: has(AddressFlags::Tentative),
        duplicate: has(AddressFlags::Dadfailed),
        deprecated: has(AddressFlags::Deprecated),
        // The bit means a further address of the same network in IPv4.
        temporary: ip.is_ipv6() && has(AddressFlags::Secondary),
    }))
}

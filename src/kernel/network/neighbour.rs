//! Neighbours: the hosts on a link, as ARP and neighbour discovery found them.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;
use netlink_packet_route::neighbour::NeighbourHeader;

use crate::network::Neighbour;

/// Reads the `RTM_NEWNEIGH` of that address.
pub(super) fn read(payload: &[u8], ip: IpAddr) -> Result<Neighbour, DecodeError> {
    let header = NeighbourHeader::parse(payload)?;
    Ok(Neighbour {
        device: header.ifindex,
        ip,
        state: header.state,
    })
}

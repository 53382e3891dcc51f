//! Addresses as the path manager carries them: family and bytes apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::DecodeError;

/// An address of an endpoint or of a subflow's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// An address of family IPv4 or IPv6.
    Ip(IpAddr),
    /// An address without family and data, as the words `any`, `all` and
    /// `default` ask for. The kernel refuses it.
    Any,
}

impl Address {
    /// The number of the address family (`AF_*` of `sys/socket.h`).
    pub fn family(self) -> u16 {
        match self {
            Address::Any => 0,
            Address::Ip(IpAddr::V4(_)) => 2,
            Address::Ip(IpAddr::V6(_)) => 10,
        }
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        Address::Ip(address)
    }
}

/// Four bytes in network order; `name` says which attribute is malformed.
pub(super) fn decode_v4(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    let octets: [u8; 4] = exactly(bytes, name)?;
    Ok(Ipv4Addr::from(octets).into())
}

/// Sixteen bytes in network order; `name` says which attribute is malformed.
pub(super) fn decode_v6(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    let octets: [u8; 16] = exactly(bytes, name)?;
    Ok(Ipv6Addr::from(octets).into())
}

/// The bytes of an integer or address attribute, which must be as many as it
/// has.
pub(super) fn exactly<const N: usize>(bytes: &[u8], name: &str) -> Result<[u8; N], DecodeError> {
    bytes
        .try_into()
        .map_err(|_| format!("attribute {name} has {} bytes instead of {N}", bytes.len()).into())
}

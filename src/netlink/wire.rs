//! Attributes, and their values in host byte order except where said. Each
//! reader names the attribute, and fails where it has another size.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::{DecodeError, ErrorContext, NLA_HEADER_SIZE, NlasIterator};

/// The attributes in a row of them, each with its type and its value. `name` is
/// what a malformed one is said to be among.
pub fn attributes<'a>(
    row: &'a [u8],
    name: &'static str,
) -> impl Iterator<Item = Result<(u16, &'a [u8]), DecodeError>> {
    NlasIterator::new(row).map(move |attribute| {
        let attribute = attribute.context(name)?;
        let (kind, length) = (attribute.kind(), usize::from(attribute.length()));
        let value = attribute.into_inner().get(NLA_HEADER_SIZE..length);
        Ok((kind, value.unwrap_or_default()))
    })
}

/// The bytes of a value, which must be as many as it has.
fn exactly<const N: usize>(bytes: &[u8], name: &str) -> Result<[u8; N], DecodeError> {
    bytes
        .try_into()
        .map_err(|_| format!("attribute {name} has {} bytes instead of {N}", bytes.len()).into())
}

pub fn u8(bytes: &[u8], name: &str) -> Result<u8, DecodeError> {
    exactly(bytes, name).map(u8::from_ne_bytes)
}

pub fn u16(bytes: &[u8], name: &str) -> Result<u16, DecodeError> {
    exactly(bytes, name).map(u16::from_ne_bytes)
}

/// A port in network byte order.
pub fn be16(bytes: &[u8], name: &str) -> Result<u16, DecodeError> {
    exactly(bytes, name).map(u16::from_be_bytes)
}

pub fn u32(bytes: &[u8], name: &str) -> Result<u32, DecodeError> {
    exactly(bytes, name).map(u32::from_ne_bytes)
}

pub fn i32(bytes: &[u8], name: &str) -> Result<i32, DecodeError> {
    exactly(bytes, name).map(i32::from_ne_bytes)
}

/// Four bytes in network order.
pub fn ipv4(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    let octets: [u8; 4] = exactly(bytes, name)?;
    Ok(Ipv4Addr::from(octets).into())
}

/// Sixteen bytes in network order.
pub fn ipv6(bytes: &[u8], name: &str) -> Result<IpAddr, DecodeError> {
    let octets: [u8; 16] = exactly(bytes, name)?;
    Ok(Ipv6Addr::from(octets).into())
}

//! Attributes, and their values in host byte order unless noted. Each
//! reader names the attribute, and fails where it has another size.

use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::{DecodeError, NLA_HEADER_SIZE, NLA_TYPE_MASK};

/// The attributes in a row of them, each with its type and its value. `name` is
/// what an error names as the place of a malformed one. That ends the row.
///
/// `NlasIterator` of netlink-packet-core does the same in four times as many
/// instructions, and a host has tens of thousands of subflows, with two dozen
/// attributes each.
pub fn attributes<'a>(row: &'a [u8], name: &'static str) -> Attributes<'a> {
    Attributes { row, name }
}

/// See [`attributes`].
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    row: &'a [u8],
    name: &'static str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(u16, &'a [u8]), DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let row = mem::take(&mut self.row);
        let Some([l0, l1, k0, k1]) = row.first_chunk() else {
            return (!row.is_empty()).then(|| Err(self.cut(row.len(), NLA_HEADER_SIZE)));
        };
        let length = usize::from(u16::from_ne_bytes([*l0, *l1]));
        let Some(value) = row.get(NLA_HEADER_SIZE..length) else {
            return Some(Err(self.cut(row.len(), length)));
        };
        self.row = row.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(Ok((u16::from_ne_bytes([*k0, *k1]) & NLA_TYPE_MASK, value)))
    }
}

impl Attributes<'_> {
    #[cold]
    fn cut(&self, there: usize, length: usize) -> DecodeError {
        let name = self.name;
        format!("in {name}: an attribute of {length} bytes where {there} are left").into()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_ends_with_the_first_malformed_attribute() {
        let short = |number: u16| number.to_ne_bytes();
        let good = [
            &short(5)[..],
            &short(0x8001),
            &[7, 0, 0, 0],
            &short(4),
            &short(2),
        ]
        .concat();
        let read = |row: &[u8]| -> Vec<Option<(u16, Vec<u8>)>> {
            let row = attributes(row, "a test");
            row.map(|of| of.ok().map(|(kind, value)| (kind, value.to_vec())))
                .collect()
        };
        let both = vec![Some((1, vec![7])), Some((2, vec![]))];
        assert_eq!(read(&good), both);
        for end in [&[0][..], &[0; 3], &[3, 0, 1, 0, 9, 9, 9, 9], &[9, 0, 1, 0]] {
            let row = [&good[..], end].concat();
            assert_eq!(read(&row), [&both[..], &[None]].concat(), "{end:?}");
        }
        // The last one needs no padding.
        assert_eq!(read(&good[..5]), both[..1]);
    }
}

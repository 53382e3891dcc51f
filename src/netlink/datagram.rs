//! A datagram is a row of messages, each aligned to four bytes.

use netlink_packet_core::{NetlinkBuffer, NetlinkHeader, Parseable};

use super::Error;

/// Iterates over the messages of a datagram; ends after the first malformed one.
pub(super) struct Messages<'a> {
    rest: &'a [u8],
}

impl<'a> Messages<'a> {
    pub(super) fn new(datagram: &'a [u8]) -> Self {
        Messages { rest: datagram }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<(NetlinkHeader, &'a [u8]), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let all = std::mem::take(&mut self.rest);
        let header = NetlinkBuffer::new_checked(&all).and_then(|buffer| {
            let header = NetlinkHeader::parse(&buffer)?;
            Ok(header)
        });
        let header = match header {
            Ok(header) => header,
            Err(error) => return Some(Err(error.into())),
        };
        let length = header.length as usize;
        self.rest = all.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        Some(Ok((header, &all[..length])))
    }
}

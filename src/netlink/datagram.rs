//! A datagram is a row of messages, each aligned to four bytes.

use netlink_packet_core::NetlinkBuffer;

use super::Error;

/// The length of a message's header (`struct nlmsghdr`), in bytes.
pub(super) const NLMSG_HDRLEN: usize = 16;

/// What follows the header of a message from the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// The type of the message (`nlmsg_type`).
    pub kind: u16,
    /// The header of its family, if it has one, and attributes.
    pub payload: &'a [u8],
}

impl<'a> Incoming<'a> {
    pub(super) fn new(message: &NetlinkBuffer<&'a [u8]>) -> Self {
        Incoming {
            kind: message.message_type(),
            payload: message.payload(),
        }
    }
}

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
    type Item = Result<NetlinkBuffer<&'a [u8]>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let all = std::mem::take(&mut self.rest);
        let message = NetlinkBuffer::new_checked(all);
        if let Ok(message) = &message {
            let length = message.length() as usize;
            self.rest = all.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        Some(message.map_err(Error::from))
    }
}

//! A message to the kernel, written from front to back.

use netlink_packet_core::{NLA_F_NESTED, NLA_HEADER_SIZE, NetlinkBuffer};

use super::datagram::NLMSG_HDRLEN;

/// Room for most requests, in bytes.
const ROOM: usize = 128;

/// A request: the header of its family, if it has one, and attributes. Flags
/// and number are given to it when it is sent.
#[derive(Debug, Clone)]
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// An empty message of that type (`nlmsg_type`).
    pub fn new(kind: u16) -> Self {
        let mut bytes = Vec::with_capacity(ROOM);
        bytes.resize(NLMSG_HDRLEN, 0);
        NetlinkBuffer::new(&mut bytes).set_message_type(kind);
        Message { bytes }
    }

    /// Appends bytes, such as the family's header, and pads them to four.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let padded = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(padded, 0);
    }

    /// Appends an attribute, if it has a value.
    pub fn put<V: AsRef<[u8]>>(&mut self, kind: u16, value: Option<V>) {
        if let Some(value) = value {
            self.attribute(kind, |message| {
                message.bytes.extend_from_slice(value.as_ref());
            });
        }
    }

    /// Appends an attribute that consists of attributes.
    pub fn nest(&mut self, kind: u16, write: impl FnOnce(&mut Message)) {
        self.attribute(kind | NLA_F_NESTED, write);
    }

    /// Appends an attribute; its length, without the padding after it, is known
    /// when its value is written.
    fn attribute(&mut self, kind: u16, write: impl FnOnce(&mut Message)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; NLA_HEADER_SIZE]);
        write(self);
        let length = (self.bytes.len() - start) as u16;
        if let Some([l0, l1, k0, k1, ..]) = self.bytes.get_mut(start..) {
            [*l0, *l1] = length.to_ne_bytes();
            [*k0, *k1] = kind.to_ne_bytes();
        }
        self.push(&[]);
    }

    /// What was written so far, after the header.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(NLMSG_HDRLEN..).unwrap_or_default()
    }

    /// The whole message, with the flags and the number of this request.
    pub(super) fn finish(&mut self, flags: u16, sequence: u32) -> &[u8] {
        let length = self.bytes.len() as u32;
        let mut header = NetlinkBuffer::new(&mut self.bytes);
        header.set_length(length);
        header.set_flags(flags);
        header.set_sequence_number(sequence);
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_padded_and_tell_their_true_length() {
        let mut message = Message::new(0x1f);
        message.push(&[7]);
        message.nest(1, |nested| {
            nested.put(2, Some([5u8]));
            nested.put(3, None::<[u8; 4]>);
        });
        message.put(4, Some([1, 2]));
        let short = |number: u16| number.to_ne_bytes();
        let attributes = [
            [7, 0, 0, 0],
            [short(12), short(0x8001)].concat().try_into().unwrap(),
            [short(5), short(2)].concat().try_into().unwrap(),
            [5, 0, 0, 0],
            [short(6), short(4)].concat().try_into().unwrap(),
            [1, 2, 0, 0],
        ];
        let bytes = message.finish(0x5, 9);
        assert_eq!(bytes[16..], attributes.concat());
        assert_eq!(bytes[..4], 40u32.to_ne_bytes());
        assert_eq!(bytes[8..12], 9u32.to_ne_bytes());
    }
}

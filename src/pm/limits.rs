//! Limits of each connection of this host.

use netlink_packet_core::DecodeError;

use crate::netlink::{Message, wire};

use super::attribute;

/// The limits. What is `None` stays as it is, or was not in the reply.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many announced addresses a connection accepts.
    pub add_addr_accepted: Option<u32>,
    /// How many additional subflows a connection may have.
    pub subflows: Option<u32>,
}

impl Limits {
    /// Writes the limits that are to be set.
    pub fn write(&self, to: &mut Message) {
        let accepted = self.add_addr_accepted.map(u32::to_ne_bytes);
        to.put(attribute::RCV_ADD_ADDRS, accepted);
        to.put(attribute::SUBFLOWS, self.subflows.map(u32::to_ne_bytes));
    }

    /// Decodes a reply, skipping attributes it does not know.
    ///
    /// # Errors
    /// Names the attribute that is malformed.
    pub fn read(attributes: &[u8]) -> Result<Self, DecodeError> {
        let mut limits = Limits::default();
        for attribute in wire::attributes(attributes, "path manager attributes") {
            let (kind, value) = attribute?;
            match kind {
                attribute::RCV_ADD_ADDRS => {
                    limits.add_addr_accepted = Some(wire::u32(value, "rcv-add-addrs")?);
                }
                attribute::SUBFLOWS => limits.subflows = Some(wire::u32(value, "subflows")?),
                _ => {}
            }
        }
        Ok(limits)
    }
}

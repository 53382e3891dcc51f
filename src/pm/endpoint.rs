//! Endpoints: what is nested in `MPTCP_PM_ATTR_ADDR`.

use std::net::IpAddr;

use netlink_packet_core::{DecodeError, Emitable, ErrorContext, Nla, NlasIterator};

use super::{Address, Flags, wire};

/// `enum mptcp_pm_addr_attr`.
mod kind {
    pub const FAMILY: u16 = 1;
    pub const ID: u16 = 2;
    pub const ADDR4: u16 = 3;
    pub const ADDR6: u16 = 4;
    pub const PORT: u16 = 5;
    pub const FLAGS: u16 = 6;
    pub const IF_IDX: u16 = 7;
}

/// A local address that MPTCP may use, or the part of one that names it.
///
/// The same attributes describe either end of a subflow. What is `None` is
/// not sent, or was not in the reply.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub address: Option<Address>,
    /// The address id of RFC 8684, section 3.4.1: 1 to 255, or 0 for the
    /// address that a connection began with.
    pub id: Option<u8>,
    /// The port announced with the address, 1 to 65535. In host byte order on
    /// the wire, although the kernel's specification says big-endian.
    pub port: Option<u16>,
    /// What the address is for.
    pub flags: Option<Flags>,
    /// Index of the network device that subflows from it go out by.
    pub device: Option<i32>,
}

impl Endpoint {
    /// The bytes of the nested attributes, in the order of `ip mptcp`.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut attributes = Vec::new();
        attributes.extend(self.id.map(Attribute::Id));
        attributes.extend(self.flags.map(Attribute::Flags));
        attributes.extend(self.device.map(Attribute::IfIdx));
        attributes.extend(self.port.map(Attribute::Port));
        if let Some(address) = self.address {
            attributes.push(Attribute::Family(address.family()));
            attributes.push(Attribute::Addr(address));
        }
        let attributes = attributes.as_slice();
        let mut bytes = vec![0; attributes.buffer_len()];
        attributes.emit(&mut bytes);
        bytes
    }

    /// Decodes nested attributes, skipping those it does not know.
    ///
    /// # Errors
    /// Names the attribute that has the wrong size.
    pub(super) fn decode(attributes: &[u8]) -> Result<Self, DecodeError> {
        let mut endpoint = Endpoint::default();
        for attribute in NlasIterator::new(attributes) {
            let attribute = attribute.context("endpoint attributes")?;
            let value = attribute.value();
            match attribute.kind() {
                kind::ID => endpoint.id = Some(wire::u8(value, "id")?),
                kind::ADDR4 => endpoint.address = Some(wire::ipv4(value, "addr4")?.into()),
                kind::ADDR6 => endpoint.address = Some(wire::ipv6(value, "addr6")?.into()),
                kind::PORT => endpoint.port = Some(wire::u16(value, "port")?),
                kind::FLAGS => {
                    endpoint.flags = Some(Flags(wire::u32(value, "flags")?));
                }
                kind::IF_IDX => {
                    endpoint.device = Some(wire::i32(value, "if-idx")?);
                }
                // FAMILY says nothing that the address does not.
                _ => {}
            }
        }
        Ok(endpoint)
    }
}

/// One nested attribute to be sent.
enum Attribute {
    Family(u16),
    Id(u8),
    Addr(Address),
    Port(u16),
    Flags(Flags),
    IfIdx(i32),
}

impl Nla for Attribute {
    fn value_len(&self) -> usize {
        match self {
            Attribute::Id(_) => 1,
            Attribute::Family(_) | Attribute::Port(_) => 2,
            Attribute::Flags(_) | Attribute::IfIdx(_) => 4,
            Attribute::Addr(Address::Any) => 0,
            Attribute::Addr(Address::Ip(IpAddr::V4(_))) => 4,
            Attribute::Addr(Address::Ip(IpAddr::V6(_))) => 16,
        }
    }

    fn kind(&self) -> u16 {
        match self {
            Attribute::Family(_) => kind::FAMILY,
            Attribute::Id(_) => kind::ID,
            Attribute::Addr(Address::Ip(IpAddr::V4(_))) => kind::ADDR4,
            Attribute::Addr(_) => kind::ADDR6,
            Attribute::Port(_) => kind::PORT,
            Attribute::Flags(_) => kind::FLAGS,
            Attribute::IfIdx(_) => kind::IF_IDX,
        }
    }

    fn emit_value(&self, buffer: &mut [u8]) {
        match self {
            Attribute::Id(id) => buffer.fill(*id),
            Attribute::Family(number) | Attribute::Port(number) => {
                buffer.copy_from_slice(&number.to_ne_bytes());
            }
            Attribute::Flags(flags) => buffer.copy_from_slice(&flags.0.to_ne_bytes()),
            Attribute::IfIdx(index) => buffer.copy_from_slice(&index.to_ne_bytes()),
            Attribute::Addr(Address::Any) => {}
            Attribute::Addr(Address::Ip(IpAddr::V4(ip))) => buffer.copy_from_slice(&ip.octets()),
            Attribute::Addr(Address::Ip(IpAddr::V6(ip))) => buffer.copy_from_slice(&ip.octets()),
        }
    }
}

//! Endpoints: what is nested in `MPTCP_PM_ATTR_ADDR`.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;

use crate::netlink::{Message, wire};

use super::{Address, Flags, attribute};

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

/// A local address that MPTCP may use, as the kernel reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address; an IPv4 one can stand in an IPv6 one.
    pub address: IpAddr,
    /// The address id of RFC 8684, section 3.4.1: 1 to 255, or 0 for the
    /// address that a connection began with.
    pub id: u8,
    /// The port announced with the address, 1 to 65535.
    pub port: Option<u16>,
    /// What the address is for.
    pub flags: Flags,
    /// Index of the network device that its subflows go out through, not 0.
    pub device: Option<u32>,
}

impl Endpoint {
    /// Its address. An IPv4 address in an IPv6 one is the same to the kernel.
    pub fn ip(&self) -> IpAddr {
        self.address.to_canonical()
    }

    /// What names it in a request.
    pub fn which(&self) -> AddressAttributes {
        AddressAttributes::of_id(self.id)
    }

    /// Decodes the endpoint of a reply, if it has one.
    ///
    /// # Errors
    /// Names the attribute that is malformed or missing.
    pub fn read(attributes: &[u8]) -> Result<Option<Self>, DecodeError> {
        let mut endpoint = None;
        for attribute in wire::attributes(attributes, "path manager attributes") {
            let (kind, value) = attribute?;
            if kind == attribute::ADDR {
                endpoint = Some(Endpoint::read_nested(value)?);
            }
        }
        Ok(endpoint)
    }

    /// Decodes nested attributes, skipping those it does not know.
    fn read_nested(attributes: &[u8]) -> Result<Self, DecodeError> {
        let (mut address, mut id) = (None, None);
        let (mut port, mut flags, mut device) = (None, Flags::default(), None);
        for attribute in wire::attributes(attributes, "endpoint attributes") {
            let (kind, value) = attribute?;
            match kind {
                kind::ID => id = Some(wire::u8(value, "id")?),
                kind::ADDR4 => address = Some(wire::ipv4(value, "addr4")?),
                kind::ADDR6 => address = Some(wire::ipv6(value, "addr6")?),
                // Zero stands for none, which some kernels send.
                kind::PORT => port = nonzero(wire::u16(value, "port")?),
                kind::FLAGS => flags = Flags(wire::u32(value, "flags")?),
                kind::IF_IDX => device = nonzero(wire::u32(value, "if-idx")?),
                // The address implies FAMILY.
                _ => {}
            }
        }
        let missing = |name: &str| DecodeError::from(format!("endpoint without {name}"));
        Ok(Endpoint {
            address: address.ok_or_else(|| missing("addr4 or addr6"))?,
            id: id.ok_or_else(|| missing("id"))?,
            port,
            flags,
            device,
        })
    }
}

/// What a request says of an address: an endpoint to be added, what names one,
/// or either end of a subflow. What is `None` is not sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AddressAttributes {
    /// The address.
    pub address: Option<Address>,
    /// The address id, 1 to 255.
    pub id: Option<u8>,
    /// The port, 1 to 65535. In host byte order on the wire, although the
    /// kernel's specification has big-endian.
    pub port: Option<u16>,
    /// What the address is for.
    pub flags: Option<Flags>,
    /// Index of a network device, not 0.
    pub device: Option<u32>,
}

impl AddressAttributes {
    /// What names the endpoint with that id.
    pub fn of_id(id: u8) -> Self {
        AddressAttributes {
            id: Some(id),
            ..AddressAttributes::default()
        }
    }

    /// The address, if it is one. An IPv4 address in an IPv6 one is the same to
    /// the kernel.
    pub fn ip(&self) -> Option<IpAddr> {
        match self.address {
            Some(Address::Ip(ip)) => Some(ip.to_canonical()),
            Some(Address::Any) | None => None,
        }
    }

    /// Writes them as the (local) address of a request.
    pub fn write(&self, message: &mut Message) {
        message.nest(attribute::ADDR, |nested| self.write_nested(nested));
    }

    /// The nested attributes, in the order of `ip mptcp`.
    pub(super) fn write_nested(&self, to: &mut Message) {
        to.put(kind::ID, self.id.map(u8::to_ne_bytes));
        to.put(kind::FLAGS, self.flags.map(|flags| flags.0.to_ne_bytes()));
        to.put(kind::IF_IDX, self.device.map(u32::to_ne_bytes));
        to.put(kind::PORT, self.port.map(u16::to_ne_bytes));
        let family = self.address.map(Address::family);
        to.put(kind::FAMILY, family.map(u16::to_ne_bytes));
        match self.address {
            Some(Address::Ip(IpAddr::V4(ip))) => to.put(kind::ADDR4, Some(ip.octets())),
            Some(Address::Ip(IpAddr::V6(ip))) => to.put(kind::ADDR6, Some(ip.octets())),
            Some(Address::Any) => to.put(kind::ADDR6, Some([])),
            None => {}
        }
    }
}

/// What adds the endpoint again.
impl From<&Endpoint> for AddressAttributes {
    fn from(endpoint: &Endpoint) -> Self {
        AddressAttributes {
            address: Some(endpoint.address.into()),
            id: Some(endpoint.id),
            port: endpoint.port,
            flags: Some(endpoint.flags).filter(|flags| *flags != Flags::default()),
            device: endpoint.device,
        }
    }
}

fn nonzero<T: PartialEq + Default>(number: T) -> Option<T> {
    Some(number).filter(|number| *number != T::default())
}

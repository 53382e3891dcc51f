//! Addresses as the path manager carries them, and those of one connection.

use std::net::IpAddr;

use crate::netlink::Message;

use super::{AddressAttributes, Flags, attribute};

/// An address of an endpoint or of a subflow's end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// An address of family IPv4 or IPv6.
    Ip(IpAddr),
    /// An address without family and data, as the words `any`, `all` and
    /// `default` ask for. The kernel refuses it.
    #[default]
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

/// An address to announce to the peer of one connection (ADD_ADDR).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The connection, by its local token (RFC 8684, section 3.2).
    pub token: u32,
    /// The address.
    pub address: Address,
    /// Its address id, 1 to 255.
    pub id: u8,
    /// The port, 1 to 65535, if not that of the connection.
    pub port: Option<u16>,
    /// Index of the network device to record with it.
    pub device: Option<u32>,
}

impl Announcement {
    /// Writes the attributes of [`Command::Announce`](super::Command::Announce).
    pub fn write(&self, message: &mut Message) {
        let address = AddressAttributes {
            address: Some(self.address),
            id: Some(self.id),
            port: self.port,
            // The kernel insists on the flag, although there is no other.
            flags: Some(Flags::SIGNAL),
            device: self.device,
        };
        message.put(attribute::TOKEN, Some(self.token.to_ne_bytes()));
        address.write(message);
    }
}

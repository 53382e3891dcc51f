//! Addresses as the path manager carries them: family and bytes apart.

use std::net::IpAddr;

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

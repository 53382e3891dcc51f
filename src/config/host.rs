//! What this host has, as far as a configuration asks for it.

use std::net::IpAddr;

use crate::network::{self, Link};
use crate::pm::{Address, Endpoint, Limits};

/// The state of a host.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Host {
    /// The limits in force.
    pub limits: Limits,
    /// The endpoints that are set.
    pub endpoints: Vec<Endpoint>,
    /// The devices that there are.
    pub devices: Vec<Link>,
    /// Devices that are gone, by the name and number that they had.
    pub gone: Vec<Link>,
    /// The addresses of the devices.
    pub addresses: Vec<network::Address>,
}

impl Host {
    /// The number of the device with that name. `ifN` is number N where no
    /// device has that for a name.
    pub fn index(&self, name: &[u8]) -> Option<i32> {
        let named = self.devices.iter().find(|device| device.name == name);
        named.map(|device| device.index.cast_signed()).or_else(|| {
            let number = std::str::from_utf8(name.strip_prefix(b"if")?).ok()?;
            number.parse().ok().filter(|number| *number > 0)
        })
    }

    /// The numbers that devices of that name had which are gone.
    pub fn gone(&self, name: &[u8]) -> impl Iterator<Item = i32> {
        let gone = self.gone.iter().filter(move |device| device.name == name);
        let reused = |index: u32| self.devices.iter().any(|device| device.index == index);
        gone.map(|device| device.index)
            .filter(move |index| !reused(*index))
            .map(u32::cast_signed)
    }

    /// The addresses that a line without an address stands for on the device
    /// with that number.
    pub fn lasting(&self, index: i32) -> impl Iterator<Item = IpAddr> {
        let index = index.cast_unsigned();
        let lasting = self.addresses.iter();
        let lasting = lasting.filter(move |of| of.device == index && of.is_lasting());
        lasting.map(|of| of.ip)
    }
}

/// What tells endpoints apart: the kernel takes no two with the same address
/// and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    ip: IpAddr,
    port: u16,
}

impl Key {
    /// That of an address, and of a port if it has one. An IPv4 address in an
    /// IPv6 one is the same to the kernel.
    pub fn new(ip: IpAddr, port: Option<u16>) -> Self {
        let (ip, port) = (ip.to_canonical(), port.unwrap_or_default());
        Key { ip, port }
    }

    /// The same address with no port.
    pub fn without_port(self) -> Self {
        Key { port: 0, ..self }
    }

    /// That of an endpoint which is set.
    pub fn of(endpoint: &Endpoint) -> Option<Self> {
        match endpoint.address {
            Some(Address::Ip(ip)) => Some(Key::new(ip, endpoint.port)),
            Some(Address::Any) | None => None,
        }
    }
}

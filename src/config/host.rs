//! What this host has, as far as a configuration asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::network::{self, Link};
use crate::pm::{Endpoint, Limits};

/// The state of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The limits in force.
    pub limits: Limits,
    /// The endpoints that are set.
    pub endpoints: Vec<Endpoint>,
    /// How many endpoints the kernel takes at the least.
    pub room: usize,
    /// The devices that there are.
    pub devices: Vec<Link>,
    /// Devices that are gone, by the name and number that they had.
    pub gone: Vec<Link>,
    /// The addresses of the devices.
    pub addresses: Vec<network::Address>,
    /// The numbers of devices without a carrier, whose endpoints are to go.
    pub lost: BTreeSet<u32>,
    /// The numbers of devices whose carrier may come back soon: their endpoints
    /// are left alone.
    pub unsteady: BTreeSet<u32>,
}

/// The endpoints that every kernel takes: Linux 7.1 and earlier take no more.
const ROOM: usize = 8;

impl Default for Host {
    fn default() -> Self {
        Host {
            limits: Limits::default(),
            endpoints: Vec::new(),
            room: ROOM,
            devices: Vec::new(),
            gone: Vec::new(),
            addresses: Vec::new(),
            lost: BTreeSet::new(),
            unsteady: BTreeSet::new(),
        }
    }
}

impl Host {
    /// The name of the device with that number, or `ifN`.
    pub fn name(&self, index: u32) -> Vec<u8> {
        let mut devices = self.devices.iter().chain(&self.gone);
        let found = devices.find(|device| device.index == index);
        found.map_or_else(
            || format!("if{index}").into_bytes(),
            |device| device.name.clone(),
        )
    }
}

/// The devices of a host by name and by number.
pub(super) struct Devices<'a> {
    by_name: BTreeMap<&'a [u8], u32>,
    indices: BTreeSet<u32>,
    gone: BTreeMap<&'a [u8], Vec<u32>>,
    lasting: BTreeMap<u32, Vec<IpAddr>>,
    host: &'a Host,
}

impl<'a> Devices<'a> {
    pub(super) fn new(host: &'a Host) -> Self {
        let index = |link: &Link| link.index;
        let mut devices = Devices {
            by_name: BTreeMap::new(),
            indices: host.devices.iter().map(index).collect(),
            gone: BTreeMap::new(),
            lasting: BTreeMap::new(),
            host,
        };
        for link in &host.devices {
            devices.by_name.insert(&link.name, index(link));
        }
        for link in &host.gone {
            let gone = devices.gone.entry(&link.name).or_default();
            gone.push(index(link));
        }
        let addresses = host.addresses.iter();
        for address in addresses.filter(|address| address.is_lasting()) {
            let device = address.device;
            devices.lasting.entry(device).or_default().push(address.ip);
        }
        devices
    }

    /// The number of the device with that name. `ifN` is number N where no
    /// device has that for a name.
    pub(super) fn index(&self, name: &[u8]) -> Option<u32> {
        self.by_name.get(name).copied().or_else(|| {
            let number = std::str::from_utf8(name.strip_prefix(b"if")?).ok()?;
            number.parse().ok().filter(|number| *number > 0)
        })
    }

    /// The numbers that devices of that name had which are gone.
    pub(super) fn gone(&self, name: &[u8]) -> impl Iterator<Item = u32> {
        let gone = self.gone.get(name).into_iter().flatten().copied();
        gone.filter(|index| !self.indices.contains(index))
    }

    /// Whether the endpoints of the device with that number are to go.
    pub(super) fn is_lost(&self, index: u32) -> bool {
        self.host.lost.contains(&index)
    }

    /// Whether the endpoints of the device with that number are left alone.
    pub(super) fn is_unsteady(&self, index: u32) -> bool {
        self.host.unsteady.contains(&index)
    }

    /// The addresses that a line without an address stands for on the device
    /// with that number.
    pub(super) fn lasting(&self, index: u32) -> impl Iterator<Item = IpAddr> {
        self.lasting.get(&index).into_iter().flatten().copied()
    }
}

/// What identifies an endpoint: the kernel takes no two with the same address
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

    /// That of an endpoint which is set.
    pub fn of(endpoint: &Endpoint) -> Self {
        Key::new(endpoint.address, endpoint.port)
    }
}

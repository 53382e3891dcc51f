//! What a file means on a host: each line with its address.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::diag::socket::Family;
use crate::pm::{AddressAttributes, Endpoint, Flags};
use crate::sorted;

use super::file::Line;
use super::host::Devices;
use super::{Config, Host, Key};

/// The desired state of a host.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The endpoints.
    pub endpoints: Vec<DesiredEndpoint>,
    /// Lines that cannot be satisfied now.
    pub absent: Vec<Absent>,
    /// The numbers of devices whose endpoints of that family all belong to the
    /// file.
    owned: BTreeSet<(u32, Family)>,
    /// Endpoints of a line that cannot be satisfied now.
    kept: BTreeSet<Key>,
    /// Endpoints of a line whose device has no carrier, with its number.
    lost: BTreeSet<(Key, u32)>,
}

/// An endpoint that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredEndpoint {
    /// The line that wants it.
    pub line: usize,
    /// The address.
    pub ip: IpAddr,
    /// The port, 1 to 65535.
    pub port: Option<u16>,
    /// The id; without one, any will do.
    pub id: Option<u8>,
    /// The flags, all of them.
    pub flags: Flags,
    /// The number of the device.
    pub device: Option<u32>,
}

/// A line that asks for something that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// The line.
    pub line: usize,
    /// Whether it names an address.
    pub has_address: bool,
    /// The device.
    pub device: Vec<u8>,
    /// What is missing.
    pub absence: Absence,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// There is no device of that name.
    Device,
    /// The device is down, or has no carrier.
    Carrier,
    /// The device has no suitable address.
    Address,
    /// An id or a port is for one address, and the device has so many.
    Several(usize),
}

impl Desired {
    /// What the file asks for on this host.
    pub fn new(config: &Config, host: &Host) -> Self {
        let (mut desired, devices) = (Desired::default(), Devices::new(host));
        for line in &config.lines {
            if let Some(ip) = line.ip() {
                desired.add_address(line, ip, &devices);
            }
        }
        let endpoints = desired.endpoints.iter();
        let mut taken: BTreeSet<Key> = endpoints.map(DesiredEndpoint::key).collect();
        taken.extend(&desired.kept);
        for line in config.lines.iter().filter(|line| line.ip().is_none()) {
            if let Err(absence) = desired.add_device(line, &devices, &mut taken) {
                desired.mark_absent(line, absence);
            }
        }
        sorted::by_key(&mut desired.endpoints, |wanted| (wanted.line as u64, 0));
        desired
    }

    fn add_address(&mut self, line: &Line, ip: IpAddr, devices: &Devices) {
        let key = Key::new(ip, line.spec.endpoint.port);
        match line.device().map(|name| devices.index(name)) {
            Some(None) => {
                self.kept.insert(key);
                self.mark_absent(line, Absence::Device);
            }
            Some(Some(index)) if devices.is_unsteady(index) => {
                self.kept.insert(key);
            }
            Some(Some(index)) if devices.is_lost(index) => {
                self.lost.insert((key, index));
                self.mark_absent(line, Absence::Carrier);
            }
            device => self.endpoints.push(line.wants(ip, device.flatten())),
        }
    }

    /// Adds the addresses of a device that no line names.
    fn add_device(
        &mut self,
        line: &Line,
        devices: &Devices,
        taken: &mut BTreeSet<Key>,
    ) -> Result<(), Absence> {
        let name = line.device().unwrap_or_default();
        let families = line.families();
        let own = |index| families.clone().map(move |family| (index, family));
        self.owned.extend(devices.gone(name).flat_map(own));
        let index = devices.index(name).ok_or(Absence::Device)?;
        let (mut free, mut keys) = (Vec::new(), BTreeSet::new());
        for ip in devices.lasting(index) {
            let key = Key::new(ip, line.spec.endpoint.port);
            let is_of_family = line.spec.family.is_none_or(|family| family.has(ip));
            if is_of_family && !taken.contains(&key) && keys.insert(key) {
                free.push(ip);
            }
        }
        let for_one = line.spec.endpoint.id.is_some() || line.spec.endpoint.port.is_some();
        if for_one && free.len() > 1 {
            return Err(Absence::Several(free.len()));
        }
        self.owned.extend(own(index));
        if devices.is_lost(index) {
            return Err(Absence::Carrier);
        }
        if devices.is_unsteady(index) {
            self.kept.append(&mut keys);
            return Ok(());
        }
        if free.is_empty() {
            return Err(Absence::Address);
        }
        taken.append(&mut keys);
        let wanted = free.into_iter().map(|ip| line.wants(ip, Some(index)));
        self.endpoints.extend(wanted);
        Ok(())
    }

    fn mark_absent(&mut self, line: &Line, absence: Absence) {
        self.absent.push(Absent {
            line: line.number,
            has_address: line.ip().is_some(),
            device: line.device().unwrap_or_default().to_vec(),
            absence,
        });
    }

    /// Whether the endpoint belongs to the file because of its device, although
    /// no line wants it.
    pub fn owns(&self, endpoint: &Endpoint) -> bool {
        let (ip, Some(device)) = (endpoint.address, endpoint.device) else {
            return false;
        };
        let mut families = [Family::V4, Family::V6].into_iter();
        let is_lost = self.lost.contains(&(Key::new(ip, endpoint.port), device));
        is_lost || families.any(|family| family.has(ip) && self.owned.contains(&(device, family)))
    }

    /// Whether the endpoint belongs to a line that cannot be satisfied now.
    pub fn keeps(&self, key: Key) -> bool {
        self.kept.contains(&key)
    }
}

impl DesiredEndpoint {
    /// Its identity to the kernel.
    pub fn key(&self) -> Key {
        Key::new(self.ip, self.port)
    }

    /// The endpoint to be added.
    pub fn endpoint(&self) -> AddressAttributes {
        AddressAttributes {
            address: Some(self.ip.into()),
            id: self.id,
            port: self.port,
            flags: Some(self.flags).filter(|flags| flags.0 != 0),
            device: self.device,
        }
    }
}

impl Line {
    fn wants(&self, ip: IpAddr, device: Option<u32>) -> DesiredEndpoint {
        DesiredEndpoint {
            line: self.number,
            ip,
            port: self.spec.endpoint.port,
            id: self.spec.endpoint.id,
            flags: self.spec.endpoint.flags.unwrap_or_default(),
            device,
        }
    }
}

//! What a file means on a host: each line with its address.

use std::net::IpAddr;

use crate::diag::socket::Family;
use crate::pm::{Address, Endpoint, Flags};
use crate::sorted;

use super::file::Line;
use super::{Config, Host, Key};

/// The wanted state of a host.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The endpoints.
    pub endpoints: Vec<DesiredEndpoint>,
    /// Lines that cannot be satisfied now.
    pub absent: Vec<Absent>,
    /// Devices whose endpoints are all the file's, by their number, and the
    /// family that this is narrowed to.
    owned: Vec<(i32, Option<Family>)>,
    /// Endpoints of a line that cannot be satisfied now.
    kept: Vec<Key>,
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
    pub device: Option<i32>,
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
    /// The device has no suitable address.
    Address,
    /// An id or a port is for one address, and the device has so many.
    Several(usize),
}

impl Desired {
    /// What the file asks for on this host.
    pub fn new(config: &Config, host: &Host) -> Self {
        let mut desired = Desired::default();
        for line in &config.lines {
            if let Some(ip) = line.ip() {
                desired.add_address(line, ip, host);
            }
        }
        for line in config.lines.iter().filter(|line| line.ip().is_none()) {
            if let Err(absence) = desired.add_device(line, host) {
                desired.mark_absent(line, absence);
            }
        }
        sorted::by_key(&mut desired.endpoints, |wanted| (wanted.line as u64, 0));
        desired
    }

    fn add_address(&mut self, line: &Line, ip: IpAddr, host: &Host) {
        let device = line.device().map(|name| host.index(name));
        match device {
            Some(None) => {
                self.kept.push(Key::new(ip, line.spec.endpoint.port));
                self.mark_absent(line, Absence::Device);
            }
            device => self.endpoints.push(line.wants(ip, device.flatten())),
        }
    }

    fn add_device(&mut self, line: &Line, host: &Host) -> Result<(), Absence> {
        let (name, family) = (line.device().unwrap_or_default(), line.spec.family);
        let gone = host.gone(name).map(|index| (index, family));
        self.owned.extend(gone);
        let index = host.index(name).ok_or(Absence::Device)?;
        let lasting = host.lasting(index);
        let lasting = lasting.filter(|ip| family.is_none_or(|family| family.has(*ip)));
        let mut free: Vec<IpAddr> = Vec::new();
        for ip in lasting {
            let key = Key::new(ip, line.spec.endpoint.port);
            let has_line = self.endpoints.iter().any(|wanted| wanted.key() == key);
            if !has_line && !self.kept.contains(&key) && !free.contains(&ip) {
                free.push(ip);
            }
        }
        let for_one = line.spec.endpoint.id.is_some() || line.spec.endpoint.port.is_some();
        if for_one && free.len() > 1 {
            return Err(Absence::Several(free.len()));
        }
        self.owned.push((index, family));
        let wanted = free.iter().map(|ip| line.wants(*ip, Some(index)));
        self.endpoints.extend(wanted);
        match free.is_empty() {
            true => Err(Absence::Address),
            false => Ok(()),
        }
    }

    fn mark_absent(&mut self, line: &Line, absence: Absence) {
        self.absent.push(Absent {
            line: line.number,
            has_address: line.ip().is_some(),
            device: line.device().unwrap_or_default().to_vec(),
            absence,
        });
    }

    /// Whether the endpoint is the file's, by its device, although no line
    /// wants it.
    pub fn owns(&self, endpoint: &Endpoint) -> bool {
        let Some(Address::Ip(ip)) = endpoint.address else {
            return false;
        };
        self.owned.iter().any(|(device, family)| {
            endpoint.device == Some(*device) && family.is_none_or(|family| family.has(ip))
        })
    }

    /// Whether the endpoint belongs to a line that cannot be satisfied now.
    pub fn keeps(&self, key: Key) -> bool {
        self.kept.contains(&key)
    }
}

impl DesiredEndpoint {
    /// What tells it apart.
    pub fn key(&self) -> Key {
        Key::new(self.ip, self.port)
    }

    /// The endpoint to be added.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint {
            address: Some(self.ip.into()),
            id: self.id,
            port: self.port,
            flags: Some(self.flags).filter(|flags| flags.0 != 0),
            device: self.device,
        }
    }
}

impl Line {
    fn wants(&self, ip: IpAddr, device: Option<i32>) -> DesiredEndpoint {
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

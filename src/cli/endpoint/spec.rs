//! What the words say of an endpoint.

use std::ffi::OsStr;
use std::net::IpAddr;

use crate::cli::Error;
use crate::cli::value::{self, DeviceName};
use crate::cli::words::Words;
use crate::pm::{Address, Flags};

/// What the words say of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The address.
    pub address: Option<Address>,
    /// The id.
    pub id: Option<u8>,
    /// The port, 1 to 65535.
    pub port: Option<u16>,
    /// All flags together; `None` if there is none.
    pub flags: Option<Flags>,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
    /// Without an address: whose addresses are meant, if not all.
    pub family: Option<Family>,
    /// Whether there was any word at all.
    pub(super) any: bool,
}

/// A family of addresses, as `ip` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `inet`: IPv4.
    Inet,
    /// `inet6`: IPv6.
    Inet6,
}

impl Family {
    /// Whether the address is one of the family.
    pub fn has(self, ip: IpAddr) -> bool {
        match self {
            Family::Inet => ip.is_ipv4(),
            Family::Inet6 => ip.is_ipv6(),
        }
    }
}

impl Words for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        self.any = true;
        match name {
            "address" => self.address = Some(value::address(value)?),
            "id" => self.id = Some(value::endpoint_id(value)?),
            // Port 0 is none.
            "port" => self.port = Some(value::port(value)?).filter(|port| *port != 0),
            "dev" => self.devices.push(value::device(value)?),
            "inet" => self.family = Some(Family::Inet),
            "inet6" => self.family = Some(Family::Inet6),
            // The words nobackup and nofullmesh ask for what is so anyway.
            flag => {
                if let Some((_, flag)) = Flags::NAMED.iter().find(|(name, _)| *name == flag) {
                    self.flags = Some(self.flags.unwrap_or_default() | *flag);
                }
            }
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

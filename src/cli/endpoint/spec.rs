//! What the words say of an endpoint.

use std::ffi::OsStr;

use crate::cli::Error;
use crate::cli::value::{self, DeviceName};
use crate::cli::words::Words;
use crate::diag::socket::Family;
use crate::pm::{Endpoint, Flags};

/// What the words say of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// All but its device.
    pub endpoint: Endpoint,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
    /// Without an address: whose addresses are meant, if not all.
    pub family: Option<Family>,
    /// Whether there was any word at all.
    pub(super) any: bool,
}

impl Words for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        self.any = true;
        let endpoint = &mut self.endpoint;
        match name {
            "address" => endpoint.address = Some(value::address(value)?),
            "id" => endpoint.id = Some(value::endpoint_id(value)?),
            // Port 0 is none.
            "port" => endpoint.port = Some(value::port(value)?).filter(|port| *port != 0),
            "dev" => self.devices.push(value::device(value)?),
            "inet" => self.family = Some(Family::V4),
            "inet6" => self.family = Some(Family::V6),
            // The words nobackup and nofullmesh ask for what is so anyway.
            flag => {
                if let Some((_, flag)) = Flags::NAMED.iter().find(|(name, _)| *name == flag) {
                    endpoint.flags = Some(endpoint.flags.unwrap_or_default() | *flag);
                }
            }
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

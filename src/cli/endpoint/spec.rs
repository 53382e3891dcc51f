//! What the words say of an endpoint.

use std::ffi::{OsStr, OsString};

use crate::cli::arguments::Arguments;
use crate::cli::value::{self, DeviceName};
use crate::cli::{Error, Which};
use crate::diag::socket::Family;
use crate::pm::{Address, Endpoint, Flags};

/// What the words say of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// All but its device.
    pub endpoint: Endpoint,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
    /// Without an address: whose addresses are meant, if not all.
    pub family: Option<Family>,
    /// The number that was typed where an address should be: it may be an id.
    pub number: Option<u8>,
    /// An address or id that another one came after: what it is, and which one
    /// counts.
    pub overridden: Option<(&'static str, OsString)>,
    /// Whether there was any word at all.
    pub(super) any: bool,
}

impl Spec {
    /// What says which endpoint is meant, where no id does.
    pub fn which(&self) -> Which {
        match (self.number, self.endpoint.address) {
            (Some(number @ 1..), _) => Which::Number(number),
            (_, None) => Which::Unsaid,
            (_, Some(Address::Any)) => Which::All,
            (_, Some(address)) => Which::Address(address, None),
        }
    }
}

impl Arguments for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        self.any = true;
        let endpoint = &mut self.endpoint;
        match name {
            "address" => {
                let address = Some(value::address(value)?);
                self.number = value::endpoint_id(value).ok();
                if endpoint.address.is_some() && endpoint.address != address {
                    self.overridden = Some(("address", value.to_owned()));
                }
                endpoint.address = address;
            }
            "id" => {
                let id = Some(value::endpoint_id(value)?);
                if endpoint.id.is_some() && endpoint.id != id {
                    self.overridden = Some(("id", value.to_owned()));
                }
                endpoint.id = id;
            }
            // Port 0 means no port.
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

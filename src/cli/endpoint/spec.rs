//! What the words of `endpoint` say.

use std::ffi::{OsStr, OsString};

use crate::pm::{Address, Endpoint, Flags};

use super::super::value::{self, DeviceName};
use super::super::words::Words;
use super::super::{Error, Which};

/// What the words say of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// All but its device.
    pub endpoint: Endpoint,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
    /// The number that was typed where an address should be: it may be an id.
    pub number: Option<u8>,
    /// An address or id that another one came after: what it is, and which one
    /// counts.
    pub superseded: Option<(&'static str, OsString)>,
    /// Whether there was any word at all.
    pub any: bool,
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

impl Words for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        self.any = true;
        match name {
            "address" => {
                let address = Some(value::address(value)?);
                self.number = value::endpoint_id(value).ok();
                if self
                    .endpoint
                    .address
                    .is_some_and(|_| self.endpoint.address != address)
                {
                    self.superseded = Some(("address", value.to_owned()));
                }
                self.endpoint.address = address;
            }
            "id" => {
                let id = Some(value::endpoint_id(value)?);
                if self.endpoint.id.is_some_and(|_| self.endpoint.id != id) {
                    self.superseded = Some(("id", value.to_owned()));
                }
                self.endpoint.id = id;
            }
            // Port 0 is none.
            "port" => self.endpoint.port = Some(value::port(value)?).filter(|port| *port != 0),
            "dev" => self.devices.push(value::device(value)?),
            // The words nobackup and nofullmesh ask for what is so anyway.
            flag => {
                if let Some((_, flag)) = Flags::NAMED.iter().find(|(name, _)| *name == flag) {
                    self.endpoint.flags = Some(self.endpoint.flags.unwrap_or_default() | *flag);
                }
            }
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

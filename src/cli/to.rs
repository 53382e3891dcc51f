//! The words of `check to`, which sends: to whom, and from where.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;

use clap::Arg;

use super::grammar::{flag, keyword};
use super::value;
use super::{AddressFault, DeviceName, Error, Hint};

/// Whom to probe, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct To {
    /// The other host.
    pub address: IpAddr,
    /// The port there.
    pub port: u16,
    /// The address to start from, else that of the route and of each endpoint.
    pub from: Option<IpAddr>,
    /// The device to be bound to.
    pub device: Option<OsString>,
    /// Send a line feed as well, and see which subflows come.
    pub data: bool,
}

/// The words, as far as they are given.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Given {
    address: Option<IpAddr>,
    port: Option<u16>,
    from: Option<IpAddr>,
    devices: Vec<DeviceName>,
    data: bool,
}

/// The words as they are declared.
pub fn words() -> Vec<Arg> {
    vec![
        keyword("to", "ADDRESS", "try to reach this host, by TCP and MPTCP"),
        keyword("port", "NR", "with to: the port on that host"),
        keyword("from", "ADDRESS", "with to: only from this local address"),
        keyword("dev", "NAME", "with to: only through this device"),
        flag(
            "data",
            "with to: also send a line feed, and see which subflows follow",
        ),
    ]
}

impl Given {
    /// Takes in one of these words.
    ///
    /// # Errors
    /// The rule that the value breaks.
    pub fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "to" => self.address = Some(address(value)?),
            "port" => self.port = Some(port(value)?),
            "from" => self.from = Some(address(value)?),
            "dev" => self.devices.push(value::device(value)?),
            _ => self.data = true,
        }
        Ok(())
    }

    /// The devices named so far.
    pub fn devices(&self) -> &[DeviceName] {
        &self.devices
    }

    /// What they ask for together; `None`: nothing.
    ///
    /// # Errors
    /// A word is missing, or two do not go together.
    pub fn request(&self) -> Result<Option<To>, Error> {
        let Some(address) = self.address else {
            return match self == &Given::default() {
                true => Ok(None),
                false => Err(Error::Required("to ADDRESS")),
            };
        };
        if self
            .from
            .is_some_and(|from| from.is_ipv4() != address.is_ipv4())
        {
            let reason = "the addresses after to and from must be of the same family";
            return Err(Error::argument("from", reason));
        }
        let mut addresses = [Some(address), self.from].into_iter().flatten();
        let local = addresses.find(|address| is_link_local(*address));
        if let (Some(local), true) = (local, self.devices.is_empty()) {
            let reason = "a link-local address needs the device that leads to it: dev NAME";
            return Err(Error::argument(local.to_string(), reason));
        }
        Ok(Some(To {
            address,
            port: self.port.ok_or(Error::Required("port NR"))?,
            from: self.from,
            device: self.devices.last().map(|name| name.0.clone()),
            data: self.data,
        }))
    }
}

/// An address of one host; an IPv4-mapped one is the IPv4 address that it is.
fn address(word: &OsStr) -> Result<IpAddr, Error> {
    match value::address(word) {
        Ok(crate::pm::Address::Ip(ip)) => Ok(ip.to_canonical()),
        Ok(crate::pm::Address::Any) => Err(Error::argument(word, "one address is expected")),
        // Elsewhere it may be meant for a device; here, hosts have names.
        Err(Error::Address {
            word,
            hint: Some(Hint::Address(AddressFault::Name)),
        }) => {
            let hint = Some(Hint::HostName(word.display().to_string()));
            Err(Error::Address { word, hint })
        }
        Err(error) => Err(error),
    }
}

/// Whether only the device says which host it is. (A route tells it for IPv4.)
fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => false,
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn port(word: &OsStr) -> Result<u16, Error> {
    match value::port(word)? {
        0 => Err(Error::argument(
            word,
            "a port to reach is a number from 1 to 65535",
        )),
        port => Ok(port),
    }
}

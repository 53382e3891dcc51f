//! The words of `check`.

use std::ffi::{OsStr, OsString};
use std::mem;
use std::net::IpAddr;

use crate::pm::Address;
use crate::visible::of_os;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Words, keyword, switch};
use super::value;
use super::{AddressFault, DeviceName, Error, Hint, Request};

/// What to check.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Check {
    /// One connection, by its local token; else this host.
    pub token: Option<u32>,
    /// Also report what is fine and what was not checked.
    pub all: bool,
    /// Another host, to try handshakes with.
    pub to: Option<To>,
}

/// The host to probe, and where the probes start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct To {
    /// The other host.
    pub address: IpAddr,
    /// The port there, 1 to 65535.
    pub port: u16,
    /// The local address; without one, that of the route and of each endpoint.
    pub from: Option<IpAddr>,
    /// The device to bind to.
    pub device: Option<OsString>,
    /// Send a line feed as well, and report which subflows follow.
    pub data: bool,
}

/// The words that were read.
#[derive(Debug, Default)]
struct Given {
    check: Check,
    to: Option<IpAddr>,
    port: u16,
    from: Option<IpAddr>,
    devices: Vec<DeviceName>,
    data: bool,
}

/// The object `check`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "check",
    shortest: "che",
    of_ip: false,
    answers: true,
    about: "why MPTCP does not work here, and how to fix it",
    commands: &[],
    default: Some(&CHECK),
};

const CHECK: Command = Command {
    name: "",
    shortest: "",
    about: "Find out why MPTCP does not work here, or why a connection has the paths it has",
    synopsis: "[ all ] [ token TOKEN | to ADDRESS port NR [ from ADDRESS ] [ dev NAME ] [ data ] ]",
    example: "\
mptcp check
    what is wrong here, the evidence, and how to fix it
mptcp check token 6638e54f
    why this connection has the paths that it has
mptcp check to 192.0.2.1 port 443
    whether this host answers with MPTCP, from each endpoint
mptcp -json check all
    each check with its result, for a program to read

It changes nothing, and sends packets only with to. The exit status is 0 if
there is no problem (warnings do not count), 1 if there is one, and 2 if the
check could not be completed.",
    syntax: &Words {
        words: || {
            vec![
                switch(
                    "all",
                    "also what is fine, and what was not checked",
                    |given: &mut Given| &mut given.check.all,
                ),
                keyword(
                    "token",
                    "TOKEN",
                    "one connection: its paths, and why an endpoint gave it none",
                    |given: &mut Given, word| {
                        value::token(word).map(|token| given.check.token = Some(token))
                    },
                )
                .excludes("to"),
                keyword(
                    "to",
                    "ADDRESS",
                    "try to reach this host, by TCP and MPTCP",
                    |given: &mut Given, word| address(word).map(|ip| given.to = Some(ip)),
                )
                .requires("port")
                .excludes("token"),
                keyword(
                    "port",
                    "NR",
                    "with to: the port on that host",
                    |given: &mut Given, word| port(word).map(|port| given.port = port),
                )
                .requires("to"),
                keyword(
                    "from",
                    "ADDRESS",
                    "with to: only from this local address",
                    |given: &mut Given, word| address(word).map(|ip| given.from = Some(ip)),
                )
                .requires("to"),
                keyword(
                    "dev",
                    "NAME",
                    "with to: only through this device",
                    |given: &mut Given, word| {
                        value::device(word).map(|name| given.devices.push(name))
                    },
                )
                .requires("to"),
                switch(
                    "data",
                    "with to: also send a line feed, and see which subflows follow",
                    |given: &mut Given| &mut given.data,
                )
                .requires("to"),
            ]
        },
        request: |given| {
            given.check.to = given.probe()?;
            Ok(Request::Check(mem::take(&mut given.check)))
        },
    },
};

impl Arguments for Given {
    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

impl Given {
    fn probe(&self) -> Result<Option<To>, Error> {
        let Some(address) = self.to else {
            return Ok(None);
        };
        let differs = |from: IpAddr| from.is_ipv4() != address.is_ipv4();
        if self.from.is_some_and(differs) {
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
            port: self.port,
            from: self.from,
            device: self.devices.last().map(|name| name.0.clone()),
            data: self.data,
        }))
    }
}

/// An address of one host. An IPv4-mapped one becomes the IPv4 address.
fn address(word: &OsStr) -> Result<IpAddr, Error> {
    match value::address(word) {
        Ok(Address::Ip(ip)) => Ok(ip.to_canonical()),
        Ok(Address::Any) => Err(Error::argument(word, "one address is expected")),
        // Elsewhere it may be meant for a device; here, hosts have names.
        Err(Error::Address {
            word,
            hint: Some(Hint::Address(AddressFault::Name)),
        }) => {
            let name = of_os(&word);
            let hint = Some(Hint::Text(format!(
                "host names are not accepted; to look it up, run: getent ahosts {name}"
            )));
            Err(Error::Address { word, hint })
        }
        Err(error) => Err(error),
    }
}

/// Whether it takes a device to identify the host. (With IPv4, a route does.)
fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => false,
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn port(word: &OsStr) -> Result<u16, Error> {
    Some(value::port(word)?)
        .filter(|port| *port != 0)
        .ok_or_else(|| Error::argument(word, "a port to reach is a number from 1 to 65535"))
}

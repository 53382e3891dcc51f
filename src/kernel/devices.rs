//! Names and numbers of network devices, one at a time.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;

use nix::libc::{ENODEV, ENXIO};
use rustix::net::netdevice::{index_to_name_inlined, name_to_index};

use super::network::Network;
use crate::errno;
use crate::network::Link;
use crate::visible::of_os;

/// A device that does not exist or cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No network device of this network namespace has that name.
    #[error("argument \"{}\" is wrong: device does not exist", of_os(.0))]
    Missing(OsString),
    /// The kernel could not be asked.
    #[error("cannot look up the device \"{}\": {}", of_os(.name), errno::text_of(.source))]
    Lookup {
        /// The device.
        name: OsString,
        /// Why not.
        source: io::Error,
    },
}

/// The index of a device, by any socket of its network namespace. `ifN` names
/// index N even where no device has it.
///
/// # Errors
/// There is no device of that name, or it could not be looked up.
pub fn index(socket: impl AsFd, name: &OsStr) -> Result<u32, Error> {
    let found = match name.to_str() {
        Some(name) => name_to_index(socket, name).map_err(io::Error::from),
        // The crate takes UTF-8 alone.
        None => listed(|link| link.name == name.as_bytes())
            .and_then(|link| link.ok_or_else(|| io::Error::from_raw_os_error(ENODEV)))
            .map(|link| link.index),
    };
    let index = match found {
        Ok(index) => index,
        Err(error) if matches!(error.raw_os_error(), Some(ENODEV | ENXIO)) => {
            numbered(name.as_bytes()).ok_or_else(|| Error::Missing(name.to_owned()))?
        }
        Err(source) => {
            let name = name.to_owned();
            return Err(Error::Lookup { name, source });
        }
    };
    Ok(index)
}

/// The index of the last of some devices. Each is looked up, as `ip` does: a
/// missing one is an error even where another one follows.
///
/// # Errors
/// As [`index`].
pub fn last_index<'a>(
    socket: impl AsFd,
    names: impl IntoIterator<Item = &'a OsStr>,
) -> Result<Option<u32>, Error> {
    let mut last = None;
    for name in names {
        last = Some(index(&socket, name)?);
    }
    Ok(last)
}

/// Names of devices, each looked up once.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<u32, Vec<u8>>);

impl Names {
    /// As [`name`].
    pub fn name(&mut self, socket: impl AsFd, index: u32) -> &[u8] {
        self.0.entry(index).or_insert_with(|| name(socket, index))
    }
}

/// The name of the device with that index, by any socket of its network
/// namespace; `ifN` if none has it.
pub fn name(socket: impl AsFd, index: u32) -> Vec<u8> {
    match index_to_name_inlined(socket, index) {
        Ok(name) => name.as_bytes().to_vec(),
        // The crate gives UTF-8 alone.
        Err(rustix::io::Errno::ILSEQ) => {
            let link = listed(|link| link.index == index).ok().flatten();
            link.map(|link| link.name).unwrap_or_default()
        }
        Err(_) => format!("if{index}").into_bytes(),
    }
}

/// A device in the list of all.
fn listed(is_meant: impl Fn(&Link) -> bool) -> io::Result<Option<Link>> {
    let links = Network::open().and_then(|mut network| network.links());
    let mut links = links.map_err(io::Error::other)?.entries.into_iter();
    Ok(links.find(is_meant))
}

/// The number in `ifN`, as C's `scanf` reads it: it can have a sign, anything
/// can follow it, and it wraps around. 0 means no device.
fn numbered(name: &[u8]) -> Option<u32> {
    let number = name.strip_prefix(b"if")?;
    let (negative, number) = match number {
        [b'-', number @ ..] => (true, number),
        [b'+', number @ ..] => (false, number),
        number => (false, number),
    };
    let digits = number.iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0u64, |number, digit| {
        number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'))
    });
    let number = if negative {
        number.wrapping_neg()
    } else {
        number
    };
    Some(number as u32).filter(|number| *number != 0)
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn a_number_after_if_is_an_index() {
        let read = [
            ("if2", 2),
            ("if02", 2),
            ("if+2", 2),
            ("if2x", 2),
            ("if-1", u32::MAX),
            ("if4294967297", 1),
        ];
        for (name, index) in read {
            assert_eq!(numbered(name.as_bytes()), Some(index), "{name}");
        }
        for name in ["if", "if0", "if-0", "if0x2", "if4294967296", "IF2", "eth2"] {
            assert_eq!(numbered(name.as_bytes()), None, "{name}");
        }
    }
}

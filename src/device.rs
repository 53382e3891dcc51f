//! Names and numbers of network devices, one at a time.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixDatagram;

use nix::errno::Errno;
use nix::net::if_::{if_indextoname, if_nametoindex};

use crate::cli::DeviceName;
use crate::errno;

/// A device that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No network device of this network namespace has that name.
    #[error("argument \"{}\" is wrong: device does not exist, \"ip link\" shows those that do", .0.0.display())]
    Missing(DeviceName),
    /// The kernel could not be asked.
    #[error("cannot look up the device \"{}\": {}", .name.0.display(), errno::text(*.errno as i32))]
    Lookup {
        /// The device.
        name: DeviceName,
        /// Why not.
        errno: Errno,
    },
}

/// The index of a device. `ifN` names index N even where no device has it.
///
/// # Errors
/// There is no device of that name, or it could not be looked up.
pub fn index(name: &DeviceName) -> Result<i32, Error> {
    let index = match if_nametoindex(name.0.as_os_str()) {
        Ok(index) => index,
        Err(Errno::ENODEV | Errno::ENXIO) => {
            numbered(name.0.as_bytes()).ok_or_else(|| Error::Missing(name.clone()))?
        }
        Err(errno) => {
            // The C library asks by a socket. Without one it says ENOENT, for
            // the last kind of socket that it tried.
            let errno = match UnixDatagram::unbound() {
                Err(error) if errno == Errno::ENOENT => Errno::try_from(error).unwrap_or(errno),
                _ => errno,
            };
            let name = name.clone();
            return Err(Error::Lookup { name, errno });
        }
    };
    Ok(index.cast_signed())
}

/// The index of the last of some devices. Each is looked up, as `ip` does: a
/// missing one is an error even where another one follows.
///
/// # Errors
/// As [`index`].
pub fn last_index(names: &[DeviceName]) -> Result<Option<i32>, Error> {
    let mut last = None;
    for name in names {
        last = Some(index(name)?);
    }
    Ok(last)
}

/// Names of devices, of which each is asked for once.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<i32, Vec<u8>>);

impl Names {
    /// The name of the device with that index, `ifN` if none has it.
    pub fn of(&mut self, index: i32) -> &[u8] {
        self.0.entry(index).or_insert_with(|| name(index))
    }
}

fn name(index: i32) -> Vec<u8> {
    let index = index.cast_unsigned();
    match if_indextoname(index) {
        // An unknown index gets an empty name from nix instead of an error.
        Ok(name) if !name.is_empty() => name.into_bytes(),
        _ => format!("if{index}").into_bytes(),
    }
}

/// The number in `ifN`, as C's `scanf` reads it: a sign may stand before it
/// and anything behind it, and it wraps around. 0 is none.
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

//! Values: numbers, addresses, device names, tokens.
//!
//! Each function reads a word as it was typed, or returns the rule that it breaks.
//! The rules are those of `ip`, which reads numbers as C's `strtoul` does.

use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use crate::pm::Address;

use super::{AddressFault, Error, Hint};

/// The name of a network device, not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName(pub OsString);

/// An address id: 0 to 255.
pub fn id(word: &OsStr) -> Result<u8, Error> {
    up_to(word, u8::MAX.into(), "an id is a number from 0 to 255").map(|number| number as u8)
}

/// The id of an address other than the initial one, which has id 0.
pub fn nonzero_id(word: &OsStr) -> Result<u8, Error> {
    let rule = "the id is a number from 1 to 255; \
                0 is the initial address of the connection";
    match id(word)? {
        0 => Err(Error::argument("id", rule)),
        id => Ok(id),
    }
}

/// The rule for the id of an endpoint.
pub const ENDPOINT_ID: &str = "the id of an endpoint is a number from 1 to 255";

/// The id of an endpoint. 0 is read, too: as with `ip`, it is refused only if
/// no other id comes after it.
pub fn endpoint_id(word: &OsStr) -> Result<u8, Error> {
    up_to(word, u8::MAX.into(), ENDPOINT_ID).map(|number| number as u8)
}

/// A port: 0 to 65535.
pub fn port(word: &OsStr) -> Result<u16, Error> {
    up_to(word, u16::MAX.into(), "a port is a number from 0 to 65535").map(|number| number as u16)
}

/// Port 0 means no port.
pub fn nonzero(port: u16) -> Option<u16> {
    Some(port).filter(|port| *port != 0)
}

/// A limit: 0 to 4294967295.
pub fn limit(word: &OsStr) -> Result<u32, Error> {
    let rule = "a limit is a number from 0 to the kernel's maximum, \
                which is 8 in most versions of Linux";
    up_to(word, u32::MAX.into(), rule).map(|number| number as u32)
}

/// An address, without DNS and without a prefix length.
pub fn address(word: &OsStr) -> Result<Address, Error> {
    let bytes = word.as_bytes();
    let address = match bytes {
        b"any" | b"all" | b"default" => Some(Address::Any),
        _ if bytes.contains(&b':') => ipv6(bytes).map(|ip| Address::Ip(ip.into())),
        _ => ipv4(bytes).map(|ip| Address::Ip(ip.into())),
    };
    address.ok_or_else(|| Error::Address {
        word: word.to_owned(),
        hint: fault(bytes).map(Hint::Address),
    })
}

/// Why the word is no address, guessed from its form.
fn fault(word: &[u8]) -> Option<AddressFault> {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let parts = || word.split(|&byte| byte == b'.');
    let is_octal = |part: &[u8]| part.len() > 1 && part.starts_with(b"0");
    let has_8 = |part: &[u8]| part.iter().all(u8::is_ascii_digit) && part.iter().any(|d| *d > b'7');
    let colon = word.iter().position(|&byte| byte == b':');
    let [first, ..] = word else { return None };
    Some(match first {
        _ if word.contains(&b'/') => AddressFault::Prefix,
        b'-' => return None,
        b'[' => AddressFault::Brackets,
        _ if word.contains(&b'%') => AddressFault::Zone,
        _ if colon.is_some_and(|colon| ipv4(&word[..colon]).is_some() && word.contains(&b'.')) => {
            AddressFault::Port
        }
        _ if colon.is_some() => AddressFault::Groups,
        first if is_letter(first) => AddressFault::Name,
        _ if parts().next_back()?.iter().all(is_letter) && !word.ends_with(b".") => {
            AddressFault::Name
        }
        _ if parts().any(|part| is_octal(part) && has_8(part)) => AddressFault::Octal,
        b'0'..=b'9' | b'.' => AddressFault::Parts,
        _ => return None,
    })
}

/// A name that a network device can have: 1 to 15 bytes, no `/`, no white
/// space, neither `.` nor `..`.
pub fn device(word: &OsStr) -> Result<DeviceName, Error> {
    let bytes = word.as_bytes();
    let wrong = match bytes {
        b"" => Some("the name of a device is not empty"),
        b"." | b".." => Some("no device can have this name"),
        _ if bytes.len() > 15 => Some("the name of a device has at most 15 bytes"),
        _ if bytes.iter().any(|&byte| byte == b'/' || is_space(byte)) => {
            Some("the name of a device has no slash and no white space")
        }
        _ => None,
    };
    match wrong {
        Some(reason) => Err(Error::argument(word, reason)),
        None => Ok(DeviceName(word.to_owned())),
    }
}

/// The token of a connection as `monitor` and `ss -Mi` print it: up to eight
/// hexadecimal digits, with or without `0x`.
pub fn token(word: &OsStr) -> Result<u32, Error> {
    let typed = word.as_bytes();
    let digits = typed
        .strip_prefix(b"0x")
        .or_else(|| typed.strip_prefix(b"0X"))
        .unwrap_or(typed);
    let all_hexadecimal = digits.iter().all(u8::is_ascii_hexdigit);
    let token = match digits.len() {
        1..=8 if all_hexadecimal => std::str::from_utf8(digits).ok(),
        _ => None,
    };
    token
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .ok_or_else(|| {
            let rule = "a token is up to eight hexadecimal digits, \
                        as \"mptcp monitor\" and \"ss -Mi\" print it";
            Error::argument(word, rule)
        })
}

fn up_to(word: &OsStr, max: u64, rule: &'static str) -> Result<u64, Error> {
    number(word.as_bytes())
        .filter(|number| *number <= max)
        .ok_or_else(|| Error::argument(word, rule))
}

/// A number with nothing after it, as `strtoul(…, 0)` of C23 reads it:
/// leading blanks, a sign (a minus wraps around), `0x`, `0b` and `0` prefixes.
pub fn number(bytes: &[u8]) -> Option<u64> {
    let blanks = bytes.iter().take_while(|&&byte| is_space(byte)).count();
    let (negative, digits) = match bytes.get(blanks..)? {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        [b'0', b'b' | b'B', digits @ ..] => (2, digits),
        [b'0', _, ..] => (8, digits),
        _ => (10, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().try_fold(0u64, |number, &byte| {
        let digit = char::from(byte).to_digit(radix)?;
        number.checked_mul(radix.into())?.checked_add(digit.into())
    })?;
    Some(if negative {
        number.wrapping_neg()
    } else {
        number
    })
}

/// The time between two samples: from 0.1 seconds to a day, in decimal and with a
/// fraction if any, of which no more than nanoseconds count.
pub fn interval(word: &OsStr) -> Option<Duration> {
    const LEAST: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_secs(86_400);
    let text = word.to_str()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut digits = whole.bytes().chain(fraction.bytes());
    if !digits.all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = match whole {
        "" => 0,
        whole => whole.parse().ok()?,
    };
    let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = fraction.fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'));
    let time = Duration::new(seconds, nanoseconds);
    (LEAST..=MOST).contains(&time).then_some(time)
}

/// Whether it is white space to C's `isspace`.
pub fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// One to four numbers with dots between them; missing parts are zero at the
/// end, so that `10.1` is 10.1.0.0.
fn ipv4(bytes: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = bytes.split(|&byte| byte == b'.');
    for octet in &mut octets {
        match parts.next() {
            Some(part) => *octet = u8::try_from(number(part)?).ok()?,
            None => break,
        }
    }
    match parts.next() {
        None => Some(Ipv4Addr::from(octets)),
        Some(_) => None,
    }
}

fn ipv6(bytes: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;

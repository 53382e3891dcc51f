//! Numbers and addresses as text, without `core::fmt`, which takes several
//! times as long: a host has tens of thousands of subflows.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};

use crate::ip::Shown;

/// A number in decimal.
pub(super) fn decimal(out: &mut impl Write, mut number: u64) -> io::Result<()> {
    let mut digits = [0; 20];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        used += 1;
        if number == 0 {
            break;
        }
    }
    out.write_all(digits.get(digits.len() - used..).unwrap_or_default())
}

/// A number in hexadecimal, with so many digits at least.
pub(super) fn hexadecimal(out: &mut impl Write, mut number: u32, width: usize) -> io::Result<()> {
    let mut digits = [b'0'; 8];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        if number == 0 {
            break;
        }
        let nibble = (number & 0xf) as u8;
        *digit = nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        number >>= 4;
        used += 1;
    }
    let shown = used.max(width).min(digits.len());
    out.write_all(digits.get(digits.len() - shown..).unwrap_or_default())
}

/// An address.
pub(super) fn address(out: &mut impl Write, ip: IpAddr) -> io::Result<()> {
    match ip {
        IpAddr::V4(ip) => ipv4(out, ip),
        IpAddr::V6(v6) => match v6.segments() {
            // There is an IPv4 address in it.
            [0, 0, 0, 0, 0, 0 | 0xffff, ..] => write!(out, "{}", Shown(ip)),
            segments => ipv6(out, segments),
        },
    }
}

/// The longest row of zeros, the first one of several, is left out.
fn ipv6(out: &mut impl Write, segments: [u16; 8]) -> io::Result<()> {
    let (mut left_out, mut at) = (0..0, 0);
    while let Some(rest @ [_, ..]) = segments.get(at..) {
        let zeros = rest.iter().take_while(|segment| **segment == 0).count();
        if zeros > left_out.len().max(1) {
            left_out = at..at + zeros;
        }
        at += zeros.max(1);
    }
    let (before, after) = (segments.get(..left_out.start), segments.get(left_out.end..));
    if left_out.is_empty() {
        return row(out, &segments);
    }
    row(out, before.unwrap_or_default())?;
    out.write_all(b"::")?;
    row(out, after.unwrap_or_default())
}

fn row(out: &mut impl Write, segments: &[u16]) -> io::Result<()> {
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            out.write_all(b":")?;
        }
        hexadecimal(out, (*segment).into(), 1)?;
    }
    Ok(())
}

fn ipv4(out: &mut impl Write, ip: Ipv4Addr) -> io::Result<()> {
    let mut text = [0; 15];
    let mut places = text.iter_mut();
    let mut used = 0;
    let mut put = |byte| {
        if let Some(place) = places.next() {
            *place = byte;
            used += 1;
        }
    };
    for (index, octet) in ip.octets().into_iter().enumerate() {
        if index > 0 {
            put(b'.');
        }
        if octet >= 100 {
            put(b'0' + octet / 100);
        }
        if octet >= 10 {
            put(b'0' + octet / 10 % 10);
        }
        put(b'0' + octet % 10);
    }
    out.write_all(text.get(..used).unwrap_or_default())
}

/// A number of thousandths, as the whole ones and up to three decimals.
pub(super) fn thousandths(out: &mut impl Write, number: u32) -> io::Result<()> {
    decimal(out, (number / 1000).into())?;
    let rest = number % 1000;
    if rest == 0 {
        return Ok(());
    }
    let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
    let used = digits.iter().rposition(|digit| *digit != b'0');
    out.write_all(b".")?;
    out.write_all(digits.get(..=used.unwrap_or_default()).unwrap_or_default())
}

/// A number with three digits and the letter of a power of `base`, as
/// `ip -human` has them: 1.25M.
pub(super) fn short(out: &mut impl Write, number: u64, iec: bool) -> io::Result<()> {
    let base: u64 = if iec { 1024 } else { 1000 };
    let mut unit = 1;
    let mut letter = None;
    for next in "kMGTPE".chars() {
        if number / base < unit {
            break;
        }
        unit *= base;
        letter = Some(next);
    }
    let Some(letter) = letter else {
        return decimal(out, number);
    };
    // How many parts of the unit are shown.
    let parts: u128 = match number / unit {
        0..10 => 100,
        10..100 => 10,
        _ => 1,
    };
    let unit = u128::from(unit);
    let shown = (u128::from(number) * parts + unit / 2) / unit;
    write!(out, "{}", shown / parts)?;
    match parts {
        100 => write!(out, ".{:02}", shown % parts)?,
        10 => write!(out, ".{}", shown % parts)?,
        _ => {}
    }
    let i = if iec { "i" } else { "" };
    write!(out, "{letter}{i}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut text = Vec::new();
        write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_those_of_the_standard_library() {
        for number in [0, 1, 9, 10, 99, 100, 65535, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(text(|out| decimal(out, number)), number.to_string());
        }
        for number in [0, 1, 0xf, 0x10, 0xabc, 0x0521_dc47, u32::MAX] {
            assert_eq!(
                text(|out| hexadecimal(out, number, 8)),
                format!("{number:08x}")
            );
            assert_eq!(
                text(|out| hexadecimal(out, number, 1)),
                format!("{number:x}")
            );
        }
        for ip in [
            "0.0.0.0",
            "10.0.1.255",
            "255.255.255.255",
            "1.20.30.99",
            "::1",
            "::",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "2001:db8::a",
            "2001:db8:0:1:1:1:1:1",
            "1:0:0:4::",
            "1:0:0:4:5::",
            "1::4:0:0:7:8",
            "::3:4:5:6:7:8",
            "::ffff:0:102:304",
            "1:2:3:4:5:6:7:8",
        ] {
            assert_eq!(text(|out| address(out, ip.parse().unwrap())), ip);
        }
    }

    #[test]
    fn thousandths_lose_the_zeros_at_their_end() {
        let shown = [
            (0, "0"),
            (1, "0.001"),
            (1500, "1.5"),
            (20, "0.02"),
            (7000, "7"),
        ];
        for (number, expected) in shown {
            assert_eq!(text(|out| thousandths(out, number)), expected);
        }
    }

    #[test]
    fn a_short_number_has_three_digits() {
        let shown = [
            (0, "0"),
            (999, "999"),
            (1000, "1.00k"),
            (12_345, "12.3k"),
            (1_250_000, "1.25M"),
            (999_999, "1000k"),
            (u64::MAX, "18.4E"),
        ];
        for (number, expected) in shown {
            assert_eq!(text(|out| short(out, number, false)), expected);
        }
        assert_eq!(text(|out| short(out, 1000, true)), "1000");
        assert_eq!(text(|out| short(out, 1536, true)), "1.50ki");
    }
}

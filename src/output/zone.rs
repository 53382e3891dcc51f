//! Time zones as the C library reads the variable TZ (tzset(3)).
//!
//! tz-rs knows zone files and what is between them; the rules that TZ itself may hold
//! it takes in part only, so that it is put into the form here that it has at
//! the end of a zone file (RFC 9636, section 3.3.1).

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tz::TimeZone;

/// Where zone files are.
const FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/share/zoneinfo", "/etc/zoneinfo"];

/// A zone file has a few kilobytes.
const LARGEST: u64 = 1 << 20;

/// The rules of a zone that has two times and does not specify when: those of the
/// United States, as in the C library.
const BEGIN: &str = ",M3.2.0";
const END: &str = ",M11.1.0";

/// The zone that TZ names, else the system's. None where it names none: the
/// C library shows UTC then.
pub(super) fn zone(tz: Option<&str>) -> Option<TimeZone> {
    let Some(tz) = tz else {
        return match read("/etc/localtime") {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(TimeZone::utc()),
            file => TimeZone::from_tz_data(&file.ok()?).ok(),
        };
    };
    let name = tz.strip_prefix(':').unwrap_or(tz);
    if matches!(name, "" | "UTC" | "GMT" | "Etc/UTC" | "Universal" | "Zulu") {
        return Some(TimeZone::utc());
    }
    let file = if name.starts_with('/') {
        read(name).ok()
    } else {
        let files = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
        files.filter_map(|file| read(file).ok()).next()
    };
    match file.filter(|file| file.starts_with(b"TZif")) {
        Some(file) => TimeZone::from_tz_data(&file).ok(),
        None => from_rule(&normal(name)?),
    }
}

/// Reads a file, and no device that has no end.
fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    if !fs::metadata(&path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A zone without a file, by its rule.
fn from_rule(rule: &str) -> Option<TimeZone> {
    // Version 3, and after the reserved bytes how many there are of each kind:
    // one type of local time, and the four bytes of its name.
    let mut part = b"TZif3".to_vec();
    part.extend([0; 15]);
    for count in [0, 0, 0, 0, 1, 4u32] {
        part.extend(count.to_be_bytes());
    }
    // Its distance from UTC, whether it is summer, where its name begins.
    part.extend([0; 6]);
    part.extend(b"UTC\0");
    let file = [&part, &part, format!("\n{rule}\n").as_bytes()].concat();
    TimeZone::from_tz_data(&file).ok()
}

/// The rule in TZ, in full and strictly: names of any length (which are
/// not printed) become short ones, numbers too large the largest, and rules that
/// are left out are those of the C library.
fn normal(tz: &str) -> Option<String> {
    let (_, rest) = name(tz)?;
    let (winter, rest) = offset(rest)?;
    let standard = format!("<AAA>{}", shown(winter));
    let Some((_, rest)) = name(rest) else {
        return Some(standard);
    };
    let (summer, rest) = offset(rest).unwrap_or((winter - 3600, rest));
    let rules = match rest.matches(',').count() {
        _ if matches!(rest, "" | ",") => format!("{BEGIN}{END}"),
        1 => format!("{rest}{END}"),
        _ => rest.to_owned(),
    };
    Some(format!("{standard}<BBB>{}{rules}", shown(summer)))
}

/// A name, of three characters at least, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?,
        None => {
            let is_other = |character: char| !character.is_ascii_alphabetic();
            text.split_at(text.find(is_other).unwrap_or(text.len()))
        }
    };
    (name.len() >= 3).then_some((name, rest))
}

/// Seconds to the west of Greenwich, written as `[+-]H[:M[:S]]`, and what
/// follows.
fn offset(text: &str) -> Option<(i32, &str)> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut seconds = 0;
    for (unit, most) in [(3600, 24), (60, 59), (1, 59)] {
        if unit < 3600 {
            match rest.strip_prefix(':') {
                Some(after) => rest = after,
                None => break,
            }
        }
        let is_other = |character: char| !character.is_ascii_digit();
        let (digits, after) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        if digits.is_empty() {
            return None;
        }
        seconds += unit * digits.parse().unwrap_or(most).min(most);
        rest = after;
    }
    Some((sign * seconds, rest))
}

fn shown(seconds: i32) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.abs().min(24 * 3600);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{sign}{hours}:{minutes}:{}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of 2026: 21 November, 2 July, 20 March, 29 October.
    const TIMES: [i64; 4] = [1_795_281_399, 1_783_000_000, 1_774_000_000, 1_793_300_000];

    /// What glibc 2.36 has at these times, in seconds to the east.
    #[test]
    fn it_is_what_the_c_library_has() {
        let berlin = [3600, 7200, 3600, 3600];
        for (tz, east) in [
            ("CET-1CEST", [3600, 7200, 7200, 7200]),
            ("CET-1CEST,", [3600, 7200, 7200, 7200]),
            (
                "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                [-7200, -3600, -7200, -7200],
            ),
            ("ABCDEFGHIJKLM-3", [10800; 4]),
            ("EST5", [-18000; 4]),
            ("EST+25", [-86400; 4]),
            ("EST-30", [86400; 4]),
            ("EST5:30:30", [-19830; 4]),
            ("XST5XDT4", [-18000, -14400, -14400, -14400]),
            ("CET-1CEST,M3.5.0", [3600, 7200, 3600, 7200]),
            ("CET-1CEST,J80,J300", berlin),
            ("CET-1CEST,80,300", berlin),
            ("CET-1CEST,M3.5.0/2:30,M10.5.0/3", berlin),
            ("<+0330>-3:30", [12600; 4]),
            ("CET-1 CEST", [3600; 4]),
            ("CET-1:99", [7140; 4]),
            ("UTC", [0; 4]),
            ("", [0; 4]),
        ] {
            let zone = zone(Some(tz)).expect(tz);
            let east_at = |time| {
                zone.find_local_time_type(time)
                    .map(|kind| kind.ut_offset())
                    .ok()
            };
            assert_eq!(TIMES.map(east_at), east.map(Some), "{tz}");
        }
    }

    #[test]
    fn what_names_no_zone_is_none() {
        for tz in [
            "AB3",
            "<A>3",
            "<>3",
            "ABC",
            "ABC+",
            "Nowhere/Atall",
            " CET-1",
            "é-3",
            "/etc/passwd",
            "CET-1CEST,M13.5.0,M10.5.0",
            "/dev/zero",
            "CET-1CEST,M3.5.0,M10.5.0/3junk",
        ] {
            assert_eq!(zone(Some(tz)), None, "{tz}");
        }
    }
}

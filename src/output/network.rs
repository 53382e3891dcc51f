//! Links, addresses, routes and routing rules, as `report` prints them: a line
//! each, in the words of ip(8).

use std::io::{self, Write};

use super::Printer;
use crate::network::{Address, Link, Prefix, Rule, TableRoute};

/// Writes a link.
pub fn link<W: Write>(printer: &mut Printer<W>, link: &Link) -> io::Result<()> {
    let out = &mut printer.out;
    write!(out, "{} index {}", name(&link.name), link.index)?;
    flags(
        out,
        &[
            ("up", link.up),
            ("carrier", link.carrier),
            ("loopback", link.loopback),
            ("point-to-point", link.point_to_point),
        ],
    )?;
    if let Some(mtu) = link.mtu {
        write!(out, " mtu {mtu}")?;
    }
    if let Some(master) = link.master {
        write!(out, " master {master}")?;
    }
    if !link.kind.is_empty() {
        write!(out, " kind {}", link.kind)?;
    }
    writeln!(out)
}

/// Writes an address of the device of that name.
pub fn address<W: Write>(
    printer: &mut Printer<W>,
    address: &Address,
    device: &[u8],
) -> io::Result<()> {
    let out = &mut printer.out;
    let prefix = Prefix(address.ip, address.prefix);
    write!(out, "{} dev {}", self::prefix(prefix), name(device))?;
    flags(
        out,
        &[
            ("tentative", address.tentative),
            ("dadfailed", address.duplicate),
            ("deprecated", address.deprecated),
            ("temporary", address.temporary),
        ],
    )?;
    writeln!(out)
}

/// Writes a route by the device of that name.
pub fn route<W: Write>(
    printer: &mut Printer<W>,
    route: &TableRoute,
    device: Option<&[u8]>,
) -> io::Result<()> {
    let out = &mut printer.out;
    if route.kind != "unicast" {
        write!(out, "{} ", route.kind)?;
    }
    match route.to {
        Some(to) => write!(out, "{}", prefix(to))?,
        None if route.ipv6 => write!(out, "default inet6")?,
        None => write!(out, "default")?,
    }
    if let Some(gateway) = route.gateway {
        write!(out, " via {gateway}")?;
    }
    if let Some(device) = device {
        write!(out, " dev {}", name(device))?;
    }
    if let Some(source) = route.source {
        write!(out, " src {source}")?;
    }
    if route.metric != 0 {
        write!(out, " metric {}", route.metric)?;
    }
    writeln!(out, " table {}", route.table)
}

/// Writes a routing rule.
pub fn rule<W: Write>(printer: &mut Printer<W>, rule: &Rule) -> io::Result<()> {
    let out = &mut printer.out;
    let family = if rule.ipv6 { "inet6" } else { "inet" };
    let from = rule.from.map_or_else(|| "all".to_owned(), prefix);
    write!(out, "{}: {family} from {from}", rule.priority)?;
    if let Some(to) = rule.to {
        write!(out, " to {}", prefix(to))?;
    }
    for (word, device) in [("iif", &rule.iif), ("oif", &rule.oif)] {
        if let Some(device) = device {
            write!(out, " {word} {}", name(device))?;
        }
    }
    if let Some(mark) = rule.mark {
        write!(out, " fwmark {mark:#x}")?;
    }
    if let Some((first, last)) = rule.uids {
        write!(out, " uidrange {first}-{last}")?;
    }
    writeln!(out, " {} {}", rule.action, rule.table)
}

/// Writes the words of the flags that are set.
fn flags(out: &mut impl Write, flags: &[(&str, bool)]) -> io::Result<()> {
    let mut set = flags.iter().filter(|(_, is_set)| *is_set);
    set.try_for_each(|(word, _)| write!(out, " {word}"))
}

fn prefix(Prefix(ip, length): Prefix) -> String {
    format!("{ip}/{length}")
}

/// The name of a device, with what a terminal would obey escaped.
fn name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().to_string()
}

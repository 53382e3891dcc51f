//! The state of a host on one screen, as `status` prints it.

use std::io::{self, Write};

use crate::cli::Scale;
use crate::counted::counted;
use crate::pm::Limits;
use crate::status::{Choice, Counts, Device, EndpointStatus, Status, Usage};
use crate::visible::Visible;

use super::endpoint::fields as endpoint_fields;
use super::field::scaled;
use super::limits::fields as limit_fields;
use super::{Color, Field, Names, Palette, Printer, Value, endpoint};

/// What stands before the second line of an endpoint.
const INDENT: &str = "    ";

/// Writes the state of a host: in text some lines, in JSON one object.
pub fn status<W: Write>(printer: &mut Printer<W>, status: &Status, scale: Scale) -> io::Result<()> {
    if printer.is_text() {
        return text(printer, status, scale);
    }
    record(printer, status)?;
    printer.raw("\n")
}

fn text<W: Write>(printer: &mut Printer<W>, status: &Status, scale: Scale) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    writeln!(printer.out, "mptcp {version}, Linux {}", status.kernel)?;
    let enabled = match status.enabled {
        Some(true) => "on",
        Some(false) => "off",
        None => "unknown",
    };
    row(printer, "MPTCP", enabled)?;
    row(printer, "path manager", &choice(&status.path_manager))?;
    row(printer, "scheduler", &choice(&status.scheduler))?;
    row(printer, "limits", &limits(&status.limits))?;
    for (name, value) in &status.sysctls {
        row(printer, "sysctl", &format!("{name} = {value}"))?;
    }
    if !status.managers.is_empty() {
        row(printer, "managers", &status.managers.join(", "))?;
    }
    printer.out.write_all(b"\n")?;
    if status.endpoints.is_empty() {
        printer.out.write_all(b"no endpoints\n")?;
    }
    for one in &status.endpoints {
        let names = Names {
            device: one.bound.clone(),
            host: None,
        };
        endpoint(printer, &one.endpoint, &names)?;
        let palette = printer.palette();
        let (device, color) = device(one.device.as_ref(), one.bound.is_none());
        let device = colored(&device, color, palette);
        let usage = usage(&one.usage, scale)?;
        write!(printer.out, "{INDENT}{device}; {usage}")?;
        if one.usage.stalled > 0 {
            let stalled = format!("{} stalled", one.usage.stalled);
            write!(
                printer.out,
                "; {}",
                colored(&stalled, Some(Color::Down), palette)
            )?;
        }
        printer.out.write_all(b"\n")?;
    }
    printer.out.write_all(b"\n")?;
    match &status.connections {
        Some(counts) => connections(printer, counts)?,
        None => printer.out.write_all(b"connections: unknown\n")?,
    }
    let color = match (status.problems, status.warnings) {
        (0, 0) => None,
        (0, _) => Some(Color::Warn),
        _ => Some(Color::Down),
    };
    let verdict = colored(&status.verdict, color, printer.palette());
    write!(printer.out, "check: {verdict}")?;
    match status.problems + status.warnings {
        0 => writeln!(printer.out),
        _ => writeln!(printer.out, "; for details, run: mptcp check"),
    }
}

fn row<W: Write>(printer: &mut Printer<W>, name: &str, value: &str) -> io::Result<()> {
    writeln!(printer.out, "{name:<14}{value}")
}

fn colored(text: &str, color: Option<Color>, palette: Palette) -> String {
    match color.and_then(|color| palette.escape(color)) {
        Some(escape) => format!("{escape}{text}{}", Palette::RESET),
        None => text.to_owned(),
    }
}

fn choice(choice: &Choice) -> String {
    let current = choice.current.as_deref().unwrap_or("unknown");
    match choice.available.as_slice() {
        [] => current.to_owned(),
        available => format!("{current} (available: {})", available.join(", ")),
    }
}

fn limits(limits: &Limits) -> String {
    let limit =
        |limit: Option<u32>| limit.map_or_else(|| "unknown".to_owned(), |limit| limit.to_string());
    format!(
        "subflows {}, add_addr_accepted {}",
        limit(limits.subflows),
        limit(limits.add_addr_accepted)
    )
}

/// The device in words. Its name is left out where the line before has it.
fn device(device: Option<&Device>, with_name: bool) -> (String, Option<Color>) {
    let Some(device) = device else {
        return ("no device has this address".to_owned(), Some(Color::Down));
    };
    let mut text = String::new();
    if with_name {
        text = format!("{} ", Visible(&device.name));
    }
    let color = match (device.up, device.carrier) {
        (true, true) => {
            text += "up";
            Color::Up
        }
        (true, false) => {
            text += "no carrier";
            Color::Down
        }
        (false, _) => {
            text += "down";
            Color::Down
        }
    };
    if let Some(gateway) = device.gateway {
        text += &format!(" via {gateway}");
    }
    (text, Some(color))
}

fn usage(usage: &Usage, scale: Scale) -> io::Result<String> {
    let human = Scale {
        human: true,
        ..scale
    };
    let size = |number| -> io::Result<String> {
        let mut text = Vec::new();
        scaled(&mut text, number, human)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    let mut text = match usage.connections {
        0 => return Ok("no connections".to_owned()),
        count => counted(count, "connection"),
    };
    text += &format!("; sent {}B", size(usage.bytes_acked)?);
    text += &format!(", received {}B", size(usage.bytes_received)?);
    if let Some(share) = usage.share {
        text += &format!(" ({}%)", (share + 5) / 10);
    }
    Ok(text)
}

fn connections<W: Write>(printer: &mut Printer<W>, counts: &Counts) -> io::Result<()> {
    match counts.total {
        0 => return printer.out.write_all(b"no connections\n"),
        1 => printer.out.write_all(b"1 connection")?,
        count => write!(printer.out, "{count} connections")?,
    }
    let paths = counts.by_paths.iter().map(|(paths, count)| match paths {
        1 => format!("{count} with 1 path"),
        paths => format!("{count} with {paths} paths"),
    });
    let fallback = counts
        .fallback
        .iter()
        .map(|(reason, count)| format!("{count} fallen back ({reason})"));
    let mut parts: Vec<String> = paths.chain(fallback).collect();
    if counts.stalled > 0 {
        let stalled = format!("{} stalled", counts.stalled);
        parts.push(colored(&stalled, Some(Color::Down), printer.palette()));
    }
    if !parts.is_empty() {
        write!(printer.out, ": {}", parts.join(", "))?;
    }
    writeln!(printer.out)
}

fn record<W: Write>(printer: &mut Printer<W>, status: &Status) -> io::Result<()> {
    printer.begin_record()?;
    let version = Value::Text(env!("CARGO_PKG_VERSION").as_bytes());
    printer.field(Field::spaced("version", version))?;
    printer.field(Field::spaced(
        "kernel",
        Value::Text(status.kernel.as_bytes()),
    ))?;
    if let Some(enabled) = status.enabled {
        printer.field(Field::spaced("enabled", Value::Truth(enabled)))?;
    }
    let [path_managers, schedulers] = ["available_path_managers", "available_schedulers"];
    for (key, available, choice) in [
        ("path_manager", path_managers, &status.path_manager),
        ("scheduler", schedulers, &status.scheduler),
    ] {
        if let Some(current) = &choice.current {
            printer.field(Field::spaced(key, Value::Text(current.as_bytes())))?;
        }
        printer.field(Field::spaced(available, Value::List(&choice.available)))?;
    }
    printer.begin_object("sysctls")?;
    for (name, value) in &status.sysctls {
        printer.field(Field::spaced(name, Value::Text(value.as_bytes())))?;
    }
    printer.end_object()?;
    printer.begin_object("limits")?;
    limit_fields(printer, &status.limits)?;
    printer.end_object()?;
    printer.begin_nested("endpoints")?;
    for one in &status.endpoints {
        printer.begin_inner()?;
        endpoint_record(printer, one)?;
        printer.end_inner()?;
    }
    printer.end_nested()?;
    if let Some(counts) = &status.connections {
        counts_record(printer, counts)?;
    }
    printer.field(Field::spaced("managers", Value::List(&status.managers)))?;
    count(printer, "problems", status.problems)?;
    count(printer, "warnings", status.warnings)?;
    let verdict = Value::Text(status.verdict.as_bytes());
    printer.field(Field::spaced("verdict", verdict))?;
    printer.end_record()
}

fn endpoint_record<W: Write>(printer: &mut Printer<W>, one: &EndpointStatus) -> io::Result<()> {
    let names = Names {
        device: one.bound.clone(),
        host: None,
    };
    endpoint_fields(printer, &one.endpoint, &names)?;
    if let Some(device) = &one.device {
        printer.field(Field::spaced("device", Value::Device(&device.name)))?;
        for (key, is_set) in [("up", device.up), ("carrier", device.carrier)] {
            if is_set {
                printer.field(Field::spaced(key, Value::Set(key)))?;
            }
        }
        if let Some(gateway) = device.gateway {
            printer.field(Field::spaced("gateway", Value::Address(gateway)))?;
        }
    }
    let usage = &one.usage;
    count(printer, "connections", usage.connections)?;
    count(printer, "stalled", usage.stalled)?;
    for (key, bytes) in [
        ("bytes_acked", usage.bytes_acked),
        ("bytes_received", usage.bytes_received),
    ] {
        printer.field(Field::spaced(key, Value::Count(bytes)))?;
    }
    match usage.share {
        Some(share) => printer.field(Field::spaced("share", Value::Thousandths(share))),
        None => Ok(()),
    }
}

fn counts_record<W: Write>(printer: &mut Printer<W>, counts: &Counts) -> io::Result<()> {
    printer.begin_object("connections")?;
    count(printer, "total", counts.total)?;
    printer.begin_object("by_paths")?;
    for (paths, connections) in &counts.by_paths {
        count(printer, &paths.to_string(), *connections)?;
    }
    printer.end_object()?;
    printer.begin_object("fallback")?;
    for (reason, connections) in &counts.fallback {
        count(printer, reason, *connections)?;
    }
    printer.end_object()?;
    count(printer, "stalled", counts.stalled)?;
    printer.end_object()
}

fn count<W: Write>(printer: &mut Printer<W>, key: &str, count: usize) -> io::Result<()> {
    printer.field(Field::spaced(key, Value::Count(count as u64)))
}

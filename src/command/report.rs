//! `report`: all that a maintainer asks for, in one text.

use std::env::consts::ARCH;
use std::ffi::OsStr;
use std::fs;

use crate::cli::report::Report;
use crate::failure::{Failure, Status};
use crate::kernel::counters::{Counters, TCP_EXT};
use crate::kernel::{devices, sysctl};
use crate::network::{Prefix, Rule, TableRoute};
use crate::output::{self, Printer};
use crate::redact::Redactor;

use super::Session;

/// How many routes are listed at the most.
const ROUTES: usize = 200;

/// The counters of TCP that tell of paths.
const TCP_COUNTERS: [&str; 7] = [
    "TCPTimeouts",
    "TCPLossProbes",
    "TCPSynRetrans",
    "TCPAbortOnTimeout",
    "TCPMTUPFail",
    "TCPMTUPSuccess",
    "IPReversePathFilter",
];

/// The sysctls outside of `net.mptcp` that matter to MPTCP.
const SYSCTLS: [&str; 5] = [
    "net.ipv4.tcp_timestamps",
    "net.ipv4.tcp_syn_retries",
    "net.ipv4.tcp_mtu_probing",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.default.rp_filter",
];

/// Prints it. What one part lacks is said there, and the others follow.
pub fn run(session: &mut Session, request: &Report) -> Result<Status, Failure> {
    session.printer = Printer::text_in(Default::default(), false, || output::Palette::None);
    session.printer.escape_devices(true);
    let options = &mut session.options;
    (options.stats, options.details, options.json) = (true, true, false);
    // Names would tell what addresses are.
    options.resolve = false;
    if request.public {
        session.printer.get_mut().hold();
        let notice = "Addresses and tokens are replaced: the same one always by the same one, and \
                      those of one network by those of one network.";
        line(session, notice)?;
        line(session, "")?;
    }
    let redactor = request.public.then(|| redactor(session));
    sections(session)?;
    if let Some(mut redactor) = redactor {
        let text = session.printer.get_mut().release();
        let text = redactor.redact(&String::from_utf8_lossy(&text));
        session.print(|printer| printer.raw(&text))?;
    }
    Ok(Status::Done)
}

/// One that knows the networks of this host.
fn redactor(session: &mut Session) -> Redactor {
    let addresses = session.kernel.snapshot().addresses;
    let addresses = addresses.map(|dump| dump.entries).unwrap_or_default();
    Redactor::new(
        addresses
            .into_iter()
            .map(|address| (address.ip, address.prefix)),
    )
}

fn sections(session: &mut Session) -> Result<(), Failure> {
    command(session, "status", &["status"])?;
    heading(session, "build")?;
    let libc = if cfg!(target_env = "musl") {
        "musl"
    } else {
        "glibc"
    };
    let linked = if cfg!(target_feature = "crt-static") {
        "static"
    } else {
        "dynamic"
    };
    let version = env!("CARGO_PKG_VERSION");
    line(
        session,
        &format!("mptcp {version}, {ARCH}, {libc}, {linked}"),
    )?;
    heading(session, "kernel")?;
    kernel_configuration(session)?;
    heading(session, "sysctls")?;
    for (name, value) in sysctl::mptcp() {
        line(session, &format!("net.mptcp.{name} = {value}"))?;
    }
    for name in SYSCTLS {
        if let Ok(Some(value)) = sysctl::read(name) {
            line(session, &format!("{name} = {value}"))?;
        }
    }
    command(session, "endpoints", &["endpoint", "show"])?;
    command(session, "limits", &["limits", "show"])?;
    heading(session, "links")?;
    links(session)?;
    heading(session, "addresses")?;
    addresses(session)?;
    heading(session, "routes")?;
    routes(session)?;
    heading(session, "rules")?;
    rules(session)?;
    command(session, "counters", &["counters", "show"])?;
    let counters = Counters::read().unwrap_or_default();
    for name in TCP_COUNTERS {
        if let Some(value) = counters.get(TCP_EXT, name) {
            line(session, &format!("  {name:<24} {value:>10}"))?;
        }
    }
    command(session, "connections", &["connection", "show"])?;
    command(session, "check", &["check", "all"])
}

/// A section that a command of ours prints.
fn command(session: &mut Session, title: &str, words: &[&str]) -> Result<(), Failure> {
    heading(session, title)?;
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    match session.execute(&words) {
        Ok(_) => Ok(()),
        Err(error @ Failure::Output(_)) => Err(error),
        Err(failure) => unavailable(session, failure.message()),
    }
}

fn unavailable(session: &mut Session, why: impl std::fmt::Display) -> Result<(), Failure> {
    line(session, &format!("(not available: {why})"))
}

fn heading(session: &mut Session, title: &str) -> Result<(), Failure> {
    let first = title == "status";
    line(
        session,
        &format!("{}## {title}\n", if first { "" } else { "\n" }),
    )
}

fn line(session: &mut Session, text: &str) -> Result<(), Failure> {
    session.print(|printer| printer.raw(text).and_then(|()| printer.raw("\n")))?;
    Ok(())
}

/// The options of the kernel's build that matter to MPTCP.
fn kernel_configuration(session: &mut Session) -> Result<(), Failure> {
    let release = sysctl::read("kernel.osrelease")
        .ok()
        .flatten()
        .unwrap_or_default();
    line(session, &format!("Linux {release}"))?;
    let file = format!("/boot/config-{release}");
    let matters = |text: &&str| text.contains("MPTCP") || text.contains("CONFIG_INET_DIAG");
    match fs::read_to_string(&file) {
        Ok(text) => text
            .lines()
            .filter(matters)
            .try_for_each(|text| line(session, text)),
        Err(error) => {
            let why = crate::errno::text_of(&error);
            unavailable(
                session,
                format!("{file}: {why}; try: zgrep MPTCP /proc/config.gz"),
            )
        }
    }
}

fn links(session: &mut Session) -> Result<(), Failure> {
    let links = session.kernel.network().and_then(|network| network.links());
    let links = match links {
        Ok(links) => links.entries,
        Err(error) => return unavailable(session, error),
    };
    for link in &links {
        let mut text = format!("{} index {}", link.label().escape_debug(), link.index);
        for (word, is_set) in [
            (" up", link.up),
            (" carrier", link.carrier),
            (" loopback", link.loopback),
            (" point-to-point", link.point_to_point),
        ] {
            text += if is_set { word } else { "" };
        }
        if let Some(mtu) = link.mtu {
            text += &format!(" mtu {mtu}");
        }
        if let Some(master) = link.master {
            text += &format!(" master {master}");
        }
        if !link.kind.is_empty() {
            text += &format!(" kind {}", link.kind);
        }
        line(session, &text)?;
    }
    Ok(())
}

fn addresses(session: &mut Session) -> Result<(), Failure> {
    let addresses = session
        .kernel
        .network()
        .and_then(|network| network.addresses());
    let addresses = match addresses {
        Ok(addresses) => addresses.entries,
        Err(error) => return unavailable(session, error),
    };
    for address in addresses {
        let mut text = format!("{}/{}", address.ip, address.prefix);
        text += &device(session, address.device);
        for (word, is_set) in [
            (" tentative", address.tentative),
            (" dadfailed", address.duplicate),
            (" deprecated", address.deprecated),
            (" temporary", address.temporary),
        ] {
            text += if is_set { word } else { "" };
        }
        line(session, &text)?;
    }
    Ok(())
}

fn routes(session: &mut Session) -> Result<(), Failure> {
    let mut routes: Vec<TableRoute> = Vec::new();
    let mut left_out = 0_usize;
    let listed = session.kernel.network().and_then(|network| {
        network.table_routes(|route| {
            if routes.len() < ROUTES {
                routes.push(route);
            } else {
                left_out += 1;
            }
        })
    });
    for route in routes {
        let text = route_text(session, &route);
        line(session, &text)?;
    }
    if left_out > 0 {
        line(session, &format!("and {left_out} more"))?;
    }
    listed.or_else(|error| unavailable(session, error))
}

fn route_text(session: &mut Session, route: &TableRoute) -> String {
    let mut text = match route.kind.as_str() {
        "unicast" => String::new(),
        kind => format!("{kind} "),
    };
    text += &route.to.map_or_else(|| "default".to_owned(), prefix);
    if route.to.is_none() && route.ipv6 {
        text += " inet6";
    }
    if let Some(gateway) = route.gateway {
        text += &format!(" via {gateway}");
    }
    if route.device != 0 {
        text += &device(session, route.device);
    }
    if let Some(source) = route.source {
        text += &format!(" src {source}");
    }
    if route.metric != 0 {
        text += &format!(" metric {}", route.metric);
    }
    text + &format!(" table {}", route.table)
}

fn rules(session: &mut Session) -> Result<(), Failure> {
    let rules = session.kernel.network().and_then(|network| network.rules());
    let rules = match rules {
        Ok(rules) => rules,
        Err(error) => return unavailable(session, error),
    };
    rules
        .iter()
        .try_for_each(|rule| line(session, &rule_text(rule)))
}

fn rule_text(rule: &Rule) -> String {
    let name = |name: &[u8]| String::from_utf8_lossy(name).escape_debug().to_string();
    let family = if rule.ipv6 { "inet6" } else { "inet" };
    let mut text = format!("{}: {family}", rule.priority);
    text += &format!(
        " from {}",
        rule.from.map_or_else(|| "all".to_owned(), prefix)
    );
    if let Some(to) = rule.to {
        text += &format!(" to {}", prefix(to));
    }
    for (word, device) in [("iif", &rule.iif), ("oif", &rule.oif)] {
        if let Some(device) = device {
            text += &format!(" {word} {}", name(device));
        }
    }
    if let Some(mark) = rule.mark {
        text += &format!(" fwmark {mark:#x}");
    }
    if let Some((first, last)) = rule.uids {
        text += &format!(" uidrange {first}-{last}");
    }
    text + &format!(" {} {}", rule.action, rule.table)
}

fn prefix(Prefix(ip, length): Prefix) -> String {
    format!("{ip}/{length}")
}

/// The name of a device, as ` dev NAME`.
fn device(session: &mut Session, index: u32) -> String {
    let name = session.kernel.network().map(|network| {
        let mut names = devices::Names::default();
        names.name(&*network, index.cast_signed()).to_vec()
    });
    let name = name.unwrap_or_else(|_: crate::netlink::Error| format!("if{index}").into_bytes());
    format!(" dev {}", String::from_utf8_lossy(&name).escape_debug())
}

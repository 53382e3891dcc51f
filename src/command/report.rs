//! `report`: all that a maintainer asks for, in one text.

use std::env::consts::ARCH;
use std::ffi::OsStr;

use crate::cli::report::Report;
use crate::errno::text_of;
use crate::failure::{Failure, Status};
use crate::kernel::counters::{Counters, TCP_EXT};
use crate::kernel::devices::Names;
use crate::kernel::{build, sysctl};
use crate::network::TableRoute;
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
    let mut names = Names::default();
    addresses(session, &mut names)?;
    heading(session, "routes")?;
    routes(session, &mut names)?;
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
    let file = build::file(&release);
    match build::options(&file) {
        Ok(options) => options.iter().try_for_each(|option| line(session, option)),
        Err(error) => {
            let why = text_of(&error);
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
        session.print(|printer| output::link(printer, link))?;
    }
    Ok(())
}

fn addresses(session: &mut Session, names: &mut Names) -> Result<(), Failure> {
    let addresses = session
        .kernel
        .network()
        .and_then(|network| network.addresses());
    let addresses = match addresses {
        Ok(addresses) => addresses.entries,
        Err(error) => return unavailable(session, error),
    };
    for address in &addresses {
        let device = device(session, names, address.device);
        session.print(|printer| output::address(printer, address, &device))?;
    }
    Ok(())
}

fn routes(session: &mut Session, names: &mut Names) -> Result<(), Failure> {
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
    for route in &routes {
        let device = (route.device != 0).then(|| device(session, names, route.device));
        session.print(|printer| output::route(printer, route, device.as_deref()))?;
    }
    if left_out > 0 {
        line(session, &format!("and {left_out} more"))?;
    }
    listed.or_else(|error| unavailable(session, error))
}

fn rules(session: &mut Session) -> Result<(), Failure> {
    let rules = session.kernel.network().and_then(|network| network.rules());
    let rules = match rules {
        Ok(rules) => rules,
        Err(error) => return unavailable(session, error),
    };
    for rule in &rules {
        session.print(|printer| output::rule(printer, rule))?;
    }
    Ok(())
}

/// The name of a device.
fn device(session: &mut Session, names: &mut Names, index: u32) -> Vec<u8> {
    match session.kernel.network() {
        Ok(network) => names.name(&*network, index).to_vec(),
        Err(_) => format!("if{index}").into_bytes(),
    }
}

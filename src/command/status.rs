//! `status`: how this host is, on one screen.

use std::net::IpAddr;

use crate::check::facts::Kind;
use crate::check::inspect::FAR;
use crate::check::{self, Facts, Level};
use crate::failure::{Failure, Status as Exit};
use crate::kernel::{Kernel, sysctl};
use crate::network::{Link, Lookup};
use crate::output;
use crate::pm::Endpoint;
use crate::status::{self, Choice, Device, EndpointStatus, Status};

use super::Session;
use super::check::gather::{self, Selection};

/// Shows it. That something is wrong is no failure: `check` says so.
pub fn run(session: &mut Session) -> Result<Exit, Failure> {
    session.printer.escape_devices(true);
    let selection = Selection {
        family: session.options.family,
        token: None,
        all: true,
    };
    let mut facts = gather::observe(&mut session.kernel, selection)?;
    let lacks = |what| facts.unavailable.iter().any(|missing| missing.what == what);
    let sees_connections = !lacks(Kind::Connections) && !lacks(Kind::Subflows);
    let connections = sees_connections.then(|| status::count(&facts.connections));
    let endpoints = endpoints(&mut session.kernel, &facts);
    gather::complete(&mut session.kernel, &mut facts, selection);
    let report = check::judge(&facts, false);
    let status = Status {
        kernel: read("kernel.osrelease").unwrap_or_default(),
        enabled: facts.sysctl("net.mptcp.enabled").map(|value| value != "0"),
        path_manager: choice(sysctl::path_manager(), "available_path_managers"),
        scheduler: choice(read("net.mptcp.scheduler"), "available_schedulers"),
        sysctls: sysctl::mptcp()
            .filter(|(name, value)| status::is_unusual(name, value))
            .collect(),
        limits: facts.limits,
        endpoints,
        connections,
        problems: report.count(Level::Fail),
        warnings: report.count(Level::Warn),
        verdict: report.verdict(&facts.unavailable),
        managers: facts.managers,
    };
    let scale = session.options.scale;
    session.print(|printer| output::status(printer, &status, scale))?;
    Ok(Exit::Done)
}

fn read(name: &str) -> Option<String> {
    sysctl::read(name).ok().flatten()
}

fn choice(current: Option<String>, available: &str) -> Choice {
    let available = read(&format!("net.mptcp.{available}")).unwrap_or_default();
    Choice {
        current,
        available: available.split_whitespace().map(str::to_owned).collect(),
    }
}

fn endpoints(kernel: &mut Kernel, facts: &Facts) -> Vec<EndpointStatus> {
    let usage = status::usage(&facts.endpoints, &facts.connections);
    let endpoints = facts.endpoints.iter().zip(usage);
    endpoints
        .map(|(endpoint, usage)| EndpointStatus {
            endpoint: endpoint.clone(),
            bound: endpoint
                .device
                .map(|index| facts.device_name(index).into_bytes()),
            device: facts.device_of(endpoint).map(|link| Device {
                name: link.name.clone(),
                up: link.up,
                carrier: link.carrier,
                gateway: gateway(kernel, endpoint, link),
            }),
            usage,
        })
        .collect()
}

/// The gateway of the route that leads to the internet from the endpoint's
/// address by its device. Where there is none, or it cannot be asked for,
/// `check` says what that means.
fn gateway(kernel: &mut Kernel, endpoint: &Endpoint, link: &Link) -> Option<IpAddr> {
    let from = endpoint.ip();
    let lookup = Lookup {
        to: FAR
            .into_iter()
            .find(|far| far.is_ipv4() == from.is_ipv4())?,
        from: Some(from),
        device: endpoint.device,
    };
    let next_hop = kernel.network().ok()?.route(&lookup).ok()??;
    next_hop.gateway.filter(|_| next_hop.device == link.index)
}

//! `check to`: handshakes with another host, from each place of this one.

mod joins;

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use nix::libc::EHOSTUNREACH;

use crate::check::probe::{self, Answer, Path, Probed, Speaks};
use crate::check::{Level, Report};
use crate::cli::to::To;
use crate::diag::connection::Connection;
use crate::diag::select::{Prefix, Selector};
use crate::failure::Failure;
use crate::kernel::counters::Counters;
use crate::kernel::probe::{Attempt, Origin, Outcome, Speech, finish};
use crate::kernel::{Kernel, devices, sockets, sysctl};
use crate::netlink;
use crate::network::Lookup;
use crate::output;
use crate::pm::{Address, Endpoint};

use super::gather;
use crate::command::Session;

/// Retransmissions of a SYN with MPTCP after which the kernel takes the path
/// for one that drops it, where no sysctl says so.
const RETRANSMISSIONS: u32 = 2;

/// Probes, and reports the results.
pub(super) fn run(session: &mut Session, request: &To, all: bool) -> Result<Report, Failure> {
    if let Some(device) = &request.device {
        devices::index(session.kernel.network()?, device)?;
    }
    let probed = probe(&mut session.kernel, request)?;
    let report = probe::judge(&probed);
    session.print(|printer| {
        output::verdict(printer, &report.verdict(&[]))?;
        printer.begin_list()?;
        for finding in &report.findings {
            // A path that works is no finding; but how long it took is told.
            if all || printer.is_text() || finding.level <= Level::Warn {
                output::finding(printer, finding)?;
            }
        }
        printer.end_list()
    })?;
    Ok(report)
}

fn probe(kernel: &mut Kernel, request: &To) -> Result<Probed, Failure> {
    let settings = sysctl::Mptcp::read().unwrap_or_default();
    let patience = patience(&settings);
    let to = SocketAddr::new(request.address, request.port);
    let mut paths = paths(kernel, request)?;
    let before = Counters::read()?;
    let mut attempts: Vec<Attempt> = paths
        .iter()
        .flat_map(|(_, origin)| [(origin, Speech::Tcp), (origin, Speech::Mptcp)])
        .map(|(origin, speech)| Attempt::begin(origin, to, speech))
        .collect();
    wait(&mut attempts, patience)?;
    let connections = connections(kernel, to)?;
    for ((path, origin), attempts) in paths.iter_mut().zip(attempts.chunks(2)) {
        if let [tcp, mptcp] = attempts {
            path.tcp = answer(tcp);
            path.mptcp = answer(mptcp);
            path.speaks = speaks(mptcp, &connections);
        }
        // Linux says that there is no route where a host on the link is silent.
        let unheard = |of| matches!(of, Answer::Silent | Answer::Error(EHOSTUNREACH));
        if unheard(path.tcp) && unheard(path.mptcp) {
            path.silent_neighbour = silent_neighbour(kernel, to.ip(), origin);
        }
    }
    drop(attempts);
    let after = Counters::read()?;
    let not_tried = growth(&before, &after, "MPCapableSYNTXDisabled");
    let mut paths: Vec<Path> = paths.into_iter().map(|(path, _)| path).collect();
    let first = paths
        .first()
        .is_some_and(|path| path.speaks == Speaks::Mptcp);
    let data = match request.data {
        false => None,
        true if !first => Some(probe::Data::default()),
        true => Some(joins::observe(kernel, request, to, patience)?),
    };
    paths.dedup();
    Ok(Probed {
        to,
        here: gather::configuration(kernel),
        paths,
        patience,
        not_tried,
        data,
    })
}

/// Waits until each handshake has come to something.
fn wait(attempts: &mut [Attempt], patience: Duration) -> Result<(), Failure> {
    finish(attempts, patience).map_err(|error| Failure::Netlink(netlink::Error::Receive(error)))
}

/// How long a SYN with MPTCP may go unanswered: the kernel sends it again each
/// second, and gives MPTCP up when the last one of these is overdue.
fn patience(settings: &sysctl::Mptcp) -> Duration {
    let set = settings.syn_retrans_before_tcp_fallback;
    let seconds = set.unwrap_or(RETRANSMISSIONS).min(RETRANSMISSIONS);
    Duration::from_secs(seconds.into()) + Duration::from_millis(500)
}

/// Where to start from: what the user named; else where the route leads, and
/// from each endpoint of that family.
fn paths(kernel: &mut Kernel, request: &To) -> Result<Vec<(Path, Origin)>, Failure> {
    let named = path(None, request.from, request.device.clone());
    let mut paths = vec![named];
    if request.from.is_some() || request.device.is_some() {
        return Ok(paths);
    }
    for endpoint in endpoints(kernel)? {
        let Some(Address::Ip(from)) = endpoint.address else {
            continue;
        };
        if from.is_ipv4() != request.address.is_ipv4() {
            continue;
        }
        let device = device(kernel, &endpoint)?;
        paths.push(path(endpoint.id, Some(from), device));
    }
    Ok(paths)
}

fn path(endpoint: Option<u8>, from: Option<IpAddr>, device: Option<OsString>) -> (Path, Origin) {
    let name = device.as_ref().map(|name| name.display().to_string());
    let path = Path {
        endpoint,
        from,
        device: name,
        ..Path::default()
    };
    (path, Origin { from, device })
}

/// A kernel without a path manager has no endpoints.
fn endpoints(kernel: &mut Kernel) -> Result<Vec<Endpoint>, Failure> {
    match kernel.path_manager()?.endpoints() {
        Ok(dump) => Ok(dump.entries),
        Err(netlink::Error::NoFamily(_)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn device(kernel: &mut Kernel, endpoint: &Endpoint) -> Result<Option<OsString>, Failure> {
    let Some(index) = endpoint.device.filter(|index| *index != 0) else {
        return Ok(None);
    };
    let name = devices::name(kernel.network()?, index);
    Ok(Some(OsString::from_vec(name)))
}

fn answer(attempt: &Attempt) -> Answer {
    match attempt.outcome() {
        Outcome::Connected(time) => Answer::After(time),
        Outcome::Silent(_) => Answer::Silent,
        Outcome::Failed(errno, _) => Answer::Error(errno),
    }
}

/// The connections with that host, fallen back or not. None where the kernel
/// does not tell of them.
fn connections(kernel: &mut Kernel, to: SocketAddr) -> Result<Vec<Connection>, Failure> {
    let selector = Selector {
        remotes: vec![Prefix {
            address: to.ip().to_canonical(),
            len: if to.ip().to_canonical().is_ipv4() {
                32
            } else {
                128
            },
        }],
        dports: vec![to.port()],
        ..Selector::default()
    };
    let mut connections = Vec::new();
    let listed = kernel.sockets().map_err(Failure::from).and_then(|sockets| {
        sockets.connections(&selector, |connection| {
            connections.push(connection);
            Ok::<(), Failure>(())
        })
    });
    match listed {
        Ok(_) | Err(Failure::Sockets(sockets::Error::NoSockDiag | sockets::Error::NoMptcpDiag)) => {
            Ok(connections)
        }
        Err(error) => Err(error),
    }
}

/// The connection that an attempt came to.
fn of<'a>(attempt: &Attempt, connections: &'a [Connection]) -> Option<&'a Connection> {
    let local = attempt.local()?;
    connections.iter().find(|connection| {
        connection.local.port == local.port()
            && connection.local.address == local.ip().to_canonical()
    })
}

fn speaks(attempt: &Attempt, connections: &[Connection]) -> Speaks {
    let Some(connection) = of(attempt, connections) else {
        return Speaks::Unknown;
    };
    match (connection.fallback, &connection.info) {
        (Some(why), _) => Speaks::Tcp(why),
        (None, Some(_)) => Speaks::Mptcp,
        (None, None) => Speaks::Unknown,
    }
}

/// The next hop, where it does not answer to ARP or neighbour discovery.
fn silent_neighbour(kernel: &mut Kernel, to: IpAddr, origin: &Origin) -> Option<IpAddr> {
    let network = kernel.network().ok()?;
    let device = origin.device.as_ref().and_then(|name| {
        let index = devices::index(&*network, name).ok()?;
        u32::try_from(index).ok()
    });
    let lookup = Lookup {
        to,
        from: origin.from,
        device,
    };
    let route = network.route(&lookup).ok()??;
    let hop = route.gateway.unwrap_or(to);
    let neighbour = network.neighbour(route.device, hop).ok()??;
    neighbour.is_silent().then_some(hop)
}

/// By how much one of MPTCP's counters grew.
fn growth(before: &Counters, after: &Counters, name: &str) -> u64 {
    let of = |counters: &Counters| counters.mptcp(name).unwrap_or_default();
    of(after).saturating_sub(of(before))
}

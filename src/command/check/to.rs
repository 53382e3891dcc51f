//! `check to`: handshakes with another host, from each place of this one.

mod joins;

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use nix::libc::EHOSTUNREACH;

use crate::check::Facts;
use crate::check::facts::Kind;
use crate::check::probe::{self, Answer, Path, Probed, Speaks};
use crate::cli::check::To;
use crate::diag::connection::Connection;
use crate::diag::select::{Prefix, Selector};
use crate::failure::Failure;
use crate::kernel::counters::Counters;
use crate::kernel::probe::{Attempt, Origin, Outcome, Speech, finish};
use crate::kernel::{Kernel, devices, sockets, sysctl};
use crate::netlink;
use crate::network::{Link, Lookup, NextHop};
use crate::pm::Endpoint;

use super::{gather, routes};
use crate::command::Session;

/// Retransmissions of a SYN with MPTCP after which the kernel takes the path
/// for one that drops it, where no sysctl says so.
const RETRANSMISSIONS: u32 = 2;

/// The facts of this host and the handshakes with another one.
pub(super) fn gather(session: &mut Session, request: &To) -> Result<Facts, Failure> {
    let kernel = &mut session.kernel;
    if let Some(device) = &request.device {
        devices::index(kernel.network()?, device)?;
    }
    let mut facts = gather::configuration(kernel);
    // Only what a path begins from can be its cause.
    let is_probed = |endpoint: &Endpoint| {
        let own = endpoint.ip();
        let bound = device_of(&facts.links, endpoint);
        let by_user = request.from.is_some() || request.device.is_some();
        let is_named = request.from == Some(own) && request.device == bound;
        own.is_ipv4() == request.address.is_ipv4() && (!by_user || is_named)
    };
    let endpoints = facts.endpoints.clone().into_iter();
    facts.endpoints = endpoints.filter(is_probed).collect();
    gather::counters(&mut facts);
    facts.probed = Some(probe(kernel, request, &facts)?);
    if let Err(error) = routes::look_up(kernel, &mut facts) {
        facts.mark_unavailable(Kind::Routes, error);
    }
    Ok(facts)
}

fn probe(kernel: &mut Kernel, request: &To, facts: &Facts) -> Result<Probed, Failure> {
    let patience = patience();
    let to = SocketAddr::new(request.address, request.port);
    let mut paths = paths(request, facts);
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
            path.speaks = speaks(mptcp, connections.as_deref());
        }
        // Linux reports no route where a host on the link is silent.
        let silent = |of| matches!(of, Answer::Silent | Answer::Error(EHOSTUNREACH));
        path.next_hop = next_hop(kernel, to.ip(), origin);
        if silent(path.tcp) && silent(path.mptcp) {
            path.silent_neighbour = silent_neighbour(kernel, to.ip(), path.next_hop);
        }
    }
    drop(attempts);
    let after = Counters::read()?;
    let not_tried = growth(&before, &after, "MPCapableSYNTXDisabled");
    let mut paths: Vec<Path> = paths.into_iter().map(|(path, _)| path).collect();
    let first = paths
        .first()
        .is_some_and(|path| path.speaks == Speaks::Mptcp);
    let data = match (request.data, first) {
        (false, _) => None,
        (true, false) => Some(probe::Data::default()),
        (true, true) => Some(joins::observe(kernel, request, to, patience)?),
    };
    paths.dedup();
    Ok(Probed {
        to,
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
fn patience() -> Duration {
    let set = sysctl::read("net.mptcp.syn_retrans_before_tcp_fallback");
    let set: Option<u32> = set.ok().flatten().and_then(|set| set.parse().ok());
    let seconds = set.unwrap_or(RETRANSMISSIONS).min(RETRANSMISSIONS);
    Duration::from_secs(seconds.into()) + Duration::from_millis(500)
}

/// Where to start from: what the user named; else the route's choice, and each
/// endpoint of that family.
fn paths(request: &To, facts: &Facts) -> Vec<(Path, Origin)> {
    let named = path(None, request.from, request.device.clone());
    let endpoints = facts.endpoints.iter().map(|endpoint| {
        let (id, from) = (Some(endpoint.id), Some(endpoint.ip()));
        path(id, from, device_of(&facts.links, endpoint))
    });
    if request.from.is_some() || request.device.is_some() {
        let mut chosen: Vec<_> = endpoints.chain([named]).take(1).collect();
        for (path, _) in &mut chosen {
            path.named = true;
        }
        return chosen;
    }
    [named].into_iter().chain(endpoints).collect()
}

/// The name of the device that an endpoint is bound to.
fn device_of(links: &[Link], endpoint: &Endpoint) -> Option<OsString> {
    let index = endpoint.device?;
    let link = links.iter().find(|link| link.index == index);
    Some(match link {
        Some(link) => OsString::from_vec(link.name.clone()),
        None => format!("if{index}").into(),
    })
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

fn answer(attempt: &Attempt) -> Answer {
    match attempt.outcome() {
        Outcome::Connected(time) => Answer::After(time),
        Outcome::Silent(_) => Answer::Silent,
        Outcome::Failed(errno, _) => Answer::Error(errno),
    }
}

/// The connections with that host, fallen back or not; `None`: the kernel does
/// not report them.
fn connections(kernel: &mut Kernel, to: SocketAddr) -> Result<Option<Vec<Connection>>, Failure> {
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
        Ok(_) => Ok(Some(connections)),
        Err(Failure::Sockets(sockets::Error::NoSockDiag | sockets::Error::NoMptcpDiag)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The connection of an attempt.
fn of<'a>(attempt: &Attempt, connections: &'a [Connection]) -> Option<&'a Connection> {
    let local = attempt.local()?;
    connections.iter().find(|connection| {
        connection.local.port == local.port()
            && connection.local.address == local.ip().to_canonical()
    })
}

fn speaks(attempt: &Attempt, connections: Option<&[Connection]>) -> Speaks {
    let Some(connections) = connections else {
        return Speaks::Unknown;
    };
    let Some(connection) = of(attempt, connections) else {
        return Speaks::Ended;
    };
    match (connection.fallback, &connection.info) {
        (Some(why), _) => Speaks::Tcp(why),
        (None, Some(_)) => Speaks::Mptcp,
        (None, None) => Speaks::Ended,
    }
}

fn next_hop(kernel: &mut Kernel, to: IpAddr, origin: &Origin) -> Option<NextHop> {
    let network = kernel.network().ok()?;
    let device = origin.device.as_ref();
    let device = device.and_then(|name| devices::index(&*network, name).ok());
    let from = origin.from;
    network.route(&Lookup { to, from, device }).ok()?
}

/// The next hop, where it does not answer to ARP or neighbour discovery.
fn silent_neighbour(kernel: &mut Kernel, to: IpAddr, hop: Option<NextHop>) -> Option<IpAddr> {
    let ip = hop?.gateway.unwrap_or(to);
    let neighbour = kernel.network().ok()?.neighbour(hop?.device, ip).ok()??;
    neighbour.is_silent().then_some(ip)
}

/// By how much one of MPTCP's counters grew.
fn growth(before: &Counters, after: &Counters, name: &str) -> u64 {
    let of = |counters: &Counters| counters.mptcp(name).unwrap_or_default();
    of(after).saturating_sub(of(before))
}

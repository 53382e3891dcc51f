//! `follow retry`: has the kernel retry the paths that connections lack.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::libc::{ECONNREFUSED, ECONNRESET};

use crate::config::Key;
use crate::diag::connection::Connection;
use crate::failure::Failure;
use crate::kernel::network::Changes;
use crate::kernel::{Events, Network, sysctl};
use crate::netlink::Error;
use crate::network::Lookup;
use crate::pm::{Address, Endpoint, Event, event};
use crate::retry::{self, Path, Reach, Schedule, Standing};

use super::super::Session;
use super::super::retry::{connections, nudge, remove_leftovers, renew};

/// The receive buffer for events, in bytes. Where events are lost, everything
/// is gathered anew.
const BUFFER: usize = 1024 * 1024;

/// How long after a change the connections are listed: changes seldom come
/// alone.
const QUIET: Duration = Duration::from_millis(100);

/// The shortest time between two listings, and how many times the last one's
/// duration it is at the least.
const GAP: Duration = Duration::from_millis(500);
const SHARE: u32 = 20;

/// How many paths are scheduled at once, and how many closed subflows are
/// remembered.
const MAX_PATHS: usize = 256;

/// Retries the paths of a file's endpoints.
pub struct Retrier {
    events: Events,
    routes: Changes,
    schedule: Schedule,
    /// When to list connections.
    due: Option<Instant>,
    /// Not before this time.
    earliest: Instant,
    /// Subflows that were reset or refused: the connection, the local address,
    /// and when.
    resets: BTreeMap<(u32, IpAddr), Instant>,
    /// The last failure, so that it is not reported again.
    failed: Option<String>,
}

impl Retrier {
    /// Subscribes to all that can make a path possible, or end one.
    ///
    /// # Errors
    /// A subscription failed; events require CAP_NET_ADMIN.
    pub fn open(session: &mut Session) -> Result<Self, Failure> {
        let endpoints = session.kernel.path_manager()?.endpoints()?;
        remove_leftovers(session, &endpoints.entries)?;
        let (events, _) = session.kernel.events(BUFFER)?;
        let now = Instant::now();
        Ok(Retrier {
            events,
            routes: Changes::of_routes()?,
            schedule: Schedule::default(),
            due: None,
            earliest: now,
            resets: BTreeMap::new(),
            failed: None,
        })
    }

    /// Where there is something to read when something happened.
    pub fn inputs(&self) -> [BorrowedFd<'_>; 2] {
        [self.events.as_fd(), self.routes.as_fd()]
    }

    /// When to [`run`](Self::run).
    pub fn due(&self) -> Option<Instant> {
        let due = self.due.into_iter().chain(self.schedule.due()).min();
        due.map(|due| due.max(self.earliest))
    }

    /// Connections are listed soon.
    pub fn request(&mut self) {
        self.due.get_or_insert(Instant::now() + QUIET);
    }

    /// Receives what happened.
    ///
    /// # Errors
    /// A socket failed.
    pub fn receive(&mut self, wanted: &BTreeSet<Key>) -> Result<(), Failure> {
        let (resets, mut any) = (&mut self.resets, self.routes.take()?);
        loop {
            let received = self.events.receive(|event| {
                any |= is_loss(&event, wanted);
                let is_reset =
                    matches!(event.error.map(i32::from), Some(ECONNRESET | ECONNREFUSED));
                if is_reset
                    && resets.len() < MAX_PATHS
                    && let (Some(token), Some(local)) = (event.token, event.local())
                {
                    resets.insert((token, local.to_canonical()), Instant::now());
                }
                Ok::<(), Error>(())
            });
            match received {
                Ok(true) | Err(Error::Malformed(_) | Error::Cut(_)) => {}
                Ok(false) => break,
                Err(Error::Overrun) => any = true,
                Err(error) => return Err(error.into()),
            }
        }
        if any {
            self.request();
        }
        Ok(())
    }

    /// Lists connections, and retries the paths that are due.
    ///
    /// # Errors
    /// The output fails. What else fails is reported, and tried again later.
    pub fn run(&mut self, session: &mut Session, wanted: &BTreeSet<Key>) -> Result<(), Failure> {
        let begin = Instant::now();
        self.due = None;
        let failed = match self.retry(session, wanted) {
            Ok(()) => None,
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => {
                let message = failure.message();
                if self.failed.as_ref() != Some(&message) {
                    failure.report();
                }
                self.due = Some(begin + Duration::from_secs(10));
                Some(message)
            }
        };
        self.failed = failed;
        self.earliest = begin + GAP.max(begin.elapsed() * SHARE);
        if self.schedule.due().is_some_and(|due| due < self.earliest) {
            // The effect of a nudge is soon to be seen.
            self.earliest = begin + begin.elapsed() * SHARE;
        }
        Ok(())
    }

    fn retry(&mut self, session: &mut Session, wanted: &BTreeSet<Key>) -> Result<(), Failure> {
        let resets = std::mem::take(&mut self.resets);
        let now = Instant::now();
        let is_userspace = sysctl::Mptcp::read().is_some_and(|mptcp| mptcp.userspace());
        let endpoints = session.kernel.path_manager()?.endpoints()?.entries;
        let own = endpoints.iter().filter(|endpoint| is_own(endpoint, wanted));
        let own: Vec<&Endpoint> = own.collect();
        if is_userspace || own.is_empty() {
            self.schedule.observe(&[], now);
            return Ok(());
        }
        let connections = connections(session)?;
        let (lacking, idle) = lacking(session.kernel.network()?, &own, &connections)?;
        for ((token, local), at) in resets {
            let path = own.iter().find_map(|endpoint| {
                let connection = connections.iter().find(|one| one.token == Some(token));
                let peer = connection?.remote.address;
                let is_its = ip(endpoint)? == local;
                let endpoint = endpoint.id.filter(|_| is_its)?;
                Some(Path { endpoint, peer })
            });
            if let Some(path) = path {
                self.schedule.reset(path, at);
            }
        }
        self.schedule.observe(&lacking, now);
        let attempts = self.schedule.take(now, &idle);
        if attempts.nudge {
            nudge(session, &endpoints, true)?;
        }
        for id in attempts.renew {
            let endpoint = own.iter().find(|endpoint| endpoint.id == Some(id));
            // Others may have opened a subflow of it meanwhile.
            if let Some(endpoint) = endpoint
                && is_idle(&Standing::of(
                    endpoint,
                    &super::super::retry::connections(session)?,
                ))
            {
                renew(session, endpoint, true)?;
            }
        }
        Ok(())
    }
}

/// The paths that connections lack, with what is known of their routes, and the
/// ids of the endpoints without any subflow.
fn lacking(
    network: &mut Network,
    own: &[&Endpoint],
    connections: &[Connection],
) -> Result<(Vec<(Path, Reach)>, BTreeSet<u8>), Error> {
    let has_begun = connections
        .iter()
        .filter(|connection| has_traffic(connection));
    let peers = has_begun.filter_map(|one| Some((one.token?, one.remote.address)));
    let peers: BTreeMap<u32, IpAddr> = peers.collect();
    let (mut idle, mut found) = (BTreeSet::new(), BTreeMap::new());
    for endpoint in own {
        let (Some(id), Some(from)) = (endpoint.id, ip(endpoint)) else {
            continue;
        };
        let standing = Standing::of(endpoint, connections);
        if is_idle(&standing) {
            idle.insert(id);
        }
        for peer in standing.lacking.iter().filter_map(|token| peers.get(token)) {
            let path = Path {
                endpoint: id,
                peer: *peer,
            };
            if found.len() < MAX_PATHS && !found.contains_key(&path) {
                let device = endpoint.device.filter(|device| *device != 0);
                let lookup = Lookup {
                    to: *peer,
                    from: Some(from),
                    device: device.map(i32::cast_unsigned),
                };
                found.insert(path, reach(network, &lookup)?);
            }
        }
    }
    Ok((found.into_iter().collect(), idle))
}

fn reach(network: &mut Network, lookup: &Lookup) -> Result<Reach, Error> {
    let next_hop = network.route(lookup)?.filter(|hop| hop.routed);
    let neighbour = match next_hop {
        Some(hop) => network.neighbour(hop.device, hop.gateway.unwrap_or(lookup.to))?,
        None => None,
    };
    let silent = neighbour.is_some_and(|neighbour| neighbour.is_silent());
    Ok(Reach { next_hop, silent })
}

/// Whether a renewal closes nothing.
fn is_idle(standing: &Standing) -> bool {
    standing.subflows == 0 && standing.connecting.is_empty()
}

/// Whether data was exchanged: a connection without any opens no further
/// subflow yet. Before Linux 6.5 the kernel does not count it.
fn has_traffic(connection: &Connection) -> bool {
    let traffic = connection
        .info
        .as_ref()
        .and_then(|info| info.traffic.as_ref());
    traffic.is_none_or(|traffic| traffic.bytes_acked > 0 || traffic.bytes_received > 0)
}

/// Whether it is an endpoint of the file that opens subflows.
fn is_own(endpoint: &Endpoint, wanted: &BTreeSet<Key>) -> bool {
    retry::is_eligible(endpoint) && Key::of(endpoint).is_some_and(|key| wanted.contains(&key))
}

/// Whether the event is the loss of a subflow that began at an address of the
/// file.
fn is_loss(event: &Event, wanted: &BTreeSet<Key>) -> bool {
    let is_error = event.error.is_some_and(|error| error != 0);
    let is_wanted = |ip| wanted.contains(&Key::new(ip, None));
    event.command == event::SF_CLOSED && is_error && event.local().is_some_and(is_wanted)
}

fn ip(endpoint: &Endpoint) -> Option<IpAddr> {
    match endpoint.address {
        Some(Address::Ip(ip)) => Some(ip.to_canonical()),
        Some(Address::Any) | None => None,
    }
}

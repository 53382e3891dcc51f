//! `follow retry`: has the kernel retry the paths that connections lack.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
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
use crate::pm::{Endpoint, Event, event};
use crate::retry::{self, Path, Reach, Schedule, Standing};

use super::super::Session;
use super::super::retry as command;

/// The receive buffer for events, in bytes. Where events are lost, everything
/// is gathered anew.
const BUFFER: usize = 1024 * 1024;

/// How long after a change the connections are listed: changes seldom come
/// alone.
const QUIET: Duration = Duration::from_millis(100);

/// The time between two listings is at least so many times the duration of the
/// last one: very many connections take no more than 5 % of a CPU.
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
    /// The last attempt.
    attempted: Option<Instant>,
    /// Subflows that were closed just after it: the connection, and the local
    /// address.
    resets: BTreeSet<(u32, IpAddr)>,
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
        command::remove_leftovers(session, &endpoints.entries)?;
        let (events, _) = session.kernel.events(BUFFER)?;
        let now = Instant::now();
        Ok(Retrier {
            events,
            routes: Changes::of_routes()?,
            schedule: Schedule::default(),
            due: None,
            earliest: now,
            attempted: None,
            resets: BTreeSet::new(),
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
        let mut any = self.routes.take()?;
        // What closes without an error just after an attempt was refused.
        let now = Instant::now();
        let answers = self.attempted.is_some_and(|at| now - at < retry::AT_ONCE);
        loop {
            let resets = &mut self.resets;
            let received = self.events.receive(|event| {
                let Some((token, local)) = closed(&event, wanted) else {
                    return Ok::<(), Error>(());
                };
                let error = event.error.map_or(0, i32::from);
                any |= error != 0;
                let is_reset = matches!(error, 0 | ECONNRESET | ECONNREFUSED);
                if answers && is_reset && resets.len() < MAX_PATHS {
                    resets.insert((token, local));
                }
                Ok(())
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
        self.earliest = begin + begin.elapsed() * SHARE;
        Ok(())
    }

    fn retry(&mut self, session: &mut Session, wanted: &BTreeSet<Key>) -> Result<(), Failure> {
        let resets = mem::take(&mut self.resets);
        let now = Instant::now();
        let is_userspace = sysctl::is_userspace();
        let endpoints = session.kernel.path_manager()?.endpoints()?.entries;
        let own = endpoints.iter().filter(|endpoint| is_own(endpoint, wanted));
        let own: Vec<&Endpoint> = own.collect();
        if is_userspace || own.is_empty() {
            self.schedule.observe(&BTreeMap::new(), now);
            return Ok(());
        }
        let connections = command::connections(session)?;
        let lacking = Lacking::find(session.kernel.network()?, &own, &connections)?;
        for (token, local) in resets {
            let path = own.iter().find_map(|endpoint| {
                let connection = connections.iter().find(|one| one.token == Some(token));
                let peer = connection?.remote.address;
                let endpoint = Some(endpoint.id).filter(|_| endpoint.ip() == local)?;
                Some(Path { endpoint, peer })
            });
            if let Some(path) = path {
                self.schedule.refuse(path);
            }
        }
        self.schedule.observe(&lacking.paths, now);
        let attempts = self.schedule.take(now, &lacking.idle);
        if attempts.nudge || !attempts.renew.is_empty() {
            self.attempted = Some(now);
        }
        if attempts.nudge {
            command::nudge(session, &endpoints, true)?;
        }
        for id in attempts.renew {
            let endpoint = own.iter().find(|endpoint| endpoint.id == id);
            // Others may have opened a subflow of it meanwhile.
            if let Some(endpoint) = endpoint
                && is_idle(&Standing::new(endpoint, &command::connections(session)?))
            {
                command::renew(session, endpoint, true)?;
            }
        }
        Ok(())
    }
}

/// What the schedule takes.
#[derive(Default)]
struct Lacking {
    /// The paths that connections lack, with what is known of their routes.
    paths: BTreeMap<Path, Reach>,
    /// The ids of endpoints without any subflow.
    idle: BTreeSet<u8>,
}

impl Lacking {
    fn find(
        network: &mut Network,
        own: &[&Endpoint],
        connections: &[Connection],
    ) -> Result<Self, Error> {
        let begun = connections.iter().filter(|one| has_traffic(one));
        let peers = begun.filter_map(|one| Some((one.token?, one.remote.address)));
        let peers: BTreeMap<u32, IpAddr> = peers.collect();
        let mut found = Lacking::default();
        for own in own {
            let (endpoint, from) = (own.id, own.ip());
            let standing = Standing::new(own, connections);
            if is_idle(&standing) {
                found.idle.insert(endpoint);
            }
            for &peer in standing.lacking.iter().filter_map(|token| peers.get(token)) {
                let path = Path { endpoint, peer };
                if found.paths.len() < MAX_PATHS && !found.paths.contains_key(&path) {
                    let lookup = Lookup {
                        to: peer,
                        from: Some(from),
                        device: own.device,
                    };
                    found.paths.insert(path, reach(network, &lookup)?);
                }
            }
        }
        Ok(found)
    }
}

fn reach(network: &mut Network, lookup: &Lookup) -> Result<Reach, Error> {
    let Some(hop) = network.route(lookup)? else {
        return Ok(Reach::default());
    };
    let neighbour = network.neighbour(hop.device, hop.gateway.unwrap_or(lookup.to))?;
    let silent = neighbour.is_some_and(|neighbour| neighbour.is_silent());
    // Where IPv4 only assumes that the peer is on-link, its answer shows it.
    let answers = neighbour.is_some() && !silent;
    Ok(Reach {
        next_hop: Some(hop).filter(|hop| hop.routed || answers),
        silent,
    })
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
    retry::is_eligible(endpoint) && wanted.contains(&Key::of(endpoint))
}

/// The connection and the local address of a subflow that was closed, if that
/// is an address of the file.
fn closed(event: &Event, wanted: &BTreeSet<Key>) -> Option<(u32, IpAddr)> {
    let local = event.local()?.to_canonical();
    let is_its = event.command == event::SF_CLOSED && wanted.contains(&Key::new(local, None));
    Some((event.token.filter(|_| is_its)?, local))
}

//! `endpoint retry`: connections that lack an endpoint's path get it back.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::libc::{EINVAL, ERANGE};
use nix::sys::signal::{SigSet, SigmaskHow};

use crate::cli::endpoint::{Retry, Target};
use crate::config::{Step, Typed};
use crate::diag::connection::Connection;
use crate::diag::select::{Condition, Selector};
use crate::failure::{Failure, Status};
use crate::kernel::{devices, sockets, sysctl};
use crate::netlink::{self, Refusal};
use crate::output;
use crate::pm::Endpoint;
use crate::report;
use crate::retry::{self, Error, Lack, Outcome, Standing};

use super::Session;
use super::session::report_warning;

/// How long to wait for an attempt to begin after a nudge, and for its outcome.
const ATTEMPT: Duration = Duration::from_millis(300);
const OUTCOME: Duration = Duration::from_secs(3);
/// How often to look meanwhile, and for how long a subflow must stay: one that
/// the peer refuses is established and reset a round trip later.
const POLL: Duration = Duration::from_millis(20);
const SETTLED: Duration = Duration::from_millis(200);

/// Retries the endpoints that are named.
pub fn run(session: &mut Session, request: &Retry) -> Result<Status, Failure> {
    if sysctl::Mptcp::read().is_some_and(|mptcp| mptcp.userspace()) {
        return Err(Error::Userspace.into());
    }
    let endpoints = session.kernel.path_manager()?.endpoints()?.settled()?;
    let targets = targets(&endpoints, request)?;
    let connections = connections(session)?;
    let lacking = |endpoint: &Endpoint| !Standing::of(endpoint, &connections).lacking.is_empty();
    let wanted: Vec<Endpoint> = targets
        .into_iter()
        .filter(|it| lacking(it))
        .cloned()
        .collect();
    remove_leftovers(session, &endpoints)?;
    session.print(|printer| printer.begin_list())?;
    let result = if wanted.is_empty() {
        Ok(Status::Done)
    } else {
        bring_back(session, &endpoints, wanted, request.force)
    };
    session.print(|printer| printer.end_list())?;
    session.flush()?;
    result
}

/// The endpoints that are meant.
fn targets<'a>(endpoints: &'a [Endpoint], request: &Retry) -> Result<Vec<&'a Endpoint>, Error> {
    let wanted = |endpoint: &&Endpoint| match request.target {
        Target::Id(id) => endpoint.id == Some(id),
        Target::Address(address) => endpoint.address == Some(address),
        Target::All => retry::is_eligible(endpoint),
    };
    let found: Vec<&Endpoint> = endpoints.iter().filter(wanted).collect();
    if found.is_empty() && request.target != Target::All {
        return Err(Error::NoEndpoint(request.target.to_string()));
    }
    match found.iter().find(|endpoint| !retry::is_eligible(endpoint)) {
        Some(endpoint) => Err(Error::NotEligible(retry::subject(endpoint))),
        None => Ok(found),
    }
}

/// The connections of this namespace that are established.
pub(super) fn connections(session: &mut Session) -> Result<Vec<Connection>, Failure> {
    let selector = Selector {
        conditions: vec![Condition::Established],
        ..Selector::default()
    };
    let mut connections = Vec::new();
    let missing = session
        .kernel
        .sockets()?
        .connections(&selector, |connection| {
            connections.push(connection);
            Ok::<(), sockets::Error>(())
        })?;
    match missing.subflow_info {
        true => Err(Error::Hidden.into()),
        false => Ok(connections),
    }
}

/// Removes what a nudge left that was killed.
fn remove_leftovers(session: &mut Session, endpoints: &[Endpoint]) -> Result<(), Failure> {
    for endpoint in endpoints.iter().filter(|it| retry::is_leftover(it)) {
        let which = Endpoint::of_id(endpoint.id.unwrap_or_default());
        report_warning(session.kernel.path_manager()?.delete(&which)?);
    }
    Ok(())
}

fn bring_back(
    session: &mut Session,
    endpoints: &[Endpoint],
    wanted: Vec<Endpoint>,
    force: bool,
) -> Result<Status, Failure> {
    let before = connections(session)?;
    let mut retried: Vec<Retried> = wanted
        .into_iter()
        .map(|endpoint| Retried::new(endpoint, &before))
        .collect();
    if nudge(session, endpoints)? {
        watch(session, &mut retried, ATTEMPT, Duration::ZERO, |one, _| {
            one.is_attempted()
        })?;
    }
    let mut refused = Ok(());
    let now = connections(session)?;
    let mut attempted = Vec::new();
    for mut one in retried {
        if one.is_attempted() {
            attempted.push(one);
            continue;
        }
        let standing = Standing::of(&one.endpoint, &now);
        if standing.subflows > 0 && !force {
            refused = refused.and(Err(Error::Live {
                endpoint: retry::subject(&one.endpoint),
                id: one.endpoint.id.unwrap_or_default(),
                subflows: standing.subflows,
                connections: standing.connections,
            }));
        } else {
            renew(session, &one.endpoint)?;
            // These are to come back as well.
            one.lacking.extend(standing.connected);
            attempted.push(one);
        }
    }
    watch(
        session,
        &mut attempted,
        OUTCOME,
        SETTLED,
        Retried::is_settled,
    )?;
    let now = connections(session)?;
    let outcomes: Vec<Outcome> = attempted.iter().map(|one| one.outcome(&now)).collect();
    for outcome in &outcomes {
        session.print(|printer| output::outcome(printer, outcome))?;
    }
    refused?;
    match outcomes.iter().all(|outcome| outcome.lacking.is_empty()) {
        true => Ok(Status::Done),
        false => Ok(Status::Failed),
    }
}

/// Waits until all are `done` for so long, but no longer than `patience`.
fn watch(
    session: &mut Session,
    retried: &mut [Retried],
    patience: Duration,
    settled: Duration,
    done: impl Fn(&Retried, &Standing) -> bool,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut since = None;
    loop {
        let connections = connections(session)?;
        let mut all = true;
        for one in retried.iter_mut() {
            let standing = Standing::of(&one.endpoint, &connections);
            one.observe(&standing);
            all &= done(one, &standing);
        }
        let now = Instant::now();
        since = since.or(Some(now)).filter(|_| all);
        let is_done = since.is_some_and(|since| now - since >= settled);
        if is_done || now - start >= patience {
            return Ok(());
        }
        sleep(POLL);
    }
}

/// Makes every connection look for endpoints that it has not tried. False if
/// the kernel has no room for it.
pub(super) fn nudge(session: &mut Session, endpoints: &[Endpoint]) -> Result<bool, Failure> {
    let Some(endpoint) = retry::nudge(endpoints) else {
        return Ok(false);
    };
    let which = Endpoint::of_id(endpoint.id.unwrap_or_default());
    // Between the two, nothing is to end this program.
    let added = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        let added = path_manager.add(&endpoint)?;
        Ok((added, path_manager.delete(&which)?))
    });
    match added {
        Ok((added, deleted)) => {
            report_warning(added);
            report_warning(deleted);
            show(session, &Step::Add(endpoint))?;
            show(session, &Step::Delete(which))?;
            Ok(true)
        }
        Err(netlink::Error::Refused(refusal)) if is_full(&refusal) => {
            report::warning(
                "the table of endpoints is full: only deleting and adding an endpoint makes \
                 connections try it again.",
            );
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether there are as many endpoints as the kernel takes. Before Linux 6.2
/// it gives one number for several reasons.
fn is_full(refusal: &Refusal) -> bool {
    let text = refusal.message.as_deref().unwrap_or_default();
    match refusal.errno {
        ERANGE => true,
        EINVAL => text.starts_with("too many addresses"),
        _ => false,
    }
}

/// Deletes the endpoint and adds it again, so that every connection tries it
/// once more.
pub(super) fn renew(session: &mut Session, endpoint: &Endpoint) -> Result<(), Failure> {
    let which = Endpoint::of_id(endpoint.id.unwrap_or_default());
    let add = Step::Add(endpoint.clone());
    let renewed = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        let deleted = path_manager.delete(&which)?;
        Ok((deleted, path_manager.add(endpoint)))
    });
    let (deleted, added) = renewed.map_err(Failure::Netlink)?;
    report_warning(deleted);
    show(session, &Step::Delete(which))?;
    match added {
        Ok(warning) => report_warning(warning),
        Err(source) => {
            let endpoint = retry::subject(endpoint);
            let command = typed(session, &add)?.text();
            let command = String::from_utf8_lossy(&command).into_owned();
            return Err(Error::NotRestored {
                endpoint,
                command,
                source,
            }
            .into());
        }
    }
    show(session, &add)
}

/// Runs it while all signals wait, that of a terminal's Ctrl-C among them.
fn unsignalled<R>(run: impl FnOnce() -> Result<R, netlink::Error>) -> Result<R, netlink::Error> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
    let result = run();
    if let Some(before) = before {
        // It was in force before, so it can be again.
        let _ = before.thread_set_mask();
    }
    result
}

fn show(session: &mut Session, step: &Step) -> Result<(), Failure> {
    let typed = typed(session, step)?;
    session.print(|printer| output::command(printer, &typed.0, &typed.text(), None, 0))?;
    // What was done is known, however this ends.
    Ok(session.flush()?)
}

fn typed(session: &mut Session, step: &Step) -> Result<Typed, Failure> {
    let socket = session.kernel.path_manager()?;
    let mut names = devices::Names::default();
    Ok(Typed::of(step, &mut |index| {
        names.of(&*socket, index).to_vec()
    }))
}

/// An endpoint that is being retried.
struct Retried {
    endpoint: Endpoint,
    /// The tokens of the connections that are to have a subflow of it.
    lacking: BTreeSet<u32>,
    /// Those of them that had one since, if only for a moment.
    seen: BTreeSet<u32>,
}

impl Retried {
    fn new(endpoint: Endpoint, connections: &[Connection]) -> Self {
        let lacking = Standing::of(&endpoint, connections).lacking;
        Retried {
            lacking: lacking.into_iter().collect(),
            seen: BTreeSet::new(),
            endpoint,
        }
    }

    fn observe(&mut self, standing: &Standing) {
        let seen = standing.connected.iter().chain(&standing.connecting);
        let wanted = seen.filter(|token| self.lacking.contains(token));
        self.seen.extend(wanted.copied());
    }

    /// Whether each connection began to open a subflow.
    fn is_attempted(&self) -> bool {
        self.lacking.is_subset(&self.seen)
    }

    /// Whether each connection has its subflow, or has lost it again.
    fn is_settled(&self, standing: &Standing) -> bool {
        let settled = |token: &u32| {
            let is_lost = self.seen.contains(token) && !standing.connecting.contains(token);
            standing.connected.contains(token) || is_lost
        };
        self.lacking.iter().all(settled)
    }

    fn outcome(&self, connections: &[Connection]) -> Outcome {
        let standing = Standing::of(&self.endpoint, connections);
        let is_there = |token: &&u32| connections.iter().any(|one| one.token == Some(**token));
        let lacking = self.lacking.iter().filter(is_there);
        let lacking = lacking.filter(|token| !standing.connected.contains(token));
        let why = |token: &u32| match () {
            () if standing.connecting.contains(token) => Lack::Unanswered,
            () if self.seen.contains(token) => Lack::Lost,
            () if standing.full.contains(token) => Lack::Limit,
            () => Lack::NotOpened,
        };
        Outcome {
            endpoint: self.endpoint.clone(),
            connected: standing.connected.len(),
            lacking: lacking.map(|token| (*token, why(token))).collect(),
        }
    }
}

//! `endpoint retry`: connections that lack an endpoint's path get it back.

mod act;

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cli::endpoint::{Retry, Target};
use crate::diag::connection::Connection;
use crate::diag::select::{Condition, Selector};
use crate::failure::{Failure, Status};
use crate::kernel::{sockets, sysctl};
use crate::output;
use crate::pm::{Address, Endpoint};
use crate::retry::{self, Attempt, Error, Outcome, Standing};

use super::Session;
use super::session::report_warning;

pub(super) use act::{nudge, renew};

/// How long to wait for an attempt to begin after a nudge, and for its outcome.
const ATTEMPT: Duration = Duration::from_millis(300);
const OUTCOME: Duration = Duration::from_secs(3);
/// How often to poll meanwhile, and for how long a subflow must stay: one that
/// the peer refuses is established and reset a round trip later.
const POLL: Duration = Duration::from_millis(20);
const SETTLED: Duration = Duration::from_millis(200);

/// Retries the endpoints that are named.
///
/// # Errors
/// An endpoint cannot be retried, or takes `force`; the kernel cannot be asked
/// or refuses; the output fails.
pub fn run(session: &mut Session, request: &Retry) -> Result<Status, Failure> {
    if sysctl::is_userspace() {
        return Err(Error::Userspace.into());
    }
    let endpoints = session.kernel.path_manager()?.endpoints()?.settled()?;
    let targets = targets(&endpoints, request)?;
    let connections = connections(session)?;
    remove_leftovers(session, &endpoints)?;
    let attempts = targets.into_iter();
    let attempts = attempts.map(|endpoint| Attempt::new(endpoint.clone(), &connections));
    let (idle, attempts): (Vec<_>, Vec<_>) = attempts.partition(Attempt::is_empty);
    session.print(|printer| printer.begin_list())?;
    let mut result = Ok(Status::Done);
    if !attempts.is_empty() {
        result = retry(session, &endpoints, attempts, request.force);
    } else if request.target != Target::All {
        // Where a connection has no room for it, the answer is of interest.
        let outcomes = idle
            .into_iter()
            .map(|attempt| attempt.outcome(&connections));
        let outcomes = outcomes.filter(|outcome| !outcome.lacking.is_empty());
        result = report_outcomes(session, outcomes);
    }
    session.print(|printer| printer.end_list())?;
    session.flush()?;
    result
}

/// The endpoints that are meant.
fn targets<'a>(endpoints: &'a [Endpoint], request: &Retry) -> Result<Vec<&'a Endpoint>, Error> {
    let wanted = |endpoint: &&Endpoint| match request.target {
        Target::Id(id) => endpoint.id == id,
        Target::Address(address) => Address::Ip(endpoint.address) == address,
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
    if missing.subflow_info {
        return Err(Error::Hidden.into());
    }
    Ok(connections)
}

/// Removes what a nudge left that was killed.
pub(super) fn remove_leftovers(
    session: &mut Session,
    endpoints: &[Endpoint],
) -> Result<(), Failure> {
    for endpoint in endpoints.iter().filter(|it| retry::is_leftover(it)) {
        let path_manager = session.kernel.path_manager()?;
        report_warning(path_manager.delete(&endpoint.which())?);
    }
    Ok(())
}

/// Makes the attempts and reports what comes of them. Those that take `force`
/// are not made, and are an error after the others.
fn retry(
    session: &mut Session,
    endpoints: &[Endpoint],
    mut attempts: Vec<Attempt>,
    force: bool,
) -> Result<Status, Failure> {
    if nudge(session, endpoints, false)? {
        let begun = |attempt: &Attempt, _: &Standing| attempt.is_attempted();
        watch(session, &mut attempts, ATTEMPT, Duration::ZERO, begun)?;
    }
    let now = connections(session)?;
    let mut refused = Ok(());
    let mut made = Vec::new();
    for mut attempt in attempts {
        if !attempt.is_attempted() {
            let standing = Standing::new(&attempt.endpoint, &now);
            if standing.subflows > 0 && !force {
                refused = refused.and(Err(Error::Live {
                    endpoint: retry::subject(&attempt.endpoint),
                    id: attempt.endpoint.id,
                    subflows: standing.subflows,
                    connections: standing.connections,
                }));
                continue;
            }
            renew(session, &attempt.endpoint, false)?;
            attempt.renew(&standing.connected);
        }
        made.push(attempt);
    }
    watch(session, &mut made, OUTCOME, SETTLED, Attempt::is_settled)?;
    let now = connections(session)?;
    let outcomes = made.into_iter().map(|attempt| attempt.outcome(&now));
    let status = report_outcomes(session, outcomes)?;
    refused?;
    Ok(status)
}

/// Prints what came of attempts: the status is that of a failure if a
/// connection still lacks a path.
fn report_outcomes(
    session: &mut Session,
    outcomes: impl Iterator<Item = Outcome>,
) -> Result<Status, Failure> {
    let mut status = Status::Done;
    for outcome in outcomes {
        session.print(|printer| output::outcome(printer, &outcome))?;
        if !outcome.lacking.is_empty() {
            status = Status::Failed;
        }
    }
    Ok(status)
}

/// Waits until all are `done` for so long, but no longer than `patience`.
fn watch(
    session: &mut Session,
    attempts: &mut [Attempt],
    patience: Duration,
    settled: Duration,
    done: impl Fn(&Attempt, &Standing) -> bool,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut since = None;
    loop {
        let connections = connections(session)?;
        let mut all = true;
        for attempt in attempts.iter_mut() {
            let standing = Standing::new(&attempt.endpoint, &connections);
            attempt.observe(&standing);
            all &= done(attempt, &standing);
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

//! `endpoint retry`: connections that lack an endpoint's path get it back.

use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::libc::{EINVAL, ERANGE};
use nix::sys::signal::{SigSet, SigmaskHow};

use crate::cli::endpoint::{Retry, Target};
use crate::config::{self, Step};
use crate::diag::connection::Connection;
use crate::diag::select::{Condition, Selector};
use crate::failure::{Failure, Status};
use crate::kernel::{PathManager, devices, sockets, sysctl};
use crate::netlink::{self, Refusal};
use crate::netns;
use crate::output::{self, Clock};
use crate::pm::{Address, Endpoint};
use crate::report;
use crate::retry::{self, Attempt, Error, Outcome, Standing};
use crate::shell::Command;

use super::Session;
use super::session::report_warning;

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

/// Makes every connection try the endpoints that it has not tried, and
/// prints the commands, with the time if `stamped`. False if the kernel has no room
/// for it.
pub(super) fn nudge(
    session: &mut Session,
    endpoints: &[Endpoint],
    stamped: bool,
) -> Result<bool, Failure> {
    let Some(endpoint) = retry::nudge(endpoints) else {
        warn_full();
        return Ok(false);
    };
    // Between the two, nothing is to end this program.
    let added = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        let added = path_manager.add(&(&endpoint).into())?;
        Ok((added, path_manager.delete(&endpoint.which())?))
    });
    match added {
        Ok((added, deleted)) => {
            report_warning(added);
            report_warning(deleted);
            show(session, &Step::Add((&endpoint).into()), stamped)?;
            show(session, &Step::Delete(endpoint), stamped)?;
            Ok(true)
        }
        Err(netlink::Error::Refused(refusal)) if is_full(&refusal) => {
            warn_full();
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn warn_full() {
    report::warning(
        "the table of endpoints is full: only deleting and adding an endpoint makes connections \
         try it again.",
    );
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
/// once more, and prints the commands, with the time if `stamped`.
pub(super) fn renew(
    session: &mut Session,
    endpoint: &Endpoint,
    stamped: bool,
) -> Result<(), Failure> {
    let add = Step::Add(endpoint.into());
    let (deleted, added) = unsignalled(|| {
        let path_manager = session.kernel.path_manager()?;
        match path_manager.delete(&endpoint.which()) {
            Err(refused @ netlink::Error::Refused(_)) => Err(refused),
            // Without an answer, it may be deleted all the same.
            deleted => Ok((deleted, restore(path_manager, endpoint))),
        }
    })?;
    let added = match added {
        Ok(warning) => warning,
        Err(source) => {
            let command = typed(session, &add)?.to_string();
            return Err(Failure::from(Error::NotRestored {
                endpoint: retry::subject(endpoint),
                command,
                source,
            }));
        }
    };
    report_warning(deleted?);
    report_warning(added);
    show(session, &Step::Delete(endpoint.clone()), stamped)?;
    show(session, &add, stamped)
}

/// Adds an endpoint that was just deleted.
///
/// # Errors
/// It is not there: the kernel's reason, or that it could not be asked.
fn restore(
    path_manager: &mut PathManager,
    endpoint: &Endpoint,
) -> Result<Option<String>, netlink::Error> {
    let error = match path_manager.add(&endpoint.into()) {
        Err(error) => error,
        added => return added,
    };
    let entries = path_manager.endpoints().map(|dump| dump.entries);
    let is_it = |entry: &Endpoint| (entry.id, entry.address) == (endpoint.id, endpoint.address);
    match entries {
        // It was added, and the answer was lost; or it was never deleted.
        Ok(entries) if entries.iter().any(is_it) => Ok(None),
        _ if matches!(error, netlink::Error::Refused(_)) => Err(error),
        _ => path_manager.add(&endpoint.into()),
    }
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

fn show(session: &mut Session, step: &Step, stamped: bool) -> Result<(), Failure> {
    let typed = typed(session, step)?;
    let clock = session.clock.as_ref().filter(|_| stamped);
    let stamp = clock.map(Clock::now);
    session.print(|printer| output::command(printer, &typed, stamp.as_ref(), 0))?;
    // What was done is known, however this ends.
    Ok(session.flush()?)
}

fn typed(session: &mut Session, step: &Step) -> Result<Command, Failure> {
    let socket = session.kernel.path_manager()?;
    let mut names = devices::Names::default();
    let mut name = |index| names.name(&*socket, index).to_vec();
    Ok(netns::entered().command(config::typed(step, &mut name)))
}

//! `check to … data`: one connection, and the additional subflows that it gets.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::check::probe::{Data, Join, Joined};
use crate::cli::check::To;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::failure::Failure;
use crate::kernel::Kernel;
use crate::kernel::counters::Counters;
use crate::kernel::probe::{Attempt, Origin, Speech};
use crate::pm::Flags;

use super::{connections, growth, of, wait};

/// How long to wait for subflows. Only a SYN that is sent again distinguishes
/// a silent path from a slow one.
const PATIENCE: Duration = Duration::from_millis(2500);

/// How long to wait where no join is in progress.
const MOMENT: Duration = Duration::from_millis(800);

/// The time between two samples.
const PAUSE: Duration = Duration::from_millis(20);

/// Opens a connection, sends a line feed, and observes its subflows.
pub(super) fn observe(
    kernel: &mut Kernel,
    request: &To,
    to: SocketAddr,
    patience: Duration,
) -> Result<Data, Failure> {
    let origin = Origin {
        from: request.from,
        device: request.device.clone(),
    };
    let before = Counters::read()?;
    let mut attempts = [Attempt::begin(&origin, to, Speech::Mptcp)];
    wait(&mut attempts, patience)?;
    let [attempt] = &attempts;
    let mut data = Data {
        limit: kernel.path_manager()?.limits()?.subflows,
        ..Data::default()
    };
    let Some(local) = attempt.local() else {
        return Ok(data);
    };
    data.local = Some(local.ip());
    data.joins = expected(kernel, local)?;
    data.ended = attempt.send_line_feed().is_err();
    let began = Instant::now();
    loop {
        thread::sleep(PAUSE);
        let connections = connections(kernel, to)?.unwrap_or_default();
        let connection = of(attempt, &connections);
        data.ended |= connection.is_none_or(|of| of.state != State::Established);
        take(&mut data, connection);
        let mut joins = data.joins.iter();
        let late = if joins.clone().all(|of| of.state == Joined::Established) {
            MOMENT / 4
        } else if joins.any(|of| of.state == Joined::Unanswered) {
            PATIENCE
        } else {
            MOMENT
        };
        if began.elapsed() >= late || data.ended {
            break;
        }
    }
    let after = Counters::read()?;
    data.begun = growth(&before, &after, "MPJoinSynTx");
    data.answered = growth(&before, &after, "MPJoinSynAckRx");
    data.unsent = growth(&before, &after, "MPJoinSynTxBindErr")
        + growth(&before, &after, "MPJoinSynTxConnectErr");
    Ok(data)
}

/// The endpoints that should each give a subflow.
fn expected(kernel: &mut Kernel, local: SocketAddr) -> Result<Vec<Join>, Failure> {
    let endpoints = kernel.path_manager()?.endpoints()?.entries.into_iter();
    let expected = endpoints.filter_map(|endpoint| {
        let from = endpoint.address;
        let opens = endpoint.flags.contains(Flags::SUBFLOW)
            && from != local.ip()
            && from.is_ipv4() == local.is_ipv4();
        opens.then_some(Join {
            endpoint: endpoint.id,
            from,
            state: Joined::Gone,
        })
    });
    Ok(expected.collect())
}

/// Updates the state of each join. One that was established and is no longer
/// was refused in the end, unless the whole connection ended.
fn take(data: &mut Data, connection: Option<&Connection>) {
    let subflows = connection.map(|of| of.subflows.as_slice());
    let further: Vec<&Subflow> = subflows
        .unwrap_or_default()
        .iter()
        .filter(|subflow| !subflow.initial)
        .collect();
    for join in &mut data.joins {
        let mut own = further.iter().filter(|of| of.local.address == join.from);
        join.state = match own.next() {
            Some(subflow) if subflow.state == State::Established => Joined::Established,
            Some(subflow) if subflow.state.is_connecting() => Joined::Unanswered,
            _ if data.ended => join.state,
            _ => Joined::Gone,
        };
    }
    let others = further.iter().filter(|of| {
        of.state == State::Established
            && data.joins.iter().all(|join| join.from != of.local.address)
    });
    data.others = others.count();
}

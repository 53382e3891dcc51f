//! Connections over time, from one sample to the next. Pure: it is given samples,
//! and does no I/O.
//!
//! A rate takes two samples of the same connection or subflow; [`Sampler`] holds
//! the last two. What is seen for the first time has none, except a subflow that
//! came to a known connection: it began in between.

mod counters;
#[cfg(test)]
pub(crate) mod synthetic;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::End;
use crate::sorted;

pub use counters::{Rates, Retransmissions};

use counters::Counters;

/// What was seen at one time.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sample {
    /// When it was taken, on a clock that only goes forward.
    pub at: Duration,
    /// In the kernel's order.
    pub connections: Vec<Connection>,
}

/// The last two samples.
#[derive(Debug, Default)]
pub struct Sampler {
    before: Option<Sample>,
    now: Option<Sample>,
}

/// Whether something is in both samples.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Change {
    /// It is, or there is one sample only.
    #[default]
    None,
    /// Not in the first one.
    Came,
    /// Not in the second one; its numbers are from the first.
    Went,
}

/// A connection in the last sample, compared with the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched<'a> {
    /// The connection, with its subflows in the kernel's order.
    pub connection: &'a Connection,
    /// Whether it came or went.
    pub change: Change,
    /// By its own counters, in which each byte counts once. Before Linux 6.5
    /// it has none: then the sum over its subflows.
    pub rates: Option<Rates>,
    /// Data that was sent again on another subflow, since Linux 6.5.
    pub retransmissions: Option<Retransmissions>,
    /// Its subflows, busiest first.
    pub subflows: Vec<WatchedSubflow<'a>>,
}

/// A subflow in the last sample, compared with the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedSubflow<'a> {
    /// The subflow.
    pub subflow: &'a Subflow,
    /// Whether it came or went.
    pub change: Change,
    /// Payload, with what was sent again.
    pub rates: Option<Rates>,
    /// Segments that were sent again.
    pub retransmissions: Option<Retransmissions>,
    /// How much of what the connection's subflows carried, in both directions,
    /// it carried: from 0 to 1000 thousandths. Absent where nothing was carried.
    pub share: Option<u16>,
}

/// What identifies a connection in another sample: its token, else its ends.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Identity {
    Token(u32),
    Ends(End, End),
}

impl Sampler {
    /// Whether there was none so far.
    pub fn is_empty(&self) -> bool {
        self.now.is_none()
    }

    /// Takes in what is seen now.
    pub fn add(&mut self, sample: Sample) {
        self.before = self.now.replace(sample);
    }

    /// The last sample, compared with the one before: busiest first.
    pub fn watched(&self) -> Vec<Watched<'_>> {
        let Some(now) = &self.now else {
            return Vec::new();
        };
        let between = self
            .before
            .as_ref()
            .map(|before| now.at.saturating_sub(before.at));
        let before = self.before.iter().flat_map(|before| &before.connections);
        let (before, mut known) = (
            before.map(|connection| (Identity::new(connection), connection)),
            BTreeMap::new(),
        );
        known.extend(before);
        let compared = now.connections.iter().map(|connection| {
            let earlier = known.remove(&Identity::new(connection));
            match (earlier, between) {
                (Some(earlier), Some(between)) => Watched::compare(earlier, connection, between),
                (None, Some(_)) => Watched::alone(connection, Change::Came),
                (_, None) => Watched::alone(connection, Change::None),
            }
        });
        let mut watched: Vec<_> = compared.collect();
        let went = known.into_values();
        watched.extend(went.map(|connection| Watched::alone(connection, Change::Went)));
        sorted::by_key(&mut watched, |watched| {
            busiest_first(watched.rates, watched.change)
        });
        watched
    }
}

/// What came or went stands before what is idle, to be seen.
fn busiest_first(rates: Option<Rates>, change: Change) -> (u64, u64) {
    let total = rates.map_or(0, Rates::total);
    (u64::MAX - total, (change == Change::None).into())
}

impl Identity {
    fn new(connection: &Connection) -> Self {
        match connection.token {
            Some(token) => Self::Token(token),
            None => Self::Ends(connection.local, connection.remote),
        }
    }
}

impl<'a> Watched<'a> {
    /// There is nothing to compare it with.
    fn alone(connection: &'a Connection, change: Change) -> Self {
        let counters = Counters::from_connection(connection);
        let subflows = connection.subflows.iter();
        Self {
            connection,
            change,
            rates: None,
            retransmissions: counters.map(|now| now.retransmissions_since(None)),
            subflows: subflows
                .map(|subflow| WatchedSubflow::alone(subflow, change))
                .collect(),
        }
    }

    fn compare(before: &'a Connection, now: &'a Connection, between: Duration) -> Self {
        let mut gone: Vec<_> = before.subflows.iter().collect();
        let compared = now.subflows.iter().map(|subflow| {
            let same =
                |other: &&Subflow| (other.local, other.remote) == (subflow.local, subflow.remote);
            let place = gone.iter().position(same);
            let earlier = place.map(|place| gone.remove(place));
            WatchedSubflow::compare(earlier, subflow, between)
        });
        let mut subflows: Vec<_> = compared.collect();
        let sum = subflows
            .iter()
            .filter_map(|subflow| subflow.rates)
            .reduce(Rates::add);
        for subflow in &mut subflows {
            subflow.share = subflow
                .rates
                .zip(sum)
                .and_then(|(rates, sum)| rates.share(sum));
        }
        let went = gone.into_iter();
        subflows.extend(went.map(|subflow| WatchedSubflow::alone(subflow, Change::Went)));
        sorted::by_key(&mut subflows, |subflow| {
            busiest_first(subflow.rates, subflow.change)
        });
        let (earlier, counters) = (
            Counters::from_connection(before),
            Counters::from_connection(now),
        );
        let own = counters.zip(earlier);
        let own = own.map(|(now, before)| now.rates_since(before, between));
        Self {
            connection: now,
            change: Change::None,
            rates: own.or(sum),
            retransmissions: counters.map(|now| now.retransmissions_since(earlier)),
            subflows,
        }
    }
}

impl<'a> WatchedSubflow<'a> {
    fn alone(subflow: &'a Subflow, change: Change) -> Self {
        let counters = subflow.tcp.as_ref().map(Counters::from);
        Self {
            subflow,
            change,
            rates: None,
            retransmissions: counters.map(|now| now.retransmissions_since(None)),
            share: None,
        }
    }

    /// Of a connection that was there before. A subflow that was not began in
    /// between.
    fn compare(before: Option<&Subflow>, now: &'a Subflow, between: Duration) -> Self {
        let counters = now.tcp.as_ref().map(Counters::from);
        let earlier = match before {
            Some(before) => before.tcp.as_ref().map(Counters::from),
            None => Some(Counters::default()),
        };
        let both = counters.zip(earlier);
        Self {
            subflow: now,
            change: match before {
                Some(_) => Change::None,
                None => Change::Came,
            },
            rates: both.map(|(now, before)| now.rates_since(before, between)),
            retransmissions: counters.map(|now| now.retransmissions_since(earlier)),
            share: None,
        }
    }
}

//! One account of what a listing shows and of the events that came before,
//! during and after it.
//!
//! Events are subscribed to first, and the listing is made then, so that none
//! is missed. Those that were queued until it ended repeat in part what it shows,
//! and concern in part what was over before it came to it.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::net::IpAddr;

use crate::diag::connection::Connection;
use crate::diag::socket::End;
use crate::pm::event::{CLOSED, CREATED, ESTABLISHED, Event, SF_CLOSED, SF_ESTABLISHED};

use super::listing;
use super::tokens::Tokens;

/// Decides what of a listing and of events to print, so that whoever reads it
/// knows the connections there are.
///
/// In this order: [`begin`](Self::begin), [`lists`](Self::lists) for each
/// connection, [`admits`](Self::admits) for each event, and
/// [`caught_up`](Self::caught_up) when those that were queued until the listing
/// ended are through.
#[derive(Debug, Default)]
pub struct Account {
    /// Whether events may still be from before the end of the listing.
    catching_up: bool,
    /// What the listing showed, until it is caught up with.
    shown: HashMap<u32, Shown>,
    /// The connections that may yet be established.
    pending: HashSet<u32>,
    /// The connections that are printed.
    printed: Tokens,
}

/// A connection that was shown.
#[derive(Debug, Default)]
struct Shown {
    /// By the listing, and not by an event.
    listed: bool,
    subflows: Vec<[End; 2]>,
}

impl Account {
    /// Begins anew with a listing. What was printed before is void.
    pub fn begin(&mut self) {
        *self = Account {
            catching_up: true,
            ..Account::default()
        };
    }

    /// Takes in a connection of the listing; returns the events that show it,
    /// the connection's first.
    pub fn lists(&mut self, connection: &Connection) -> Option<(Event, Vec<Event>)> {
        let Some(event) = listing::connection(connection) else {
            if let Some(token) = connection.token
                && connection.state.is_connecting()
            {
                self.pending.insert(token);
            }
            return None;
        };
        let token = event.token?;
        let subflows: Vec<Event> = listing::subflows(connection).collect();
        let ends = iter::once(&event).chain(&subflows).filter_map(ends);
        let shown = Shown {
            listed: true,
            subflows: ends.collect(),
        };
        self.shown.insert(token, shown);
        self.printed.create(token);
        Some((event, subflows))
    }

    /// Whether to print an event.
    pub fn admits(&mut self, event: &Event) -> bool {
        let Some(token) = event.token else {
            return true;
        };
        if self.catching_up {
            self.admits_queued(token, event)
        } else {
            self.admits_new(token, event)
        }
    }

    /// The events that were queued until the listing ended are through.
    pub fn caught_up(&mut self) {
        self.catching_up = false;
        self.shown = HashMap::new();
    }

    /// What the listing shows is not to be opened once more, and what it does
    /// not show was over before it came to it.
    fn admits_queued(&mut self, token: u32, event: &Event) -> bool {
        let is_pending = self.pending.contains(&token);
        match (event.command, self.shown.get_mut(&token)) {
            (CREATED, Some(_)) => false,
            (CREATED, None) => {
                self.open(token, event);
                true
            }
            (ESTABLISHED, Some(shown)) => !shown.listed && self.printed.is_open(token),
            (ESTABLISHED, None) if is_pending => {
                self.open(token, event);
                true
            }
            (CLOSED, Some(_)) => self.close(token),
            (SF_ESTABLISHED, Some(shown)) => ends(event).is_none_or(|ends| {
                let is_new = !shown.subflows.contains(&ends);
                if is_new {
                    shown.subflows.push(ends);
                }
                is_new
            }),
            (SF_CLOSED, Some(shown)) => {
                ends(event).is_none_or(|ends| shown.subflows.contains(&ends))
            }
            (_, shown) => shown.is_some(),
        }
    }

    /// ESTABLISHED may follow CLOSED, of a connection that was printed or was over
    /// before the listing came to it: no other end would follow.
    fn admits_new(&mut self, token: u32, event: &Event) -> bool {
        match event.command {
            // Its state may be seen a little before its event.
            CREATED if self.printed.is_open(token) => false,
            CREATED => {
                self.printed.create(token);
                true
            }
            ESTABLISHED if self.pending.remove(&token) => {
                self.printed.create(token);
                true
            }
            ESTABLISHED => self.printed.is_open(token),
            CLOSED => {
                self.pending.remove(&token);
                self.close(token)
            }
            _ => true,
        }
    }

    fn open(&mut self, token: u32, event: &Event) {
        let subflows = ends(event).into_iter().collect();
        let listed = false;
        self.shown.insert(token, Shown { listed, subflows });
        self.pending.remove(&token);
        self.printed.create(token);
    }

    fn close(&mut self, token: u32) -> bool {
        self.printed.close(token);
        true
    }
}

/// Both ends of a subflow, by which it is known.
fn ends(event: &Event) -> Option<[End; 2]> {
    let end = |address: Option<IpAddr>, port: Option<u16>| {
        Some(End {
            address: address?.to_canonical(),
            port: port?,
        })
    };
    Some([
        end(event.local(), event.local_port)?,
        end(event.remote(), event.remote_port)?,
    ])
}

#[cfg(test)]
#[path = "tests/reconcile.rs"]
mod tests;

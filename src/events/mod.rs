//! What is made of events before they are printed: which ones to print, what
//! their numbers mean, and how a listing and the events around it become one
//! account. Pure: it takes events and connections, and talks to nobody.

mod explain;
mod filter;
mod listing;
mod reconcile;
mod tokens;

#[cfg(test)]
#[path = "tests/synthetic.rs"]
mod synthetic;

pub use explain::{Explained, Explainer, explain};
pub use filter::Filter;
pub use reconcile::Account;

use crate::pm::event::NAMES;

/// A connection of a listing, with what ESTABLISHED has.
pub const CONNECTION: &str = "CONNECTION";
/// An additional subflow of a listing, with what SF_ESTABLISHED has.
pub const SUBFLOW: &str = "SUBFLOW";
/// Everything printed before is void: a new listing follows.
pub const LISTING: &str = "LISTING";

/// All names that can be printed.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    let listed = [CONNECTION, SUBFLOW, LISTING];
    NAMES.iter().map(|(_, name)| *name).chain(listed)
}

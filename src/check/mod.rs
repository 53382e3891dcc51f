//! Why MPTCP does not work here: [`Facts`] of a host, and the [`rules`] that
//! judge them. Pure: it asks the kernel nothing, so that each rule is tested
//! with synthetic facts.

mod attempts;
pub mod facts;
pub mod finding;
pub mod inspect;
pub mod judge;
mod merge;
pub mod probe;
pub mod remedy;
pub mod rules;

pub use facts::Facts;
pub use finding::{Finding, Level};
pub use judge::{Report, judge};

#[cfg(test)]
mod tests;

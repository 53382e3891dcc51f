//! Why MPTCP does not work here: [`Facts`] that one look at a host gives, and
//! the [`rules`] that judge them. Pure: it asks the kernel nothing, so that
//! each rule is tested with facts that are made up.

pub mod facts;
pub mod finding;
pub mod inspect;
pub mod judge;
mod paths;
pub mod probe;
pub mod rules;

pub use facts::Facts;
pub use finding::{Finding, Level};
pub use judge::{Report, judge};
pub use paths::paths;

#[cfg(test)]
mod tests;

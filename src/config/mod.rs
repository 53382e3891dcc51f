//! A configuration: a file of commands that says which limits and endpoints
//! are wanted, and the plan from what is set to that. Pure.
//!
//! A file is read to a [`Config`]. With what this [`Host`] has, it becomes an
//! [`Desired`], and that, against what is set, a [`Plan`] of [`Step`]s, which
//! `run` has done one by one.

mod desired;
mod file;
mod host;
mod plan;
mod run;
mod typed;

#[cfg(test)]
mod tests;

pub use desired::{Absence, Absent, Desired, DesiredEndpoint};
pub use file::{Config, Fault, Line, Mistake, read};
pub use host::{Host, Key};
pub use plan::{Add, Conflict, Plan, Step, plan};
pub use run::{Outcome, Undone, run};
pub use typed::{Typed, saved};

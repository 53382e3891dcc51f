//! A configuration: a file of commands that names the desired limits and
//! endpoints, and the plan from what is set to that. Pure.
//!
//! A file is read to a [`Config`]. On a [`Host`] it means a [`Desired`] state;
//! the difference from what is set is a [`Plan`] of [`Step`]s.

mod carrier;
mod desired;
mod file;
mod host;
mod plan;
mod typed;

#[cfg(test)]
mod tests;

pub use carrier::Carriers;
pub use desired::{Absence, Absent, Desired, DesiredEndpoint};
pub use file::{Config, Fault, Faults, Line, Mistake, read};
pub use host::{Host, Key};
pub use plan::{Conflict, Plan, Step, Task, Undone, plan};
pub use typed::{saved, typed};

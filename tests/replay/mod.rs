//! Replays the compatibility corpus: `tests/corpus/*.console`, whose format
//! `tests/corpus/README.md` explains.

mod command;
mod directive;
mod escape;
mod judge;
mod pattern;
mod session;
mod stage;
pub mod unit;

pub use session::Session;
pub use stage::{Player, play};

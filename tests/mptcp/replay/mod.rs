//! Replays the compatibility corpus: `tests/corpus/*.console`, whose format
//! `tests/corpus/README.md` explains.

mod command;
mod directive;
mod escape;
mod judge;
mod pattern;
mod session;
mod stage;
mod unit;

pub use command::Command;
pub use judge::{Measure, differences};
pub use session::{Outcome, Session};
pub use stage::{Player, play};
pub use unit::trials;

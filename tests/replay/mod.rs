//! Replays the compatibility corpus: `tests/corpus/*.console`, whose format
//! `tests/corpus/README.md` explains.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test program uses a part of it"
)]

mod command;
mod directive;
mod escape;
mod judge;
mod pattern;
mod session;
mod stage;
pub mod unit;

pub use command::Command;
pub use judge::{Measure, differences};
pub use session::{Outcome, Session};
pub use stage::{Player, play};

//! Files of commands, one on a line: how they are read, and what can be wrong
//! with them.

mod reader;

use std::ffi::OsString;
use std::io;

pub use reader::{Line, Malformed, Reader};

/// A batch that did not go through.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("Cannot open file \"{}\" for reading: {}", .file.display(), crate::errno::text_of(.source))]
    Open {
        /// The file.
        file: OsString,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be read on.
    #[error("Cannot read file \"{}\" at line {line}: {}", .file.display(), crate::errno::text_of(.source))]
    Read {
        /// The file.
        file: OsString,
        /// The line, from 1.
        line: usize,
        /// Why not.
        source: io::Error,
    },
    /// A line cannot be taken apart into words.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

//! Files of commands, one on a line: how they are read, and which errors they
//! can have.

mod reader;

use std::ffi::{OsStr, OsString};
use std::io;

pub use reader::{Line, Malformed, Reader};

use crate::stdio::Patient;

/// Opens a file of commands; `-` is standard input.
///
/// # Errors
/// [`Error::Open`].
pub fn open(file: &OsStr) -> Result<Reader<Patient>, Error> {
    let opened = Patient::open(file).map_err(|source| Error::Open {
        file: file.to_owned(),
        source,
    });
    opened.map(Reader::new)
}

/// A batch that failed.
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
    /// Reading the file failed.
    #[error("Cannot read file \"{}\" at line {line}: {}", .file.display(), crate::errno::text_of(.source))]
    Read {
        /// The file.
        file: OsString,
        /// The line, from 1.
        line: usize,
        /// Why not.
        source: io::Error,
    },
    /// A line cannot be split into words.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

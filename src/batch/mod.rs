//! Files of commands, one on a line: how they are read, and which errors they
//! can have.

mod reader;

use std::ffi::{OsStr, OsString};
use std::io;

pub use reader::{Line, Malformed, Reader};

use crate::stdio::Patient;
use crate::visible::of_os;

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

/// Opens a file that is read again later, and so must be a regular one.
///
/// # Errors
/// [`Error::Open`], [`Error::NotRegular`].
pub fn open_regular(file: &OsStr) -> Result<Reader<Patient>, Error> {
    let file = file.to_owned();
    match Patient::open_regular(&file) {
        Ok(Some(input)) => Ok(Reader::new(input)),
        Ok(None) => Err(Error::NotRegular(file)),
        Err(source) => Err(Error::Open { file, source }),
    }
}

/// A batch that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("Cannot open file \"{}\" for reading: {}", of_os(.file), crate::errno::text_of(.source))]
    Open {
        /// The file.
        file: OsString,
        /// Why not.
        source: io::Error,
    },
    /// The file is a directory, a pipe or a device.
    #[error("\"{}\" is not a regular file, which \"follow\" requires: it reads the file again.", of_os(.0))]
    NotRegular(OsString),
    /// Reading the file failed.
    #[error("Cannot read file \"{}\" at line {line}: {}", of_os(.file), crate::errno::text_of(.source))]
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

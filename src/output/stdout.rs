//! Standard output, all of it or an error.

use std::io::{self, Write};
use std::os::fd::OwnedFd;

use crate::stdio;

/// Standard output could not be written to.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {}", crate::errno::text_of(.0))]
pub struct Error(pub io::Error);

/// Beyond this many bytes, output is handed on while a record is written.
const LARGE: usize = 64 * 1024;

/// A buffer before standard output that hides no failure. (Rust's own takes a
/// closed standard output for one that accepts everything.)
#[derive(Debug, Default)]
pub struct Stdout {
    buffer: Vec<u8>,
    signals: Option<OwnedFd>,
}

impl Stdout {
    /// From now on, what comes to be read from `signals` ends the waiting for
    /// a reader that takes nothing; the output fails then.
    pub fn heed(&mut self, signals: Option<OwnedFd>) {
        self.signals = signals;
    }

    fn hand_on(&self) -> io::Result<()> {
        match &self.signals {
            None => stdio::write_all(io::stdout(), &self.buffer),
            Some(signals) => stdio::write_unless(signals, io::stdout(), &self.buffer),
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// Nothing is taken in part, so that there is no loop as in other writers.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        match self.buffer.len() > LARGE {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let result = self.hand_on();
        self.buffer.clear();
        result
    }
}

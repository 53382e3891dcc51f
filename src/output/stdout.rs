//! Standard output, all of it or an error.

use std::io::{self, Write};
use std::mem;
use std::os::fd::OwnedFd;

use crate::stdio;

/// Standard output could not be written to.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {}", crate::errno::text_of(.0))]
pub struct Error(pub io::Error);

/// How many bytes are kept before they are handed on: a power of two of
/// [`SHORT`].
const ROOM: usize = 32 * SHORT;
/// For how many there is room at first.
const SHORT: usize = 2048;

/// A buffer before standard output that hides no failure. (Rust's own takes a
/// closed standard output for one that accepts everything.)
#[derive(Debug, Default)]
pub struct Stdout {
    /// A record is many short writes, and a vector that grows checks its
    /// capacity in each: this one has more bytes than are in use.
    buffer: Vec<u8>,
    used: usize,
    signals: Option<OwnedFd>,
    /// Nothing is handed on.
    held: bool,
}

impl Stdout {
    /// From now on, a signal ends the waiting for a reader that takes nothing: if
    /// `signals` becomes readable, the output fails.
    pub fn interrupt_by(&mut self, signals: Option<OwnedFd>) {
        self.signals = signals;
    }

    /// From now on, all of it is kept.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// What was kept, which is written nowhere; from now on, it is again.
    pub fn release(&mut self) -> Vec<u8> {
        self.held = false;
        let mut kept = mem::take(&mut self.buffer);
        kept.truncate(mem::take(&mut self.used));
        kept
    }

    fn hand_on(&self, bytes: &[u8]) -> io::Result<()> {
        match &self.signals {
            None => stdio::write_all(io::stdout(), bytes),
            Some(signals) => stdio::write_unless(signals, io::stdout(), bytes),
        }
    }

    /// Takes what the rest of the buffer has no room for. Most output is short:
    /// the buffer grows with it, and then is handed on. A text that is there as
    /// a whole, such as a help, is not copied.
    #[cold]
    fn make_room_for(&mut self, bytes: &[u8]) -> io::Result<()> {
        let size = self.buffer.len();
        if self.used == 0 && bytes.len() > SHORT && !self.held {
            return self.hand_on(bytes);
        }
        if size < ROOM || self.held {
            let mut larger = vec![0; (2 * size).max(SHORT)];
            if let Some(kept) = larger.get_mut(..size) {
                kept.copy_from_slice(&self.buffer);
            }
            self.buffer = larger;
        } else {
            self.flush()?;
            if bytes.len() > ROOM {
                return self.hand_on(bytes);
            }
        }
        self.write_all(bytes)
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
        let end = self.used + bytes.len();
        match self.buffer.get_mut(self.used..end) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.used = end;
                Ok(())
            }
            None => self.make_room_for(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held {
            return Ok(());
        }
        let kept = self.buffer.get(..self.used).unwrap_or_default();
        let result = match kept {
            [] => Ok(()),
            kept => self.hand_on(kept),
        };
        self.used = 0;
        result
    }
}

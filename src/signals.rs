//! Signals as readable events, and waiting for them along with other input.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::stdio;

/// While this exists, SIGINT and SIGTERM do not kill the program but wait to be
/// read, as do other requested signals; if the reader goes away, writing fails
/// (SIGPIPE is blocked).
#[derive(Debug)]
pub struct Signals {
    waiting: SignalFd,
    before: SigSet,
}

/// What ended the waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wakened {
    /// There is something to read.
    Input,
    /// SIGINT, SIGTERM or another requested signal arrived.
    Signal(Signal),
    /// The timeout expired.
    Time,
    /// The reader of standard output has gone away.
    ReaderLeft,
}

/// The signals cannot be received.
#[derive(Debug, thiserror::Error)]
#[error("cannot watch for signals: {}", crate::errno::text_of(.0))]
pub struct Error(#[from] io::Error);

impl Signals {
    /// Takes over the signals, even if the program was started with them
    /// ignored.
    ///
    /// # Errors
    /// No file descriptor is left.
    pub fn take() -> Result<Self, Error> {
        Self::take_with(SigSet::empty())
    }

    /// The same, with additional signals.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_with(mut signals: SigSet) -> Result<Self, Error> {
        signals.extend([Signal::SIGINT, Signal::SIGTERM]);
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let waiting = SignalFd::with_flags(&signals, flags).map_err(io::Error::from)?;
        let before = SigSet::thread_get_mask().map_err(io::Error::from)?;
        signals.add(Signal::SIGPIPE);
        signals.thread_block().map_err(io::Error::from)?;
        Ok(Signals { waiting, before })
    }

    /// A second descriptor, from which there is something to read when a
    /// signal came.
    ///
    /// # Errors
    /// There is no descriptor left.
    pub fn descriptor(&self) -> Result<OwnedFd, Error> {
        Ok(self.waiting.as_fd().try_clone_to_owned()?)
    }

    /// Waits until `input` is readable, a signal arrives, or the reader of
    /// standard output goes away.
    ///
    /// # Errors
    /// `poll` failed.
    pub fn or_input(&self, input: BorrowedFd) -> Result<Wakened, Error> {
        self.or_input_until(Some(input), None)
    }

    /// The same, with any number of inputs and an optional timeout.
    ///
    /// # Errors
    /// As [`or_input`](Self::or_input).
    pub fn or_input_until<'a>(
        &self,
        inputs: impl IntoIterator<Item = BorrowedFd<'a>>,
        deadline: Option<Instant>,
    ) -> Result<Wakened, Error> {
        let stdout = io::stdout();
        let mut sources = vec![
            PollFd::new(self.waiting.as_fd(), PollFlags::POLLIN),
            // No event is asked for: errors are reported without asking.
            PollFd::new(stdout.as_fd(), PollFlags::empty()),
        ];
        let inputs = inputs.into_iter();
        sources.extend(inputs.map(|input| PollFd::new(input, PollFlags::POLLIN)));
        match poll(&mut sources, stdio::timeout(deadline)) {
            Ok(0) => return Ok(Wakened::Time),
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(Wakened::Input),
            Err(errno) => return Err(Error(errno.into())),
        }
        let mut events = sources.iter().map(|source| source.revents());
        let mut events = || events.next().flatten().unwrap_or(PollFlags::empty());
        let (signal, output) = (events(), events());
        // A pipe reports POLLERR when its reader is gone, a socket or terminal POLLHUP.
        let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
        let came = if signal.is_empty() { None } else { self.next() };
        Ok(match came {
            Some(signal) => Wakened::Signal(signal),
            None if output.intersects(gone) => Wakened::ReaderLeft,
            None => Wakened::Input,
        })
    }

    /// The next signal that came. After one that ends the program, no other one
    /// is to have an effect any more.
    fn next(&self) -> Option<Signal> {
        let came = self.waiting.read_signal().ok().flatten()?;
        let number = i32::try_from(came.ssi_signo).ok()?;
        // A real-time signal has no name here, and is meant to end the program.
        let signal = Signal::try_from(number).unwrap_or(Signal::SIGTERM);
        if matches!(signal, Signal::SIGINT | Signal::SIGTERM) {
            self.forget();
        }
        Some(signal)
    }

    /// Lets a signal that was read have its effect after all: the program
    /// stops, until it is continued, or ends.
    pub fn let_through(&self, signal: Signal) {
        let set = SigSet::from_iter([signal]);
        // They fail only for an argument that is not valid.
        let _ = raise(signal);
        let _ = set.thread_unblock();
        let _ = set.thread_block();
    }

    /// Discards the signals that are pending, so that they have no effect
    /// later.
    pub fn forget(&self) {
        while let Ok(Some(_)) = self.waiting.read_signal() {}
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.waiting.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // A signal that came and was not read has its effect now; but that the
        // reader left was seen already.
        self.before.add(Signal::SIGPIPE);
        let _ = self.before.thread_set_mask();
    }
}

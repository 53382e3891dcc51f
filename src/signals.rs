//! Signals as something to read, and waiting for them beside other things.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// While this lives, SIGINT and SIGTERM are not deadly but wait to be read,
/// and a reader that leaves is an error of the write (SIGPIPE is blocked).
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
    /// SIGINT or SIGTERM came.
    Signal,
    /// Nobody reads standard output any more.
    ReaderLeft,
}

/// The signals cannot be watched for.
#[derive(Debug, thiserror::Error)]
#[error("cannot watch for signals: {}", crate::errno::text_of(.0))]
pub struct Error(#[from] io::Error);

/// From now on, a file that has grown to its limit (`ulimit -f`) is an error
/// of the write (SIGXFSZ is blocked).
pub fn survive_file_limits() {
    // It can fail only for an argument that is not valid.
    let _ = SigSet::from_iter([Signal::SIGXFSZ]).thread_block();
}

impl Signals {
    /// Takes the signals, also where the program was started with them ignored.
    ///
    /// # Errors
    /// There is no descriptor left.
    pub fn take() -> Result<Self, Error> {
        let ending = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let waiting = SignalFd::with_flags(&ending, flags).map_err(io::Error::from)?;
        let before = SigSet::thread_get_mask().map_err(io::Error::from)?;
        let blocked = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGPIPE];
        let blocked = SigSet::from_iter(blocked).thread_block();
        blocked.map_err(io::Error::from)?;
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

    /// Waits until there is something to read from `input`, a signal comes, or
    /// the reader of standard output leaves.
    ///
    /// # Errors
    /// `poll` failed.
    pub fn or_input(&self, input: BorrowedFd) -> Result<Wakened, Error> {
        let stdout = io::stdout();
        let mut sources = [
            PollFd::new(input, PollFlags::POLLIN),
            PollFd::new(self.waiting.as_fd(), PollFlags::POLLIN),
            // No event is asked for: errors are reported without asking.
            PollFd::new(stdout.as_fd(), PollFlags::empty()),
        ];
        match poll(&mut sources, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(Wakened::Input),
            Err(errno) => return Err(Error(errno.into())),
        }
        let [_, signal, output] =
            sources.map(|source| source.revents().unwrap_or(PollFlags::empty()));
        // A pipe says POLLERR when its reader is gone, a socket or terminal POLLHUP.
        let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
        Ok(match () {
            () if !signal.is_empty() => {
                self.forget();
                Wakened::Signal
            }
            () if output.intersects(gone) => Wakened::ReaderLeft,
            () => Wakened::Input,
        })
    }

    /// Takes away the signals that came, so that they have no effect later.
    pub fn forget(&self) {
        while let Ok(Some(_)) = self.waiting.read_signal() {}
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

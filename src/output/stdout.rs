//! Standard output, all of it or an error.

use std::io::{self, Write};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Standard output did not take what was written to it.
#[derive(Debug, thiserror::Error)]
#[error("Error: cannot write to standard output: {}", crate::netlink::strerror_of(.0))]
pub struct Error(pub io::Error);

/// Beyond this many bytes, output is handed on while a record is written.
const LARGE: usize = 64 * 1024;

/// A buffer before standard output that hides no failure. (Rust's own takes a
/// closed standard output for one that accepts everything.)
#[derive(Debug)]
pub struct Stdout {
    buffer: Vec<u8>,
    closed: bool,
}

impl Stdout {
    /// Standard output, which may have been closed before the program began.
    pub fn new(closed: bool) -> Self {
        let buffer = Vec::new();
        Stdout { buffer, closed }
    }

    fn hand_on(&self) -> io::Result<()> {
        if self.closed {
            return Err(Errno::EBADF.into());
        }
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            match nix::unistd::write(io::stdout(), rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Errno::EINTR) => {}
                // A terminal or pipe that another program set to non-blocking.
                Err(Errno::EAGAIN) => wait()?,
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// Waits until standard output takes something again.
fn wait() -> io::Result<()> {
    let stdout = io::stdout();
    let mut ready = [PollFd::new(stdout.as_fd(), PollFlags::POLLOUT)];
    match poll(&mut ready, PollTimeout::NONE) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > LARGE {
            self.flush()?;
        }
        Ok(bytes.len())
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

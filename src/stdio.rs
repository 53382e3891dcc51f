//! The three standard streams, as the program was given them.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::mem;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::slice;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use nix::errno::Errno;
use nix::libc::{O_NONBLOCK, PIPE_BUF};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};

/// Standard input was closed when the program began.
static STDIN_CLOSED: AtomicBool = AtomicBool::new(false);

/// Makes sure that the descriptors 0, 1 and 2 are taken, so that no socket
/// gets one of them and is taken for a standard stream. What takes the place of
/// a closed one takes no output: that it was closed is noticed.
///
/// # Errors
/// A closed descriptor could not be filled.
pub fn reserve_standard_streams() -> io::Result<()> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let streams = [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()];
    let mut states = streams.map(|stream| PollFd::new(stream, PollFlags::empty()));
    match poll(&mut states, PollTimeout::ZERO) {
        // It takes no more of them at once than `ulimit -n` allows to be open.
        Err(Errno::EINVAL) => {
            for state in &mut states {
                poll(slice::from_mut(state), PollTimeout::ZERO).or_else(none_allowed)?;
            }
        }
        polled => drop(polled?),
    }
    let closed = states.map(|state| state.revents() == Some(PollFlags::POLLNVAL));
    for _ in closed.iter().filter(|&&closed| closed) {
        // The new descriptor is the lowest one that is free. The root directory
        // is there even where there is no /dev/null.
        mem::forget(File::open("/")?);
    }
    STDIN_CLOSED.store(closed[0], Ordering::Relaxed);
    Ok(())
}

/// Where no descriptor may be open at all, nothing can take the place of one.
fn none_allowed(errno: Errno) -> nix::Result<i32> {
    match errno {
        Errno::EINVAL => Ok(0),
        errno => Err(errno),
    }
}

/// Writes all of it, also to a terminal or pipe that another program set to
/// non-blocking.
///
/// # Errors
/// Some of it was not taken.
pub fn write_all(stream: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    // A file that has grown to its limit is an error, and no end by a signal.
    static FILE_LIMITS: Once = Once::new();
    FILE_LIMITS.call_once(survive_file_limits);
    while !bytes.is_empty() {
        match nix::unistd::write(&stream, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => wait(&stream, PollFlags::POLLOUT)?,
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// From now on, a file that has grown to its limit (`ulimit -f`) is an error
/// of the write (SIGXFSZ is blocked).
fn survive_file_limits() {
    // It can fail only for an argument that is not valid.
    let _ = SigSet::from_iter([Signal::SIGXFSZ]).thread_block();
}

/// Writes all of it, as [`write_all`], but gives up when there is something to
/// read from `signals` while the stream takes nothing.
///
/// # Errors
/// Some of it was not taken; [`io::ErrorKind::Interrupted`] for a signal.
pub fn write_unless(signals: impl AsFd, stream: impl AsFd, bytes: &[u8]) -> io::Result<()> {
    // A pipe that is ready takes so much without waiting for its reader.
    for part in bytes.chunks(PIPE_BUF) {
        if !is_ready_unless(&signals, &stream) {
            let why = "a signal came while nobody read it";
            return Err(io::Error::new(io::ErrorKind::Interrupted, why));
        }
        write_all(&stream, part)?;
    }
    Ok(())
}

/// Waits until the stream takes something; false if there is something to read
/// from `signals` before.
pub fn is_ready_unless(signals: impl AsFd, stream: impl AsFd) -> bool {
    let mut states = [
        PollFd::new(stream.as_fd(), PollFlags::POLLOUT),
        PollFd::new(signals.as_fd(), PollFlags::POLLIN),
    ];
    while poll(&mut states, PollTimeout::NONE) == Err(Errno::EINTR) {}
    states[0].any() != Some(false)
}

/// Waits until the stream takes something; false if it does not by then.
pub fn is_ready_until(stream: impl AsFd, deadline: Instant) -> bool {
    let mut states = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
    while poll(&mut states, timeout(Some(deadline))) == Err(Errno::EINTR) {}
    states[0].any() == Some(true)
}

/// Whether there is something to read, or the end.
pub fn has_input(stream: impl AsFd) -> bool {
    let mut states = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
    poll(&mut states, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// The time until then for `poll`, rounded up: to wake too early would be to
/// wake twice.
pub fn timeout(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else {
        return PollTimeout::NONE;
    };
    let left = deadline.saturating_duration_since(Instant::now());
    let left = left.as_micros().div_ceil(1000);
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}

/// An input that another program may have set to non-blocking.
#[derive(Debug)]
pub struct Patient(File);

impl Patient {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be opened; standard input is closed.
    pub fn open(file: &OsStr) -> io::Result<Self> {
        let opened = if file != "-" {
            File::open(file)
        } else if STDIN_CLOSED.load(Ordering::Relaxed) {
            Err(Errno::EBADF.into())
        } else {
            io::stdin().as_fd().try_clone_to_owned().map(File::from)
        };
        opened.map(Patient)
    }

    /// Opens a regular file, which keeps no reader waiting; `None` if it is of
    /// another kind.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open_regular(file: &OsStr) -> io::Result<Option<Self>> {
        // The open of a FIFO would wait for its writer.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(O_NONBLOCK)
            .open(file)?;
        Ok(opened.metadata()?.is_file().then_some(Patient(opened)))
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(&self.0, PollFlags::POLLIN)?;
                }
                read => return read,
            }
        }
    }
}

impl Seek for Patient {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Waits until the stream takes or has something again.
fn wait(stream: &impl AsFd, what: PollFlags) -> io::Result<()> {
    let mut ready = [PollFd::new(stream.as_fd(), what)];
    match poll(&mut ready, PollTimeout::NONE) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

//! The three standard streams, as the program was given them.

use std::fs::File;
use std::io;
use std::mem;
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Makes sure that the descriptors 0, 1 and 2 are taken, so that no socket
/// comes to stand where messages are written to. Says whether standard output
/// was closed.
///
/// # Errors
/// A closed descriptor could not be filled.
pub fn occupy() -> io::Result<bool> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let streams = [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()];
    let mut states = streams.map(|stream| PollFd::new(stream, PollFlags::empty()));
    poll(&mut states, PollTimeout::ZERO)?;
    let closed = states.map(|state| state.revents() == Some(PollFlags::POLLNVAL));
    for _ in closed.iter().filter(|&&closed| closed) {
        // The new descriptor is the lowest one that is free. The root folder
        // is there even where there is no /dev/null, and takes no output.
        mem::forget(File::open("/")?);
    }
    Ok(closed[1])
}

//! Programs that tests write, beside others that tests start.

use std::fs;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::wait_until;

/// A process that is on its way to another program holds what was open when it
/// was made, in all trials: a file that is being written then can't be started
/// (ETXTBSY), and what is closed then is not really closed.
static STARTING: RwLock<()> = RwLock::new(());

/// Starts a program, while no other is being written.
pub fn starting<T>(start: impl FnOnce() -> T) -> T {
    let _shared = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    start()
}

/// Does something while no program is being started.
pub fn alone<T>(body: impl FnOnce() -> T) -> T {
    let _alone = STARTING.write().unwrap_or_else(PoisonError::into_inner);
    body()
}

/// Closes the reading end of a pipe, and waits until nobody has it any more: a
/// program that was just started is told of as started before it has closed what
/// it was not to inherit.
pub fn close_reader(reader: PipeReader, writer: &PipeWriter) {
    alone(|| drop(reader));
    wait_until("nobody reads the pipe", || {
        let mut states = [PollFd::new(writer.as_fd(), PollFlags::empty())];
        let polled = poll(&mut states, PollTimeout::ZERO);
        polled.is_ok()
            && states[0]
                .revents()
                .is_some_and(|of| of.contains(PollFlags::POLLERR))
    });
}

/// Writes an executable file.
pub fn write_program(place: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    alone(|| fs::write(&place, content)).expect("write a program");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("make it executable");
}

/// Copies an executable file.
pub fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    write_program(to, fs::read(from).expect("read a program"));
}

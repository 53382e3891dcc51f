//! Programs that tests write, beside others that tests start.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

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

/// Writes an executable file.
pub fn write_program(place: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    alone(|| fs::write(&place, content)).expect("write a program");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("make it executable");
}

/// Copies an executable file.
pub fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    write_program(to, fs::read(from).expect("read a program"));
}

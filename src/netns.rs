//! Other network namespaces: which have a name, and entering one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nix::libc::O_NONBLOCK;
use nix::sched::{CloneFlags, setns};

use crate::shell::Namespace;
use crate::visible::of_os;

/// Where `ip netns add` keeps the namespaces that have a name.
const NAMED: &str = "/run/netns";

/// The names of those, in no order.
pub fn names() -> impl Iterator<Item = OsString> {
    let entries = fs::read_dir(NAMED).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name())
}

/// The namespace that the program is in, which is one for the whole process.
static ENTERED: Mutex<Namespace> = Mutex::new(Namespace::Own);

/// A namespace that cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no namespace with that name, path or process ID.
    #[error("Cannot open network namespace \"{}\": {}", of_os(.name), crate::errno::text_of(.source))]
    Open {
        /// The requested namespace.
        name: OsString,
        /// Why it could not be opened.
        source: io::Error,
    },
    /// The kernel does not let this process enter it.
    #[error("setting the network namespace \"{}\" failed: {}", of_os(.name), crate::errno::text_of(.source))]
    Enter {
        /// The requested namespace.
        name: OsString,
        /// The reason.
        source: io::Error,
    },
}

/// Enters a network namespace, and no other kind of namespace.
///
/// A name is first looked up among the namespaces that `ip netns` knows, so
/// that what works there works here. If there is none, a word with a slash is a
/// path, and a number is the ID of a process in that namespace.
///
/// # Errors
/// There is no such namespace, or CAP_SYS_ADMIN is missing.
pub fn enter(name: &OsStr) -> Result<(), Error> {
    let (file, path) = open(name).map_err(|source| Error::Open {
        name: name.to_owned(),
        source,
    })?;
    setns(file, CloneFlags::CLONE_NEWNET).map_err(|errno| Error::Enter {
        name: name.to_owned(),
        source: errno.into(),
    })?;
    let namespace = Namespace::new(name, path.as_deref().map(Path::as_os_str));
    *ENTERED.lock().unwrap_or_else(PoisonError::into_inner) = namespace;
    Ok(())
}

/// The namespace that was entered last, for the commands that are shown.
pub fn entered() -> Namespace {
    let entered = ENTERED.lock().unwrap_or_else(PoisonError::into_inner);
    entered.clone()
}

/// Opens the namespace, and returns its path if it is not one with a name.
fn open(name: &OsStr) -> io::Result<(File, Option<PathBuf>)> {
    let named = open_file(&Path::new(NAMED).join(relative(name)));
    match (named, otherwise(name)) {
        (Err(error), Some(path)) if is_absence(&error) => Ok((open_file(&path)?, Some(path))),
        (named, _) => Ok((named?, None)),
    }
}

/// Opens a file, without blocking if it is a pipe that has no writer.
fn open_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).custom_flags(O_NONBLOCK).open(path)
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// `ip` puts whatever it is given behind its directory, also what begins with a
/// slash, while joining two paths would forget the first then.
fn relative(name: &OsStr) -> &OsStr {
    let bytes = name.as_bytes();
    let slashes = bytes.iter().take_while(|&&byte| byte == b'/').count();
    OsStr::from_bytes(&bytes[slashes..])
}

fn otherwise(name: &OsStr) -> Option<PathBuf> {
    match name.as_bytes() {
        path if path.contains(&b'/') => Some(PathBuf::from(name)),
        _ if is_process(name) => Some(Path::new("/proc").join(name).join("ns/net")),
        _ => None,
    }
}

/// Whether it can be the number of a process.
pub fn is_process(name: &OsStr) -> bool {
    match name.as_bytes() {
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

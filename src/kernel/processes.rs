//! Which processes there are, and which sockets they hold, from `/proc` (proc(5)).

use std::collections::HashMap;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::libc::{EACCES, ENOENT, EPERM, ESRCH};

use crate::diag::process::Process;
use crate::{errno, sorted};

/// The names of all processes, up to 15 bytes each.
///
/// # Errors
/// `/proc` cannot be read, or hides the processes of others (`hidepid`).
pub fn names() -> io::Result<Vec<String>> {
    let comm = |process: &Path| fs::read_to_string(process.join("comm"));
    let hidden = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => io::Error::other("/proc hides the processes of others"),
        _ => error,
    };
    comm(Path::new("/proc/1")).map_err(hidden)?;
    let listed = fs::read_dir("/proc")?.flatten();
    let names = listed.filter_map(|process| comm(&process.path()).ok());
    Ok(names.map(|name| name.trim_end().to_owned()).collect())
}

/// A file below `/proc` that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {}", path.display(), errno::text_of(source))]
pub struct Error {
    path: PathBuf,
    source: io::Error,
}

/// The processes by the inodes of their sockets.
#[derive(Debug, Default)]
pub struct Processes {
    holders: HashMap<u32, Vec<Process>>,
    /// Some processes are not visible.
    hidden: bool,
    /// The first error that leaves some out.
    failure: Option<Error>,
}

impl Processes {
    /// Reads every descriptor of every process. Those of other users are out
    /// of sight without CAP_SYS_PTRACE, and a process may end meanwhile: what
    /// cannot be read is passed over.
    pub fn read() -> Self {
        // Mounted with `hidepid`, /proc does not even list others: the first
        // process of all is one of them.
        let mut processes = Processes {
            hidden: !Path::new("/proc/1").exists(),
            ..Processes::default()
        };
        for entry in processes.list(Path::new("/proc")) {
            if let Some(pid) = number(entry.file_name().as_bytes()) {
                processes.read_one(pid, &entry.path());
            }
        }
        for of_one in processes.holders.values_mut() {
            sorted::by_key(of_one, |process| (process.pid.into(), process.fd.into()));
        }
        processes
    }

    /// Who holds the socket with that inode, in order; none where that may be a
    /// process that is out of sight. Nobody holds 0, a socket that no program
    /// has accepted yet or that all have closed.
    pub fn holders(&self, inode: u32) -> Option<&[Process]> {
        let is_whole = !self.hidden && self.failure.is_none();
        match self.holders.get(&inode) {
            Some(holders) => Some(holders),
            None => (is_whole || inode == 0).then_some(&[]),
        }
    }

    /// Why some processes are left out, besides those that are out of sight.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    fn read_one(&mut self, pid: u32, process: &Path) {
        let mut comm = None;
        for descriptor in self.list(&process.join("fd")) {
            let path = descriptor.path();
            let target = self.readable(&path, fs::read_link(&path));
            let inode = target.and_then(|target| socket(target.as_os_str().as_bytes()));
            let fd = number(descriptor.file_name().as_bytes());
            let (Some(inode), Some(fd)) = (inode, fd) else {
                continue;
            };
            let comm = comm.get_or_insert_with(|| self.name(process)).clone();
            let holder = Process { pid, comm, fd };
            self.holders.entry(inode).or_default().push(holder);
        }
    }

    /// What `comm` holds, without the line feed at its end.
    fn name(&mut self, process: &Path) -> Option<Vec<u8>> {
        let path = process.join("comm");
        let mut name = self.readable(&path, fs::read(&path))?;
        if name.last() == Some(&b'\n') {
            name.pop();
        }
        Some(name)
    }

    fn list(&mut self, directory: &Path) -> Vec<DirEntry> {
        let entries = fs::read_dir(directory).and_then(Iterator::collect);
        self.readable(directory, entries).unwrap_or_default()
    }

    /// What was read, if it was. A process that ended meanwhile holds nothing.
    fn readable<T>(&mut self, path: &Path, read: io::Result<T>) -> Option<T> {
        let source = match read {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        match source.raw_os_error() {
            Some(ENOENT | ESRCH) => {}
            Some(EACCES | EPERM) => self.hidden = true,
            _ if self.failure.is_none() => {
                let path = path.to_owned();
                self.failure = Some(Error { path, source });
            }
            _ => {}
        }
        None
    }
}

/// The inode in `socket:[INODE]`.
fn socket(target: &[u8]) -> Option<u32> {
    number(target.strip_prefix(b"socket:[")?.strip_suffix(b"]")?)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;
    use std::os::linux::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_socket_of_this_process_is_found() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let fd = socket.as_raw_fd();
        let link = format!("/proc/self/fd/{fd}");
        let inode = fs::metadata(link).unwrap().st_ino() as u32;
        let processes = Processes::read();
        let holders = processes.holders(inode).expect("it holds it");
        let ours =
            |process: &&Process| process.pid == std::process::id() && process.fd == fd as u32;
        assert!(holders.iter().any(|process| ours(&process)), "{holders:?}");
        assert_eq!(processes.holders(0), Some([].as_slice()));
    }

    #[test]
    fn who_may_be_out_of_sight_is_not_said_to_be_nobody() {
        let hidden = true;
        let processes = Processes {
            hidden,
            ..Processes::default()
        };
        assert_eq!(processes.holders(7), None);
        assert_eq!(processes.holders(0), Some([].as_slice()));
        assert_eq!(Processes::default().holders(7), Some([].as_slice()));
    }
}

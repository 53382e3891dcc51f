//! Which processes there are, and which sockets they hold, from `/proc` (proc(5)).

use std::collections::HashMap;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::sorted;

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

/// What `/proc` lists, processes among it.
fn listed() -> impl Iterator<Item = DirEntry> {
    fs::read_dir("/proc").into_iter().flatten().flatten()
}

/// A process that holds a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, up to 15 bytes.
    pub comm: Vec<u8>,
    /// The number of the descriptor.
    pub fd: u32,
}

/// The processes by the inodes of their sockets.
#[derive(Debug, Default)]
pub struct Processes {
    holders: HashMap<u32, Vec<Process>>,
    /// Some processes are not visible.
    hidden: bool,
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
        for entry in listed() {
            if let Some(pid) = number(entry.file_name().as_bytes()) {
                processes.read_one(pid, &entry.path());
            }
        }
        for of_one in processes.holders.values_mut() {
            sorted::by_key(of_one, |of| (of.pid.into(), of.fd.into()));
        }
        processes
    }

    /// Who holds the socket with that inode, in order; none where that may be a
    /// process that is out of sight. Nobody holds 0, a socket that no program
    /// has accepted yet or that all have closed.
    pub fn of(&self, inode: u32) -> Option<&[Process]> {
        match self.holders.get(&inode) {
            Some(holders) => Some(holders),
            None if self.hidden && inode != 0 => None,
            None => Some(&[]),
        }
    }

    fn read_one(&mut self, pid: u32, process: &Path) {
        let mut comm = None;
        let descriptors = fs::read_dir(process.join("fd"));
        if let Err(error) = &descriptors {
            self.hidden |= error.kind() == ErrorKind::PermissionDenied;
        }
        for descriptor in descriptors.into_iter().flatten().flatten() {
            let Ok(target) = fs::read_link(descriptor.path()) else {
                continue;
            };
            let inode = socket(target.as_os_str().as_bytes());
            let fd = number(descriptor.file_name().as_bytes());
            let (Some(inode), Some(fd)) = (inode, fd) else {
                continue;
            };
            let comm = comm.get_or_insert_with(|| name(process)).clone();
            let holder = Process { pid, comm, fd };
            self.holders.entry(inode).or_default().push(holder);
        }
    }
}

/// What `comm` holds, without the line feed at its end.
fn name(process: &Path) -> Vec<u8> {
    let mut name = fs::read(process.join("comm")).unwrap_or_default();
    if name.last() == Some(&b'\n') {
        name.pop();
    }
    name
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
        let holders = processes.of(inode).expect("it holds it");
        let ours = |of: &&Process| of.pid == std::process::id() && of.fd == fd as u32;
        assert!(holders.iter().any(|of| ours(&of)), "{holders:?}");
        assert_eq!(processes.of(0), Some([].as_slice()));
    }

    #[test]
    fn who_may_be_out_of_sight_is_not_said_to_be_nobody() {
        let hidden = true;
        let processes = Processes {
            hidden,
            ..Processes::default()
        };
        assert_eq!(processes.of(7), None);
        assert_eq!(processes.of(0), Some([].as_slice()));
        assert_eq!(Processes::default().of(7), Some([].as_slice()));
    }
}

//! Who asks for a socket: whether it is in the supervisor's network namespace,
//! and which user it is.
//!
//! The process is named by its number, and looked up in /proc. It waits for its
//! answer meanwhile: if it ends, and the number becomes another's, the answer
//! goes nowhere.

use std::io::Write;
use std::{fs, process};

use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::sys::stat::{Mode, stat};
use nix::unistd::{getegid, geteuid, read};

/// What this process and its supervisor are.
pub struct Host {
    /// Its network namespace, by a file of it.
    namespace: (libc::dev_t, libc::ino_t),
    user: u32,
    group: u32,
}

/// Whose the socket is to be.
pub enum Owner {
    /// The supervisor's user.
    Same,
    /// Another one.
    Other { user: u32, group: u32 },
}

/// A file of a network namespace: each namespace has another one, by device and
/// inode. Unlike `ns/net`, everybody may look at it: also where a program is not
/// dumpable, or root lacks CAP_SYS_PTRACE, as in containers.
const NAMESPACE: &str = "net/dev";
/// Room for a path in /proc.
const PATH: usize = 48;
/// Room for the beginning of `/proc/PID/status`, which has the ids.
const STATUS: usize = 1024;

impl Host {
    /// What this process is; `None`: /proc is not mounted, or shows the
    /// processes of another PID namespace by their numbers there.
    pub fn observe() -> Option<Self> {
        let this = process::id();
        let shown = fs::read_link("/proc/self").ok()?;
        let is_ours = shown.to_str()?.parse() == Ok(this);
        Some(Host {
            namespace: is_ours.then(|| namespace(this))??,
            user: geteuid().as_raw(),
            group: getegid().as_raw(),
        })
    }

    /// Whose a socket for that thread is to be; `None`: it is in another network
    /// namespace, or that cannot be told.
    pub fn owner(&self, thread: u32) -> Option<Owner> {
        if namespace(thread)? != self.namespace {
            return None;
        }
        // Only root can make it another user's, and without privileges nobody
        // becomes another user.
        if self.user != 0 {
            return Some(Owner::Same);
        }
        let (user, group) = ids(thread)?;
        if (user, group) == (self.user, self.group) {
            return Some(Owner::Same);
        }
        Some(Owner::Other { user, group })
    }
}

/// The network namespace of the thread.
fn namespace(thread: u32) -> Option<(libc::dev_t, libc::ino_t)> {
    let mut room = [0; PATH];
    let file = stat(path(&mut room, thread, NAMESPACE)?).ok()?;
    Some((file.st_dev, file.st_ino))
}

/// `/proc/THREAD/NAME`, made without memory.
fn path<'a>(room: &'a mut [u8; PATH], thread: u32, name: &str) -> Option<&'a std::ffi::CStr> {
    let mut rest = &mut room[..];
    write!(rest, "/proc/{thread}/{name}\0").ok()?;
    std::ffi::CStr::from_bytes_until_nul(room).ok()
}

/// The user and group that files of the thread would have.
fn ids(thread: u32) -> Option<(u32, u32)> {
    let mut room = [0; PATH];
    let path = path(&mut room, thread, "status")?;
    let file = open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).ok()?;
    let mut text = [0; STATUS];
    let length = read(&file, &mut text).ok()?;
    let text = text.get(..length)?;
    // Real, effective, saved, and that of files.
    let last = |name: &[u8]| {
        let mut lines = text.split(|byte| *byte == b'\n');
        let line = std::str::from_utf8(lines.find_map(|line| line.strip_prefix(name))?).ok()?;
        line.split_ascii_whitespace().nth(3)?.parse().ok()
    };
    Some((last(b"Uid:")?, last(b"Gid:")?))
}

//! The supervisor: it answers requests for sockets, until nobody is left who
//! can ask.
//!
//! It needs no memory while it works, and nothing of the program: no terminal,
//! no working directory, no descriptor.

use std::ffi::c_char;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::{mem, slice};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::Pid;
use rustix::net::{
    self, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, SocketFlags,
};

use super::peer::{Host, Owner};
use super::{READY, ioctl};

/// The memory with the arguments and the environment of this process, which
/// ps(1) shows.
#[derive(Clone, Copy)]
pub struct Title {
    start: *mut c_char,
    length: usize,
}

impl Title {
    /// That memory.
    ///
    /// # Safety
    /// Nobody else uses the memory from the time on that it is written to, which
    /// is in the supervisor alone.
    pub unsafe fn new(start: *mut c_char, length: usize) -> Self {
        Title { start, length }
    }

    /// Shows this text as the command line.
    fn set(&self, text: &str) {
        if self.start.is_null() || self.length == 0 {
            return;
        }
        // SAFETY: as `new` requires.
        let memory = unsafe { slice::from_raw_parts_mut(self.start.cast::<u8>(), self.length) };
        memory.fill(0);
        // The last byte stays 0.
        let used = text.len().min(self.length - 1);
        for (to, from) in memory.iter_mut().zip(text.bytes().take(used)) {
            *to = from;
        }
    }
}

/// Runs the supervisor of that program in this process, which ends with it.
pub fn run(socket: OwnedFd, program: Pid, host: &Host, title: &Title) -> ! {
    let listener = prepare(socket, program, title);
    if let Ok(listener) = listener {
        serve(listener.as_fd(), host);
    }
    // SAFETY: it ends the process, without what belongs to the program.
    unsafe { libc::_exit(0) }
}

/// Gets rid of all that belongs to the program, and receives the listener.
fn prepare(socket: OwnedFd, program: Pid, title: &Title) -> nix::Result<OwnedFd> {
    nix::unistd::chdir("/")?;
    let socket = alone(socket)?;
    // Also in its short name, which has 15 bytes.
    let name = c"mptcp run";
    // SAFETY: it takes a string, and copies it.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
    title.set(&format!("mptcp run: supervising {program}"));
    let gone = |_| Errno::EPROTO;
    net::send(&socket, &READY, SendFlags::NOSIGNAL).map_err(gone)?;
    let listener = receive(socket.as_fd()).ok_or(Errno::EPROTO)?;
    net::send(&socket, &READY, SendFlags::NOSIGNAL).map_err(gone)?;
    Ok(listener)
}

/// Closes all descriptors but this one, and has `/dev/null` in place of the
/// standard streams, or `/` where there is none.
fn alone(socket: OwnedFd) -> nix::Result<OwnedFd> {
    const FIRST: RawFd = 3;
    let moved = nix::fcntl::fcntl(&socket, nix::fcntl::FcntlArg::F_DUPFD_CLOEXEC(FIRST))?;
    drop(socket);
    close_range(0, FIRST - 1)?;
    if moved > FIRST {
        close_range(FIRST, moved - 1)?;
    }
    close_range(moved + 1, RawFd::MAX)?;
    for _ in 0..FIRST {
        for path in [c"/dev/null", c"/"] {
            // SAFETY: it takes a string.
            let opened = unsafe { libc::open(path.as_ptr(), libc::O_RDONLY) };
            if opened >= 0 {
                break;
            }
        }
    }
    // SAFETY: it was made here, and is nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(moved) })
}

/// Closes these descriptors, whether they are open or not.
fn close_range(first: RawFd, last: RawFd) -> nix::Result<()> {
    // SAFETY: the descriptors are used by nobody in this process.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    Errno::result(closed).map(drop)
}

/// Receives the listener.
fn receive(socket: BorrowedFd) -> Option<OwnedFd> {
    let mut byte = [0; 1];
    let mut space = [mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut data = [std::io::IoSliceMut::new(&mut byte)];
    let flags = RecvFlags::CMSG_CLOEXEC;
    rustix::io::retry_on_intr(|| net::recvmsg(socket, &mut data, &mut control, flags)).ok()?;
    control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    })
}

/// Answers requests, until the last process with the filter has ended.
fn serve(listener: BorrowedFd, host: &Host) {
    loop {
        let mut polled = PollFd::new(listener, PollFlags::POLLIN);
        match poll(slice::from_mut(&mut polled), PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            Err(_) => return,
            Ok(_) => {}
        }
        let events = polled.revents().unwrap_or(PollFlags::POLLNVAL);
        if events.contains(PollFlags::POLLIN) {
            match answer(listener, host) {
                // A signal came, or the program is gone.
                Ok(()) | Err(Errno::EINTR | Errno::ENOENT) => {}
                // It would not be another time.
                Err(_) => return,
            }
        } else if !events.is_empty() {
            return;
        }
    }
}

/// Answers one request. Where anything is in the way, the program gets the
/// socket of TCP that it asked for.
fn answer(listener: BorrowedFd, host: &Host) -> nix::Result<()> {
    // SAFETY: the structure is made of numbers. The kernel takes none but zeros.
    let mut request: libc::seccomp_notif = unsafe { mem::zeroed() };
    ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_RECV, &mut request)?;
    let (flags, error) = match give(listener, &request, host) {
        Answer::Given => return Ok(()),
        Answer::Tcp => (libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32, 0),
        Answer::Error(errno) => (0, -(errno as i32)),
    };
    let mut reply = libc::seccomp_notif_resp {
        id: request.id,
        val: 0,
        error,
        flags,
    };
    loop {
        match ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_SEND, &mut reply) {
            Err(Errno::EINTR) => {}
            // The program may be gone; there is nobody to report that to.
            _ => return Ok(()),
        }
    }
}

/// What a request comes to.
enum Answer {
    /// The program has its socket of MPTCP.
    Given,
    /// The call is to go on, and to give a socket of TCP.
    Tcp,
    /// The call fails.
    Error(Errno),
}

/// Puts a socket of MPTCP into the program, if that can be.
fn give(listener: BorrowedFd, request: &libc::seccomp_notif, host: &Host) -> Answer {
    let [domain, kind, ..] = request.data.args;
    let Some(owner) = host.owner(request.pid) else {
        return Answer::Tcp;
    };
    let Some(socket) = mptcp_socket(domain as u32, kind as u32) else {
        return Answer::Tcp;
    };
    if let Owner::Other { user, group } = owner {
        // Firewalls and rules go by the user of the socket.
        let (user, group) = (Some(user.into()), Some(group.into()));
        if nix::unistd::fchown(&socket, user, group).is_err() {
            return Answer::Tcp;
        }
    }
    let close_on_exec = kind as i32 & libc::SOCK_CLOEXEC != 0;
    let mut gift = libc::seccomp_notif_addfd {
        id: request.id,
        flags: libc::SECCOMP_ADDFD_FLAG_SEND as u32,
        srcfd: socket.as_raw_fd().cast_unsigned(),
        newfd: 0,
        newfd_flags: if close_on_exec {
            libc::O_CLOEXEC as u32
        } else {
            0
        },
    };
    loop {
        match ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_ADDFD, &mut gift) {
            Ok(_) => return Answer::Given,
            Err(Errno::EINTR) => {}
            // The program has as many descriptors as it may have.
            Err(Errno::EMFILE) => return Answer::Error(Errno::EMFILE),
            Err(_) => return Answer::Tcp,
        }
    }
}

/// The same socket with MPTCP, if it can be had: not where MPTCP is off, and
/// not without IPv6 where the program asks for that.
fn mptcp_socket(domain: u32, kind: u32) -> Option<OwnedFd> {
    let family = net::AddressFamily::from_raw(u16::try_from(domain).ok()?);
    let nonblocking = kind as i32 & libc::SOCK_NONBLOCK != 0;
    let mut flags = SocketFlags::CLOEXEC;
    flags.set(SocketFlags::NONBLOCK, nonblocking);
    let kind = net::SocketType::STREAM;
    net::socket_with(family, kind, flags, Some(net::ipproto::MPTCP)).ok()
}

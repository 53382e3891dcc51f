//! Sockets of MPTCP for a program that asks for TCP, by seccomp's user
//! notification (seccomp_unotify(2)).
//!
//! [`supervise`] forks a supervisor, and installs a filter in the calling
//! process that passes `socket()` calls for TCP to it. The supervisor answers
//! each with a socket of MPTCP, as long as a process with the filter lives.
//! What the caller executes next keeps its process and everything that belongs
//! to it: parent, terminal, signals, children.
//!
//! It is the only room besides `main.rs` with `unsafe`: no crate wraps
//! seccomp(2) and its ioctls, nor a fork between which and the end of the
//! process only system calls are made. (seccompiler makes filters, which are
//! twelve instructions here.)

mod filter;
mod peer;
mod supervisor;

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::{io, mem, ptr};

use mptcp_cli::launch::Refusal;
use nix::errno::Errno;
use nix::libc;
use rustix::net::{self, SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

pub use supervisor::Title;

/// The byte with which both say that they are ready.
const READY: [u8; 1] = *b"r";

/// From now on, sockets for TCP that this process asks for, and whatever it
/// becomes or starts, are sockets of MPTCP.
///
/// # Errors
/// Nothing has changed, but for [`Refusal::Broken`]: then no further socket can
/// be had.
pub fn supervise(title: &Title) -> Result<(), Refusal> {
    let architecture = filter::ARCHITECTURE.ok_or(Refusal::Architecture)?;
    check_sizes()?;
    let (ours, theirs) = socket_pair()?;
    fork_supervisor(theirs, title)?;
    expect_ready(ours.as_fd()).map_err(Refusal::Supervisor)?;
    let listener = install(architecture)?;
    let handed_over = send(ours.as_fd(), listener.as_fd());
    handed_over
        .and_then(|()| expect_ready(ours.as_fd()))
        .map_err(Refusal::Broken)
}

/// The structures of a newer kernel may be longer than those known here.
fn check_sizes() -> Result<(), Refusal> {
    let mut sizes = libc::seccomp_notif_sizes {
        seccomp_notif: 0,
        seccomp_notif_resp: 0,
        seccomp_data: 0,
    };
    // SAFETY: the kernel writes such a structure there, which lives.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_GET_NOTIF_SIZES,
            0,
            &raw mut sizes,
        )
    };
    let known = |size: u16, known: usize| usize::from(size) <= known;
    match Errno::result(result) {
        Err(Errno::EPERM | Errno::EACCES) => Err(Refusal::Forbidden),
        Err(_) => Err(Refusal::Kernel),
        Ok(_)
            if known(sizes.seccomp_notif, size_of::<libc::seccomp_notif>())
                && known(
                    sizes.seccomp_notif_resp,
                    size_of::<libc::seccomp_notif_resp>(),
                ) =>
        {
            Ok(())
        }
        Ok(_) => Err(Refusal::Kernel),
    }
}

fn socket_pair() -> Result<(OwnedFd, OwnedFd), Refusal> {
    let pair = net::socketpair(
        net::AddressFamily::UNIX,
        net::SocketType::SEQPACKET,
        net::SocketFlags::CLOEXEC,
        None,
    );
    pair.map_err(|errno| Refusal::Supervisor(errno.into()))
}

/// Forks twice, so that the supervisor is no child of what this becomes.
fn fork_supervisor(socket: OwnedFd, title: &Title) -> Result<(), Refusal> {
    let program = nix::unistd::getpid();
    let reaps = without_orphans();
    // SAFETY: this process has one thread, so that the child may do all that
    // this process may.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // A session of its own: no terminal, no signal to its group.
        let _ = nix::unistd::setsid();
        // SAFETY: as above.
        if unsafe { libc::fork() } == 0 {
            supervisor::run(socket, program, title);
        }
        // SAFETY: it ends the process, without what belongs to the parent.
        unsafe { libc::_exit(0) };
    }
    let forked = Errno::result(child).map(|child| {
        let child = nix::unistd::Pid::from_raw(child);
        while nix::sys::wait::waitpid(child, None) == Err(Errno::EINTR) {}
    });
    if reaps {
        set_reaper(true);
    }
    forked.map_err(|errno| Refusal::Supervisor(errno.into()))
}

/// Where orphans below this process become its children (a subreaper), the
/// supervisor is not to be one of them. Says whether that was so.
fn without_orphans() -> bool {
    let mut reaps: libc::c_int = 0;
    // SAFETY: the kernel writes a number there.
    let result = unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut reaps) };
    let reaps = result == 0 && reaps != 0;
    if reaps {
        set_reaper(false);
    }
    reaps
}

fn set_reaper(reaps: bool) {
    // SAFETY: it takes a number.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, libc::c_ulong::from(reaps)) };
}

/// Waits until the supervisor is ready.
fn expect_ready(socket: BorrowedFd) -> io::Result<()> {
    let mut byte = [0; 1];
    loop {
        match net::recv(socket, &mut byte, net::RecvFlags::empty()) {
            Ok((1, _)) if byte == READY => return Ok(()),
            Ok(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Sends a descriptor (SCM_RIGHTS).
fn send(socket: BorrowedFd, descriptor: BorrowedFd) -> io::Result<()> {
    let mut space = [mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let data = [io::IoSlice::new(&READY)];
    net::sendmsg(socket, &data, &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Installs the filter, and returns what its notifications come from.
fn install(architecture: u32) -> Result<OwnedFd, Refusal> {
    let mut code = filter::code(architecture);
    let program = libc::sock_fprog {
        len: code.len() as libc::c_ushort,
        filter: code.as_mut_ptr(),
    };
    match seccomp(&program) {
        // Without CAP_SYS_ADMIN, it takes that set-user-ID programs gain
        // nothing.
        Err(Errno::EACCES) => {
            // SAFETY: it takes numbers.
            let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
            Errno::result(set).map_err(|_| Refusal::Forbidden)?;
            seccomp(&program)
        }
        installed => installed,
    }
    .map_err(|errno| match errno {
        Errno::EBUSY => Refusal::Busy,
        Errno::EPERM | Errno::EACCES => Refusal::Forbidden,
        _ => Refusal::Kernel,
    })
}

fn seccomp(program: &libc::sock_fprog) -> Result<OwnedFd, Errno> {
    let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // Since Linux 5.19, a signal does not interrupt a call that is being
    // answered.
    let flags = listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    match set_filter(program, flags) {
        Err(Errno::EINVAL) => set_filter(program, listener),
        set => set,
    }
}

fn set_filter(program: &libc::sock_fprog, flags: libc::c_ulong) -> Result<OwnedFd, Errno> {
    // SAFETY: the kernel reads the program, which lives, and makes a
    // descriptor, which is nobody else's.
    unsafe {
        let listener = libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            flags,
            ptr::from_ref(program),
        );
        let listener = Errno::result(listener)?;
        Ok(OwnedFd::from_raw_fd(listener as libc::c_int))
    }
}

/// An ioctl of a listener, on a structure that the kernel reads or writes.
fn ioctl<T>(listener: BorrowedFd, request: libc::Ioctl, argument: &mut T) -> Result<i32, Errno> {
    // SAFETY: each request is used with the structure that its number was made
    // with (linux/seccomp.h), which lives.
    let result = unsafe { libc::ioctl(listener.as_raw_fd(), request, ptr::from_mut(argument)) };
    Errno::result(result)
}

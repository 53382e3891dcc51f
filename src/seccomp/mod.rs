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
use nix::sys::signal::SigSet;
use nix::sys::wait::{WaitPidFlag, waitpid};
use rustix::net::{self, SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

pub use supervisor::Title;

/// The byte with which both say that they are ready.
const READY: [u8; 1] = *b"r";

/// From now on, sockets for TCP that this process asks for, and whatever it
/// becomes or starts, are sockets of MPTCP.
///
/// # Errors
/// They stay sockets of TCP, but for [`Refusal::Broken`]: then no further socket
/// can be had.
pub fn supervise(title: &Title) -> Result<(), Refusal> {
    let architecture = filter::ARCHITECTURE.ok_or(Refusal::Architecture)?;
    check_sizes()?;
    let host = peer::Host::observe().ok_or(Refusal::Processes)?;
    let (ours, theirs) = socket_pair()?;
    fork_supervisor(theirs, &host, title)?;
    expect_ready(ours.as_fd()).map_err(Refusal::Supervisor)?;
    let listener = install(architecture)?;
    let handed_over = send(ours.as_fd(), listener.as_fd());
    handed_over
        .and_then(|()| expect_ready(ours.as_fd()))
        .map_err(Refusal::Broken)?;
    check_answers(listener.as_fd())
}

/// Before Linux 5.14, a socket cannot be put into a process as the answer. The
/// kernel reads the flags first, and there is no request 0.
fn check_answers(listener: BorrowedFd) -> Result<(), Refusal> {
    let mut gift = libc::seccomp_notif_addfd {
        id: 0,
        flags: libc::SECCOMP_ADDFD_FLAG_SEND as u32,
        srcfd: listener.as_raw_fd().cast_unsigned(),
        newfd: 0,
        newfd_flags: 0,
    };
    match ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_ADDFD, &mut gift) {
        Err(Errno::EINVAL | Errno::ENOTTY) => Err(Refusal::Kernel),
        _ => Ok(()),
    }
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
///
/// Process 1 of a container gets all orphans as children, and would wait for
/// this one in vain: there, the supervisor stays a child that `wait()` does not
/// see (`__WCLONE`), and ends with the container.
fn fork_supervisor(socket: OwnedFd, host: &peer::Host, title: &Title) -> Result<(), Refusal> {
    let program = nix::unistd::getpid();
    let adopts = program.as_raw() == 1;
    let reaps = without_orphans();
    let child = fork();
    if child == Ok(0) {
        // No signal but SIGKILL may end the supervisor, also if all processes
        // of a service get it: socket() would fail from then on.
        let _ = SigSet::all().thread_block();
        // A session of its own: no terminal.
        let _ = nix::unistd::setsid();
        if adopts || fork() == Ok(0) {
            supervisor::run(socket, program, host, title);
        }
        // SAFETY: it ends the process, without what belongs to the parent.
        unsafe { libc::_exit(0) };
    }
    if let Ok(child) = child
        && !adopts
    {
        let child = nix::unistd::Pid::from_raw(child);
        let flags = Some(WaitPidFlag::__WALL);
        while waitpid(child, flags) == Err(Errno::EINTR) {}
    }
    if reaps {
        set_reaper(true);
    }
    let forked = child.map(drop);
    forked.map_err(|errno| Refusal::Supervisor(errno.into()))
}

/// Forks a child whose end sends no signal: a SIGCHLD that is blocked would
/// wait for the program.
fn fork() -> Result<libc::pid_t, Errno> {
    // SAFETY: with no flag it is fork(2). This process has one thread, so that
    // the child may do all that this process may. The order of the arguments
    // depends on the architecture; all of them are 0.
    let child = unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) };
    Errno::result(child).map(|child| child as libc::pid_t)
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
    let flags = net::RecvFlags::empty();
    match rustix::io::retry_on_intr(|| net::recv(socket, &mut byte, flags))? {
        (1, _) if byte == READY => Ok(()),
        _ => Err(io::Error::other("it ended at once")),
    }
}

/// Sends a descriptor (SCM_RIGHTS).
fn send(socket: BorrowedFd, descriptor: BorrowedFd) -> io::Result<()> {
    let mut space = [mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let data = [io::IoSlice::new(&READY)];
    let flags = SendFlags::NOSIGNAL;
    rustix::io::retry_on_intr(|| net::sendmsg(socket, &data, &mut control, flags))?;
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

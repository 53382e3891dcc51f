//! Running a program with MPTCP: what is found out before it, and the program
//! in this process.

use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::sys::signal::SigSet;
use nix::unistd::execvp;
use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto, socket_with, sockopt};

use crate::kernel::sysctl;
use crate::visible::of_os;

/// Makes the sockets for TCP of this process, and of all that it becomes or
/// starts, sockets of MPTCP. The library has no way to do that: the program
/// brings it.
pub type Supervise = fn() -> Result<(), Refusal>;

/// Why the sockets of the program stay sockets of TCP.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The kernel is built without MPTCP.
    #[error("this kernel has no MPTCP (CONFIG_MPTCP)")]
    NoMptcp,
    /// `net.mptcp.enabled` is 0.
    #[error("MPTCP is off here (net.mptcp.enabled is 0)")]
    Disabled,
    /// A socket of MPTCP cannot be had.
    #[error("no MPTCP socket can be created: {}", crate::errno::text(*.0 as i32))]
    Socket(Errno),
    /// The kernel lacks what answers calls (seccomp's user notification).
    #[error("this kernel cannot pass socket() calls to another process")]
    Kernel,
    /// The kernel, or a filter around this process, forbids it.
    #[error("passing socket() calls to another process is not permitted here")]
    Forbidden,
    /// A process can have one listener only, and has one.
    #[error("another program answers the system calls of this process already")]
    Busy,
    /// The processor's system calls are not known to this program.
    #[error("it is not known how programs call this kernel on this processor")]
    Architecture,
    /// Programs that use the C library make sockets by `socketcall()`.
    #[error("the C library here calls socketcall(), which cannot be passed to another process")]
    Socketcall,
    /// The supervisor could not find out who asks.
    #[error("/proc does not show this process")]
    Processes,
    /// The supervisor could not be started.
    #[error("the supervisor cannot be started: {}", crate::errno::text_of(.0))]
    Supervisor(io::Error),
    /// The supervisor was lost at the last moment: no further socket can be had.
    #[error("the supervisor was lost: {}", crate::errno::text_of(.0))]
    Broken(io::Error),
}

/// The program was not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A word has a zero byte.
    #[error("a word contains a zero byte")]
    Word,
    /// It cannot be executed.
    #[error("cannot run \"{}\": {}", of_os(.program), crate::errno::text(*.errno as i32))]
    Exec {
        /// The program, as it was named.
        program: OsString,
        /// Why not.
        errno: Errno,
    },
    /// It would have no sockets at all.
    #[error(transparent)]
    Broken(Refusal),
}

/// Sees to it that this process gets sockets of MPTCP. Where they cannot be
/// had, it is left as it is.
///
/// # Errors
/// Why they cannot.
pub fn prepare(supervise: Supervise) -> Result<(), Refusal> {
    if is_prepared() {
        return Ok(());
    }
    let socket = socket_with(
        AddressFamily::INET,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        Some(ipproto::MPTCP),
    );
    match socket {
        Ok(_) => {
            supervise()?;
            // There, a C library for old kernels has one call for all about
            // sockets, whose arguments are in memory.
            if cfg!(target_arch = "s390x") && !is_prepared() {
                return Err(Refusal::Socketcall);
            }
            Ok(())
        }
        Err(rustix::io::Errno::PROTONOSUPPORT | rustix::io::Errno::INVAL) => Err(Refusal::NoMptcp),
        Err(rustix::io::Errno::NOPROTOOPT) => Err(Refusal::Disabled),
        Err(_) if matches!(sysctl::read("net.mptcp.enabled"), Ok(Some(value)) if value == "0") => {
            Err(Refusal::Disabled)
        }
        Err(errno) => Err(Refusal::Socket(Errno::from_raw(errno.raw_os_error()))),
    }
}

/// Whether sockets for TCP are sockets of MPTCP in this process already, as the
/// C library makes them.
fn is_prepared() -> bool {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
    let family = AddressFamily::Inet;
    let socket = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None);
    socket.is_ok_and(|socket| sockopt::socket_protocol(socket) == Ok(Some(ipproto::MPTCP)))
}

/// Replaces this program by another one, which is looked for in PATH. It gets
/// the signals as this program got them.
///
/// # Errors
/// It returns only if that failed.
pub fn exec(words: &[OsString], signals: &SigSet) -> Error {
    let text = |word: &OsString| CString::new(word.clone().into_vec()).map_err(|_| Error::Word);
    let arguments: Result<Vec<CString>, Error> = words.iter().map(text).collect();
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => return error,
    };
    let Some(program) = arguments.first() else {
        return Error::Word;
    };
    // It fails only for a mask that is not valid.
    let _ = signals.thread_set_mask();
    let Err(errno) = execvp(program, &arguments);
    Error::Exec {
        program: words.first().cloned().unwrap_or_default(),
        errno,
    }
}

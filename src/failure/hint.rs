//! What to do about an error, if its message does not show that.

mod refusal;
#[cfg(test)]
mod tests;

use nix::libc::{EACCES, EINVAL, EMFILE, ENOENT, EPERM};
use nix::unistd::geteuid;

use crate::kernel::sockets;
use crate::launch::Refusal;
use crate::retry;
use crate::{netlink, netns};

pub use refusal::NO_SUBFLOW;

/// Which addresses `endpoint add dev NAME` stands for.
pub(super) const NO_ADDRESS: &str = "addresses that are link-local, tentative, deprecated or temporary \
                                     do not count; \"mptcp apply FILE follow\" waits for one";

/// What to do about a kernel that refused or could not be asked.
pub(super) fn netlink_hint(error: &netlink::Error) -> Option<String> {
    match error {
        netlink::Error::NoFamily(_) => Some(
            "it requires Linux 5.6 or later, built with CONFIG_MPTCP=y; \
             \"sysctl net.mptcp.enabled\" shows whether this one has it"
                .to_owned(),
        ),
        netlink::Error::TooOld { since, .. } => Some(format!("it requires Linux {since} or later")),
        netlink::Error::NoGroup(_) => Some("events require Linux 5.13 or later".to_owned()),
        netlink::Error::Join(error) if error.raw_os_error() == Some(EPERM) => Some(net_admin()),
        netlink::Error::Open(error) if error.raw_os_error() == Some(EMFILE) => Some(
            "\"ulimit -n\" in the shell limits how many files and sockets a program can have open"
                .to_owned(),
        ),
        netlink::Error::Refused(refusal) | netlink::Error::DumpRefused(refusal) => {
            refusal::refusal_hint(refusal)
        }
        _ => None,
    }
}

/// What to do where connections cannot be shown.
pub(super) fn sockets_hint(error: &sockets::Error) -> Option<String> {
    let hint = match error {
        sockets::Error::NoConnection(_) => {
            "\"mptcp connection\" lists all tokens, \
             \"mptcp monitor\" prints the token of each new connection"
        }
        sockets::Error::NoMptcpDiag => {
            "as root: \"modprobe mptcp_diag\"; it requires Linux 5.9 or later"
        }
        sockets::Error::NoSockDiag => "as root: \"modprobe tcp_diag\"",
        sockets::Error::Netlink(error) => return netlink_hint(error),
    };
    Some(hint.to_owned())
}

/// What to do where a program gets no sockets of MPTCP.
pub(crate) fn launch_hint(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::NoMptcp => Some("it requires Linux 5.6 or later, built with CONFIG_MPTCP=y"),
        Refusal::Disabled => Some("as root: sysctl -w net.mptcp.enabled=1"),
        Refusal::Kernel => {
            Some("it requires Linux 5.14 or later, built with CONFIG_SECCOMP_FILTER=y")
        }
        Refusal::Forbidden => {
            Some("a container or service manager may filter system calls: let it allow seccomp()")
        }
        Refusal::Busy => {
            Some("where another program needs that, use mptcpize run, or IPPROTO_MPTCP")
        }
        Refusal::Architecture | Refusal::Socketcall => {
            Some("mptcpize run works for programs that use a C library")
        }
        Refusal::Processes => Some("mount it: mount -t proc proc /proc"),
        Refusal::Socket(_) | Refusal::Supervisor(_) | Refusal::Broken(_) => None,
    }
}

/// What to do where an endpoint is not retried.
pub(super) fn retry_hint(error: &retry::Error) -> Option<String> {
    match error {
        retry::Error::Userspace => Some(
            "to open a subflow by hand: mptcp subflow create; for the kernel's path manager: \
             sysctl -w net.mptcp.path_manager=kernel"
                .to_owned(),
        ),
        retry::Error::Hidden => {
            Some("before Linux 6.15, it requires the capability CAP_NET_ADMIN: try sudo".to_owned())
        }
        retry::Error::NoEndpoint(_) => Some("\"mptcp endpoint show\" lists them".to_owned()),
        retry::Error::NotEligible(_) => None,
        retry::Error::Live { id, .. } => {
            Some(format!("to do that: mptcp endpoint retry id {id} force"))
        }
        retry::Error::NotRestored { command, .. } => Some(format!("to add it again: {command}")),
    }
}

fn net_admin() -> String {
    privilege("CAP_NET_ADMIN", geteuid().is_root())
}

/// How to come by a capability, which root may lack as well.
fn privilege(capability: &str, root: bool) -> String {
    let how = if root {
        "which this container or service does not have"
    } else {
        "which root has: try sudo"
    };
    format!("it requires the capability {capability}, {how}")
}

pub(super) fn namespace_hint(error: &netns::Error) -> Option<String> {
    let (netns::Error::Open { source, .. } | netns::Error::Enter { source, .. }) = error;
    let hint = match (source.raw_os_error()?, error) {
        (EPERM | EACCES, netns::Error::Enter { .. }) => {
            return Some(privilege("CAP_SYS_ADMIN", geteuid().is_root()));
        }
        (EPERM | EACCES, netns::Error::Open { name, .. }) => {
            if !netns::is_process(name) {
                return None;
            }
            let how = privilege("CAP_SYS_PTRACE", geteuid().is_root());
            return Some(format!(
                "for a process of another user or with more privileges, {how}"
            ));
        }
        (ENOENT, _) => "\"ip netns\" lists named ones; a path or a process ID works as well",
        (EINVAL, _) => "this is not a network namespace",
        _ => return None,
    };
    Some(hint.to_owned())
}

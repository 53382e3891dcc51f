//! What to do about an error, where its own words say too little.

#[cfg(test)]
mod tests;

use nix::libc::{
    EACCES, EADDRNOTAVAIL, EHOSTUNREACH, EINVAL, ENETUNREACH, ENOENT, EOPNOTSUPP, EPERM,
};
use nix::unistd::geteuid;

use crate::cli::{AddressFault, Hint};
use crate::kernel::sockets;
use crate::netlink::{self, Refusal};
use crate::{errno, netns};

/// Which addresses `endpoint add dev NAME` stands for.
pub(super) const NO_ADDRESS: &str = "addresses that are link-local, tentative, deprecated or temporary \
                                     do not count; \"mptcp apply FILE follow\" waits for one";

/// What to do about a kernel that refused or could not be asked.
pub(super) fn of_netlink(error: &netlink::Error) -> Option<String> {
    match error {
        netlink::Error::NoFamily(_) => Some(
            "it takes Linux 5.6 or later, built with CONFIG_MPTCP=y; \
             \"sysctl net.mptcp.enabled\" shows whether this one has it"
                .to_owned(),
        ),
        netlink::Error::TooOld { since, .. } => Some(format!("it takes Linux {since} or later")),
        netlink::Error::NoGroup(_) => Some("events take Linux 5.13 or later".to_owned()),
        netlink::Error::Join(error) if error.raw_os_error() == Some(EPERM) => Some(net_admin()),
        netlink::Error::Refused(refusal) | netlink::Error::DumpRefused(refusal) => {
            of_refusal(refusal)
        }
        _ => None,
    }
}

/// What to do where connections cannot be shown.
pub(super) fn of_sockets(error: &sockets::Error) -> Option<String> {
    let hint = match error {
        sockets::Error::NoConnection(_) => {
            "\"mptcp connection\" lists the tokens that there are, \
             \"mptcp monitor\" prints each when its connection is made"
        }
        sockets::Error::NoMptcpDiag => {
            "as root: \"modprobe mptcp_diag\"; it takes Linux 5.9 or later"
        }
        sockets::Error::NoSockDiag => "as root: \"modprobe tcp_diag\"",
        sockets::Error::Netlink(error) => return of_netlink(error),
    };
    Some(hint.to_owned())
}

/// What may help with the words of a command line.
pub(super) fn of_words(hint: &Hint) -> String {
    match hint {
        Hint::Near(near) => format!("did you mean \"{near}\"?"),
        Hint::OneOf(names) => format!("one of these is expected: {}", names.join(", ")),
        Hint::Valueless => {
            "it is a word of the command, and the word before it takes a value".to_owned()
        }
        Hint::Misplaced(line) => format!("options come before the object: {line}"),
        Hint::NoOptionHere => {
            "options have their place in the command line, before the object or -batch FILE, \
             and neither behind -- nor in a batch"
                .to_owned()
        }
        Hint::Help(line) => format!("help is shown by: {line}"),
        Hint::NoValue(option) => format!("\"{option}\" takes no value"),
        Hint::NextWord(words) => format!("the value is the next word: {words}"),
        Hint::When => "WHEN is always, auto or never".to_owned(),
        Hint::Address(fault) => of_address(*fault).to_owned(),
    }
}

fn of_address(fault: AddressFault) -> &'static str {
    match fault {
        AddressFault::Prefix => "an address is given without a prefix length (/NR)",
        AddressFault::PrefixLength => {
            "behind the slash stands how many bits count, up to 32, of IPv6 up to 128"
        }
        AddressFault::Zone => "use dev NAME instead of %NAME, where the command takes it",
        AddressFault::Brackets => "an IPv6 address is given without brackets",
        AddressFault::Port => "an address is given without its port, which has a keyword",
        AddressFault::Groups => {
            "an IPv6 address has eight groups of up to four hexadecimal digits with colons \
             between them; :: stands once for groups of zeros"
        }
        AddressFault::Name => "names are not looked up, and the command has no such word",
        AddressFault::Octal => "a part that begins with 0 is octal, and has no 8 or 9",
        AddressFault::Parts => {
            "an IPv4 address has four parts with dots between them, \
             each part is a number from 0 to 255"
        }
    }
}

fn net_admin() -> String {
    privilege("CAP_NET_ADMIN", geteuid().is_root())
}

/// How to come by a capability, which root may lack as well.
fn privilege(capability: &str, root: bool) -> String {
    let how = match root {
        true => "which this container or service was not given",
        false => "which root has: try sudo",
    };
    format!("it takes the capability {capability}, {how}")
}

const TOO_OLD: &str = "this kernel is too old for the command; \
                       those for one connection take Linux 5.19 or later";

pub(super) fn of_namespace(error: &netns::Error) -> Option<String> {
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
                "for a process of another user, or with more rights, {how}"
            ));
        }
        (ENOENT, _) => {
            "\"ip netns\" lists those with a name; a path and the number of a process will do, too"
        }
        (EINVAL, _) => "this is no network namespace",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// How the kernel's sentence begins, and what it means for the one who typed.
const SENTENCES: [(&str, &str); 18] = [
    (
        "too many addresses or duplicate one: -17",
        "there is an endpoint with this address already, \"mptcp endpoint show\" has it",
    ),
    (
        "too many addresses or duplicate one: -34",
        "there are as many endpoints as this kernel takes, \
         \"mptcp endpoint delete id ID\" makes room",
    ),
    (
        "too many addresses or duplicate one: -16",
        "another endpoint has this id; leave it out, and the kernel picks one that is free",
    ),
    (
        "create listen socket error: -99",
        "the kernel listens on the port, so that the address must be one of this host",
    ),
    (
        "create listen socket error: -98",
        "another socket of this host listens on the port",
    ),
    (
        "invalid addr flags",
        "fullmesh is for endpoints that have the flag subflow and not signal",
    ),
    (
        "missing address ID",
        "say which endpoint, by \"id ID\" or by its ADDRESS: \"mptcp endpoint show\" lists them",
    ),
    (
        "address not found",
        "\"mptcp endpoint show\" lists the endpoints, \
         \"mptcp address show token TOKEN\" the addresses of one connection",
    ),
    (
        "userspace PM not selected",
        "the kernel itself manages this connection; those made after \
         \"sysctl net.mptcp.path_manager=userspace\" are yours to manage \
         (before Linux 6.15: net.mptcp.pm_type=1)",
    ),
    (
        "invalid token",
        "no connection of this network namespace has this token; \"mptcp monitor\" prints \
         it when a connection is made, \"ss -Mi\" lists those there are",
    ),
    (
        "did not match address and id",
        "the connection has this id with another address or port, or the address with \
         another id: \"mptcp address show token TOKEN\" lists them",
    ),
    (
        "invalid addr id",
        "the id is from 1 to 255; 0 is that of the address the connection began with",
    ),
    (
        "address with id",
        "\"mptcp address show token TOKEN\" lists the ids that the connection has",
    ),
    (
        "subflow not found",
        "\"mptcp monitor\" prints the ends of a subflow: saddr is local here, daddr is remote",
    ),
    ("families mismatch", FAMILIES),
    ("address families do not match", FAMILIES),
    (
        "binary attribute size out of range",
        "\"any\", \"all\" and \"default\" are no address that MPTCP can use",
    ),
    ("Unknown attribute type", TOO_OLD),
];

const FAMILIES: &str = "local and remote must both be IPv4 or both IPv6, \
                        and IPv4 if the connection's socket is";

/// What the kernel's words and numbers mean for the one who typed.
fn of_refusal(refusal: &Refusal) -> Option<String> {
    let text = refusal.message.as_deref().unwrap_or_default();
    if text.starts_with("connect error") {
        return Some(of_connect(refusal.errno));
    }
    let hint = match (text, refusal.errno) {
        ("", EPERM) => return Some(net_admin()),
        ("", EOPNOTSUPP) => TOO_OLD,
        _ => {
            let known = SENTENCES.iter();
            known
                .filter(|(sentence, _)| text.starts_with(sentence))
                .map(|(_, hint)| *hint)
                .next()?
        }
    };
    Some(hint.to_owned())
}

/// Why a subflow could not even begin, which the kernel tells by number.
fn of_connect(errno: i32) -> String {
    let why = errno::text(errno);
    match errno {
        EADDRNOTAVAIL => format!("{why}: local must be an address of this host"),
        ENETUNREACH | EHOSTUNREACH => {
            format!("{why}: \"ip route get REMOTE from LOCAL\" shows what is missing")
        }
        _ => why,
    }
}

//! What to do about a refusal of the kernel, from its words and numbers.

use nix::libc::{EADDRNOTAVAIL, EHOSTUNREACH, ENETUNREACH, EOPNOTSUPP, EPERM, ESRCH};

use crate::errno;
use crate::netlink::Refusal;

use super::net_admin;

const TOO_OLD: &str = "this kernel is too old for the command; \
                       commands for one connection require Linux 5.19 or later";

/// How the kernel's sentence begins, and what it means for the one who typed.
const SENTENCES: [(&str, &str); 23] = [
    (
        "too many addresses or duplicate one: -17",
        "an endpoint already has this address: \"mptcp endpoint show\" lists them",
    ),
    (
        "too many addresses or duplicate one: -34",
        "there are as many endpoints as this kernel allows; \
         \"mptcp endpoint delete id ID\" makes room",
    ),
    (
        "too many addresses or duplicate one: -16",
        "another endpoint has this id; without an id, the kernel picks a free one",
    ),
    (
        "too many addresses or duplicate one",
        "another endpoint has this address or id, or there are as many as this kernel allows: \
         \"mptcp endpoint show\" lists them",
    ),
    (
        "create listen socket error: -99",
        "the kernel listens on the port, so the address must be one of this host",
    ),
    (
        "create listen socket error: -98",
        "another socket of this host listens on the port",
    ),
    (
        "create listen socket error: -97",
        "IPv6 is disabled on this host (ipv6.disable=1)",
    ),
    (
        "create listen socket error",
        "the kernel listens on the port: the address must be one of this host, \
         and no other socket may listen there",
    ),
    (
        "invalid addr flags",
        "fullmesh requires the flag subflow and excludes signal",
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
    ("userspace PM not selected", KERNEL_MANAGES),
    ("invalid request; userspace PM not selected", KERNEL_MANAGES),
    (
        "invalid token",
        "no connection in this network namespace has this token; \"mptcp connection\" lists \
         all tokens, \"mptcp monitor\" prints the token of each new connection",
    ),
    (
        "did not match address and id",
        "in this connection, the id has another address or port, or the address has \
         another id: \"mptcp address show token TOKEN\" lists them",
    ),
    ("invalid addr id", IDS),
    ("missing local addr id", IDS),
    (
        "address with ",
        "\"mptcp address show token TOKEN\" lists the ids that the connection has",
    ),
    ("subflow not found", NO_SUBFLOW),
    ("families mismatch", FAMILIES),
    ("address families do not match", FAMILIES),
    (
        "binary attribute size out of range",
        "\"any\", \"all\" and \"default\" are not addresses that MPTCP can use",
    ),
    ("Unknown attribute type", TOO_OLD),
];

const KERNEL_MANAGES: &str = "the kernel manages this connection itself; you can manage those opened after \
         \"sysctl -w net.mptcp.path_manager=userspace\" (before Linux 6.15: net.mptcp.pm_type=1)";

const IDS: &str = "the id is from 1 to 255; 0 is the initial address of the connection";

const FAMILIES: &str = "local and remote must both be IPv4 or both IPv6, \
                        and IPv4 if the connection's socket is";

/// What to do where the kernel has no such subflow.
pub const NO_SUBFLOW: &str = "\"mptcp monitor\" prints the ends of a subflow: \
                              saddr is local here, daddr is remote";

/// What the kernel's words and numbers mean for the one who typed.
pub fn refusal_hint(refusal: &Refusal) -> Option<String> {
    let text = refusal.message.as_deref().unwrap_or_default();
    if text.starts_with("connect error") {
        let why = errno::text(refusal.errno);
        return Some(match connect_hint(refusal.errno) {
            Some(hint) => format!("{why}: {hint}"),
            None => why,
        });
    }
    let hint = match (text, refusal.errno) {
        ("", EPERM) => return Some(net_admin()),
        ("", EOPNOTSUPP) => TOO_OLD,
        // Without a sentence, these are of the commands for one subflow.
        ("", ESRCH) => NO_SUBFLOW,
        ("", errno @ (EADDRNOTAVAIL | ENETUNREACH | EHOSTUNREACH)) => {
            return connect_hint(errno).map(str::to_owned);
        }
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

/// Why a subflow could not be opened, by error number.
fn connect_hint(errno: i32) -> Option<&'static str> {
    match errno {
        EADDRNOTAVAIL => Some("local must be an address of this host"),
        ENETUNREACH | EHOSTUNREACH => {
            Some("\"ip route get REMOTE from LOCAL\" shows what is missing")
        }
        _ => None,
    }
}

//! Hints, for those who need them.

use std::ffi::OsStr;

use nix::libc::{EADDRNOTAVAIL, EINVAL, ENETUNREACH, EOPNOTSUPP, ESRCH};

use super::*;
use crate::cli;
use crate::netlink::Refusal;

fn hint_of(errno: i32, text: Option<&str>) -> String {
    let message = text.map(str::to_owned);
    let refusal = Refusal { errno, message };
    netlink_hint(&netlink::Error::Refused(refusal)).unwrap_or_default()
}

#[test]
fn a_kernel_too_old_is_called_so() {
    // Before 5.19: a command that it does not know, and one that it knows
    // but not with a token.
    assert!(hint_of(EOPNOTSUPP, None).contains("too old"));
    assert!(hint_of(EINVAL, Some("Unknown attribute type")).contains("too old"));
}

#[test]
fn the_words_of_older_kernels_are_known() {
    for (errno, text, hint) in [
        (
            EINVAL,
            "invalid request; userspace PM not selected",
            "path_manager=userspace",
        ),
        (
            EINVAL,
            "too many addresses or duplicate one",
            "this address or id",
        ),
        (
            EINVAL,
            "too many addresses or duplicate one: -17",
            "already has this address",
        ),
        (EINVAL, "create listen socket error", "listens on the port"),
        (
            EINVAL,
            "create listen socket error: -97",
            "IPv6 is disabled",
        ),
        (
            EINVAL,
            "address with specified id not found",
            "lists the ids",
        ),
        (EINVAL, "missing local addr id", "from 1 to 255"),
        (EADDRNOTAVAIL, "", "local must be an address"),
        (ENETUNREACH, "", "ip route get"),
        (ESRCH, "", "the ends of a subflow"),
    ] {
        let found = hint_of(errno, Some(text).filter(|text| !text.is_empty()));
        assert!(found.contains(hint), "{text}: {found}");
    }
}

#[test]
fn sudo_is_no_help_to_root() {
    assert!(privilege("CAP_NET_ADMIN", false).ends_with("try sudo"));
    let root = privilege("CAP_NET_ADMIN", true);
    assert!(root.contains("CAP_NET_ADMIN") && !root.contains("sudo"));
}

#[test]
fn where_an_address_is_not_found_those_there_are_can_be_listed() {
    for text in ["address not found", "missing address ID"] {
        let hint = hint_of(EINVAL, Some(text));
        assert!(hint.contains("\"mptcp endpoint show\""), "{hint}");
    }
}

#[test]
fn words_are_helped_with() {
    let hint = |words: &[&str]| {
        let words: Vec<_> = words.iter().map(OsStr::new).collect();
        let rejected = cli::Parser::default().parse(&words);
        let error = rejected.expect_err("refused").error;
        error.hint().map(ToString::to_string).unwrap_or_default()
    };
    for (words, line) in [
        (&["endpoint", "show", "-j"][..], "mptcp -j endpoint show"),
        (&["endpoint", "-j"], "mptcp -j endpoint"),
        (&["limits", "-j"], "mptcp -j limits"),
        (&["limits", "show", "-o"], "mptcp -o limits show"),
        (&["monitor", "-ts"], "mptcp -ts monitor"),
    ] {
        let place = format!("options come before the object: {line}");
        assert_eq!(hint(words), place);
    }
    assert!(hint(&["endpoint", "add", "-h"]).ends_with("mptcp endpoint add --help"));
    assert!(hint(&["-j", "endpoint"]).contains("-batch"));
    assert_eq!(hint(&["endpoint", "rm"]), "did you mean \"delete\"?");
    assert_eq!(hint(&["LIMITS"]), "did you mean \"mptcp limits\"?");
    assert!(hint(&["subflow", "show"]).ends_with("create, destroy, change"));
    assert!(hint(&["endpoint", "add", "10.0.0.1/24"]).contains("prefix length"));
    assert_eq!(
        hint(&["endpoint", "add", "sgnal"]),
        "did you mean \"signal\"?"
    );
    assert_eq!(hint(&["endpoint", "add", "10.0.0.1", "id", "300"]), "");
}

#[test]
fn a_sentence_without_a_known_cause_stands_alone() {
    assert_eq!(hint_of(EINVAL, Some("something else")), "");
    assert_eq!(hint_of(EINVAL, None), "");
}

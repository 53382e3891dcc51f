//! A kernel that does not tell of connections, or not of all.

use std::cell::Cell;
use std::rc::Rc;

use mptcp_cli::diag::select::Selector;
use mptcp_cli::kernel::Sockets;
use mptcp_cli::kernel::sockets::{Error, Missing};
use mptcp_cli::netlink;
use nix::libc::{EACCES, ENOENT};

use super::script::{Peer, Step, say};
use super::wire::{Raw, acknowledgement, done};

trials! {
    a_kernel_without_mptcp_diag_is_told, a_kernel_without_tcp_diag_is_told,
    a_token_that_is_not_known_is_told_from_a_missing_module,
    another_refusal_is_the_kernel_s, a_message_of_another_type_ends_it,
    a_dump_that_changed_meanwhile_is_no_failure,
    a_connection_without_subflows_is_looked_up_once_more, the_first_error_of_the_reader_ends_it,
}

/// The dumps, by the number of the request: those of TCP sockets that listen,
/// of subflows, and of connections, of IPv4 and IPv6 each.
const TCP_LISTENING: u32 = 1;
const SUBFLOWS: u32 = 3;
const CONNECTIONS: u32 = 5;
const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// Asks a peer that answers each dump with an end, but for what `answer` has.
fn ask(
    tokens: &[u32],
    answer: impl Fn(u32) -> Option<Step> + 'static,
) -> (Result<Missing, Error>, usize) {
    let peer = Peer::new(move |number| {
        let end = || say([done(number, 0)]);
        vec![answer(number).unwrap_or_else(end)]
    });
    let selector = Selector {
        tokens: tokens.to_vec(),
        ..Selector::default()
    };
    let mut shown = 0;
    let asked = Sockets::over(peer).connections(&selector, |_| {
        shown += 1;
        Ok::<(), Error>(())
    });
    (asked, shown)
}

/// A socket of either dump, of which nothing is known but its header: IPv4,
/// established, from port 1 to port 2.
fn socket(number: u32) -> Raw {
    let mut message = vec![0; 72];
    message[..8].copy_from_slice(&[2, 1, 0, 0, 0, 1, 0, 2]);
    Raw::new(SOCK_DIAG_BY_FAMILY, number, message)
}

/// At the end of the dump, or in place of it.
fn a_kernel_without_mptcp_diag_is_told() {
    let ends: [fn(u32) -> Raw; 2] = [
        |number| done(number, -ENOENT),
        |number| acknowledgement(number, -ENOENT, &[]),
    ];
    for end in ends {
        let (asked, _) = ask(&[], move |number| {
            (number == CONNECTIONS).then(|| say([end(number)]))
        });
        assert!(matches!(asked, Err(Error::NoMptcpDiag)), "{asked:?}");
    }
}

fn a_kernel_without_tcp_diag_is_told() {
    for at in [TCP_LISTENING, SUBFLOWS] {
        let (asked, _) = ask(&[], move |number| {
            (number == at).then(|| say([done(number, -ENOENT)]))
        });
        assert!(matches!(asked, Err(Error::NoSockDiag)), "{asked:?}");
    }
}

/// The third request is the one for the token, those behind the subflows are
/// for what listens.
fn a_token_that_is_not_known_is_told_from_a_missing_module() {
    let unknown = |number| say([acknowledgement(number, -ENOENT, &[])]);
    let (asked, _) = ask(&[7], move |number| (number == 3).then(|| unknown(number)));
    assert!(matches!(asked, Err(Error::NoConnection(7))), "{asked:?}");
    let (asked, _) = ask(&[7], move |number| {
        (number == 3 || number > 5).then(|| unknown(number))
    });
    assert!(matches!(asked, Err(Error::NoMptcpDiag)), "{asked:?}");
}

fn another_refusal_is_the_kernel_s() {
    let (asked, _) = ask(&[], |number| {
        (number == SUBFLOWS).then(|| say([done(number, -EACCES)]))
    });
    let refused = |refusal: &netlink::Refusal| refusal.errno == EACCES;
    match asked {
        Err(Error::Netlink(netlink::Error::Refused(refusal))) if refused(&refusal) => {}
        other => panic!("{other:?}"),
    }
}

fn a_message_of_another_type_ends_it() {
    let (asked, _) = ask(&[], |number| {
        let other = Raw::new(19, number, vec![0; 72]);
        (number == SUBFLOWS).then(|| say([other, done(number, 0)]))
    });
    let wrong = matches!(asked, Err(Error::Netlink(netlink::Error::Type(19))));
    assert!(wrong, "{asked:?}");
}

fn a_dump_that_changed_meanwhile_is_no_failure() {
    let (asked, shown) = ask(&[], |number| {
        let interrupted = |raw: Raw| raw.flags(0x12);
        (number == CONNECTIONS)
            .then(|| say([interrupted(socket(number)), interrupted(done(number, 0))]))
    });
    assert_eq!((asked.ok(), shown), (Some(Missing::default()), 1));
}

/// The same with an `mptcp_info` that has the token 7.
fn connection(number: u32) -> Raw {
    let mut message = socket(number).payload;
    message.extend([44, 0, 2, 0]);
    message.extend([0; 40]);
    message[72 + 4 + 12..][..4].copy_from_slice(&7_u32.to_ne_bytes());
    Raw::new(SOCK_DIAG_BY_FAMILY, number, message)
}

/// The ninth request is for the connection alone, after two further dumps of
/// subflows.
fn a_connection_without_subflows_is_looked_up_once_more() {
    for (is_there, expected) in [(true, 1), (false, 0)] {
        let (asked, shown) = ask(&[], move |number| match number {
            CONNECTIONS => Some(say([connection(number), done(number, 0)])),
            9 if is_there => Some(say([connection(number)])),
            9 => Some(say([acknowledgement(number, -ENOENT, &[])])),
            _ => None,
        });
        assert_eq!((asked.ok(), shown), (Some(Missing::default()), expected));
    }
}

fn the_first_error_of_the_reader_ends_it() {
    let asked_for = Rc::new(Cell::new(0));
    let last = asked_for.clone();
    let peer = Peer::new(move |number| {
        last.set(number);
        let mut messages = vec![done(number, 0)];
        if number == CONNECTIONS {
            messages.splice(0..0, [socket(number), socket(number)]);
        }
        vec![say(messages)]
    });
    let mut shown = 0;
    let asked = Sockets::over(peer).connections(&Selector::default(), |_| {
        shown += 1;
        Err(Error::NoConnection(1))
    });
    assert!(matches!(asked, Err(Error::NoConnection(1))), "{asked:?}");
    assert_eq!((shown, asked_for.get()), (1, CONNECTIONS));
}

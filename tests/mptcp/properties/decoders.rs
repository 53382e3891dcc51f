//! Any bytes given to a decoder end in a value or in an error.

use mptcp_cli::batch::{Line, Reader};
use mptcp_cli::cli::Timestamp;
use mptcp_cli::diag::select::Selector;
use mptcp_cli::diag::socket::{Protocol, Socket};
use mptcp_cli::kernel::{Events, Sockets, sockets};
use mptcp_cli::netlink::generic::{self, Family};
use mptcp_cli::netlink::{Connection, Error};
use mptcp_cli::output::Clock;
use mptcp_cli::pm::{Endpoint, Event, Limits};
use nix::libc::EAGAIN;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::peer::script::{self, Peer, Step};
use crate::peer::wire::{FAMILY, Raw, attribute, claiming, generic};
use crate::support::cases;

trials! {
    bytes_end_in_a_value_or_an_error, attributes_end_in_a_value_or_an_error,
    a_dialogue_ends_in_a_value_or_an_error, any_time_zone_has_a_time, a_batch_file_ends,
}

/// Reads attributes as each that they can be.
fn read(bytes: &[u8]) {
    let _ = Endpoint::read(bytes);
    let _ = Limits::read(bytes);
    let _ = Event::read(1, bytes);
    let _ = Family::read(bytes);
    let _ = Socket::decode(bytes, Protocol::Tcp);
    let _ = Socket::decode(bytes, Protocol::Mptcp);
}

fn bytes_end_in_a_value_or_an_error() {
    proptest!(cases(2000), |(bytes in vec(any::<u8>(), 0..200))| {
        read(&bytes);
        converse(vec![bytes]);
    });
}

/// Attributes, some with a wrong length, nested three deep at most.
fn any_attribute() -> impl Strategy<Value = Vec<u8>> {
    let size = prop_oneof![0..20usize, Just(4), Just(1), Just(16)];
    let value = size.prop_flat_map(|size| vec(any::<u8>(), size));
    let kind = prop_oneof![0..20u16, 0x8000..0x8008u16, any::<u16>()];
    let honest = (kind.clone(), value.clone()).prop_map(|(kind, value)| attribute(kind, &value));
    let leaf = prop_oneof![
        8 => honest,
        1 => (any::<u16>(), kind.clone(), value)
            .prop_map(|(length, kind, value)| claiming(length, kind, &value)),
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        (kind.clone(), vec(inner, 0..8)).prop_map(|(kind, row)| attribute(kind, &row.concat()))
    })
}

fn attributes_end_in_a_value_or_an_error() {
    proptest!(cases(600), |(row in vec(any_attribute(), 0..6))| {
        read(&row.concat());
    });
}

/// A message of nearly every kind, with mostly credible numbers.
fn any_message() -> impl Strategy<Value = Raw> {
    let payload = prop_oneof![
        vec(any_attribute(), 0..4).prop_map(|row| generic(&row)),
        (
            any::<i32>(),
            vec(any::<u8>(), 0..40),
            vec(any_attribute(), 0..3)
        )
            .prop_map(|(code, request, row)| [
                &code.to_ne_bytes()[..],
                &request,
                &row.concat()
            ]
            .concat()),
    ];
    let kind = prop_oneof![4 => Just(FAMILY), 4 => 0..6u16, 1 => any::<u16>()];
    let flags = prop_oneof![Just(0x200u16), Just(0x300), Just(0x12), any::<u16>()];
    let length = prop_oneof![9 => Just(None), 1 => any::<u32>().prop_map(Some), 1 => (0..99u32).prop_map(Some)];
    (kind, flags, 0..4u32, payload, length).prop_map(|(kind, flags, number, payload, length)| Raw {
        flags,
        length,
        ..Raw::new(kind, number, payload)
    })
}

fn a_dialogue_ends_in_a_value_or_an_error() {
    let datagram = vec(any_message(), 0..5)
        .prop_map(|row| row.iter().flat_map(Raw::bytes).collect::<Vec<u8>>());
    proptest!(cases(300), |(datagrams in vec(datagram, 0..6))| {
        converse(datagrams);
    });
}

/// Gives the datagrams as an answer to each kind of question.
fn converse(datagrams: Vec<Vec<u8>>) {
    let peer = || {
        let mut steps = datagrams.clone().into_iter().map(Step::Say);
        Peer::forever(move |_| steps.next().unwrap_or(Step::Fail(EAGAIN)))
    };
    let _ = script::get(peer());
    let _ = script::dump(peer());
    let _ = script::limits(peer());
    let _ = script::change(peer());
    let _ = generic::family(&mut Connection::over(peer()), "mptcp_pm");
    for tokens in [vec![], vec![1]] {
        let selector = Selector {
            tokens,
            ..Selector::default()
        };
        let each = |_| Ok::<(), sockets::Error>(());
        let _ = Sockets::over(peer()).connections(&selector, each);
    }
    let mut events = Events::over(peer(), FAMILY);
    // An error does not end the events: the next datagram is read.
    for _ in 0..=datagrams.len() {
        let _ = events.receive(|_| Ok::<(), Error>(()));
    }
}

fn a_batch_file_ends() {
    let piece = prop_oneof![
        4 => "[ a-z'\"#\\\\\r\t\n]{0,8}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..9),
    ];
    proptest!(cases(2000), |(pieces in vec(piece, 0..20))| {
        let file = pieces.concat();
        let mut reader = Reader::new(file.as_slice());
        let (mut command, mut lines) = (Vec::new(), 0);
        while reader.next_line(&mut command)? != Line::End {
            lines += 1;
        }
        let feeds = file.iter().filter(|byte| **byte == b'\n').count();
        prop_assert!(lines <= feeds + 1 && reader.number() <= feeds + 1);
    });
}

/// Whatever the variable TZ holds, there is a time.
fn any_time_zone_has_a_time() {
    let rule = "[A-Z<>+-]{0,6}[0-9:,+-]{0,8}([A-Z]{3})?(,[MJ]?[0-9./-]{0,12}){0,2}";
    let name = prop_oneof![rule, ":?[A-Za-z/_.]{0,20}", "\\PC{0,20}"];
    proptest!(cases(300), |(name in name)| {
        for form in [Timestamp::Long, Timestamp::Short] {
            let stamp = Clock::new(form, Some(&name)).now();
            let text = format!("{stamp:?}");
            prop_assert!(text.contains(':'), "{}", text);
        }
    });
}

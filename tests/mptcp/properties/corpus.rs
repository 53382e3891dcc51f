//! The inputs that fuzzing starts from: each is read by what it is for, and
//! means what its name says.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use mptcp_cli::batch::{Line, Reader};
use mptcp_cli::cli::{Next, Parsed, Parser, Request, options};
use mptcp_cli::config;
use mptcp_cli::diag::select::Selector;
use mptcp_cli::diag::socket::{Info, Protocol, Socket};
use mptcp_cli::kernel::{Events, Sockets, sockets};
use mptcp_cli::netlink::{Connection, Error, Incoming, generic};
use mptcp_cli::pm::{Command, EVENTS, Event, FAMILY, Limits};
use nix::libc::{EAGAIN, EBUSY, EINVAL, ENOENT};

use crate::peer::script::{Peer, Step, endpoint, request, say};
use crate::peer::wire::{acknowledgement, done};
use crate::support::need_little_endian;

trials! {
    every_corpus_of_a_fuzz_target_is_read, arguments_of_the_corpus_are_read,
    batches_of_the_corpus_are_read, configurations_of_the_corpus_are_read, recorded_replies_are_understood,
    recorded_refusals_are_understood, recorded_families_are_understood,
    recorded_events_are_understood, recorded_sockets_are_understood,
    recorded_dumps_are_joined,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

/// The names in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a corpus");
    let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("a name");
    entries
        .map(|entry| name(entry.expect("an entry")))
        .collect()
}

/// Each input for a fuzz target, with its name.
pub(super) fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join(target);
    let inputs = names(&folder).into_iter().map(|name| {
        let input = fs::read(folder.join(&name)).expect("an input");
        (name, input)
    });
    inputs.collect()
}

fn every_corpus_of_a_fuzz_target_is_read() {
    let targets = [
        "acks",
        "arguments",
        "batch",
        "config",
        "counters",
        "dumps",
        "events",
        "family",
        "network",
        "replies",
        "sockets",
    ];
    assert_eq!(names(&folder()), targets.map(str::to_owned).into());
}

fn configurations_of_the_corpus_are_read() {
    for (name, file) in corpus("config") {
        let read = config::read(&mut Parser::default(), Reader::new(&*file));
        assert_eq!(read.is_err(), name == "wrong", "{name}: {read:?}");
    }
}

/// A conversation in which the first message's family is ours.
fn recorded(datagram: &[u8]) -> (u16, Connection<Peer>) {
    let family = u16::from_le_bytes([datagram[4], datagram[5]]);
    let mut said = Some(datagram.to_vec());
    let peer = Peer::new(move |_| said.take().map(Step::Say).into_iter().collect());
    (family, Connection::over(peer))
}

/// Messages of the dump that the name begins with.
fn recorded_sockets_are_understood() {
    need_little_endian();
    let sockets = corpus("sockets");
    assert!(sockets.len() >= 6);
    for (name, message) in sockets {
        let protocol = match name.starts_with("tcp") {
            true => Protocol::Tcp,
            false => Protocol::Mptcp,
        };
        let socket = Socket::decode(&message, protocol).expect(&name);
        let told = match socket.info {
            Info::Mptcp(info) => info.is_some(),
            Info::Tcp { tcp, .. } => tcp.is_some(),
        };
        assert!(told && socket.header.local.address.is_loopback(), "{name}");
    }
}

/// Recorded messages as the answer to the request with that number.
fn renumbered(messages: &[u8], number: u32) -> Vec<u8> {
    let mut bytes = messages.to_vec();
    let mut rest = bytes.as_mut_slice();
    while let Some(length) = rest.first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        rest[8..12].copy_from_slice(&number.to_le_bytes());
        rest = &mut rest[length.next_multiple_of(4)..];
    }
    bytes
}

/// One connection with MPTCP, by both ends, and what is not in each dump.
fn recorded_dumps_are_joined() {
    need_little_endian();
    for (name, input) in corpus("dumps") {
        let (length, rest) = input.split_first_chunk().expect("a length");
        let (tcp, mptcp) = rest.split_at(u16::from_le_bytes(*length).into());
        let (tcp, mptcp) = (tcp.to_vec(), mptcp.to_vec());
        // The third and fifth requests are for subflows and connections of
        // IPv4, the others for what is not there. Those after the eighth are for
        // connections that lack subflows, and have ended.
        let peer = Peer::new(move |number| {
            if number > 8 {
                return vec![say([acknowledgement(number, -ENOENT, &[])])];
            }
            let said = match number {
                3 => renumbered(&tcp, number),
                5 => renumbered(&mptcp, number),
                _ => Vec::new(),
            };
            vec![Step::Say([said, done(number, 0).bytes()].concat())]
        });
        let mut shown = Vec::new();
        let mut sockets = Sockets::over(peer);
        let all = sockets.connections(&Selector::default(), |connection| {
            shown.push((connection.token.is_some(), connection.subflows.len()));
            Ok::<(), sockets::Error>(())
        });
        assert!(all.is_ok(), "{name}: {all:?}");
        let expected: &[_] = match name.as_str() {
            "connected" | "only-tcp" => &[(true, 1), (true, 1)],
            _ => &[],
        };
        assert_eq!(shown, expected, "{name}");
    }
}

/// What a kernel answered.
fn recorded_replies_are_understood() {
    need_little_endian();
    let replies = corpus("replies");
    assert!(replies.len() >= 12);
    for (name, datagram) in &replies {
        let (family, mut connection) = recorded(datagram);
        let request = request(family, Command::GetAddr);
        let endpoint = |entry: Incoming| endpoint(family, entry);
        match name.as_str() {
            "dump" => {
                let entries = connection.list(request, endpoint).unwrap().entries;
                assert_eq!(entries.len(), 2);
            }
            "get" | "get-v6" => {
                let local = connection.get(request, endpoint).unwrap().unwrap();
                let whole = !local.address.is_unspecified() && local.device == Some(1);
                assert!(whole, "{local:?}");
            }
            "get-limits" => {
                let limits = connection.get(request, |entry| {
                    Ok(Limits::read(generic::body(family, entry)?.attributes)?)
                });
                let limits = limits.unwrap();
                let both = (limits.subflows, limits.add_addr_accepted);
                assert_eq!(both, (Some(2), Some(2)));
            }
            "add" | "add-v6" | "set-limits" => {
                assert_eq!(connection.change(request).unwrap(), None);
            }
            _ => match connection.change(request) {
                Err(Error::Refused(refusal)) => assert!(refusal.errno > 0, "{refusal:?}"),
                other => panic!("{name}: {other:?}"),
            },
        }
    }
}

/// How a kernel refused: two bytes of flags, the type, and what is behind the
/// header, from which the datagram is made.
fn recorded_refusals_are_understood() {
    need_little_endian();
    for (name, input) in corpus("acks") {
        let (head, payload) = input.split_at(3);
        let length = u32::try_from(16 + payload.len()).expect("a length");
        let mut datagram = length.to_le_bytes().to_vec();
        datagram.extend((2 + u16::from(head[2] % 2)).to_le_bytes());
        datagram.extend(&head[..2]);
        datagram.extend(1u32.to_le_bytes());
        datagram.extend(4711u32.to_le_bytes());
        datagram.extend(payload);
        let (errno, said) = match name.as_str() {
            "add-nothing" => (EINVAL, None),
            "add-twice" => (EBUSY, Some("too many addresses or duplicate one: -16")),
            "delete-missing" | "get-missing" => (EINVAL, Some("address not found")),
            "set-limits-too-many" => (EINVAL, Some("limit greater than maximum (8)")),
            _ => panic!("what is {name}?"),
        };
        match recorded(&datagram)
            .1
            .change(request(0x1f, Command::GetAddr))
        {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.errno, errno, "{name}");
                assert_eq!(refusal.message.as_deref(), said, "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// What it said of a family that it has, and of one that it has not.
fn recorded_families_are_understood() {
    need_little_endian();
    for (name, datagram) in corpus("family") {
        let family = generic::family(&mut recorded(&datagram).1, FAMILY);
        match (name.as_str(), family) {
            (FAMILY, Ok(family)) => assert!(family.id > 0x10 && family.group(EVENTS).is_ok()),
            ("missing", Err(_)) => {}
            (name, other) => panic!("{name}: {other:?}"),
        }
    }
}

/// What it said by itself; a file has the number of the event in its name.
fn recorded_events_are_understood() {
    need_little_endian();
    for (name, datagram) in corpus("events") {
        let family = u16::from_le_bytes([datagram[4], datagram[5]]);
        let mut said = Some(datagram);
        let peer = Peer::forever(move |_| said.take().map_or(Step::Fail(EAGAIN), Step::Say));
        let mut seen = Vec::new();
        let mut events = Events::over(peer, family);
        let more = events.receive(|event: Event| {
            seen.push(event);
            Ok::<(), Error>(())
        });
        assert!(more.unwrap(), "{name}");
        let [event] = seen.as_slice() else {
            panic!("{name}: {seen:?}");
        };
        assert!(event.name().is_some() && name.ends_with(&format!("-{}", event.command)));
        let about = event.token.is_some() || event.local_port.is_some();
        assert!(about, "{event:?}");
    }
}

/// Lines that all are right: they end in what is asked, or in help.
fn arguments_of_the_corpus_are_read() {
    for (name, input) in corpus("arguments") {
        let words = input.split(|byte| *byte == 0);
        let words: Vec<_> = words.map(OsStr::from_bytes).collect();
        let line = options::parse(&words).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        assert!(matches!(line.next, Next::Command), "{name}");
        let parsed = Parser::default().parse(line.words);
        match (
            name.as_str(),
            parsed.unwrap_or_else(|wrong| panic!("{name}: {}", wrong.error)),
        ) {
            ("help", Parsed::Help(_))
            | ("options", Parsed::Request(Request::Monitor(_)))
            | ("limits", Parsed::Request(Request::Limits(_)))
            | (
                "add" | "add6" | "change" | "delete" | "show",
                Parsed::Request(Request::Endpoint(_)),
            ) => {}
            (_, other) => panic!("{name}: {other:?}"),
        }
    }
}

/// A file as they are written, and such as no command comes out of.
fn batches_of_the_corpus_are_read() {
    for (name, file) in corpus("batch") {
        let mut reader = Reader::new(file.as_slice());
        let (mut command, mut parser) = (Vec::new(), Parser::default());
        let (mut good, mut bad) = (0, 0);
        loop {
            match reader.next_line(&mut command).expect("bytes in memory") {
                Line::End => break,
                Line::Bad(_) => bad += 1,
                Line::Words(words) if words.is_empty() => {}
                Line::Words(words) => match parser.parse(&words) {
                    Ok(_) => good += 1,
                    Err(_) => bad += 1,
                },
            }
        }
        match name.as_str() {
            "usual" => assert_eq!((good, bad), (2, 1), "mptcp is no command in a file"),
            "broken" => assert_eq!((good, bad), (0, 2)),
            _ => assert_eq!(good, 0, "{name}"),
        }
    }
}

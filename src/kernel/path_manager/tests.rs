//! Kernels of other versions, played.

use std::io;

use super::*;
use crate::netlink::Datagram;
use crate::pm::Address;

const FAMILY_ID: u16 = 0x1c;

/// The type and payload of each message of an answer.
type Answer = Vec<(u16, Vec<u8>)>;

/// A kernel that has the family, and what it answers to which request.
struct Played<'a> {
    answer: &'a mut dyn FnMut(&[u8]) -> Answer,
    request: Vec<u8>,
}

impl Transport for Played<'_> {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        self.request = datagram.to_vec();
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        // CTRL_CMD_NEWFAMILY; FAMILY_ID.
        let family = attribute(1, &FAMILY_ID.to_ne_bytes());
        let answer = match self.request[4..6] == 0x10u16.to_ne_bytes() {
            true => vec![(0x10, [vec![1, 2, 0, 0], family].concat())],
            false => (self.answer)(&self.request[16..]),
        };
        buffer.clear();
        for (kind, payload) in answer {
            buffer.extend((16 + payload.len() as u32).to_ne_bytes());
            // NLM_F_MULTI, NLM_F_CAPPED, NLM_F_ACK_TLVS.
            buffer.extend([kind.to_ne_bytes(), 0x302u16.to_ne_bytes()].concat());
            buffer.extend(&self.request[8..16]);
            buffer.extend(payload);
        }
        let (from_kernel, size) = (true, buffer.len());
        Ok(Datagram { from_kernel, size })
    }
}

fn played(answer: &mut dyn FnMut(&[u8]) -> Answer) -> PathManager<Played<'_>> {
    let request = Vec::new();
    PathManager::over(Played { answer, request })
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u16 + 4).to_ne_bytes();
    let mut bytes = [&length, &kind.to_ne_bytes()[..], value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The end of a dump.
fn done(code: i32, text: &str) -> (u16, Vec<u8>) {
    (3, [code.to_ne_bytes().to_vec(), sentence(text)].concat())
}

/// An acknowledgement with the header of the request.
fn acknowledged(code: i32, text: &str) -> Answer {
    let payload = [code.to_ne_bytes().to_vec(), vec![0; 16], sentence(text)];
    vec![(2, payload.concat())]
}

fn sentence(text: &str) -> Vec<u8> {
    match text {
        "" => Vec::new(),
        text => attribute(1, &[text.as_bytes(), &[0]].concat()),
    }
}

/// Endpoint 7 of the host, 10.0.0.7: GET_ADDR, version 1; ADDR { … }.
fn endpoint(more: &[Vec<u8>]) -> (u16, Vec<u8>) {
    let nested = [
        attribute(2, &[7]),
        attribute(3, &[10, 0, 0, 7]),
        more.concat(),
    ];
    let header = vec![3, 1, 0, 0];
    (FAMILY_ID, [header, attribute(1, &nested.concat())].concat())
}

fn addresses(dump: Answer) -> Result<Dump<Endpoint>, Error> {
    let mut answer = |_: &[u8]| dump.clone();
    played(&mut answer).addresses(7)
}

#[test]
fn a_kernel_that_does_not_heed_tokens_is_too_old() {
    for answer in [
        // Linux 5.19 to 6.7: the endpoints of the host.
        vec![endpoint(&[]), done(0, "")],
        vec![done(0, "")],
        // Linux 6.8 refuses the attribute, whatever it says.
        vec![done(-22, "")],
        // Before 5.19 nothing knows it.
        acknowledged(-22, "Unknown attribute type"),
    ] {
        let shown = addresses(answer);
        assert!(
            matches!(shown, Err(Error::TooOld { since: "6.9", .. })),
            "{shown:?}"
        );
    }
    for answer in [vec![done(-22, "invalid token")], acknowledged(-1, "")] {
        let shown = addresses(answer);
        assert!(matches!(shown, Err(Error::Refused(_))), "{shown:?}");
    }
}

/// What is asked of a kernel that changes an endpoint by its address alone.
fn changed_by_address(kept: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut requested = Vec::new();
    let mut answer = |request: &[u8]| {
        requested.push(request.to_vec());
        let get = request[0] == Command::GetAddr as u8;
        match (get, requested.len()) {
            (true, _) => vec![endpoint(kept)],
            (false, 1) => acknowledged(-22, "missing family"),
            (false, _) => acknowledged(0, ""),
        }
    };
    let backup = AddressAttributes {
        flags: Some(Flags::BACKUP),
        ..AddressAttributes::of_id(7)
    };
    let changed = played(&mut answer).set_flags(&backup);
    assert!(matches!(changed, Ok(None)), "{changed:?}");
    requested
}

#[test]
fn an_endpoint_is_changed_by_its_address_where_the_kernel_takes_no_id() {
    let written = |endpoint: AddressAttributes| {
        let mut message = generic::message(FAMILY_ID, Command::SetFlags as u8, VERSION);
        endpoint.write(&mut message);
        message.body().to_vec()
    };
    let seven = AddressAttributes {
        address: Some(Address::Ip([10, 0, 0, 7].into())),
        flags: Some(Flags::BACKUP),
        ..AddressAttributes::default()
    };
    let requested = changed_by_address(&[]);
    assert_eq!(requested.len(), 3);
    assert!(requested[2].ends_with(&written(seven.clone())));
    let requested = changed_by_address(&[attribute(5, &7000u16.to_ne_bytes())]);
    let with_port = AddressAttributes {
        port: Some(7000),
        flags: Some(Flags::BACKUP | Flags::SIGNAL),
        ..seven
    };
    assert!(requested[2].ends_with(&written(with_port)));
}

#[test]
fn what_a_kernel_left_out_is_noticed() {
    let dropped = |requested: &AddressAttributes, entries: Answer| -> Vec<&str> {
        let mut answer = |_: &[u8]| [entries.clone(), vec![done(0, "")]].concat();
        let dropped = played(&mut answer).dropped(requested);
        dropped.into_iter().map(|of| of.word).collect()
    };
    let requested = AddressAttributes {
        id: Some(7),
        address: Some(Address::Ip([10, 0, 0, 7].into())),
        port: Some(7000),
        flags: Some(Flags::LAMINAR | Flags::SIGNAL),
        ..AddressAttributes::default()
    };
    let port = attribute(5, &7000u16.to_ne_bytes());
    let flags = attribute(6, &(Flags::LAMINAR | Flags::SIGNAL).0.to_ne_bytes());
    for (kept, expected) in [
        (vec![port.clone(), flags.clone()], &[][..]),
        (vec![port], &["laminar"]),
        (vec![flags], &["port"]),
        (vec![], &["laminar", "port"]),
    ] {
        assert_eq!(dropped(&requested, vec![endpoint(&kept)]), expected);
    }
    assert_eq!(dropped(&requested, vec![]), [""; 0]);
    let other = AddressAttributes {
        id: Some(8),
        port: None,
        flags: None,
        ..requested.clone()
    };
    assert_eq!(dropped(&other, vec![endpoint(&[])]), ["id"]);
    // A port that is none is told as 0.
    let flags = attribute(6, &Flags::LAMINAR.0.to_ne_bytes());
    let entries = vec![endpoint(&[attribute(5, &[0, 0]), flags])];
    let laminar = AddressAttributes {
        port: None,
        flags: Some(Flags::LAMINAR),
        ..requested.clone()
    };
    assert_eq!(dropped(&laminar, entries), [""; 0]);
    // Of what was not asked for, nothing is missing, and nobody is asked.
    let plain = AddressAttributes {
        id: None,
        port: None,
        flags: None,
        ..requested
    };
    let mut silent = |_: &[u8]| panic!("asked");
    assert_eq!(played(&mut silent).dropped(&plain), []);
}

#[test]
fn a_kernel_that_passes_over_the_words_of_a_subflow_is_known() {
    let words = |subflow: &Subflow, answer: &Answer| -> Vec<&str> {
        let mut answer = |_: &[u8]| answer.clone();
        let dropped = played(&mut answer).dropped_of_subflow(subflow);
        dropped.into_iter().map(|of| of.word).collect()
    };
    let plain = Subflow {
        path: Path {
            token: 7,
            local: Address::Ip([10, 0, 0, 7].into()),
            sport: None,
            remote: Address::Ip([10, 0, 0, 8].into()),
            dport: 80,
        },
        id: 7,
        device: None,
        backup: false,
    };
    let both = Subflow {
        device: Some(2),
        backup: true,
        ..plain.clone()
    };
    let (old, new) = (vec![done(-22, "")], vec![done(-22, "invalid token")]);
    assert_eq!(words(&both, &old), ["dev", "backup"]);
    assert_eq!(words(&both, &new), [""; 0]);
    assert_eq!(words(&plain, &old), [""; 0]);
}

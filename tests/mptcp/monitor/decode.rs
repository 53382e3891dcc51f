//! Events as bytes: those of a kernel, those that no kernel sends yet, and
//! those that none ever should.

use std::collections::BTreeMap;

use mptcp_cli::output::{self, Beside, Format, Palette, Printer};
use mptcp_cli::pm::Event;
use netlink_packet_core::DecodeError;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::*;

trials! {
    bytes_of_a_kernel, all_attributes_at_once, zeroes_are_printed,
    what_is_unknown_is_shown_or_skipped, a_malformed_attribute_is_named, arbitrary_attributes,
    arbitrary_bytes, damaged_bytes_of_a_kernel,
}

/// Whole messages of Linux 6.18, and what iproute2 prints of them.
const REAL: [(&str, &str); 9] = [
    (
        "540000001c0000000000000000000000010100000800010002e15a7c0600020002000000080005000a000101\
         080007000a000102060009008e58000006000a001b58000005000300000000000500040000000000",
        "[         CREATED] token=7c5ae102 remid=0 locid=0 saddr4=10.0.1.1 daddr4=10.0.1.2 \
         sport=36440 dport=7000",
    ),
    (
        "640000001c00000000000000000000000101000008000100bef2a270050012000100000006000d00030000000\
         600020002000000080005000a000102080007000a000101060009001b5e000006000a00eaee00000500030000\
         0000000500040000000000",
        "[         CREATED] token=70a2f2be remid=0 locid=0 saddr4=10.0.1.2 daddr4=10.0.1.1 \
         sport=7006 dport=60142 server_side deny_join_id0",
    ),
    (
        "1c0000001c00000000000000000000000301000008000100 02e15a7c",
        "[          CLOSED] token=7c5ae102",
    ),
    (
        "340000001c000000000000000000000006010000080001002eba1f6c050004000100000006000a001b5a00000\
         80007000a000202",
        "[       ANNOUNCED] token=6c1fba2e remid=1 daddr4=10.0.2.2 dport=7002",
    ),
    (
        "400000001c00000000000000000000000601000008000100 19befd2a050004000300000006000a001b650000\
         14000800fd020000000000000000000000000002",
        "[       ANNOUNCED] token=2afdbe19 remid=3 daddr6=fd02::2 dport=7013",
    ),
    (
        "240000001c000000000000000000000007010000080001002eba1f6c0500040001000000",
        "[         REMOVED] token=6c1fba2e remid=1",
    ),
    (
        "5c0000001c00000000000000000000000a010000080001002eba1f6c0600020002000000080005000a000201\
         080007000a00020206000900d8d9000006000a001b5a00000500030001000000050004000100000005000b00\
         00000000",
        "[  SF_ESTABLISHED] token=6c1fba2e remid=1 locid=1 saddr4=10.0.2.1 daddr4=10.0.2.2 \
         sport=55513 dport=7002 backup=0",
    ),
    (
        "7c0000001c00000000000000000000000b01000008000100603704bc0600020002000000080005000a000201\
         080007000a00010206000900996f000006000a001b6c00000500030005000000050004000000000005000b00\
         0000000008000f000300000005000c006800000008001000000000000800110000000000",
        "[       SF_CLOSED] token=bc043760 remid=0 locid=5 saddr4=10.0.2.1 daddr4=10.0.1.2 \
         sport=39279 dport=7020 backup=0 error=104 ifindex=3 dev=eth0 reset_reason=0 reset_flags=0",
    ),
    (
        "380000001c00000000000000000000000f010000060002000a000000060009001b65000014000600fd010000\
         000000000000000000000002",
        "[LISTENER_CREATED] saddr6=fd01::2 sport=7013",
    ),
];

/// How long the two headers of a message are.
const HEADERS: usize = 16 + 4;

/// Bytes of hexadecimal digits; on another byte order they mean other numbers.
fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<char> = hexadecimal.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).expect("hex");
    digits.chunks(2).map(byte).collect()
}

fn decode(command: u8, attributes: &[u8]) -> Result<Event, DecodeError> {
    Event::read(command, attributes)
}

/// The event as text and as JSON; its device, if it has one, is `eth0`.
fn print(event: &Event) -> (String, String) {
    let device = event
        .device
        .filter(|index| *index != 0)
        .map(|_| &b"eth0"[..]);
    let as_format = |json| {
        let format = match json {
            true => Format::Json { pretty: false },
            false => Format::Text {
                oneline: false,
                palette: Palette::None,
            },
        };
        let mut out = Vec::new();
        let mut printer = Printer::new(&mut out, format);
        let beside = Beside {
            device,
            ..Beside::default()
        };
        output::event(&mut printer, event, beside).expect("memory takes all");
        String::from_utf8(out).expect("text")
    };
    (as_format(false), as_format(true))
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).expect("a short value");
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn bytes_of_a_kernel() {
    need_little_endian();
    for (hexadecimal, line) in REAL {
        let message = bytes(hexadecimal);
        assert_eq!(message.len(), usize::from(message[0]), "{line}");
        let event = decode(message[16], &message[HEADERS..]).expect(line);
        assert_eq!(print(&event).0, format!("{line}\n"));
    }
}

fn all_attributes_at_once() {
    // In an order that is not that of the output.
    let attributes = [
        attribute(18, &[1]),
        attribute(17, &1u32.to_ne_bytes()),
        attribute(16, &1u32.to_ne_bytes()),
        attribute(15, &3i32.to_ne_bytes()),
        attribute(14, &300u32.to_ne_bytes()),
        attribute(13, &0xffffu16.to_ne_bytes()),
        attribute(12, &[111]),
        attribute(11, &[255]),
        attribute(10, &80u16.to_be_bytes()),
        attribute(9, &1000u16.to_be_bytes()),
        attribute(8, &[[0; 15].as_slice(), &[2]].concat()),
        attribute(7, &[10, 0, 0, 2]),
        attribute(6, &[[0; 15].as_slice(), &[1]].concat()),
        attribute(5, &[10, 0, 0, 1]),
        attribute(4, &[2]),
        attribute(3, &[1]),
        attribute(2, &2u16.to_ne_bytes()),
        attribute(1, &0xabcu32.to_ne_bytes()),
    ];
    let event = decode(11, &attributes.concat()).expect("an event");
    let text = "[       SF_CLOSED] token=00000abc remid=2 locid=1 saddr4=10.0.0.1 daddr4=10.0.0.2 \
                saddr6=::1 daddr6=::2 sport=1000 dport=80 backup=255 error=111 timeout=300 \
                ifindex=3 dev=eth0 reset_reason=1 reset_flags=0x1 server_side deny_join_id0 \
                flags=0xfffc\n";
    let json = r#"{"event":"SF_CLOSED","token":"0xabc","remid":2,"locid":1,"saddr4":"10.0.0.1","daddr4":"10.0.0.2","saddr6":"::1","daddr6":"::2","sport":1000,"dport":80,"backup":255,"error":111,"timeout":300,"ifindex":3,"dev":"eth0","reset_reason":1,"reset_flags":"0x1","server_side":true,"deny_join_id0":true,"flags":"0xfffc"}"#;
    assert_eq!(print(&event), (text.to_owned(), json.to_owned()));
}

fn zeroes_are_printed() {
    let sizes = [4, 2, 1, 1, 4, 16, 4, 16, 2, 2, 1, 1, 2, 4, 4, 4, 4, 1];
    let attributes = (1..)
        .zip(sizes)
        .map(|(kind, size)| attribute(kind, &vec![0; size]));
    let attributes: Vec<u8> = attributes.flatten().collect();
    let event = decode(3, &attributes).expect("an event");
    let text = "[          CLOSED] token=00000000 remid=0 locid=0 saddr4=0.0.0.0 daddr4=0.0.0.0 \
                saddr6=:: daddr6=:: sport=0 dport=0 backup=0 error=0 timeout=0 ifindex=0 \
                reset_reason=0 reset_flags=0\n";
    let json = r#"{"event":"CLOSED","token":"0","remid":0,"locid":0,"saddr4":"0.0.0.0","daddr4":"0.0.0.0","saddr6":"::","daddr6":"::","sport":0,"dport":0,"backup":0,"error":0,"timeout":0,"ifindex":0,"reset_reason":0,"reset_flags":"0"}"#;
    assert_eq!(print(&event), (text.to_owned(), json.to_owned()));
}

fn what_is_unknown_is_shown_or_skipped() {
    let token = attribute(1, &7u32.to_ne_bytes());
    for command in 0..=255 {
        let known = [1, 2, 3, 6, 7, 10, 11, 13, 15, 16].contains(&command);
        let (text, json) = print(&decode(command, &token).expect("an event"));
        let shown = text == format!("[UNKNOWN {command}]\n");
        assert_ne!(shown, known, "{text}");
        if shown {
            assert_eq!(json, format!("{{\"event\":\"UNKNOWN {command}\"}}"));
        }
    }
    let attributes = [
        attribute(0, b"zero"),
        attribute(19, &[]),
        token,
        attribute(100, &[0xff; 300]),
        // Of two the first counts.
        attribute(1, &8u32.to_ne_bytes()),
        attribute(0x3fff, b"last"),
    ];
    let event = decode(3, &attributes.concat()).expect("an event");
    assert_eq!(print(&event).0, "[          CLOSED] token=00000007\n");
    let empty = decode(1, &[]).expect("an event");
    assert_eq!(print(&empty).0, "[         CREATED]\n");
}

fn a_malformed_attribute_is_named() {
    let error = decode(3, &attribute(1, &[1, 2, 3])).expect_err("three bytes");
    assert!(format!("{error:?}").contains("token"), "{error:?}");
    let past_the_end = [100, 0, 1, 0, 1, 2, 3, 4];
    decode(3, &past_the_end).expect_err("a length past the end");
    decode(3, &[3, 0, 1, 0]).expect_err("a length within the header");
}

fn arbitrary_attributes() {
    // Some of a right size, of any kind, more than once, in any order.
    let value = |kind: u16| match kind {
        1 | 14..=17 => 4..=4usize,
        5 | 7 => 4..=4,
        6 | 8 => 16..=16,
        2 | 9 | 10 | 13 => 2..=2,
        3 | 4 | 11 | 12 | 18 => 1..=1,
        _ => 0..=40,
    };
    let one = prop_oneof![4 => 1..=18u16, 1 => 0..=0x3fffu16]
        .prop_flat_map(move |kind| (Just(kind), vec(any::<u8>(), value(kind))));
    proptest!(cases(256), |(command: u8, attributes in vec(one, 0..40))| {
        let encoded = attributes.iter().map(|(kind, value)| attribute(*kind, value));
        let event = decode(command, &encoded.collect::<Vec<_>>().concat());
        let event = event.expect("an event");
        let mut first = BTreeMap::new();
        for (kind, value) in &attributes {
            first.entry(*kind).or_insert(value.as_slice());
        }
        let byte = |kind| first.get(&kind).map(|value| value[0]);
        let port = |kind| first.get(&kind).map(|v| u16::from_be_bytes([v[0], v[1]]));
        let long = |kind| {
            first.get(&kind).map(|v| u32::from_ne_bytes([v[0], v[1], v[2], v[3]]))
        };
        prop_assert_eq!(event.command, command);
        prop_assert_eq!(event.token, long(1));
        prop_assert_eq!((event.local_id, event.remote_id), (byte(3), byte(4)));
        prop_assert_eq!((event.local_port, event.remote_port), (port(9), port(10)));
        prop_assert_eq!((event.backup, event.error), (byte(11), byte(12)));
        prop_assert_eq!(event.flags, first.get(&13).map(|v| u16::from_ne_bytes([v[0], v[1]])));
        prop_assert_eq!((event.timeout, event.device), (long(14), long(15)));
        prop_assert_eq!((event.reset_reason, event.reset_flags), (long(16), long(17)));
        prop_assert_eq!(event.server_side, byte(18));
        let v4 = |kind| first.get(&kind).map(|v| std::net::Ipv4Addr::new(v[0], v[1], v[2], v[3]).into());
        let v6 = |kind| first.get(&kind).map(|v| {
            let octets: [u8; 16] = (*v).try_into().expect("sixteen");
            std::net::Ipv6Addr::from(octets).into()
        });
        prop_assert_eq!((event.local4, event.remote4), (v4(5), v4(7)));
        prop_assert_eq!((event.local6, event.remote6), (v6(6), v6(8)));
        is_well_formed(&event)?;
    });
}

fn arbitrary_bytes() {
    proptest!(cases(256), |(command: u8, bytes in vec(any::<u8>(), 0..300))| {
        if let Ok(event) = decode(command, &bytes) {
            is_well_formed(&event)?;
        }
    });
}

fn damaged_bytes_of_a_kernel() {
    let messages = REAL.map(|(hexadecimal, _)| bytes(hexadecimal));
    proptest!(cases(256), |(
        message in prop::sample::select(messages.to_vec()),
        place: prop::sample::Index,
        byte: u8,
        length: prop::sample::Index,
    )| {
        let mut message = message;
        let at = place.index(message.len());
        message[at] = byte;
        message.truncate(HEADERS + length.index(message.len() - HEADERS + 1));
        if let Ok(event) = decode(message[16], &message[HEADERS..]) {
            is_well_formed(&event)?;
        }
    });
}

/// One line, one object, and the same values in both.
fn is_well_formed(event: &Event) -> Result<(), TestCaseError> {
    let (text, json) = print(event);
    prop_assert!(text.starts_with('['));
    prop_assert_eq!(text.find('\n'), Some(text.len() - 1));
    let members: BTreeMap<String, Value> = serde_json::from_str(&json)
        .map_err(|wrong| TestCaseError::fail(format!("{wrong}: {json}")))?;
    prop_assert!(json.starts_with("{\"event\":\""), "{}", json);
    prop_assert!(members["event"].is_string(), "{}", json);
    let (_, words) = text.split_once(']').expect("a title");
    let words = words.split_whitespace();
    prop_assert_eq!(members.len(), 1 + words.clone().count(), "{}", json);
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, "true"));
        let printed = match &members[key] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let expected = match (key, value.trim_start_matches('0')) {
            ("token", "") => "0".to_owned(),
            ("token", digits) => format!("0x{digits}"),
            _ => value.to_owned(),
        };
        prop_assert_eq!(printed, expected, "{}", json);
    }
    Ok(())
}

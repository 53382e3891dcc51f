//! What may be wrong with attributes: sizes, order, number, depth.

use std::net::IpAddr;

use mptcp_cli::netlink::generic::{self, Family};
use mptcp_cli::netlink::{Connection, Error};
use mptcp_cli::pm::Flags;
use nix::libc::{EINVAL, ENOENT};

use super::script::{Peer, change, get, get_payload, limits, say};
use super::wire::{
    ACK_TLVS, ERROR, FAMILY, Raw, acknowledgement, attribute, claiming, done, endpoint, generic,
};

trials! {
    an_attribute_of_the_wrong_size_is_named, an_endpoint_without_an_id_or_an_address_is_malformed,
    an_attribute_longer_or_shorter_than_it_can_be_is_malformed,
    an_attribute_twice_counts_the_last_time, an_attribute_unknown_is_passed_over,
    attributes_nested_without_end_are_read_two_deep,
    both_families_of_address_in_one_reply_count_the_last,
    the_kernels_sentence_is_shown_whatever_its_bytes, a_malformed_extended_acknowledgement_is_named,
    a_refusal_that_claims_a_request_of_any_length_is_one,
    an_acknowledgement_that_ends_after_its_code_counts, a_family_is_looked_up_among_odd_attributes,
    a_malformed_family_is_named, a_family_id_that_is_no_familys_is_malformed,
    a_kernel_without_the_family_is_told, an_answer_to_something_else_is_no_endpoint,
}

/// What every endpoint has: its id and its address.
fn named(id: u8) -> Vec<u8> {
    [attribute(2, &[id]), attribute(3, &[10, 0, 0, 1])].concat()
}

/// One more nested attribute in a reply about an endpoint.
fn inside(kind: u16, value: &[u8]) -> Vec<u8> {
    generic(&[attribute(1, &[named(1), attribute(kind, value)].concat())])
}

fn an_endpoint_without_an_id_or_an_address_is_malformed() {
    let without_id = generic(&[attribute(1, &attribute(3, &[10, 0, 0, 1]))]);
    malformed(get_payload(without_id), "endpoint without id");
    let without_address = generic(&[attribute(1, &attribute(2, &[1]))]);
    malformed(
        get_payload(without_address),
        "endpoint without addr4 or addr6",
    );
}

#[track_caller]
fn malformed<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    match result {
        Err(Error::Malformed(told)) => assert!(told.contains(words), "{told:?}: no {words:?}"),
        other => panic!("{other:?} is not malformed"),
    }
}

fn an_attribute_of_the_wrong_size_is_named() {
    let nested = [
        (2, 1, "id"),
        (3, 4, "addr4"),
        (4, 16, "addr6"),
        (5, 2, "port"),
        (6, 4, "flags"),
        (7, 4, "if-idx"),
    ];
    for (kind, right, name) in nested {
        for size in (0..40).filter(|size| *size != right) {
            let words = format!("attribute {name} has {size} bytes instead of {right}");
            malformed(get_payload(inside(kind, &vec![1; size])), &words);
        }
        assert!(get_payload(inside(kind, &vec![1; right])).is_ok());
    }
    for (kind, name) in [(2, "rcv-add-addrs"), (3, "subflows")] {
        for size in (0..40).filter(|size| *size != 4) {
            let words = format!("attribute {name} has {size} bytes instead of 4");
            let payload = generic(&[attribute(kind, &vec![1; size])]);
            let reply = move |number| vec![say([Raw::new(FAMILY, number, payload.clone())])];
            malformed(limits(Peer::new(reply)), &words);
        }
    }
}

fn an_attribute_longer_or_shorter_than_it_can_be_is_malformed() {
    for length in [0, 1, 3, 9, 100, u16::MAX] {
        let payload = generic(&[claiming(length, 1, &[0; 4])]);
        malformed(get_payload(payload), "path manager attributes");
        let payload = generic(&[attribute(1, &claiming(length, 2, &[0; 4]))]);
        malformed(get_payload(payload), "endpoint attributes");
    }
}

fn an_attribute_twice_counts_the_last_time() {
    let payload = generic(&[endpoint(1), endpoint(2)]);
    assert_eq!(get_payload(payload).unwrap().unwrap().id, 2);
    let nested = [named(1), attribute(2, &[9])].concat();
    let payload = generic(&[attribute(1, &nested)]);
    assert_eq!(get_payload(payload).unwrap().unwrap().id, 9);
}

fn an_attribute_unknown_is_passed_over() {
    for kind in [0, 7, 99, 0x3fff] {
        let payload = generic(&[attribute(kind, &[1, 2, 3]), endpoint(5)]);
        let endpoint = get_payload(payload).unwrap().unwrap();
        assert_eq!(endpoint.id, 5);
        assert_eq!(endpoint.flags, Flags::SUBFLOW);
    }
    let nested = [attribute(8, &[0; 100]), attribute(0, &[]), named(7)].concat();
    let endpoint = get_payload(generic(&[attribute(1, &nested)]));
    assert_eq!(endpoint.unwrap().unwrap().id, 7);
}

fn attributes_nested_without_end_are_read_two_deep() {
    let mut deep = attribute(2, &[5]);
    while deep.len() < 60_000 {
        deep = attribute(0x8000 | 1, &[named(7), deep].concat());
    }
    let endpoint = get_payload(generic(&[deep])).unwrap().unwrap();
    assert_eq!((endpoint.id, endpoint.port), (7, None));
}

fn both_families_of_address_in_one_reply_count_the_last() {
    let nested = [attribute(4, &[1; 16]), named(1)].concat();
    let endpoint = get_payload(generic(&[attribute(1, &nested)]))
        .unwrap()
        .unwrap();
    assert_eq!(endpoint.address, IpAddr::from([10, 0, 0, 1]));
}

/// The refusal that comes of an acknowledgement with these attributes.
fn refused(code: i32, attributes: &[Vec<u8>]) -> (i32, Option<String>) {
    let attributes = attributes.to_vec();
    let peer = Peer::new(move |number| vec![say([acknowledgement(number, code, &attributes)])]);
    match change(peer) {
        Err(Error::Refused(refusal)) => (refusal.errno, refusal.message),
        other => panic!("{other:?} is no refusal"),
    }
}

fn the_kernels_sentence_is_shown_whatever_its_bytes() {
    let said = |bytes: &[u8]| refused(-EINVAL, &[attribute(1, bytes)]).1.unwrap();
    assert_eq!(said(b"no\0"), "no");
    assert_eq!(said(b"no"), "no");
    assert_eq!(said(b"\0"), "");
    assert_eq!(said(b""), "");
    assert_eq!(said(b"\xff\0"), "\u{fffd}");
    assert_eq!(said(&[b'x'; 60_000]).len(), 60_000);
    assert_eq!(refused(-EINVAL, &[]), (EINVAL, None));
    let unknown = attribute(77, b"what");
    assert_eq!(refused(-EINVAL, &[unknown]), (EINVAL, None));
    assert_eq!(refused(i32::MIN, &[]).0, i32::MAX);
}

fn a_malformed_extended_acknowledgement_is_named() {
    for length in [0, 3, 200] {
        let attributes = vec![claiming(length, 1, b"no\0\0")];
        let peer = Peer::new(move |number| vec![say([acknowledgement(number, -1, &attributes)])]);
        malformed(change(peer), "extended acknowledgement");
    }
    let peer = Peer::new(|number| vec![say([acknowledgement(number, 5, &[])])]);
    malformed(change(peer), "5 is no error number");
    let peer = Peer::new(|number| vec![say([done(number, 5)])]);
    malformed(change(peer), "5 is no error number");
}

fn a_refusal_that_claims_a_request_of_any_length_is_one() {
    for length in [0, 3, 16, 17, 4000, i32::MAX as u32, u32::MAX - 2, u32::MAX] {
        let peer = Peer::new(move |number| {
            let mut payload = (-EINVAL).to_ne_bytes().to_vec();
            payload.extend(Raw::new(FAMILY, number, Vec::new()).length(length).bytes());
            vec![say([Raw::new(ERROR, number, payload).flags(ACK_TLVS)])]
        });
        let result = change(peer);
        // What is behind a request of length 0 or 3 would be its own header.
        let fine = matches!(&result, Err(Error::Refused(refusal)) if refusal.errno == EINVAL)
            || (length < 16 && matches!(&result, Err(Error::Malformed(_))));
        assert!(fine, "{length}: {result:?}");
    }
}

fn an_acknowledgement_that_ends_after_its_code_counts() {
    let peer = |code: i32| {
        Peer::new(move |number| {
            let bare = Raw::new(ERROR, number, code.to_ne_bytes().to_vec()).flags(ACK_TLVS);
            vec![say([bare])]
        })
    };
    assert_eq!(change(peer(0)).unwrap(), None);
    assert!(matches!(change(peer(-EINVAL)), Err(Error::Refused(_))));
}

/// Looks the family up at a peer that answers with these attributes.
fn family(attributes: Vec<Vec<u8>>) -> Result<Family, Error> {
    let peer = Peer::new(move |number| vec![say([Raw::new(0x10, number, generic(&attributes))])]);
    generic::family(&mut Connection::over(peer), "mptcp_pm")
}

fn group(name: &[u8], id: &[u8]) -> Vec<u8> {
    attribute(1, &[attribute(1, name), attribute(2, id)].concat())
}

fn a_family_is_looked_up_among_odd_attributes() {
    let groups = [group(b"events\0", &7u32.to_ne_bytes()), attribute(2, &[])].concat();
    let found = family(vec![
        attribute(99, &[1; 9]),
        attribute(1, &33u16.to_ne_bytes()),
        attribute(7, &groups),
    ])
    .unwrap();
    assert_eq!(found.id, 33);
    assert_eq!(found.group("events").unwrap(), 7);
    assert!(matches!(found.group("cmds"), Err(Error::NoGroup("cmds"))));
}

fn a_malformed_family_is_named() {
    malformed(family(Vec::new()), "a family without an id");
    for size in [0, 1, 3, 4] {
        malformed(family(vec![attribute(1, &vec![1; size])]), "family id");
    }
    let id = attribute(1, &33u16.to_ne_bytes());
    for size in [0, 3, 5] {
        let groups = attribute(7, &group(b"events\0", &vec![1; size]));
        malformed(family(vec![id.clone(), groups]), "group id");
    }
    let groups = attribute(7, &claiming(99, 1, &[]));
    malformed(family(vec![id.clone(), groups]), "multicast groups");
    let groups = attribute(7, &attribute(1, &claiming(99, 1, &[])));
    malformed(family(vec![id, groups]), "multicast group");
}

fn a_family_id_that_is_no_familys_is_malformed() {
    for id in [0u16, 2, 15] {
        malformed(family(vec![attribute(1, &id.to_ne_bytes())]), "family id");
    }
}

fn a_kernel_without_the_family_is_told() {
    let peer = Peer::new(|number| vec![say([acknowledgement(number, -ENOENT, &[])])]);
    let missing = generic::family(&mut Connection::over(peer), "mptcp_pm");
    assert!(matches!(missing, Err(Error::NoFamily("mptcp_pm"))));
}

fn an_answer_to_something_else_is_no_endpoint() {
    let peer = Peer::new(|number| vec![say([Raw::new(0x10, number, generic(&[endpoint(1)]))])]);
    assert!(matches!(get(peer), Err(Error::Type(0x10))));
}

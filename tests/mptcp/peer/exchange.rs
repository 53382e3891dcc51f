//! What may go wrong on the way: lengths, numbers, senders, ends.

use mptcp_cli::failure::{Failure, Status};
use mptcp_cli::netlink::Error;
use nix::libc::{EAGAIN, EBUSY, EINTR, ENOENT};

use super::script::{Peer, Step, change, dump, get, get_bytes, say};
use super::wire::{
    DONE, DUMP_INTR, ERROR, FAMILY, MULTI, NOOP, OVERRUN, Raw, acknowledgement, done, entry,
    generic,
};

trials! {
    an_answer_cut_short_at_any_byte_is_malformed, a_payload_cut_short_is_malformed,
    a_length_that_is_not_true_is_malformed, a_datagram_of_nothing_is_malformed,
    what_an_earlier_request_left_behind_is_passed_over, a_number_that_was_not_given_out_is_an_error,
    a_change_is_not_answered_by_an_object, what_another_process_sends_is_no_reply,
    strays_without_end_are_given_up_on, an_error_in_the_middle_of_a_dump_ends_it,
    an_interrupted_dump_is_asked_for_again, a_dump_that_stays_interrupted_says_so,
    an_endless_dump_is_given_up_on, failing_system_calls_are_named,
    a_message_that_did_not_fit_is_asked_for_again_but_no_change_is,
    a_message_of_no_known_type_is_named, an_acknowledgement_without_an_object_is_told,
    a_control_message_too_short_is_malformed, an_object_without_its_header_is_malformed,
}

/// A failure of the exchange ends the program with 2 and says this.
#[track_caller]
fn ends_with<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let error = result.expect_err("this is no answer");
    let told = error.to_string();
    assert!(told.contains(words), "{told:?} does not say {words:?}");
    assert_eq!(Failure::from(error).status(), Status::Refused);
}

fn an_answer_cut_short_at_any_byte_is_malformed() {
    let whole = entry(1, 2).bytes();
    for length in 1..whole.len() {
        ends_with(get_bytes(whole[..length].to_vec()), "malformed reply");
    }
    assert!(get_bytes(whole).is_ok());
}

fn a_payload_cut_short_is_malformed() {
    let whole = entry(1, 2).payload;
    for length in 0..whole.len() {
        let cut = Raw::new(FAMILY, 1, whole[..length].to_vec()).bytes();
        match length {
            // An answer without an endpoint is one, if an odd one.
            4 => assert_eq!(get_bytes(cut).unwrap(), None),
            _ => ends_with(get_bytes(cut), "malformed reply"),
        }
    }
}

fn a_length_that_is_not_true_is_malformed() {
    let message = entry(1, 2);
    let size = message.bytes().len() as u32;
    for length in [0, 1, 15, size + 1, size + 4, 1 << 16, i32::MAX as u32] {
        ends_with(
            get_bytes(message.clone().length(length).bytes()),
            "length field says",
        );
    }
    ends_with(
        get_bytes(message.length(u32::MAX).bytes()),
        "length field says 4294967295",
    );
}

fn a_datagram_of_nothing_is_malformed() {
    ends_with(get(Peer::forever(|_| say([]))), "an empty datagram");
}

fn what_an_earlier_request_left_behind_is_passed_over() {
    let peer = Peer::new(|number| {
        let late = [entry(number.wrapping_sub(1), 9), done(number - 1, 0)];
        vec![
            say(late),
            say([entry(number, 1), entry(number, 2), done(number, 0)]),
        ]
    });
    assert_eq!(dump(peer).unwrap().entries.len(), 2);
}

fn a_number_that_was_not_given_out_is_an_error() {
    let ahead = Peer::new(|number| vec![say([entry(number + 1, 1)])]);
    ends_with(get(ahead), "out of sequence: expected number 1, got 2");
    let far = Peer::new(|_| vec![say([entry(0x7000_0000, 1)])]);
    ends_with(get(far), "out of sequence: expected number 1, got");
}

fn what_another_process_sends_is_no_reply() {
    let forged = Peer::new(|number| {
        let forgery = [entry(number, 66), done(number, 0)];
        let forgery = forgery.iter().flat_map(Raw::bytes).collect();
        vec![
            Step::Sneak(forgery),
            say([entry(number, 1), done(number, 0)]),
        ]
    });
    let entries = dump(forged).unwrap().entries;
    let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [1]);
}

fn strays_without_end_are_given_up_on() {
    let strays: [fn(u32) -> Step; 4] = [
        |number| Step::Sneak(entry(number, 1).bytes()),
        |number| say([entry(number.wrapping_sub(1), 1)]),
        |number| say([Raw::new(NOOP, number, Vec::new())]),
        |_| Step::Sneak(Vec::new()),
    ];
    for stray in strays {
        ends_with(get(Peer::forever(stray)), "gave up after 1024 messages");
    }
}

fn an_error_in_the_middle_of_a_dump_ends_it() {
    for code in [EBUSY, ENOENT] {
        let broken = Peer::new(move |number| {
            vec![
                say([entry(number, 1)]),
                say([acknowledgement(number, -code, &[])]),
            ]
        });
        let error = dump(broken).unwrap_err();
        assert!(matches!(&error, Error::DumpRefused(refusal) if refusal.errno == code));
        assert_eq!(Failure::from(error).status(), Status::Refused);
    }
    let broken = Peer::new(|number| vec![say([entry(number, 1), done(number, -EBUSY)])]);
    ends_with(dump(broken), "Device or resource busy");
}

fn an_interrupted_dump_is_asked_for_again() {
    let mut attempts = 0;
    let once = Peer::new(move |number| {
        attempts += 1;
        let flags = if attempts == 1 { DUMP_INTR } else { 0 };
        let ends = done(number, 0).flags(MULTI | flags);
        vec![say([entry(number, attempts), ends])]
    });
    let dump_ = dump(once).unwrap();
    assert!(!dump_.interrupted);
    assert_eq!(dump_.entries[0].id, 2, "the second attempt counts");
}

fn a_dump_that_stays_interrupted_says_so() {
    let always = Peer::new(|number| {
        let interrupted = entry(number, 1).flags(MULTI | DUMP_INTR);
        vec![say([interrupted, entry(number, 2), done(number, 0)])]
    });
    let dump = dump(always).unwrap();
    assert!(dump.interrupted);
    assert_eq!(dump.entries.len(), 2, "those of one attempt");
    ends_with(dump.settled(), "kept changing while it was read");
}

fn an_endless_dump_is_given_up_on() {
    let endless = Peer::forever(|number| say((0..255).map(|last| entry(number, last))));
    ends_with(dump(endless), "gave up on a dump after 65536 entries");
}

fn a_change_is_not_answered_by_an_object() {
    let odd = Peer::forever(|number| say([entry(number, 1)]));
    ends_with(
        change(odd),
        &format!("unexpected message of type {FAMILY} "),
    );
}

fn failing_system_calls_are_named() {
    for (errno, words) in [
        (EINTR, "Interrupted system call"),
        (EAGAIN, "Resource temporarily unavailable"),
    ] {
        let failing = Peer::new(move |_| vec![Step::Fail(errno)]);
        ends_with(get(failing), words);
    }
    let overrun = Peer::new(|_| vec![Step::Overrun]);
    ends_with(dump(overrun), "the receive buffer was full");
    let overrun = Peer::new(|number| vec![say([Raw::new(OVERRUN, number, Vec::new())])]);
    ends_with(get(overrun), "the receive buffer was full");
}

fn a_message_that_did_not_fit_is_asked_for_again_but_no_change_is() {
    let cut = |number| Step::Cut(entry(number, 1).bytes()[..20].to_vec(), 40_000);
    let mut attempts = 0;
    let grown = Peer::new(move |number| {
        attempts += 1;
        match attempts {
            1 => vec![cut(number)],
            _ => vec![say([entry(number, 7)])],
        }
    });
    assert_eq!(get(grown).unwrap().unwrap().id, 7);
    ends_with(get(Peer::forever(cut)), "a message of 40000 bytes");
    let mut asked = 0;
    let once = Peer::new(move |number| {
        asked += 1;
        assert_eq!(asked, 1, "a change is not done twice");
        vec![cut(number)]
    });
    ends_with(change(once), "a message of 40000 bytes");
}

fn a_message_of_no_known_type_is_named() {
    for kind in [0, 5, 0x0f, 0x10, FAMILY + 1, u16::MAX] {
        let odd =
            Peer::new(move |number| vec![say([Raw::new(kind, number, entry(number, 1).payload)])]);
        ends_with(get(odd), &format!("unexpected message of type {kind} "));
    }
}

fn an_acknowledgement_without_an_object_is_told() {
    let bare = Peer::new(|number| vec![say([acknowledgement(number, 0, &[])])]);
    ends_with(get(bare), "sent no reply");
    let bare = Peer::new(|number| vec![say([done(number, 0)])]);
    ends_with(get(bare), "sent no reply");
}

fn a_control_message_too_short_is_malformed() {
    for kind in [ERROR, DONE] {
        for length in 1..4 {
            let short =
                Peer::new(move |number| vec![say([Raw::new(kind, number, vec![0; length])])]);
            ends_with(get(short), "malformed reply");
        }
    }
    let empty = Peer::new(|number| vec![say([Raw::new(ERROR, number, Vec::new())])]);
    ends_with(get(empty), "malformed reply");
    // Old kernels end a dump with nothing but the header.
    let empty =
        Peer::new(|number| vec![say([entry(number, 1), Raw::new(DONE, number, Vec::new())])]);
    assert_eq!(dump(empty).unwrap().entries.len(), 1);
}

fn an_object_without_its_header_is_malformed() {
    for length in 0..4 {
        let cut = Raw::new(FAMILY, 1, generic(&[])[..length].to_vec()).bytes();
        ends_with(get_bytes(cut), "malformed reply");
    }
}

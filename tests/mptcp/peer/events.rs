//! Events that are none, or not all of them.

use mptcp_cli::kernel::Events;
use mptcp_cli::netlink::Error;
use mptcp_cli::pm::Event;
use nix::libc::{EAGAIN, EIO};

use super::script::{Peer, Step, say};
use super::wire::{FAMILY, Raw, attribute, claiming, generic};

trials! {
    all_events_of_a_datagram_arrive_in_their_order, what_is_no_event_is_passed_over,
    a_malformed_event_is_named, lost_events_are_told_and_the_next_ones_are_read,
    an_event_that_did_not_fit_and_a_failure_are_named,
}

/// The ids that arrive out of one datagram, until none is waiting.
fn ids(steps: Vec<Step>) -> Result<Vec<u8>, Error> {
    let mut steps = steps.into_iter();
    let peer = Peer::forever(move |_| steps.next().unwrap_or(Step::Fail(EAGAIN)));
    let mut events = Events::over(peer, FAMILY);
    let mut ids = Vec::new();
    while events.receive(|event: Event| {
        ids.extend(event.local_id);
        Ok::<(), Error>(())
    })? {}
    Ok(ids)
}

/// An event as the kernel sends it: no number, no port.
fn event(last: u8) -> Raw {
    Raw::new(FAMILY, 0, generic(&[attribute(3, &[last])])).port(0)
}

fn all_events_of_a_datagram_arrive_in_their_order() {
    assert_eq!(
        ids(vec![say([event(1), event(2)]), say([event(3)])]).unwrap(),
        [1, 2, 3]
    );
}

fn what_is_no_event_is_passed_over() {
    let other = Raw::new(FAMILY + 1, 0, generic(&[attribute(3, &[9])]));
    let forged = Step::Sneak(event(66).bytes());
    let steps = vec![
        say([other]),
        forged,
        say([]),
        say([Raw::new(2, 0, vec![0; 4])]),
        say([event(1)]),
    ];
    assert_eq!(ids(steps).unwrap(), [1]);
}

fn a_malformed_event_is_named() {
    let whole = event(1).bytes();
    for length in 1..whole.len() {
        let cut = Step::Say(whole[..length].to_vec());
        assert!(
            matches!(ids(vec![cut]), Err(Error::Malformed(_))),
            "{length}"
        );
    }
    for payload in [
        vec![],
        vec![1, 1, 0],
        generic(&[claiming(3, 1, &[])]),
        generic(&[attribute(3, &[1, 2, 3])]),
    ] {
        let event = Raw::new(FAMILY, 0, payload);
        assert!(matches!(ids(vec![say([event])]), Err(Error::Malformed(_))));
    }
}

fn lost_events_are_told_and_the_next_ones_are_read() {
    let mut steps = vec![Step::Overrun, say([event(4)])].into_iter();
    let peer = Peer::forever(move |_| steps.next().unwrap_or(Step::Fail(EAGAIN)));
    let mut events = Events::over(peer, FAMILY);
    let mut ids = Vec::new();
    let mut each = |event: Event| {
        ids.extend(event.local_id);
        Ok::<(), Error>(())
    };
    assert!(matches!(events.receive(&mut each), Err(Error::Overrun)));
    assert!(events.receive(&mut each).unwrap());
    assert!(!events.receive(&mut each).unwrap());
    assert_eq!(ids, [4]);
}

fn an_event_that_did_not_fit_and_a_failure_are_named() {
    let cut = Step::Cut(event(1).bytes(), 99_999);
    assert!(matches!(ids(vec![cut]), Err(Error::Cut(99_999))));
    let failed = ids(vec![Step::Fail(EIO)]);
    assert!(matches!(failed, Err(Error::Receive(error)) if error.raw_os_error() == Some(EIO)));
}

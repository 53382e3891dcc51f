use super::super::synthetic;
use super::*;
use crate::diag::connection::Fallback;

#[test]
fn a_connection_has_the_keys_of_established() {
    let mut server = synthetic::connection(7);
    server.server_side = Some(true);
    let event = connection(&server).expect("it is in use");
    assert_eq!((event.token, event.flags), (Some(7), Some(SERVER_SIDE)));
    assert_eq!((event.local_id, event.remote_id), (Some(0), Some(0)));
    assert_eq!(event.local4, Some("10.0.1.1".parse().expect("an address")));
    assert_eq!(
        (event.local_port, event.remote_port),
        (Some(5000), Some(80))
    );
    assert_eq!(
        (event.backup, event.local6, event.name()),
        (None, None, None)
    );
}

#[test]
fn an_ipv6_socket_has_mapped_addresses_as_in_its_events() {
    let mut dual = synthetic::connection(7);
    dual.family = Family::V6;
    let event = connection(&dual).expect("it is in use");
    assert_eq!(event.local4, None);
    let mapped = "::ffff:10.0.1.1".parse().expect("an address");
    assert_eq!(event.local6, Some(mapped));
}

#[test]
fn subflows_are_those_that_joined() {
    let mut two = synthetic::connection(7);
    two.subflows
        .push(synthetic::subflow("10.0.2.1:5001", "10.0.2.2:80", false));
    let mut joining = synthetic::subflow("10.0.3.1:5002", "10.0.3.2:80", false);
    joining.state = State::SynSent;
    two.subflows.push(joining);
    let events: Vec<Event> = subflows(&two).collect();
    let [event] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!((event.local_id, event.remote_id), (Some(1), Some(2)));
    assert_eq!((event.backup, event.flags), (Some(1), None));
    assert_eq!(event.local_port, Some(5001));
}

#[test]
fn what_has_no_mptcp_is_not_listed() {
    let mut fallen = synthetic::connection(7);
    fallen.fallback = Some(Fallback::Later);
    let mut half_closed = synthetic::connection(7);
    half_closed.state = State::CloseWait;
    let mut nameless = synthetic::connection(7);
    nameless.token = None;
    let mut from_subflows_alone = synthetic::connection(7);
    from_subflows_alone.info = None;
    for of in [fallen, half_closed, nameless, from_subflows_alone] {
        assert_eq!(connection(&of), None, "{of:?}");
    }
}

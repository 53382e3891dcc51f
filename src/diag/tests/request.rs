use crate::diag::request::{Request, States};
use crate::diag::socket::State;

#[test]
fn the_connections_are_asked_for_by_an_attribute() {
    let bytes = Request::CONNECTIONS[1].to_bytes();
    assert_eq!(bytes.len(), 64);
    assert_eq!(bytes[..4], [10, 0, 2, 0]);
    let states = u32::from_ne_bytes(bytes[4..8].try_into().unwrap());
    // All but TIME-WAIT, CLOSED and LISTEN.
    assert_eq!(states, 0b1011_0011_1110);
    assert!(bytes[8..56].iter().all(|byte| *byte == 0));
    assert_eq!(
        bytes[56..60],
        [8_u16.to_ne_bytes(), 3_u16.to_ne_bytes()].concat()
    );
    assert_eq!(bytes[60..], 262_u32.to_ne_bytes());
}

#[test]
fn the_subflows_are_asked_for_as_tcp() {
    let bytes = Request::SUBFLOWS[0].to_bytes();
    assert_eq!(bytes.len(), 56);
    assert_eq!(bytes[..4], [2, 6, 2, 0]);
    let states = u32::from_ne_bytes(bytes[4..8].try_into().unwrap());
    assert_eq!(states & 1 << State::Listen as u32, 0);
}

#[test]
fn one_connection_is_asked_for_by_its_token() {
    let bytes = Request::Connection { token: 0x0102_0304 }.to_bytes();
    assert_eq!(bytes[48..52], 0x0102_0304_u32.to_ne_bytes());
    assert_eq!(bytes[52..56], [0xff; 4]);
    assert_eq!(bytes.len(), 64);
}

#[test]
fn states_add_up() {
    let both = States::only(State::Listen).and(State::Established);
    assert_ne!(both, States::only(State::Listen));
    assert_eq!(both, States::only(State::Established).and(State::Listen));
}

use super::{end, flags, header, ip, join, listener, mptcp, plain, subflow};
use crate::diag::connection::Connection;
use crate::diag::select::{Condition, Device, Prefix, Selector};
use crate::diag::socket::{Family, Header, State};

/// From 10.0.0.1:1000 and, on a device, 10.0.3.1:2000 to 10.0.0.2:80.
fn connection() -> Connection {
    let second = Header {
        local: end("10.0.3.1", 2000),
        device: 3,
        ..header(0, 7)
    };
    let (mut connections, _) = join([
        mptcp(header(1000, 7), 0xa, 2),
        subflow(header(1000, 7), 0xa, flags("Mmec")),
        subflow(second, 0xa, flags("Jjec")),
    ]);
    connections.remove(0)
}

fn prefix(address: &str, len: u8) -> Prefix {
    Prefix {
        address: ip(address),
        len,
    }
}

fn device(index: u32, address: &str) -> Device {
    Device {
        index,
        addresses: vec![ip(address)],
    }
}

fn chosen(with: impl FnOnce(&mut Selector)) -> bool {
    let mut selector = Selector::default();
    with(&mut selector);
    selector.matches(&connection())
}

#[test]
fn one_of_its_subflows_is_enough() {
    assert!(chosen(|_| {}));
    assert!(chosen(|of| of.locals = vec![prefix("10.0.3.1", 32)]));
    assert!(chosen(|of| of.locals = vec![prefix("10.0.0.1", 32)]));
    assert!(!chosen(|of| of.locals = vec![prefix("10.0.0.2", 32)]));
    assert!(chosen(|of| of.remotes = vec![prefix("10.0.0.0", 24)]));
    assert!(chosen(|of| of.sports = vec![2000]));
    assert!(!chosen(|of| of.dports = vec![2000]));
}

#[test]
fn any_of_a_kind_and_all_kinds() {
    assert!(chosen(|of| of.sports = vec![1, 2000]));
    assert!(chosen(|of| {
        of.sports = vec![2000];
        of.locals = vec![prefix("10.0.3.0", 24)];
    }));
    assert!(!chosen(|of| {
        of.sports = vec![1000];
        of.locals = vec![prefix("10.0.3.0", 24)];
    }));
    assert!(!chosen(|of| {
        of.tokens = vec![0xb];
        of.sports = vec![1000];
    }));
    assert!(chosen(|of| of.tokens = vec![0xb, 0xa]));
}

#[test]
fn devices_are_bound_to_or_have_the_address() {
    assert!(chosen(|of| of.devices = vec![device(3, "10.9.9.9")]));
    assert!(chosen(|of| of.devices = vec![device(9, "10.0.0.1")]));
    assert!(!chosen(|of| of.devices = vec![device(9, "10.0.0.2")]));
}

#[test]
fn prefixes() {
    assert!(prefix("0.0.0.0", 0).contains(ip("10.0.0.1")));
    assert!(!prefix("0.0.0.0", 0).contains(ip("::1")));
    assert!(prefix("::", 0).contains(ip("2001:db8::1")));
    assert!(prefix("10.0.0.127", 25).contains(ip("10.0.0.0")));
    assert!(!prefix("10.0.0.127", 25).contains(ip("10.0.0.128")));
    assert!(prefix("2001:db8::", 32).contains(ip("2001:db8:ffff::1")));
    assert!(!prefix("2001:db8::", 128).contains(ip("2001:db8::1")));
    assert!(prefix("10.0.0.1", 255).contains(ip("10.0.0.1")), "as 32");
}

/// Which conditions hold, of all that there are.
fn conditions(connection: &Connection) -> Vec<Condition> {
    let all = [
        Condition::Established,
        Condition::Fallback,
        Condition::Single,
        Condition::Pending,
        Condition::Listening,
    ];
    let holds = |condition: &Condition| {
        let conditions = vec![*condition];
        Selector {
            conditions,
            ..Selector::default()
        }
        .matches(connection)
    };
    all.into_iter().filter(holds).collect()
}

#[test]
fn states() {
    use Condition::{Established, Fallback, Listening, Pending, Single};
    let trying = Header {
        state: State::SynSent,
        ..header(2, 2)
    };
    let (connections, _) = join([
        listener(Family::V4, "0.0.0.0", 80),
        mptcp(trying, 0xb, 0),
        mptcp(header(3, 3), 0xc, 2),
        subflow(header(3, 3), 0xc, flags("Mmec")),
        plain(header(80, 4)),
    ]);
    let found: Vec<_> = connections.iter().map(conditions).collect();
    assert_eq!(found[0], [Listening]);
    assert_eq!(found[1], [Pending]);
    assert_eq!(found[2], [Established, Single]);
    assert_eq!(found[3], [Established, Fallback]);
    assert_eq!(conditions(&connection()), [Established]);
    let all = Selector::default();
    let shown: Vec<_> = connections.iter().map(|of| all.matches(of)).collect();
    assert_eq!(shown, [false, true, true, true]);
}

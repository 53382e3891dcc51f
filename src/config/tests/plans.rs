//! From a state to a file.

use super::*;

const SUBFLOW: Flags = Flags::SUBFLOW;

#[test]
fn what_is_right_is_not_touched_whatever_its_id() {
    let host = host(&[endpoint("10.0.0.2", 9, SUBFLOW, Some(2))], &[]);
    let file = "limits set subflows 2\nendpoint add 10.0.0.2 dev eth0 subflow\n";
    assert_eq!(commands(file, &host), [""; 0]);
}

#[test]
fn an_ipv4_mapped_address_is_another_form_of_the_same_endpoint() {
    let host = host(&[endpoint("::ffff:10.0.0.2", 9, SUBFLOW, None)], &[]);
    let file = "endpoint add 10.0.0.2 subflow";
    let expected = [
        "mptcp endpoint delete id 9",
        "mptcp endpoint add 10.0.0.2 subflow",
    ];
    assert_eq!(commands(file, &host), expected);
    assert_eq!(
        commands("endpoint add ::ffff:10.0.0.2 subflow", &host),
        [""; 0]
    );
}

#[test]
fn flags_that_can_be_changed_are_changed_in_place() {
    let host = host(
        &[endpoint("10.0.0.2", 9, SUBFLOW | Flags::BACKUP, None)],
        &[],
    );
    let file = "endpoint add 10.0.0.2 subflow fullmesh";
    let change = "mptcp endpoint change 10.0.0.2 nobackup fullmesh";
    assert_eq!(commands(file, &host), [change]);
}

#[test]
fn what_cannot_be_changed_is_made_anew() {
    let host = host(&[endpoint("10.0.0.2", 9, SUBFLOW, None)], &[]);
    for words in ["signal", "id 3 subflow", "dev eth0 subflow"] {
        let commands = commands(&format!("endpoint add 10.0.0.2 {words}"), &host);
        assert_eq!(commands.len(), 2, "{commands:?}");
        assert_eq!(commands[0], "mptcp endpoint delete id 9");
    }
}

#[test]
fn limits_rise_first_and_fall_last_and_adds_come_before_deletes() {
    let mut host = host(&[endpoint("10.0.0.9", 1, SUBFLOW, None)], &[]);
    host.limits.add_addr_accepted = Some(4);
    let file = "endpoint flush\n\
                limits set subflows 8 add_addr_accepted 1\n\
                endpoint add 10.0.0.2 subflow\n\
                endpoint add 10.0.0.3 id 5 subflow\n";
    let expected = [
        "mptcp limits set subflows 8",
        "mptcp endpoint add 10.0.0.3 id 5 subflow",
        "mptcp endpoint add 10.0.0.2 subflow",
        "mptcp endpoint delete id 1",
        "mptcp limits set add_addr_accepted 1",
    ];
    assert_eq!(commands(file, &host), expected);
}

#[test]
fn an_endpoint_of_another_line_moves_for_an_id() {
    let host = host(&[endpoint("10.0.0.2", 5, SUBFLOW, None)], &[]);
    let file = "endpoint add 10.0.0.2 subflow\nendpoint add 10.0.0.3 id 5 subflow";
    let expected = [
        "mptcp endpoint delete id 5",
        "mptcp endpoint add 10.0.0.3 id 5 subflow",
        "mptcp endpoint add 10.0.0.2 subflow",
    ];
    assert_eq!(commands(file, &host), expected);
}

#[test]
fn two_endpoints_change_their_ids() {
    let set = [
        endpoint("10.0.0.2", 1, SUBFLOW, None),
        endpoint("10.0.0.3", 2, SUBFLOW, None),
    ];
    let file = "endpoint add 10.0.0.2 id 2 subflow\nendpoint add 10.0.0.3 id 1 subflow";
    let expected = [
        "mptcp endpoint delete id 1",
        "mptcp endpoint delete id 2",
        "mptcp endpoint add 10.0.0.2 id 2 subflow",
        "mptcp endpoint add 10.0.0.3 id 1 subflow",
    ];
    assert_eq!(commands(file, &host(&set, &[])), expected);
}

#[test]
fn an_id_of_an_endpoint_that_stays_is_a_conflict() {
    let host = host(&[endpoint("10.0.0.9", 5, SUBFLOW, None)], &[]);
    let mut config = config("endpoint add 10.0.0.3 id 5 subflow\nendpoint add 10.0.0.4");
    let desired = Desired::new(&config, &host);
    let (alone, conflicts) = plan(&config, &desired, &host);
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].line, conflicts[0].holder.id), (1, 5));
    assert_eq!(alone.steps().count(), 1);
    config.only = true;
    let (_, conflicts) = plan(&config, &desired, &host);
    assert_eq!(conflicts, []);
}

#[test]
fn a_device_stands_for_its_addresses_and_owns_its_endpoints() {
    let set = [
        endpoint("10.0.0.2", 1, SUBFLOW, Some(2)),
        endpoint("10.0.0.7", 2, SUBFLOW, Some(2)),
        endpoint("10.0.0.8", 3, Flags::SIGNAL, Some(2)),
        endpoint("10.0.1.2", 4, SUBFLOW, Some(3)),
    ];
    let addresses = [
        (2, "10.0.0.3"),
        (2, "10.0.0.8"),
        (2, "fc00::1"),
        (3, "10.0.1.3"),
    ];
    let file = "endpoint add dev eth0 subflow\nendpoint add 10.0.0.8 dev eth0 signal";
    let expected = [
        "mptcp endpoint add 10.0.0.3 dev eth0 subflow",
        "mptcp endpoint add fc00::1 dev eth0 subflow",
        "mptcp endpoint delete id 1",
        "mptcp endpoint delete id 2",
    ];
    assert_eq!(commands(file, &host(&set, &addresses)), expected);
    let narrowed = "endpoint add dev eth0 inet6 subflow";
    let expected = ["mptcp endpoint add fc00::1 dev eth0 subflow"];
    assert_eq!(commands(narrowed, &host(&set, &addresses)), expected);
}

#[test]
fn a_device_that_was_made_again_leaves_nothing_of_the_old_one() {
    let mut host = host(
        &[endpoint("10.0.0.2", 1, SUBFLOW, Some(7))],
        &[(2, "10.0.0.3")],
    );
    let file = "endpoint add dev eth0 subflow";
    assert_eq!(commands(file, &host).len(), 1);
    host.gone = vec![device(7, "eth0")];
    assert_eq!(commands(file, &host)[1], "mptcp endpoint delete id 1");
}

#[test]
fn a_line_that_cannot_be_had_is_told_and_its_endpoint_stays() {
    let set = [endpoint("10.0.0.2", 1, SUBFLOW, Some(9))];
    let config = config(
        "endpoint flush\n\
         endpoint add 10.0.0.2 dev wlan0 subflow\n\
         endpoint add dev eth0 id 5\n\
         endpoint add dev eth1\n",
    );
    let host = host(&set, &[(2, "10.0.0.3"), (2, "10.0.0.4")]);
    let desired = Desired::new(&config, &host);
    let found: Vec<_> = desired
        .absent
        .iter()
        .map(|of| (of.line, of.absence))
        .collect();
    let expected = [
        (2, Absence::Device),
        (3, Absence::Several(2)),
        (4, Absence::Address),
    ];
    assert_eq!(found, expected);
    let (plan, _) = plan(&config, &desired, &host);
    assert_eq!(plan, Plan::default());
}

#[test]
fn what_the_kernel_made_is_left_alone_and_may_be_replaced() {
    let host = host(&[endpoint("10.0.0.2", 1, Flags::IMPLICIT, None)], &[]);
    assert_eq!(commands("endpoint flush", &host), [""; 0]);
    let add = "mptcp endpoint add 10.0.0.2 subflow";
    assert_eq!(commands("endpoint add 10.0.0.2 subflow", &host), [add]);
    let commands = commands("endpoint add 10.0.0.2 id 4 subflow", &host);
    assert_eq!(commands[0], "mptcp endpoint delete id 1");
}

#[test]
fn names_that_a_line_cannot_hold_are_numbers() {
    let mut host = host(&[], &[]);
    for (name, shown) in [
        ("a b", "'a b'"),
        ("na#me", "if2"),
        ("it's", "if2"),
        ("x\\", "'x\\'"),
        ("eth0.5", "eth0.5"),
    ] {
        host.devices[0].name = name.into();
        let step = Step::Add((&endpoint("10.0.0.2", 1, Flags(0), Some(2))).into());
        let line = format!("mptcp endpoint add 10.0.0.2 dev {shown} id 1");
        assert_eq!(typed(&step, &host), line);
    }
}

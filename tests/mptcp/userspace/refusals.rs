//! What the kernel refuses, in its words and with ours beneath.

use super::hosts::*;

trials! {
    mixed_families_are_refused, the_kernels_own_connections_are_left_alone, a_privilege_is_needed;
    over_both![
        what_the_kernel_refuses_is_told
    ]
}

fn what_the_kernel_refuses_is_told(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    let Subflow { path, sport, .. } = live.subflow("");
    let gone = path.replace(&format!("sport {sport}"), "sport 1");
    let Plan { near, far, .. } = plan;
    let [first, second, third] = near;
    let remote = format!("remote {} dport {}", far[0], live.port);
    let foreign = format!("local {} id 9 {remote}", far[2]);
    let token = &live.token;
    let wrong = "0";
    let unknown = "Error: invalid token.\nHint: no connection";
    let other = "Error: did not match address and id.\nHint: the connection has this id";
    let nowhere = "Error: subflow not found.\nHint: \"mptcp monitor\" prints";
    for (line, says) in [
        // A wrong token.
        (
            format!("address announce {third} token {wrong} id 3"),
            unknown,
        ),
        (format!("address remove token {wrong} id 5"), unknown),
        (format!("address show token {wrong}"), unknown),
        (format!("address show token {wrong} id 5"), unknown),
        (
            format!("subflow create token {wrong} local {second} id 5 {remote}"),
            unknown,
        ),
        (
            format!("subflow destroy {}", path.replace(token, wrong)),
            unknown,
        ),
        (
            format!("subflow change {} backup", path.replace(token, wrong)),
            unknown,
        ),
        // An id that is unknown, in use, or 0.
        (
            format!("address remove token {token} id 77"),
            "Error: address with id 77 not found.\nHint: \"mptcp address show",
        ),
        (
            format!("address show token {token} id 77"),
            "Error: address not found.\n",
        ),
        (
            format!("address announce {third} token {token} id 5"),
            other,
        ),
        (
            format!("address announce {second} token {token} id 6"),
            other,
        ),
        (
            format!("subflow create token {token} local {third} id 5 {remote}"),
            other,
        ),
        (
            format!("address announce {third} token {token} id 0"),
            "Error: invalid addr id.\nHint: the id is from 1 to 255",
        ),
        // A subflow that is not there.
        (format!("subflow destroy {gone}"), nowhere),
        (format!("subflow change {gone} nobackup"), nowhere),
        // An address of another host, and none at all.
        (
            format!("subflow create token {token} {foreign}"),
            "Error: connect error: -99.\nHint: Cannot assign requested address: local",
        ),
        (
            format!("subflow create token {token} local any id 9 {remote}"),
            "Error: binary attribute size out of range.\nHint: \"any\"",
        ),
    ] {
        mptcp(&line).fails(2, says);
    }
    // Nothing has come of all that.
    let shown = format!("{second} id 5 subflow \n");
    mptcp(&format!("address show token {token}")).prints(&shown);
    mptcp(&format!("address announce {first} token {token} id 3")).prints("");
    let event = live.theirs.next_line(SOON).unwrap_or_default();
    assert!(event.starts_with("[       ANNOUNCED]"), "{event}");
}

fn mixed_families_are_refused(ns: &mut Sandbox) {
    let live = Hosts::in_user_space(ns, V4).connect();
    let (token, port) = (&live.token, live.port);
    let v4 = format!("local 10.0.2.1 remote fd00::2 dport {port}");
    let v6 = format!("local fd00::1 remote 10.0.2.2 dport {port}");
    let both = format!("local fd00::1 remote fd00::2 dport {port}");
    for ends in [&v4, &v6, &both] {
        mptcp(&format!("subflow create token {token} {ends} id 5")).fails(
            2,
            "Error: families mismatch.\nHint: local and remote must both be",
        );
    }
    for ends in [v4, v6] {
        mptcp(&format!("subflow destroy token {token} {ends} sport 1")).fails(
            2,
            "Error: address families do not match.\nHint: local and remote must both be",
        );
        mptcp(&format!("subflow change token {token} {ends} backup"))
            .fails(2, "Error: subflow not found.\nHint: ");
    }
}

fn the_kernels_own_connections_are_left_alone(ns: &mut Sandbox) {
    let live = Hosts::new(ns, V4).connect();
    // What the sysctl says now is of no matter to a connection that is there.
    use_userspace_path_manager();
    let (token, port) = (&live.token, live.port);
    let ends = format!("token {token} local 10.0.2.1 remote 10.0.2.2 dport {port}");
    for line in [
        format!("address announce 10.0.2.1 token {token} id 3"),
        format!("address remove token {token} id 3"),
        format!("address show token {token}"),
        format!("address show token {token} id 3"),
        format!("subflow create {ends} id 5"),
        format!("subflow destroy {ends} sport 1"),
        format!("subflow change {ends} backup"),
    ] {
        let output = mptcp(&line).fails(2, "Error: userspace PM not selected.\nHint: ");
        assert!(output.errors().contains("net.mptcp.path_manager=userspace"));
        assert!(output.errors().contains("net.mptcp.pm_type=1"));
    }
}

fn a_privilege_is_needed(ns: &mut Sandbox) {
    let live = Hosts::in_user_space(ns, V4).connect();
    let (token, port) = (&live.token, live.port);
    let ends = format!("token {token} local 10.0.2.1 remote 10.0.2.2 dport {port}");
    without_net_admin(|| {
        for line in [
            format!("address announce 10.0.2.1 token {token} id 3"),
            format!("address remove token {token} id 3"),
            format!("subflow create {ends} id 5"),
            format!("subflow destroy {ends} sport 1"),
            format!("subflow change {ends} backup"),
        ] {
            let says = "RTNETLINK answers: Operation not permitted\nHint: it takes";
            mptcp(&line).fails(2, says);
        }
    });
}

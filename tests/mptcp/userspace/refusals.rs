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
    let misled = path.replace(token, wrong);
    let unknown = "Error: invalid token.\nHint: no connection";
    for line in [
        &format!("address announce {third} token {wrong} id 3"),
        &format!("address remove token {wrong} id 5"),
        &format!("address show token {wrong}"),
        &format!("address show token {wrong} id 5"),
        &format!("subflow create token {wrong} local {second} id 5 {remote}"),
        &format!("subflow destroy {misled}"),
        &format!("subflow change {misled} backup"),
    ] {
        mptcp(line).fails(2, unknown);
    }
    // An id that is in use.
    let other = "Error: did not match address and id.\nHint: in this connection, the id has";
    for line in [
        &format!("address announce {third} token {token} id 5"),
        &format!("address announce {second} token {token} id 6"),
        &format!("subflow create token {token} local {third} id 5 {remote}"),
    ] {
        mptcp(line).fails(2, other);
    }
    let no_id = refusal("address with id 77 not found.");
    let no_subflow = refusal("subflow not found.");
    let no_address = refusal("connect error: -99.");
    let destroyed = match before_linux(6, 14) {
        true => "RTNETLINK answers: No such process",
        false => no_subflow.as_str(),
    };
    // An id that is unknown; a subflow that is not there; an address of
    // another host, and none at all.
    all_fail(&format!(
        r#"
        address remove token {token} id 77 | 2 | {no_id}
        address remove token {token} id 77 | 2 | Hint: "mptcp address show
        address show token {token} id 77 | 2 | Error: address not found.
        subflow destroy {gone} | 2 | {destroyed}
        subflow destroy {gone} | 2 | Hint: "mptcp monitor" prints
        subflow change {gone} nobackup | 2 | {no_subflow}
        subflow change {gone} nobackup | 2 | Hint: "mptcp monitor" prints
        subflow create token {token} {foreign} | 2 | {no_address}
        subflow create token {token} {foreign} | 2 | local must be an address of this host
        subflow create token {token} local any id 9 {remote} | 2 | Error: binary attribute size out of range.
        subflow create token {token} local any id 9 {remote} | 2 | Hint: "any""#
    ));
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
            .fails(2, &format!("{}\nHint: ", refusal("subflow not found.")));
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
        // Before Linux 6.14, "invalid request; " may stand before it.
        let output = mptcp(&line).fails(2, "userspace PM not selected.\nHint: ");
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
            let says = "RTNETLINK answers: Operation not permitted\nHint: it requires";
            mptcp(&line).fails(2, says);
        }
    });
}

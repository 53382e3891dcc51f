//! What each command does, seen from the other host.

use std::io::Write;

use super::hosts::*;

trials! {
    a_batch_tells_the_line_that_failed, addresses_are_shown_like_endpoints;
    over_both![
        six_lines_drive_a_connection, an_address_comes_and_goes, a_subflow_comes_and_goes,
        a_subflow_becomes_a_reserve, an_announced_port_needs_a_listener
    ]
}

/// Six lines, and the peer's monitor tells of each that concerns the peer.
fn six_lines_drive_a_connection(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    let Plan { near, far, .. } = plan;
    let (token, port) = (live.token.clone(), live.port);
    let path = format!("local {} remote {} dport {port}", near[1], far[1]);
    let (batch, mut script) = Program::mptcp().line("-batch -").start_fed();
    let mut line = |text: String| writeln!(script, "{text}").expect("the script goes on");

    line(format!("address announce {} token {token} id 7", near[2]));
    let event = live.theirs.line_with("[       ANNOUNCED]");
    says(
        &event,
        &["remid=7", &format!("daddr{}={}", plan.family, near[2])],
    );

    line(format!("address show token {token}"));

    line(format!("subflow create token {token} {path} id 5 backup"));
    let event = live.theirs.line_with("[  SF_ESTABLISHED]");
    says(&event, &["remid=5", "backup=1"]);
    let sport = field(&event, "dport").to_owned();

    line(format!("subflow change token {token} {path} nobackup"));
    let event = live.theirs.line_with("[         SF_PRIO]");
    says(&event, &["remid=5", "backup=0"]);

    line(format!(
        "subflow destroy token {token} {path} sport {sport}"
    ));
    let event = live.theirs.line_with("[       SF_CLOSED]");
    says(&event, &["remid=5", &format!("dport={sport}")]);

    line(format!("address remove token {token} id 7"));
    let event = live.theirs.line_with("[         REMOVED]");
    says(&event, &["remid=7"]);

    drop(script);
    let shown = format!("{} id 7 signal \n", near[2]);
    batch.finish().prints(&shown);
    live.exchange();
}

fn an_address_comes_and_goes(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    let [_, second, third] = plan.far;
    let token = live.server_token.clone();
    let port = live.port.to_string();
    for (words, id, address, port) in [
        ("", 255, second, port.as_str()),
        ("port 9 dev far2", 1, third, "9"),
    ] {
        let line = format!("address announce {address} token {token} id {id} {words}");
        live.server.run(|| mptcp(&line).prints(""));
        // The kernel may announce the one before once more.
        let event = live.ours.line_with(&format!(" remid={id} "));
        assert!(event.starts_with("[       ANNOUNCED]"), "{event}");
        assert_eq!(field(&event, "token"), live.token);
        assert_eq!(field(&event, &format!("daddr{}", plan.family)), address);
        assert_eq!(field(&event, "dport"), port);
    }
    live.wait_for_echoes(2);

    // Withdrawn with a subflow of its own, it takes that along.
    let subflow = live.subflow("");
    let token = live.token.clone();
    mptcp(&format!("address remove token {token} id 5")).prints("");
    let event = live.theirs.line_with("[         REMOVED]");
    assert_eq!(field(&event, "token"), live.server_token);
    assert_eq!(field(&event, "remid"), "5");
    let event = live.theirs.line_with("[       SF_CLOSED]");
    assert_eq!(field(&event, "dport"), subflow.sport);

    // Id 0 is the address that the connection began with.
    live.subflow("");
    mptcp(&format!("address remove token {token} id 0")).prints("");
    let event = live.theirs.line_with("[         REMOVED]");
    assert_eq!(field(&event, "remid"), "0");
    let event = live.ours.line_with("locid=0");
    assert!(event.starts_with("[       SF_CLOSED]"), "{event}");
    live.exchange();
}

fn a_subflow_comes_and_goes(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    for (words, theirs, device) in [
        ("", "backup=0", None),
        ("backup", "backup=1", None),
        ("dev near1", "backup=0", Some("near1")),
    ] {
        let subflow = live.subflow(words);
        let address = format!("daddr{}={}", plan.family, plan.near[1]);
        says(&subflow.theirs, &["remid=5", &address, theirs]);
        says(&subflow.ours, &["locid=5"]);
        if let Some(device) = device {
            assert_eq!(field(&subflow.ours, "dev"), device);
        }
        live.exchange();

        mptcp(&format!("subflow destroy {}", subflow.path)).prints("");
        for monitor in [&mut live.ours, &mut live.theirs] {
            let event = monitor.line_with("[       SF_CLOSED]");
            assert!(
                event.contains(&format!("port={}", subflow.sport)),
                "{event}"
            );
        }
        live.exchange();
    }

    // The other side may close it as well: its local end is our remote one.
    let Subflow { sport, .. } = live.subflow("");
    let (token, port) = (&live.server_token, live.port);
    let (local, remote) = (plan.far[1], plan.near[1]);
    live.server.run(|| {
        let path = format!("local {local} sport {port} remote {remote} dport {sport}");
        mptcp(&format!("subflow destroy token {token} {path}")).prints("");
    });
    let event = live.ours.line_with("[       SF_CLOSED]");
    says(&event, &[&format!("sport={sport}")]);
    live.exchange();
}

fn a_subflow_becomes_a_reserve(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    let Subflow { path, sport, .. } = live.subflow("");
    let without_port = path.replace(&format!("sport {sport} "), "");
    assert_ne!(without_port, path);
    for (path, flag, told) in [
        (&path, "backup", "backup=1"),
        (&path, "nobackup", "backup=0"),
        (&without_port, "backup", "backup=1"),
        (&without_port, "nobackup", "backup=0"),
    ] {
        mptcp(&format!("subflow change {path} {flag}")).prints("");
        let event = live.theirs.line_with("[         SF_PRIO]");
        let dport = format!("dport={sport}");
        says(&event, &[&dport, "remid=5", told]);
    }
    live.exchange();
}

fn an_announced_port_needs_a_listener(ns: &Sandbox, plan: Plan) {
    let mut live = Hosts::in_user_space(ns, plan).connect();
    let (second, token) = (plan.far[1], live.server_token.clone());
    // Below those that the kernel gives out.
    let port = 7001;
    let announce = format!("address announce {second} token {token} id 3 port {port}");
    live.server.run(|| mptcp(&announce).prints(""));
    let event = live.ours.line_with("[       ANNOUNCED]");
    says(&event, &[&format!("dport={port}")]);

    let (token, local) = (&live.token, plan.near[1]);
    let path = format!("token {token} local {local} remote {second} dport {port}");
    let create = format!("subflow create {path} id 5");
    mptcp(&create).prints("");
    let event = live.ours.line_with("[       SF_CLOSED]");
    says(&event, &["error=111"]);

    let _listener = live.listen(second, port);
    mptcp(&create).prints("");
    live.ours.line_with("[  SF_ESTABLISHED]");
    live.exchange();
}

fn a_batch_tells_the_line_that_failed(ns: &mut Sandbox) {
    let mut live = Hosts::in_user_space(ns, V4).connect();
    let token = &live.token;
    let script = format!(
        "# An address, and one that is not there.\n\
         mptcp address announce 10.0.2.1 token {token} id 3\n\
         address remove token {token} \\\n  id 4\n\
         address show token {token}\n\
         subflow destroy token {token}\n\
         mptcp address remove token {token} id 3\n"
    );
    let batch = |options: &str| Program::mptcp().line(options).stdin(script.as_str()).run();
    let refused = format!("{}\nHint: ", refusal("address with id 4 not found."));
    let stopped = batch("-batch -").fails(1, &refused);
    stopped.says_last("Command failed -:4\n");
    live.theirs.line_with("[       ANNOUNCED]");

    let missing = "Error: argument \"local\" is required\nCommand failed -:6\n";
    let forced = batch("-force -batch -").ends(1, "10.0.2.1 id 3 signal \n");
    forced.says_last(missing);
    live.theirs.line_with("[         REMOVED]");
}

fn addresses_are_shown_like_endpoints(ns: &mut Sandbox) {
    let live = Hosts::in_user_space(ns, V4).connect();
    let token = &live.token;
    let port = live.port;
    mptcp(&format!("address show token {token}")).prints("");
    mptcp(&format!("-json address show token {token}")).prints("[]\n");
    for line in [
        format!("address announce 10.0.2.1 token {token} id 3 port 80 dev near1"),
        format!("address announce fd00::1 token {token} id 4"),
        format!(
            "subflow create token {token} local 10.0.3.1 id 6 backup remote 10.0.3.2 dport {port}"
        ),
    ] {
        mptcp(&line).prints("");
    }
    let show =
        |options: &str, id: &str| mptcp(&format!("{options} address show token {token} {id}"));
    let first = "10.0.2.1 port 80 id 3 signal dev near1 ";
    show("", "").prints(&format!(
        "{first}\nfd00::1 id 4 signal \n10.0.3.1 id 6 subflow backup \n"
    ));
    show("", "id 3").prints(&format!("{first}\n"));
    show("-oneline", "").prints(&format!(
        "{first}\\fd00::1 id 4 signal \\10.0.3.1 id 6 subflow backup \\"
    ));
    let json = r#"{"address":"10.0.2.1","port":80,"id":3,"signal":true,"dev":"near1"}"#;
    let others = r#"{"address":"fd00::1","id":4,"signal":true},{"address":"10.0.3.1","id":6,"subflow":true,"backup":true}"#;
    show("-json", "").prints(&format!("[{json},{others}]\n"));
    show("-json", "id 3").prints(&format!("[{json}]\n"));
    show("-json -pretty", "id 4").prints(
        "[ {\n        \"address\": \"fd00::1\",\n        \"id\": 4,\n        \
         \"signal\": true\n    } ]\n",
    );
    show("-color=always", "id 3").prints(
        "\u{1b}[1;35m10.0.2.1 \u{1b}[0mport 80 id 3 signal dev \u{1b}[1;36mnear1 \u{1b}[0m\n",
    );
    // A list that is refused is an empty one, as for endpoints; an address is not.
    mptcp("-json address show token 0").ends(2, "[]\n");
    show("-json", "id 9").fails(2, "Error: address not found.");
}

//! The forms of the output, and how a run ends.

use std::fs::File;

use super::lab::*;
use crate::support::*;

trials! { the_verdict_comes_first, json_has_all_keys, how_a_run_ends, in_a_batch }

/// Two problems and a warning.
fn three_findings() {
    add_device("eth0");
    add_address("eth0", "10.0.0.1/24");
    mptcp("limits set subflows 8").ok();
    mptcp("endpoint add 10.0.0.7 subflow").ok();
    mptcp("endpoint add 10.0.0.1 id 2 backup").ok();
    mptcp("endpoint add fe80::7 id 3 signal").ok();
    add_address("eth0", "fe80::7/64");
}

fn the_verdict_comes_first(_ns: &mut Sandbox) {
    three_findings();
    let text = mptcp("check").text();
    let wanted = "\
2 problems, 1 warning
FAIL endpoint-flags: endpoint 10.0.0.1 id 2
     it has no flag that has an effect: neither subflow nor signal
     seen: flags=backup (mptcp endpoint show)
     fix: mptcp endpoint delete id 2 && mptcp endpoint add 10.0.0.1 id 2 subflow backup
FAIL endpoint-address: endpoint 10.0.0.7 id 1
     no device of this host has this address
     seen: address=none (ip address show to 10.0.0.7)
     fix: mptcp endpoint delete id 1
          or add the address: ip address add 10.0.0.7/LENGTH dev DEV
WARN private-announced: endpoint fe80::7 id 3
     a link-local address is announced, which no peer can connect to
     seen: address=fe80::7 (mptcp endpoint show)
     fix: mptcp endpoint delete id 3
";
    assert!(text.starts_with(wanted), "{text}");
    let lines = mptcp("-oneline check").text();
    assert!(
        lines
            .lines()
            .nth(1)
            .is_some_and(|line| line.contains("\\     seen: ")),
        "{lines}"
    );
    let coloured = mptcp("-color check").text();
    assert!(
        coloured.contains("\u{1b}[1;31mFAIL\u{1b}[0m endpoint-flags"),
        "{coloured}"
    );
    assert!(
        coloured.contains("\u{1b}[1;33mWARN\u{1b}[0m private"),
        "{coloured}"
    );
    let details = mptcp("-details check").text();
    assert!(details.contains("\nlooked at: net."), "{details}");
    let ipv6 = mptcp("-6 check").text();
    assert!(ipv6.starts_with("1 warning\n"), "{ipv6}");
}

fn json_has_all_keys(_ns: &mut Sandbox) {
    mptcp("-json check").prints("[]\n");
    three_findings();
    let found = findings("check");
    assert_eq!(found.len(), 3);
    for finding in &found {
        let keys: Vec<_> = finding.as_object().expect("an object").keys().collect();
        let wanted = ["check", "fix", "level", "says", "seen", "subject", "where"];
        assert_eq!(keys, wanted, "{finding}");
    }
    let all = findings("check all");
    let levels: Vec<_> = all.iter().map(|of| of["level"].as_str()).collect();
    assert!(
        levels.contains(&Some("ok")) && levels.contains(&Some("warn")),
        "{levels:?}"
    );
    let pretty = Program::mptcp().line("-json -pretty check").run();
    assert_eq!(json(&pretty.text()).as_array().map(Vec::len), Some(3));
}

fn how_a_run_ends(_ns: &mut Sandbox) {
    mptcp("check").ok();
    mptcp("che").ok();
    mptcp("check al").fails(255, "al");
    mptcp("check token x").fails(255, "token");
    mptcp("check token 7").fails(2, "no connection has the token");
    let full = || {
        File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full")
    };
    Program::mptcp()
        .line("check")
        .stdout(full())
        .run()
        .fails(2, "");
    three_findings();
    assert_eq!(mptcp("check").status, 1);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint delete id 2").ok();
    assert_eq!(mptcp("check").status, 0);
}

/// There, what is found is a result and no failure.
fn in_a_batch(_ns: &mut Sandbox) {
    three_findings();
    let batch = Program::mptcp()
        .line("-batch -")
        .stdin("check\nlimits\n")
        .run();
    assert!(batch.text().ends_with("subflows 8 \n"), "{batch}");
    assert!(batch.text().contains("FAIL "), "{batch}");
    assert_eq!(
        (batch.status, batch.errors()),
        (0, String::new()),
        "{batch}"
    );
}

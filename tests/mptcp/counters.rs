//! `counters`: what the kernel counted.

use crate::support::*;

trials! {
    what_is_not_zero_is_shown_with_its_meaning, names_choose, growth_is_told,
    what_cannot_be_is_refused,
}

fn connect_once(ns: &Sandbox) {
    let server = server_on_three_links(ns);
    let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
    let mut client = mptcp_connect("10.0.1.2:8080");
    exchange(&mut client, &mut accept(&listener));
}

fn what_is_not_zero_is_shown_with_its_meaning(ns: &mut Sandbox) {
    mptcp("counters").prints("");
    mptcp("-json counters").prints("{}\n");
    connect_once(ns);
    let text = mptcp("counters").ok().text();
    assert!(text.starts_with("handshake\n"), "{text}");
    let line = text.lines().find(|line| line.contains("MPCapableSYNTX "));
    let line = line.expect("a counter");
    assert!(line.ends_with("that this host opened with MPTCP"), "{line}");
    assert!(!text.contains("MPJoinNoTokenFound"), "{text}");
    let shown = json(&mptcp("-json cou show").ok().text());
    assert_eq!(shown["MPCapableSYNTX"], 1);
    assert_eq!(shown.get("MPJoinNoTokenFound"), None);
    let all = json(&mptcp("-json counters all").ok().text());
    assert_eq!(all["MPJoinNoTokenFound"], 0);
}

fn names_choose(_ns: &mut Sandbox) {
    let chosen = json(&mptcp("-json counters mpjoinack").ok().text());
    let names: Vec<&String> = chosen.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["MPJoinAckHMacFailure", "MPJoinAckRx"]);
    let stamped = json(&mptcp("-json -tshort counters MPJoinAckRx").ok().text());
    assert_eq!(stamped["MPJoinAckRx"], 0);
    assert!(stamped["timestamp_short"].is_string());
}

fn growth_is_told(ns: &mut Sandbox) {
    let mut watch = Program::mptcp()
        .line("-json counters every 0.1 MPCapableSYNT")
        .start();
    assert_eq!(watch.next_line(SOON).as_deref(), Some("{}"));
    connect_once(ns);
    watch.line_with("\"MPCapableSYNTX\":1");
    watch.line_with("{}");
    watch.interrupt().ok();
    let mut watch = Program::mptcp().line("counters every 0.1").start();
    assert_eq!(watch.next_line(SOON).as_deref(), Some("no counter grew"));
    watch.interrupt().ok();
}

fn what_cannot_be_is_refused(_ns: &mut Sandbox) {
    mptcp("counters help").fails(255, "run: mptcp counters --help");
    mptcp("check help").fails(255, "run: mptcp check --help");
    let output = mptcp("counters nonsense");
    assert_eq!(output.status, 255, "{output}");
    assert_eq!(mptcp("counters every 0").status, 255);
    let batch = Program::mptcp()
        .line("-batch -")
        .stdin("counters every 1\n")
        .run();
    assert_eq!(batch.status, 1, "{batch}");
}

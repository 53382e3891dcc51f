//! How the commands are spelled, and what is refused before the kernel is asked.

use super::hosts::*;

trials! {
    words_come_in_any_order_and_short, new_objects_come_last,
    what_is_missing_is_named_before_anything_is_sent
}

fn words_come_in_any_order_and_short(ns: &mut Sandbox) {
    let mut live = Hosts::in_user_space(ns, V4).connect();
    let (token, port) = (live.token.clone(), live.port);
    let upper = token.to_uppercase();
    mptcp(&format!(
        "addr a id 9 t 0x{token} i 3 d near1 10.0.9.9 10.0.2.1 p 80"
    ))
    .prints("");
    let event = live.theirs.line_with("[       ANNOUNCED]");
    says(&event, &["remid=3", "daddr4=10.0.2.1", "dport=80"]);
    mptcp(&format!("addr s i 3 t {upper}")).prints("10.0.2.1 port 80 id 3 signal dev near1 \n");
    mptcp(&format!("addre rem i 3 tok {token}")).prints("");
    live.theirs.line_with("[         REMOVED]");

    // d is dev where there is one, as in endpoint, and dport elsewhere.
    let ends = format!("r 10.0.2.2 t {token} l 10.0.2.1");
    mptcp(&format!("su c dp {port} d near1 backup i 5 {ends}")).prints("");
    let event = live.ours.line_with("[  SF_ESTABLISHED]");
    says(&event, &["locid=5", "dev=near1"]);
    let sport = field(&event, "sport");
    let event = live.theirs.line_with("[  SF_ESTABLISHED]");
    says(&event, &["backup=1"]);
    mptcp(&format!("su ch nobackup d {port} s {sport} {ends}")).prints("");
    let event = live.theirs.line_with("[         SF_PRIO]");
    says(&event, &["backup=0"]);
    mptcp(&format!("sub d d {port} s {sport} {ends}")).prints("");
    live.theirs.line_with("[       SF_CLOSED]");
}

fn new_objects_come_last(_ns: &mut Sandbox) {
    mptcp("e").prints("");
    mptcp("l s").prints("");
    mptcp("h").fails(255, "Usage: mptcp [ OPTIONS ] OBJECT");
    mptcp("m x").fails(255, "Command \"x\" is unknown");
    for shorter in ["a", "ad", "add", "s", "c", "ch"] {
        mptcp(shorter).fails(255, &format!("Command \"{shorter}\" is unknown"));
    }
    for object in ["addr", "address", "su", "sub"] {
        let name = if object.starts_with('a') {
            "address"
        } else {
            "subflow"
        };
        mptcp(object).fails(255, &format!("Usage: mptcp {name} "));
    }
    let guide = mptcp("help");
    let example = mptcp("subflow create --help").ok();
    for text in [guide.errors(), example.text()] {
        for step in [
            "mptcp monitor",
            "subflow create token",
            "SF_ESTABLISHED",
            "listen",
        ] {
            assert!(text.contains(step), "no {step} in {text}");
        }
    }
}

fn what_is_missing_is_named_before_anything_is_sent(_ns: &mut Sandbox) {
    let ends = "local 10.0.0.1 remote 10.0.0.2 dport 5";
    // The kernel would refuse each of them for want of the privilege.
    without_net_admin(|| {
        let table = format!(
            "address announce | ADDRESS
            address announce 10.0.0.1 | token
            address announce 10.0.0.1 token 1 | id
            address remove id 1 | token
            address remove token 1 | id
            address show | token
            address show id 1 | token
            subflow create | token
            subflow create {ends} id 5 | token
            subflow create {ends} token 1 | id
            subflow create token 1 id 5 remote 10.0.0.2 dport 5 | local
            subflow create token 1 id 5 local 10.0.0.1 dport 5 | remote
            subflow create token 1 id 5 local 10.0.0.1 remote 10.0.0.2 | dport
            subflow destroy token 1 {ends} | sport
            subflow change token 1 {ends} | backup or nobackup"
        );
        for row in table.lines() {
            let (line, missing) = row.split_once(" | ").expect("two columns");
            let wanted = format!("Error: argument \"{missing}\" is required\n");
            mptcp(line).ends(255, "").says_only(&wanted);
        }
    });
    let find = "as \"mptcp monitor\" and \"ss -Mi\" print it";
    for token in ["123456789", "0x123456789", "0x", "12g4", "-1", "+1", ""] {
        mptcp_words(["address", "show", "token", token]).fails(255, find);
    }
    all_fail(
        r#"
        address remove token 1 id 256 | 255 | argument "256" is wrong
        address remove token 1 10.0.0.1 | 255 | argument "10.0.0.1" is wrong
        address announce bogus | 1 | any valid address is expected rather than "bogus"
        subflow create local bogus | 1 | any valid address is expected rather than "bogus"
        subflow create dev nosuch | 255 | device does not exist
        subflow create bakcup | 255 | Hint: did you mean "backup"?
        subflow destroy backup | 255 | the command has no such word
        subflow create token | 255 | Command line is not complete
        subflow create token 1 local 10.0.0.1 remote 10.0.0.2 dport 0 | 255 | cannot be 0
        subflow change token 1 local 10.0.0.1 sport 0 | 255 | cannot be 0
        subflow change nobackup backup | 255 | backup and nobackup exclude each other"#,
    );
}

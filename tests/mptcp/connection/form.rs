//! The forms of the output: text, a line each, colours, JSON.

use serde_json::Value;

use super::hosts::*;

trials! {
    text_is_indented_and_one_line_is_found_by_its_token, words_are_coloured_as_ip_does,
    pretty_json_is_the_same_json, statistics_and_details_are_told, sizes_are_short_for_people,
    names_stand_for_addresses, owners_are_told,
}

fn connected(ns: &Sandbox) -> (Hosts, Pair) {
    let hosts = Hosts::new(ns, V4);
    mptcp(&format!("endpoint add {} subflow", V4.near[1])).ok();
    let listener = hosts.listen();
    let pair = hosts.connect(&listener);
    hosts.only_with(2);
    (hosts, pair)
}

fn text_is_indented_and_one_line_is_found_by_its_token(ns: &mut Sandbox) {
    let (_hosts, _pair) = connected(ns);
    let one = connections("").remove(0);
    let token = token(&one);
    let (sport, dport) = (&one["sport"], &one["dport"]);
    let text = mptcp("connection").ok().text();
    let lines: Vec<&str> = text.lines().collect();
    let ends = format!("local 10.0.1.1 sport {sport} remote 10.0.1.2 dport {dport} ");
    assert_eq!(
        lines[0],
        format!("token {token} state established {ends}client subflows 2 ")
    );
    let first = format!("    locid 0 remid 0 {ends}state established initial rtt ");
    assert!(lines[1].starts_with(&first), "{text}");
    assert!(lines[1].ends_with("ms "), "{text}");
    assert!(
        lines[2].starts_with("    locid 1 remid 0 local 10.0.2.1 sport "),
        "{text}"
    );
    assert_eq!(lines.len(), 3, "{text}");

    let text = mptcp("-oneline connection").ok().text();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with(&format!("token {token} ")), "{text}");
    assert!(text.contains(" subflows 2 \\    locid 0 "), "{text}");
    assert!(text.ends_with("ms \n"), "{text}");
}

fn words_are_coloured_as_ip_does(ns: &mut Sandbox) {
    let (_hosts, _pair) = connected(ns);
    let text = mptcp("-color=always connection").ok().text();
    for coloured in [
        "state \u{1b}[1;32mestablished \u{1b}[0mlocal \u{1b}[1;35m10.0.1.1 \u{1b}[0msport ",
        "local \u{1b}[1;35m10.0.2.1 \u{1b}[0m",
    ] {
        assert!(text.contains(coloured), "{text:?}");
    }
    let light = Program::mptcp().env("COLORFGBG", "0;15");
    let text = light.line("-color=always connection").run().ok().text();
    assert!(
        text.contains("state \u{1b}[32mestablished \u{1b}[0m"),
        "{text:?}"
    );
    let json = mptcp("-color=always -json connection").ok().text();
    assert!(!json.contains('\u{1b}'), "{json:?}");
}

fn pretty_json_is_the_same_json(ns: &mut Sandbox) {
    let (_hosts, _pair) = connected(ns);
    let pretty = mptcp("-json -pretty connection").ok().text();
    let begin = "[ {\n        \"token\": \"0x";
    assert!(pretty.starts_with(begin), "{pretty}");
    let nested = "\n        \"subflows\": [ {\n                \"locid\": 0,\n";
    assert!(pretty.contains(nested), "{pretty}");
    assert!(
        pretty.contains("\n            },{\n                \"locid\": 1,\n"),
        "{pretty}"
    );
    assert!(pretty.ends_with("\n            } ]\n    } ]\n"), "{pretty}");
    let ids = |list: &[Value]| -> Vec<Value> {
        subflows(&list[0])
            .iter()
            .map(|of| of["sport"].clone())
            .collect()
    };
    let laid_out = list("-json -pretty connection");
    assert_eq!(ids(&laid_out), ids(&connections("")));
}

/// What every kernel since 5.9 tells.
fn statistics_and_details_are_told(ns: &mut Sandbox) {
    let (_hosts, _pair) = connected(ns);
    let plain = connections("").remove(0);
    let told = list("-json -stats -details connection").remove(0);
    let first = &subflows(&told)[0];
    for key in [
        "bytes_sent",
        "bytes_received",
        "cwnd",
        "delivery_rate",
        "last_data_sent_ms",
        "mss",
    ] {
        assert!(first[key].is_u64(), "{key}: {told}");
        assert!(subflows(&plain)[0][key].is_null(), "{key}: {plain}");
    }
    for key in [
        "write_seq",
        "snd_una",
        "rcv_nxt",
        "subflows_max",
        "add_addr_accepted_max",
        "inode",
    ] {
        assert!(told[key].is_u64(), "{key}: {told}");
        assert!(plain[key].is_null(), "{key}: {plain}");
    }
    assert_eq!(told["subflows_max"], 4);
    // Twelve bytes went each way.
    if told["bytes_sent"].is_u64() {
        assert_eq!(told["bytes_sent"], 12, "{told}");
        assert_eq!(told["bytes_received"], 12, "{told}");
        assert_eq!(told["bytes_retrans"], 0, "{told}");
    }
    let text = mptcp("-s connection").ok().text();
    let line = text
        .lines()
        .find(|line| line.starts_with("        bytes_sent "));
    let line = line.expect("a subflow's line");
    for word in [" cwnd ", " delivery_rate ", "B/s ", " last_ack_recv "] {
        assert!(line.contains(word), "{word:?}: {text}");
    }
}

fn sizes_are_short_for_people(ns: &mut Sandbox) {
    let (_hosts, mut pair) = connected(ns);
    for _ in 0..500 {
        exchange(&mut pair.client, &mut pair.server);
    }
    let sent = |options: &str| {
        let text = mptcp(&format!("{options} -s connection")).ok().text();
        let mut words = text
            .split_whitespace()
            .skip_while(|word| *word != "bytes_sent");
        words.nth(1).expect("a value").to_owned()
    };
    assert_eq!(sent(""), "2012");
    assert_eq!(sent("-human"), "2.01k");
    assert_eq!(sent("-h -i"), "1.96ki");
    assert_eq!(sent("-iec"), "2012");
    let json = list("-human -stats -json connection").remove(0);
    assert_eq!(json["bytes_sent"], 2012);
}

fn names_stand_for_addresses(_: &mut Sandbox) {
    need_tool("getent");
    let listener = mptcp_listen("127.0.0.1:0");
    let client = mptcp_connect(&with_port("127.0.0.1", port(&listener)));
    let mut pair = Pair {
        client,
        server: accept(&listener),
    };
    pair.talk();
    let text = mptcp("-resolve connection").ok().text();
    assert!(text.contains(" local localhost sport "), "{text}");
    let one = list("-resolve -json connection").remove(0);
    assert_eq!(one["daddr4"], "localhost", "{one}");
    assert_eq!(one["subflows"][0]["saddr4"], "localhost", "{one}");
}

fn owners_are_told(ns: &mut Sandbox) {
    let (_hosts, _pair) = connected(ns);
    let one = connections("process").remove(0);
    let owners = one["processes"].as_array().expect("a list");
    let pid = std::process::id();
    let ours = owners
        .iter()
        .find(|of| of["pid"] == pid)
        .expect("this process");
    assert!(
        ours["fd"].as_u64() > Some(2) && ours["comm"].is_string(),
        "{one}"
    );
    let text = mptcp("connection process").ok().text();
    let first = text.lines().next().expect("a line");
    assert!(
        first.contains(&format!(" subflows 2 pid {pid} comm ")),
        "{text}"
    );
    assert_eq!(connections("").remove(0)["processes"], Value::Null);
}

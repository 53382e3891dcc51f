//! To a pipe: blocks of text, or lines of JSON.

use std::io::pipe;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::Two;
use crate::support::*;

trials! {
    blocks_are_told_apart_by_empty_lines, json_is_a_document_on_each_line,
    json_has_the_keys_of_show, a_sample_has_its_time, a_selector_chooses,
    a_signal_ends_it, a_reader_that_leaves_ends_it, a_batch_refuses_it,
    words_that_are_wrong_are_refused, what_came_and_went_is_marked,
    a_token_must_be_known_at_first_only, its_words_are_completed,
}

fn blocks_are_told_apart_by_empty_lines(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let text = mptcp("connection watch every 0.1 count 3").ok().text();
    let blocks: Vec<Vec<&str>> = text
        .split("\n\n")
        .map(|block| block.lines().collect())
        .collect();
    assert_eq!(blocks.len(), 3, "{text}");
    for block in &blocks {
        assert_eq!(
            block[0],
            "1 connection, 2 subflows, bytes per second, every 0.1 s"
        );
        assert!(
            block[1].ends_with("STATE        CONNECTION, SUBFLOW"),
            "{text}"
        );
        assert!(block[2].contains("10.0.1.1:") && block[2].ends_with(" 10.0.1.2:7000"));
        assert_eq!(block.len(), 5, "{text}");
    }
    // No rate at first, then that of an idle connection.
    assert!(blocks[0][2].starts_with("                      "), "{text}");
    assert!(
        blocks[1][2].starts_with("          0          0 "),
        "{text}"
    );
    let oneline = mptcp("-oneline connection watch count 1").ok().text();
    assert_eq!(oneline.lines().count(), 3);
    assert_eq!(oneline.matches('\\').count(), 2);
    drop(two);
}

/// The documents of some lines of JSON.
fn documents(text: &str) -> Vec<Value> {
    text.lines().map(json).collect()
}

fn json_is_a_document_on_each_line(ns: &mut Sandbox) {
    let mut two = Two::new(ns);
    // To lay them out would tear the lines apart.
    let line = "-json -pretty connection watch every 0.5 count 3";
    let watch = Program::mptcp().line(line).start();
    two.talk();
    let documents = documents(&watch.finish().ok().text());
    assert_eq!(documents.len(), 3);
    let times: Vec<f64> = documents
        .iter()
        .map(|of| of["time"].as_f64().expect("a time"))
        .collect();
    assert!(times.is_sorted() && times[0] > 1.7e9, "{times:?}");
    assert!(times[2] - times[0] > 0.9, "{times:?}");
    for (at, document) in documents.iter().enumerate() {
        let connections = document["connections"].as_array().expect("a list");
        assert_eq!(connections.len(), 1);
        let subflows = connections[0]["subflows"].as_array().expect("a list");
        assert_eq!(subflows.len(), 2);
        for of in [&connections[0], &subflows[0], &subflows[1]] {
            for key in ["rate_sent", "rate_received"] {
                assert_eq!(of[key].is_u64(), at > 0, "{document}");
            }
        }
    }
}

fn json_has_the_keys_of_show(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let shown = json(&mptcp("-json -stats connection").ok().text());
    let watched = mptcp("-json -stats connection watch count 1").ok().text();
    let keys = |of: &Value| {
        of.as_object()
            .expect("a record")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let (shown, watched) = (&shown[0], &json(&watched)["connections"][0]);
    assert_eq!(keys(shown), keys(watched));
    assert_eq!(keys(&shown["subflows"][1]), keys(&watched["subflows"][1]));
    drop(two);
}

fn a_sample_has_its_time(_ns: &mut Sandbox) {
    let json = mptcp("-json -tshort connection watch count 1").ok().text();
    assert!(json.contains(r#","timestamp_short":"2"#), "{json}");
    let json = mptcp("-json connection watch count 1").ok().text();
    assert!(json.ends_with(",\"connections\":[]}\n"), "{json}");
    let none = "no connections, no subflows, ";
    let text = mptcp("-tshort connection watch count 1").ok().text();
    assert!(
        text.starts_with("[2") && text.contains(&format!("] {none}")),
        "{text}"
    );
    let text = mptcp("-timestamp connection watch count 1").ok().text();
    assert!(text.starts_with("Timestamp: ") && text.contains(&format!("usec\n{none}")));
}

fn a_selector_chooses(ns: &mut Sandbox) {
    let two = Two::new(ns);
    for (words, count) in [
        ("local 10.0.2.0/24", 1),
        ("dev near1 dport 7000", 1),
        ("state single", 0),
        ("remote 10.9.9.9", 0),
    ] {
        let line = format!("-json connection watch count 1 {words}");
        let shown = json(&mptcp(&line).ok().text());
        assert_eq!(
            shown["connections"].as_array().expect("a list").len(),
            count,
            "{words}"
        );
    }
    drop(two);
}

fn a_signal_ends_it(_ns: &mut Sandbox) {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut watch = Program::mptcp()
            .line("-json connection watch every 3600")
            .start();
        watch.wait_for("\n");
        watch.signal(signal);
        let text = watch.finish().ok().text();
        assert_eq!(documents(&text).len(), 1);
    }
}

fn a_reader_that_leaves_ends_it(_ns: &mut Sandbox) {
    // While it waits, and where it is gone from the start.
    for every in ["every 3600", "every 0.1"] {
        let (reader, writer) = pipe().expect("a pipe");
        let line = format!("connection watch {every}");
        let watch = Program::mptcp().line(&line).stdout(writer).start();
        drop(reader);
        watch.finish().ok();
    }
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("it is there");
    let watch = Program::mptcp().line("connection watch").stdout(full);
    watch.run().fails(1, "cannot write to standard output");
}

fn a_batch_refuses_it(_ns: &mut Sandbox) {
    let batch = Program::mptcp()
        .line("-batch -")
        .stdin("connection watch count 1\n");
    let refused = "Error: \"connection watch\" runs until it is interrupted: \
                   it cannot be in a batch.\nCommand failed -:1\n";
    batch.run().ends(1, "").says_only(refused);
}

fn words_that_are_wrong_are_refused(_ns: &mut Sandbox) {
    for (words, says) in [
        (
            "every 0",
            "the time between refreshes is 0.1 to 86400 seconds",
        ),
        ("every 1s", "the time between refreshes is"),
        ("count 0", "the number of refreshes is from 1"),
        ("process", "process"),
        ("count", "Command line is not complete"),
    ] {
        mptcp(&format!("connection watch {words}")).fails(255, says);
    }
}

fn its_words_are_completed() {
    let offered = |typed: &[&str]| {
        let words = ["complete", "--", "mptcp", "connection", "watch"];
        mptcp_words(words.iter().chain(typed)).ok().text()
    };
    for word in ["every\t", "count\t", "token\t", "state\t"] {
        assert!(offered(&[""]).contains(word), "{word}");
    }
    assert!(!offered(&["every", "2", ""]).contains("every\t"));
    assert_eq!(offered(&["every", ""]), "");
}

fn what_came_and_went_is_marked(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let mut watch = Program::mptcp().line("connection watch every 0.2").start();
    watch.wait_for("\n\n");
    mptcp("endpoint delete id 1").prints("");
    let went = watch.line_with("-   ");
    assert!(went.contains(" 10.0.2.1:"), "{went}");
    let listener = mptcp_listen("127.0.0.1:7001");
    let other = mptcp_connect("127.0.0.1:7001");
    let came = watch.line_with("+   ");
    assert!(came.contains(" 127.0.0.1:"), "{came}");
    // A mark is there once.
    let stays = watch.line_with(" 10.0.1.2:7000");
    assert!(stays.starts_with(' '), "{stays}");
    drop((listener, other));
    drop(two);
    let ended = watch.interrupt().ok().text();
    assert!(!ended.contains("\x1b"), "{ended}");
}

fn a_token_must_be_known_at_first_only(ns: &mut Sandbox) {
    mptcp("connection watch token 1").fails(2, "no connection has the token 00000001");
    let two = Two::new(ns);
    let shown = json(&mptcp("-json connection").ok().text());
    let token = shown[0]["token"].as_str().expect("a token").to_owned();
    let line = format!("connection watch every 0.1 token {token}");
    let mut watch = Program::mptcp().line(&line).start();
    watch.wait_for("1 connection, ");
    drop(two);
    watch.line_with("no connections, no subflows");
    watch.interrupt().ok();
}

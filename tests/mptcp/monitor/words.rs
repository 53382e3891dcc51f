//! The words that choose events, and those that are refused.

use crate::support::*;

trials! {
    words_choose_events, names_choose_events, lines_go_with_json_alone, each_object_is_a_line,
    what_is_no_word_is_refused_as_by_ip, a_batch_has_no_place_for_it,
}

/// Two connections to these ports, and all that the monitors say of them.
fn two_connections(lines: &[&str]) -> Vec<String> {
    let mut last = monitor("monitor");
    let monitors: Vec<Running> = lines.iter().map(|line| monitor(line)).collect();
    let mut end = monitor("monitor event listener_closed sport 7002");
    for port in [7000, 7001] {
        let address = format!("127.0.0.1:{port}");
        let listener = mptcp_listen(&address);
        let mut client = mptcp_connect(&address);
        let mut server = accept(&listener);
        exchange(&mut client, &mut server);
        last.line_with("ESTABLISHED]");
        last.line_with("ESTABLISHED]");
        drop((client, server));
        last.line_with("  CLOSED]");
        last.line_with("  CLOSED]");
        drop(listener);
        last.line_with(&format!("LISTENER_CLOSED] saddr4=127.0.0.1 sport={port}"));
    }
    drop(mptcp_listen("127.0.0.1:7002"));
    end.line_with("7002");
    // What waits when the signal comes would not be printed.
    wait_until("all events are read", || {
        waiting_bytes().iter().all(|&bytes| bytes == 0)
    });
    let ended = |monitor: Running| monitor.interrupt().ok().text();
    monitors.into_iter().map(ended).collect()
}

fn count(text: &str, word: &str) -> usize {
    text.matches(word).count()
}

fn words_choose_events(_ns: &mut Sandbox) {
    let said = two_connections(&[
        "monitor dport 7000",
        "monitor sport 7001",
        "monitor local 127.0.0.0/8 dport 7000 dport 7001",
        "monitor dev lo remote 127.0.0.1 event cr",
        "monitor remote 10.0.0.0/8",
        "monitor token 0",
    ]);
    let [client, server, both, created, other, none] = said.as_slice() else {
        panic!("{said:?}");
    };
    for name in ["  CREATED]", "  ESTABLISHED]", "  CLOSED]"] {
        assert_eq!(count(client, name), 1, "{client}");
        assert_eq!(count(server, name), 1, "{server}");
        assert_eq!(count(both, name), 2, "{both}");
    }
    assert_eq!((client.lines().count(), both.lines().count()), (3, 6));
    // The server's port is also that of its listener.
    assert_eq!(server.lines().count(), 5, "{server}");
    assert_eq!(
        (created.lines().count(), count(created, "  CREATED]")),
        (4, 4)
    );
    assert_eq!((other.as_str(), none.as_str()), ("", ""));
}

fn names_choose_events(_ns: &mut Sandbox) {
    let said = two_connections(&[
        "monitor event created,Closed",
        "monitor event es event LISTENER_CREATED",
        "-json monitor event closed dport 7000",
    ]);
    let [ends, opened, closed] = said.as_slice() else {
        panic!("{said:?}");
    };
    let all = count(ends, "  CREATED]") + count(ends, "  CLOSED]");
    assert_eq!((all, ends.lines().count()), (8, 8), "{ends}");
    let all = count(opened, "  ESTABLISHED]") + count(opened, "[LISTENER_CREATED]");
    assert_eq!((all, opened.lines().count()), (7, 7), "{opened}");
    assert_eq!(json(closed).as_array().map(Vec::len), Some(1), "{closed}");
}

fn lines_go_with_json_alone(_ns: &mut Sandbox) {
    for line in ["monitor lines", "-json -pretty monitor lines"] {
        mptcp(line).fails(255, "argument \"lines\" is wrong");
    }
}

fn each_object_is_a_line(_ns: &mut Sandbox) {
    let mut watch = monitor("-json monitor lines");
    let mut says = |name: &str, port: u16| {
        let line = json(&watch.next_line(SOON).expect("a line"));
        assert_eq!(
            (&line["event"], &line["sport"]),
            (&name.into(), &port.into())
        );
    };
    for port in [6000, 6001] {
        let listener = mptcp_listen(&format!("127.0.0.1:{port}"));
        says("LISTENER_CREATED", port);
        drop(listener);
        says("LISTENER_CLOSED", port);
    }
    let text = watch.interrupt().ok().text();
    assert_eq!((text.lines().count(), text.ends_with("}\n")), (4, true));
}

fn what_is_no_word_is_refused_as_by_ip(_ns: &mut Sandbox) {
    let unknown = |word: &str| format!("Command \"{word}\" is unknown, try ");
    for (word, hint) in [
        ("existng", "did you mean \"existing\"?"),
        ("foo", "one of these is expected: token, event, "),
        ("state", "one of these is expected: token, event, "),
        ("-ts", "options come before the object: mptcp -ts monitor"),
    ] {
        let output = mptcp(&format!("monitor {word}"));
        output.fails(255, hint).says_first(&unknown(word));
    }
    mptcp("monitor event SF_CLOSD").fails(255, "did you mean SF_CLOSED?");
    mptcp("monitor event listener")
        .fails(255, "this abbreviates LISTENER_CREATED and LISTENER_CLOSED");
    mptcp("monitor dev nothere foo").fails(255, "device does not exist");
}

fn a_batch_has_no_place_for_it(_ns: &mut Sandbox) {
    let batch = |options: &str| {
        let program = Program::mptcp().line(options);
        program.stdin("mptcp monitor\nlimits\n").run()
    };
    let refused = "cannot be in a batch.\nCommand failed -:1\n";
    batch("-batch -").fails(1, refused);
    let output = batch("-force -batch -").says_last(refused);
    output.ends(1, "add_addr_accepted 0 subflows 2 \n");
}

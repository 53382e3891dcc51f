//! Which connections the words choose, and what is wrong with words.

use serde_json::Value;

use super::hosts::*;

trials! {
    each_selector_chooses_whole_connections, listening_sockets_are_shown_when_asked_for,
    one_connection_is_asked_for_by_its_token, words_are_read_as_those_of_other_objects,
    wrong_words_are_refused,
}

/// Two connections from the first link, of which one has a second path.
fn each_selector_chooses_whole_connections(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let single = hosts.connect(&listener);
    mptcp(&format!("endpoint add {} subflow dev near1", V4.near[1])).ok();
    let double = hosts.connect(&listener);
    // A new endpoint is used by connections that are there, too: the older
    // one is made single again.
    let port_of = |pair: &Pair| pair.client.local_addr().expect("an address").port();
    let (older, newer, port) = (port_of(&single), port_of(&double), port(&listener));
    let subflows_of = |port: u16| {
        let list = connections(&format!("sport {port}"));
        list.first().map_or(0, established)
    };
    wait_until("a second path", || subflows_of(newer) == 2);

    let ports = |words: &str| -> Vec<u64> {
        let list = connections(words);
        let ports = list
            .iter()
            .map(|one| one["sport"].as_u64().expect("a port"));
        let mut ports: Vec<_> = ports.collect();
        ports.sort_unstable();
        ports
    };
    let (older, newer) = (u64::from(older), u64::from(newer));
    let mut both = vec![older, newer];
    both.sort_unstable();
    let with_second: Vec<u64> = match subflows_of(older as u16) {
        2 => both.clone(),
        _ => vec![newer],
    };
    for (words, expected) in [
        (String::new(), &both),
        ("local 10.0.1.0/24".to_owned(), &both),
        ("local 10.0.1.1".to_owned(), &both),
        ("remote 10.0.1.2/32".to_owned(), &both),
        (format!("dport {port}"), &both),
        (format!("sport {newer}"), &vec![newer]),
        (format!("sport {newer} sport {older}"), &both),
        ("local 10.0.2.1".to_owned(), &with_second),
        ("dev near1".to_owned(), &with_second),
        ("dev near0".to_owned(), &both),
        ("dev near2".to_owned(), &vec![]),
        ("local 10.0.9.0/24".to_owned(), &vec![]),
        (
            format!("local 10.0.1.1 sport {older} dport {port}"),
            &vec![older],
        ),
        (format!("sport {older} remote 10.0.2.2"), &vec![]),
        ("state established".to_owned(), &both),
        ("state pending".to_owned(), &vec![]),
        ("state fallback".to_owned(), &vec![]),
        ("state fallback state established".to_owned(), &both),
    ] {
        assert_eq!(&ports(&words), expected, "{words:?}");
    }
    // It is shown with all of its subflows, whichever was looked for.
    let list = connections("local 10.0.2.1");
    assert!(list.iter().all(|one| subflows(one).len() == 2), "{list:?}");
}

fn listening_sockets_are_shown_when_asked_for(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let port = port(&listener);
    let [_, nothing] = hosts.both("");
    assert_eq!(nothing.len(), 0);
    let [_, listening] = hosts.both("state listening");
    let [one] = listening.as_slice() else {
        panic!("one listener: {listening:?}");
    };
    assert_eq!(one["state"], "listen");
    assert_eq!(one["saddr4"], "0.0.0.0");
    assert_eq!(one["sport"], port);
    assert_eq!(one["dport"], Value::Null);
    assert_eq!(one["token"], Value::Null);
    let text = hosts.server.run(|| mptcp("connection state l"));
    text.prints(&format!("state listen local 0.0.0.0 sport {port} \n"));
}

fn one_connection_is_asked_for_by_its_token(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let _pairs = [hosts.connect(&listener), hosts.connect(&listener)];
    let all = connections("");
    assert_eq!(all.len(), 2, "{all:?}");
    for one in &all {
        let token = token(one);
        for word in [
            token.clone(),
            format!("0x{token}"),
            token.trim_start_matches('0').to_owned(),
        ] {
            let shown = connections(&format!("token {word}"));
            assert_eq!(shown.len(), 1, "{word}");
            assert_eq!(shown[0]["token"], one["token"]);
            assert_eq!(shown[0]["subflows"][0]["sport"], one["sport"]);
        }
        let pending = connections(&format!("token {token} state pending"));
        assert_eq!(pending.len(), 0);
    }
    let words = format!("token {} token {}", token(&all[0]), token(&all[1]));
    assert_eq!(connections(&words).len(), 2);

    let mut unknown = 1;
    while all.iter().any(|one| token(one) == format!("{unknown:08x}")) {
        unknown += 1;
    }
    let missing = mptcp(&format!("connection show token {unknown:x}"));
    let missing = missing.fails(
        2,
        &format!("Error: no connection has the token {unknown:08x}."),
    );
    missing
        .says("\nHint: ")
        .says("\"mptcp connection\"")
        .says("\"mptcp monitor\"");
    let json = mptcp(&format!("-json connection token {unknown:x}"));
    json.ends(2, "[]\n");
}

fn words_are_read_as_those_of_other_objects(_: &mut Sandbox) {
    for line in [
        "connection",
        "conn",
        "co",
        "connection show",
        "connection s",
        "connection state single",
        "connection st si",
        "co show sp 80 dp 0x50 d lo",
        "connection process",
        "connection remote 10.1/16 remote ::/0",
    ] {
        mptcp(line).prints("");
    }
    mptcp("-json connection").prints("[]\n");
    mptcp("-json -pretty connection").prints("[ ]\n");
    let help = mptcp("connection state single --help").ok().text();
    assert!(help.contains("Usage: mptcp connection show"), "{help}");
}

fn wrong_words_are_refused(_: &mut Sandbox) {
    for (line, status, says) in [
        ("c", 255, "Command \"c\" is unknown"),
        ("connection shwo", 255, "Hint: did you mean \"show\"?"),
        ("connection tokn 1", 255, "Hint: did you mean \"token\"?"),
        ("connection foo", 255, "argument \"foo\" is wrong"),
        ("connection token", 255, "Command line is not complete"),
        ("connection token xyz", 255, "argument \"xyz\" is wrong"),
        ("connection state closed", 255, "a state is established"),
        ("connection sport 65536", 255, "a port is a number"),
        ("connection dev nosuch", 255, "device does not exist"),
        ("connection local host", 1, "any valid address is expected"),
        ("connection local 10.0.0.1/33", 1, "Hint: after the slash"),
        ("connection local any", 1, "any valid address is expected"),
        ("connection -j", 255, "mptcp -j connection"),
        ("-family ipx connection", 255, "a protocol family is inet"),
    ] {
        mptcp(line).fails(status, says);
    }
}

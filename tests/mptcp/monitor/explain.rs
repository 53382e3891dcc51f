//! `monitor explain`: what numbers mean.

use std::net::TcpListener;

use super::lab::Lab;
use crate::support::*;

trials! {
    a_connection_that_came_to_nothing_is_told_from_an_old_one,
    a_refused_subflow_has_its_error_by_name, a_flag_says_what_to_do,
}

const LONE: &str = "never established as MPTCP: refused, timed out, or fell back to TCP";

fn a_connection_that_came_to_nothing_is_told_from_an_old_one(_ns: &mut Sandbox) {
    let listener = mptcp_listen("127.0.0.1:7000");
    let mut old = mptcp_connect("127.0.0.1:7000");
    exchange(&mut old, &mut accept(&listener));
    let mut text = monitor("monitor explain");
    let mut lines = monitor("-json monitor lines explain");
    let _new = mptcp_connect("127.0.0.1:7000");
    lines.wait_for("CREATED");

    drop(old);
    let closed = text.line_with("CLOSED] ");
    assert!(!closed.contains('('), "{closed}");
    let plain = TcpListener::bind("127.0.0.1:7001").expect("a listener");
    drop(mptcp_connect("127.0.0.1:7001"));
    drop(plain);
    let closed = text.line_with("never");
    assert!(closed.starts_with("[          CLOSED] token="), "{closed}");
    assert!(closed.ends_with(&format!(" ({LONE})")), "{closed}");
    let closed = lines.line_with("never");
    assert_eq!(json(&closed)["explain"], LONE);
    assert_eq!(json(&closed)["error_name"], serde_json::Value::Null);
    text.interrupt().ok();
}

fn a_refused_subflow_has_its_error_by_name(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // It is announced with a port that nothing listens on.
    let listener = lab.listen(V4.far[0], 7000);
    let mut text = monitor("monitor explain");
    let mut lines = monitor("-json monitor lines explain event sf_closed");
    let mut connection = lab.connect(&listener, V4.far[0]);
    lab.server.run(use_userspace_path_manager);
    let second = lab.listen(V4.far[0], 7001);
    let mut managed = lab.connect(&second, V4.far[0]);
    let token = lab.server.run(|| {
        let shown = mptcp("-json connection show sport 7001 state established").ok();
        let shown = json(&shown.text());
        shown[0]["token"].as_str().expect("a token").to_owned()
    });
    let (address, port) = (V4.far[1], 7999);
    let line = format!("address announce {address} token {token} id 7 port {port}");
    lab.on_server(&line);
    managed.talk();
    connection.talk();
    let closed = text.line_with("SF_CLOSED]");
    let words = "(ECONNREFUSED: nothing listens there";
    assert!(
        closed.contains(" error=111 ") && closed.contains(words),
        "{closed}"
    );
    let closed = json(&lines.line_with("SF_CLOSED"));
    assert_eq!(closed["error_name"], "ECONNREFUSED");
    let explained = closed["explain"].as_str().expect("words");
    assert!(explained.starts_with("ECONNREFUSED: nothing listens there"));
}

fn a_flag_says_what_to_do(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.server
        .run(|| sysctl_write("net.mptcp.allow_join_initial_addr_port", "0"));
    let mut text = monitor("monitor explain");
    let listener = lab.listen(V4.far[0], 7000);
    let _connection = lab.connect(&listener, V4.far[0]);
    let created = text.line_with("CREATED]");
    assert!(
        created.contains(" deny_join_id0 (deny_join_id0: "),
        "{created}"
    );
    assert!(created.contains("signal"), "{created}");
}

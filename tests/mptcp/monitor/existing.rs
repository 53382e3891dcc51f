//! `monitor existing`: whoever reads it knows the connections there are.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::lab::{Lab, anonymous};
use crate::support::*;

trials! {
    a_reader_knows_the_connections_there_are, after_a_loss_all_is_listed_again,
    subflows_are_listed_with_what_their_events_have, a_fallback_is_not_listed,
}

const SERVER: &str = "127.0.0.1:7000";

/// What a program knows that reads `-json monitor existing lines`.
#[derive(Default)]
struct Reader {
    known: BTreeSet<String>,
    listings: usize,
}

impl Reader {
    fn of(text: &str) -> Self {
        let mut reader = Reader::default();
        for line in text.lines() {
            reader.read(&json(line));
        }
        reader
    }

    fn read(&mut self, event: &Value) {
        let token = event["token"].as_str().unwrap_or_default().to_owned();
        match event["event"].as_str().expect("its name") {
            "LISTING" => {
                self.known.clear();
                self.listings += 1;
            }
            "CONNECTION" | "CREATED" | "ESTABLISHED" => {
                self.known.insert(token);
            }
            "CLOSED" => {
                self.known.remove(&token);
            }
            _ => {}
        }
    }
}

/// The connections that the kernel has, and that use MPTCP.
fn established() -> BTreeSet<String> {
    let shown = mptcp("-json connection show state established").ok().text();
    let shown = json(&shown);
    let connections = shown.as_array().expect("a list").iter();
    let in_use = connections.filter(|of| of.get("fallback").is_none());
    let token = |of: &Value| of["token"].as_str().expect("a token").to_owned();
    in_use.map(token).collect()
}

/// A connection by both its ends, with data or without.
fn connect(listener: &TcpListener, data: bool) -> [TcpStream; 2] {
    let mut client = mptcp_connect(SERVER);
    let mut server = accept(listener);
    if data {
        exchange(&mut client, &mut server);
    }
    [client, server]
}

/// Makes connections until it is told to stop, of which every tenth stays.
fn stream(listener: &TcpListener, stop: &AtomicBool) -> Vec<[TcpStream; 2]> {
    let mut kept = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let both = connect(listener, number % 2 == 0);
        match number % 10 {
            0 => kept.push(both),
            _ => drop(both),
        }
    }
    kept
}

fn agree(monitor: &Running) {
    let known = || Reader::of(&whole_lines(&monitor.text())).known;
    wait_until("the reader knows what there is", || {
        known() == established()
    });
}

/// The last line may be on its way.
fn whole_lines(text: &str) -> String {
    text[..text.rfind('\n').map_or(0, |end| end + 1)].to_owned()
}

fn a_reader_knows_the_connections_there_are(_ns: &mut Sandbox) {
    let listener = mptcp_listen("0.0.0.0:7000");
    let mut live: Vec<_> = (0..100)
        .map(|number| connect(&listener, number % 3 > 0))
        .collect();
    for _ in 0..3 {
        let stop = AtomicBool::new(false);
        let monitor = thread::scope(|scope| {
            let stream = scope.spawn(|| stream(&listener, &stop));
            let mut monitor = monitor("-json monitor existing lines");
            monitor.wait_for("\"CREATED\"");
            monitor.wait_for("\"CLOSED\"");
            stop.store(true, Ordering::Relaxed);
            live.extend(stream.join().expect("a stream"));
            monitor
        });
        agree(&monitor);
        // Those that are listed have their end as well.
        drop(live.drain(..10));
        agree(&monitor);
        let output = monitor.interrupt().ok();
        let events = output.text();
        assert!(events.matches("\"CONNECTION\"").count() >= 100, "{output}");
        assert!(events.lines().all(|line| json(line).is_object()));
    }
    assert!(live.len() > 80);
}

fn after_a_loss_all_is_listed_again(_ns: &mut Sandbox) {
    let listener = mptcp_listen("0.0.0.0:7000");
    let mut live: Vec<_> = (0..50).map(|_| connect(&listener, true)).collect();
    let mut monitor = monitor("-json -rcvbuf 20000 monitor existing lines");
    monitor.wait_for("\"CONNECTION\"");
    agree(&monitor);
    monitor.stop();
    for number in 0..1500 {
        let both = connect(&listener, false);
        if number % 100 == 0 {
            live.push(both);
        }
    }
    drop(live.drain(..10));
    monitor.signal(Signal::SIGCONT);
    monitor.wait_for("\"LISTING\"}\n");
    wait_until("what was kept is read", || waiting_bytes() == [0]);
    agree(&monitor);
    drop(live.drain(..10));
    agree(&monitor);
    let output = monitor.interrupt();
    assert!(Reader::of(&output.text()).listings > 0, "{output}");
    output.says("events were lost");
}

fn subflows_are_listed_with_what_their_events_have(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let mut early = monitor("monitor");
    let endpoint = format!("endpoint add {} subflow backup", V4.near[1]);
    mptcp(&endpoint).ok();
    let listener = lab.listen(V4.far[0], 7000);
    let mut connection = lab.connect(&listener, V4.far[0]);
    let established = early.line_with("  ESTABLISHED]");
    let joined = early.line_with("SF_ESTABLISHED]");
    connection.talk();
    let mut late = monitor("monitor existing");
    let listed = late.line_with("CONNECTION]");
    let values = |line: &str| line.split_once("] ").map(|(_, values)| values.to_owned());
    assert_eq!(values(&listed), values(&established));
    let listed = late.line_with("SUBFLOW]");
    assert_eq!(values(&listed), values(&joined));
    assert!(listed.starts_with("[         SUBFLOW] token="), "{listed}");
    // Of the other end, of which the socket accepted the connection.
    let mut there = lab.server.run(|| monitor("monitor existing"));
    let listed = anonymous(&there.line_with("CONNECTION]"));
    assert!(
        listed.ends_with(" sport=7000 dport=P server_side"),
        "{listed}"
    );
    drop(connection);
    late.line_with("CLOSED] token=");
    there.line_with("CLOSED] token=");
}

fn a_fallback_is_not_listed(_ns: &mut Sandbox) {
    let plain = TcpListener::bind("127.0.0.1:7001").expect("a listener");
    let fallen = mptcp_connect("127.0.0.1:7001");
    let listener = mptcp_listen("0.0.0.0:7000");
    let _live = connect(&listener, true);
    let mut monitor = monitor("-json monitor existing lines");
    monitor.wait_for("\"CONNECTION\"");
    agree(&monitor);
    drop((fallen, plain));
    monitor.wait_for("\"CLOSED\"");
    agree(&monitor);
}

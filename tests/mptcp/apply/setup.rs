//! What these trials share.

use std::net::{TcpListener, TcpStream};
use std::path::Path;

pub use crate::support::*;

/// `mptcp apply FILE` with these words behind it.
#[must_use = "whether it succeeded"]
pub fn apply(file: &Path, words: &str) -> Output {
    let program = Program::mptcp().arg("apply").arg(file);
    program.line(words).run()
}

/// `mptcp apply -`, with this as the file.
#[must_use = "whether it succeeded"]
pub fn apply_text(text: &str, words: &str) -> Output {
    let program = Program::mptcp().line("apply -").line(words);
    program.stdin(text).run()
}

/// What `endpoint show` prints, without the blanks at the ends of lines.
pub fn endpoints() -> String {
    let shown = mptcp("endpoint show").ok().text();
    shown
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// A follower of the file, which has made its first pass.
pub fn follow(file: &Path, words: &str) -> Running {
    let program = Program::mptcp().line("-tshort apply").arg(file);
    let follower = program.line("follow").line(words).start();
    follower.wait_subscribed();
    follower
}

/// Waits until the endpoints are these.
#[track_caller]
pub fn wait_for_endpoints(expected: &str) {
    let mut seen = String::new();
    let what = format!("no endpoints {expected:?}");
    wait_until(&what, || {
        seen = endpoints();
        seen == expected
    });
}

/// The command of a line that begins with a time.
pub fn without_time(line: &str) -> &str {
    let behind = line.split_once("] ").filter(|_| line.starts_with('['));
    behind.map_or(line, |(_, command)| command)
}

/// A connection of the client, this namespace, to the server.
pub struct Live {
    pub client: TcpStream,
    accepted: TcpStream,
    _listener: TcpListener,
}

impl Live {
    pub fn new(server: &Netns) -> Self {
        Self::to(server, V4.far[0])
    }

    /// A connection to that address of the server.
    pub fn to(server: &Netns, address: &str) -> Self {
        let any = with_port(V4.any, 0);
        let listener = server.run(|| mptcp_listen(&any));
        let port = listener.local_addr().expect("an address").port();
        let local = with_port(V4.near[0], 0);
        let client = mptcp_connect_from(Some(&local), &with_port(address, port));
        let accepted = accept(&listener);
        let mut live = Live {
            client,
            accepted,
            _listener: listener,
        };
        live.talk();
        live
    }

    /// The local port of its subflow from that address.
    pub fn port_from(&self, address: &str) -> u64 {
        let own = self.client.local_addr().expect("an address").port();
        let connections = json(&mptcp("-json connection").ok().text());
        let mut connections = connections.as_array().expect("a list").iter();
        let connection = connections
            .find(|one| one["sport"] == own)
            .expect("the connection");
        let mut subflows = connection["subflows"].as_array().expect("subflows").iter();
        let subflow = subflows
            .find(|one| one["saddr4"] == address)
            .expect("the subflow");
        subflow["sport"].as_u64().expect("a port")
    }

    pub fn talk(&mut self) {
        for _ in 0..3 {
            exchange(&mut self.client, &mut self.accepted);
        }
    }
}

pub fn has_event(lines: &str, event: &str, address: &str) -> bool {
    let mut lines = lines.lines();
    lines.any(|line| line.contains(event) && line.contains(address))
}

/// Waits until the server has reported an event with this address of the client.
#[track_caller]
pub fn wait_for_event(monitor: &mut Running, event: &str, address: &str) {
    while !monitor.line_with(event).contains(address) {}
}

/// A server that takes further subflows, a client with this file applied, and a
/// monitor of the server.
pub fn hosts(ns: &Sandbox, text: &str) -> (Netns, Running) {
    let server = server_on_three_links(ns);
    server.run(|| mptcp("limits set subflows 8").ok());
    apply_text(text, "").ok();
    let theirs = server.run(|| monitor("monitor"));
    (server, theirs)
}

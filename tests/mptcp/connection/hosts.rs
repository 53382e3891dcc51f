//! Two hosts, connections between them, and what `connection` says of these.

use std::net::{TcpListener, TcpStream};

use serde_json::Value;

pub use crate::support::*;

/// Two hosts: the client is the trial's own namespace, with the devices
/// `near0` to `near2`.
pub struct Hosts {
    /// The addresses of both.
    pub plan: Plan,
    /// The other host.
    pub server: Netns,
}

/// Both ends of a connection.
pub struct Pair {
    pub client: TcpStream,
    pub server: TcpStream,
}

impl Hosts {
    pub fn new(ns: &Sandbox, plan: Plan) -> Self {
        let server = server_on_three_links(ns);
        let limits = || mptcp("limits set subflows 4 add_addr_accepted 4").ok();
        limits();
        server.run(limits);
        Hosts { plan, server }
    }

    /// A listener of the server, at all of its addresses.
    pub fn listen(&self) -> TcpListener {
        self.server
            .run(|| mptcp_listen(&with_port(self.plan.any, 0)))
    }

    /// The server's first address, with the port of a listener.
    pub fn remote(&self, listener: &TcpListener) -> String {
        with_port(self.plan.far[0], port(listener))
    }

    /// A connection, over which data has gone both ways.
    pub fn connect(&self, listener: &TcpListener) -> Pair {
        let mut pair = Pair {
            client: mptcp_connect(&self.remote(listener)),
            server: accept(listener),
        };
        pair.talk();
        pair
    }

    /// What the client and the server say of their connections.
    pub fn both(&self, line: &str) -> [Vec<Value>; 2] {
        [connections(line), self.server.run(|| connections(line))]
    }

    /// The only connection of either, once it has so many established subflows
    /// on both.
    #[track_caller]
    pub fn only_with(&self, subflows: usize) -> [Value; 2] {
        let complete = |list: &[Value]| matches!(list, [one] if established(one) == subflows);
        let mut found = self.both("");
        wait_until(&format!("{subflows} subflows"), || {
            found = self.both("");
            found.iter().all(|list| complete(list))
        });
        found.map(|mut list| list.remove(0))
    }
}

impl Pair {
    /// Some data both ways, a few times, as for subflows that are to join.
    pub fn talk(&mut self) {
        for _ in 0..3 {
            exchange(&mut self.client, &mut self.server);
        }
    }
}

pub fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("its address").port()
}

/// What `connection` says in JSON, with these words behind it.
#[track_caller]
pub fn connections(words: &str) -> Vec<Value> {
    list(&format!("-json connection {words}"))
}

/// The array that a command prints.
#[track_caller]
pub fn list(line: &str) -> Vec<Value> {
    let output = mptcp(line).ok();
    match json(&output.text()) {
        Value::Array(list) => list,
        other => panic!("{line}: no array: {other}"),
    }
}

pub fn subflows(connection: &Value) -> &[Value] {
    connection["subflows"].as_array().expect("a list")
}

pub fn established(connection: &Value) -> usize {
    let subflows = subflows(connection).iter();
    subflows.filter(|of| of["state"] == "established").count()
}

/// The subflow whose local, or failing that remote, address is this one.
#[track_caller]
pub fn subflow_at<'a>(connection: &'a Value, address: &str) -> &'a Value {
    let has = |key: &'static str| {
        move |of: &&Value| {
            [format!("{key}4"), format!("{key}6")]
                .iter()
                .any(|key| of[key] == address)
        }
    };
    let subflows = subflows(connection);
    let mut ours = subflows.iter().filter(has("saddr"));
    let mut theirs = subflows.iter().filter(has("daddr"));
    ours.next()
        .or_else(|| theirs.next())
        .unwrap_or_else(|| panic!("no subflow at {address}: {connection}"))
}

/// The token of a connection, as text has it.
pub fn token(connection: &Value) -> String {
    let token = connection["token"].as_str().expect("a token");
    let digits = token.strip_prefix("0x").expect("0x");
    format!("{digits:0>8}")
}

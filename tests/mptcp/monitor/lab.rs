//! Two hosts, joined by two veth pairs, and what is said on both.

use std::fs;
use std::net::{TcpListener, TcpStream};

use crate::support::*;

/// The client is the calling thread's namespace.
pub struct Lab {
    pub server: Netns,
    /// A monitor of the client and one of the server, which say when a step
    /// is done.
    watches: [Running; 2],
}

/// A connection, by both its ends.
pub struct Connection {
    pub client: TcpStream,
    pub server: TcpStream,
}

impl Lab {
    pub fn new(ns: &Sandbox) -> Self {
        let server = server_on_three_links(ns);
        let prepare = || mptcp("limits set subflows 8 add_addr_accepted 8").ok();
        prepare();
        server.run(prepare);
        // IPv6 has no way from near1 to the server's other network without it;
        // IPv4 takes everything for near where the device is given.
        add_route("::/0", Some("fd02::2"), "near1");
        let watches = [monitor("monitor"), server.run(|| monitor("monitor"))];
        Lab { server, watches }
    }

    /// Runs a command on the server.
    pub fn on_server(&self, line: &str) {
        self.server.run(|| mptcp(line).ok());
    }

    pub fn listen(&self, address: &str, port: u16) -> TcpListener {
        self.server.run(|| mptcp_listen(&with_port(address, port)))
    }

    /// Connects and sends some data: joins do not start before.
    pub fn connect(&self, listener: &TcpListener, address: &str) -> Connection {
        let port = listener.local_addr().expect("its address").port();
        let client = mptcp_connect(&with_port(address, port));
        let mut connection = Connection {
            client,
            server: accept(listener),
        };
        connection.talk();
        connection
    }

    /// Waits until both hosts have said as much as they are to say, and
    /// compares. The order within a step is not always the same.
    #[track_caller]
    pub fn expect(&mut self, step: &str, client: &[String], server: &[String]) {
        for (watch, expected) in self.watches.iter_mut().zip([client, server]) {
            let mut lines = Vec::new();
            while lines.len() < expected.len() {
                match watch.next_line(SOON) {
                    Some(line) => lines.push(anonymous(&line)),
                    None => break,
                }
            }
            let mut expected = expected.to_vec();
            expected.sort();
            lines.sort();
            assert_eq!(lines, expected, "{step}");
        }
    }

    /// Waits until no connection is left in the kernel: for a while after its
    /// end, one is still told of new endpoints and of those that go. (The
    /// kernel's own listeners are not counted.)
    pub fn wait_closed(&self) {
        let sockets = || -> usize {
            let table = fs::read_to_string("/proc/thread-self/net/protocols").expect("protocols");
            let rows = table.lines().filter(|row| row.starts_with("MPTCP"));
            let counts = rows.filter_map(|row| row.split_whitespace().nth(2));
            counts
                .map(|count| count.parse::<usize>().expect("a number"))
                .sum()
        };
        wait_until("connections remain", || {
            sockets() == 0 && self.server.run(sockets) == 0
        });
    }

    /// Nothing more was said before a last event; the monitors end, and all
    /// they said is returned.
    #[track_caller]
    pub fn finish(mut self) -> [Output; 2] {
        let last = || drop(mptcp_listen("0.0.0.0:9"));
        last();
        self.server.run(last);
        for watch in &mut self.watches {
            for event in ["[LISTENER_CREATED]", "[ LISTENER_CLOSED]"] {
                let said = watch.next_line(SOON);
                let expected = format!("{event} saddr4=0.0.0.0 sport=9");
                assert_eq!(said, Some(expected), "{}", watch.text());
            }
        }
        self.watches.map(|watch| watch.interrupt().ok())
    }
}

impl Connection {
    /// Some data both ways, a few times, as for subflows that are to join.
    pub fn talk(&mut self) {
        for _ in 0..3 {
            exchange(&mut self.client, &mut self.server);
        }
    }
}

/// The line with T for the token and P for a port that the kernel chose.
pub fn anonymous(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once('=') {
        Some(("token", token)) => {
            let digits = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            assert!(token.len() == 8 && token.bytes().all(digits), "{line}");
            "token=T".to_owned()
        }
        Some((key @ ("sport" | "dport"), port)) => {
            let chosen = port.parse::<u16>().expect("a port") >= 10_000;
            format!("{key}={}", if chosen { "P" } else { port })
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

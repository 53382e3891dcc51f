//! Two hosts, joined by two veth pairs, and what is said on both.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::support::*;

/// The addresses of a run: of IPv4 or of IPv6.
pub struct Addresses {
    /// What stands behind `saddr` and `daddr`.
    pub family: &'static str,
    /// Those of the client, on `a1` and `a2`.
    pub client: [&'static str; 2],
    /// Those of the server, on `b1` and `b2`.
    pub server: [&'static str; 2],
    /// The address that stands for all.
    pub any: &'static str,
}

pub const V4: Addresses = Addresses {
    family: "4",
    client: ["10.0.1.1", "10.0.2.1"],
    server: ["10.0.1.2", "10.0.2.2"],
    any: "0.0.0.0",
};

pub const V6: Addresses = Addresses {
    family: "6",
    client: ["fd01::1", "fd02::1"],
    server: ["fd01::2", "fd02::2"],
    any: "::",
};

/// The address with a port, as sockets are given it.
pub fn with_port(address: &str, port: u16) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

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
        let server = ns.second_host();
        for (name, peer) in [("a1", "b1"), ("a2", "b2")] {
            add_veth(name, peer, &server);
        }
        let prepare = |host: &str, last: u8| {
            for pair in [1, 2] {
                let device = format!("{host}{pair}");
                add_address(&device, &format!("10.0.{pair}.{last}/24"));
                add_address(&device, &format!("fd0{pair}::{last}/64"));
            }
            mptcp("limits set subflows 8 add_addr_accepted 8").ok();
        };
        prepare("a", 1);
        server.run(|| prepare("b", 2));
        // IPv6 has no way from a2 to the server's other network without it;
        // IPv4 takes everything for near where the device is given.
        add_route("::/0", Some("fd02::2"), "a2");
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

    /// Nothing more was said; the monitors end, and all they said is returned.
    #[track_caller]
    pub fn finish(mut self) -> [Output; 2] {
        for watch in &mut self.watches {
            assert_eq!(watch.next_line(Duration::from_millis(100)), None);
        }
        self.watches.map(|watch| watch.interrupt(SOON).ok())
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

/// Starts our monitor with a command line and waits until it watches.
pub fn monitor(line: &str) -> Running {
    let monitor = Program::mptcp().line(line).start();
    monitor.wait_subscribed(SOON);
    monitor
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

/// How many bytes wait to be read in the sockets of this namespace that are
/// subscribed to something.
pub fn waiting_bytes() -> Vec<u64> {
    let table = fs::read_to_string("/proc/thread-self/net/netlink").expect("netlink");
    let rows = table.lines().skip(1).filter_map(|row| {
        let columns: Vec<&str> = row.split_whitespace().collect();
        let (groups, waiting) = (columns.get(3)?, columns.get(4)?);
        let subscribed = groups.bytes().any(|digit| digit != b'0');
        subscribed.then(|| waiting.parse().expect("a number of bytes"))
    });
    rows.collect()
}

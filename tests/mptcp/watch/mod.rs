//! `mptcp connection watch` on real connections: what it says to a terminal
//! and to a pipe, and how it ends.

mod lines;
mod pictures;
mod terminal;
mod transfer;

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use crate::support::*;

trials! {; lines::trials(), pictures::trials(), terminal::trials(), transfer::trials() }

/// A shell with the program as $MPTCP.
fn shell(script: &str) -> Program {
    let shell = Program::new("/bin/sh").env("MPTCP", MPTCP);
    shell.args(["-c", script])
}

/// How many screens were drawn.
fn frames(bytes: &[u8]) -> usize {
    let screens = bytes.windows(3).filter(|window| *window == b"\x1b[H");
    screens.count()
}

/// A connection of two subflows between two hosts, with both its ends.
struct Two {
    server: Netns,
    client: TcpStream,
    peer: TcpStream,
}

impl Two {
    /// Over the links near0 and near1.
    fn new(ns: &Sandbox) -> Self {
        let server = server_on_three_links(ns);
        mptcp("limits set subflows 2").prints("");
        server.run(|| mptcp("limits set subflows 2").prints(""));
        mptcp("endpoint add 10.0.2.1 dev near1 subflow").prints("");
        let listener = server.run(|| mptcp_listen(&with_port(V4.far[0], 7000)));
        let client = mptcp_connect(&with_port(V4.far[0], 7000));
        let peer = accept(&listener);
        let mut two = Two {
            server,
            client,
            peer,
        };
        two.talk();
        wait_until("the second subflow", || {
            mptcp("connection")
                .ok()
                .text()
                .matches("state established")
                .count()
                == 3
        });
        two
    }

    /// Some data both ways.
    fn talk(&mut self) {
        exchange(&mut self.client, &mut self.peer);
    }

    /// Lets the client send so much, again and again with a break of 10 ms.
    fn transfer(self, block: usize) -> Transfer {
        let Two {
            server,
            mut client,
            mut peer,
        } = self;
        let end = client.try_clone().expect("a descriptor");
        thread::spawn(move || io::copy(&mut peer, &mut io::sink()));
        thread::spawn(move || {
            let block = vec![0; block];
            while client.write_all(&block).is_ok() {
                thread::sleep(Duration::from_millis(10));
            }
        });
        Transfer {
            _server: server,
            client: end,
        }
    }
}

/// A transfer that goes on until this is dropped.
struct Transfer {
    _server: Netns,
    client: TcpStream,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let _ = self.client.shutdown(Shutdown::Both);
    }
}

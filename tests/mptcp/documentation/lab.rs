//! The network of the documentation: a laptop with Wi-Fi and a mobile link, and a
//! server with two addresses, behind routers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::rc::Rc;
use std::thread;

use serde_json::Value;

use crate::support::*;

/// The calling thread's namespace is the laptop.
pub struct Lab {
    pub server: Rc<Netns>,
    listener: TcpListener,
    _routers: Netns,
    /// Connections that stay open.
    clients: Vec<TcpStream>,
}

const SERVER: &str = "192.0.2.7:443";

impl Lab {
    /// ```text
    /// laptop  wlan0 192.168.1.10 ─ .1 ─┐         ┌─ 192.0.2.254 ─ eth0 192.0.2.7        server
    ///         wwan0 10.0.2.1 ─── .254 ─┴ routers ┴─ 198.51.100.254 ─ eth1 198.51.100.7
    /// ```
    ///
    /// Wi-Fi has a default route with the metric that NetworkManager gives it,
    /// wwan0 has none. The server answers with what it reads.
    pub fn new(ns: &Sandbox) -> Self {
        need_tool("ip");
        let (routers, server) = (ns.second_host(), ns.second_host());
        add_veth("wlan0", "wlan", &routers);
        add_veth("wwan0", "wwan", &routers);
        add_address("wlan0", "192.168.1.10/24");
        add_address("wwan0", "10.0.2.1/24");
        server.run(|| {
            add_veth("eth0", "wired0", &routers);
            add_veth("eth1", "wired1", &routers);
            add_address("eth0", "192.0.2.7/24");
            add_address("eth1", "198.51.100.7/24");
            add_route("0.0.0.0/0", Some("192.0.2.254"), "eth0");
        });
        routers.run(|| {
            add_address("wlan", "192.168.1.1/24");
            add_address("wwan", "10.0.2.254/24");
            add_address("wired0", "192.0.2.254/24");
            add_address("wired1", "198.51.100.254/24");
            sysctl_write("net.ipv4.ip_forward", "1");
        });
        for host in [&ns.net, &routers, &server] {
            // A new namespace has the values of the machine.
            host.run(|| sysctl_write("net.ipv4.conf.all.rp_filter", "2"));
        }
        run("ip route add default via 192.168.1.1 dev wlan0 metric 600");
        let listener = server.run(|| mptcp_listen("0.0.0.0:443"));
        let listening = listener.try_clone().expect("a further descriptor");
        thread::spawn(move || serve(&listening));
        Lab {
            server: Rc::new(server),
            listener,
            _routers: routers,
            clients: Vec::new(),
        }
    }

    /// Sets up the endpoint and the route of the mobile link.
    pub fn configure(&self) {
        run("ip route add default via 10.0.2.254 dev wwan0 metric 2000");
        mptcp("endpoint add 10.0.2.1 dev wwan0 subflow").ok();
        mptcp("limits set subflows 2").ok();
    }

    /// Opens a connection to the server, exchanges data, and keeps it open.
    pub fn connect(&mut self) {
        let mut client = mptcp_connect(SERVER);
        let mut answer = [0; 4];
        client.write_all(b"ping").expect("the client sends");
        client.read_exact(&mut answer).expect("the server answers");
        self.clients.push(client);
    }

    /// Closes all connections.
    pub fn disconnect(&mut self) {
        self.clients.clear();
    }

    pub fn is_connected(&self) -> bool {
        !self.clients.is_empty()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // Ends the thread that accepts.
        let _ = socket2::SockRef::from(&self.listener).shutdown(Shutdown::Both);
    }
}

/// Echoes, for as long as the test lasts.
fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        thread::spawn(move || {
            let mut buffer = [0; 64];
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                if stream.write_all(&buffer[..length]).is_err() {
                    return;
                }
            }
        });
    }
}

#[track_caller]
pub fn run(line: &str) {
    let mut words = line.split_whitespace();
    let program = words.next().expect("a program");
    Program::new(program).args(words).run().ok();
}

/// What `mptcp connection` shows.
#[track_caller]
pub fn connections() -> Vec<Value> {
    let output = Program::mptcp().line("-json connection").run().ok();
    json(&output.text()).as_array().expect("an array").clone()
}

/// The established subflows of the newest connection.
pub fn subflows() -> Vec<Value> {
    let all = connections();
    let of_all = all.iter().filter_map(|of| of["subflows"].as_array());
    let established = |of: &&Value| of["state"] == "established";
    of_all.flatten().filter(established).cloned().collect()
}

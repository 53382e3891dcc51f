//! Two hosts on three links.

use super::{Netns, Program, Running, Sandbox, add_address, add_veth};

/// The addresses of a run: of IPv4 or of IPv6.
#[derive(Clone, Copy)]
pub struct Plan {
    /// What stands behind `saddr` and `daddr` in events.
    pub family: &'static str,
    /// The client's, on `near0` to `near2`.
    pub near: [&'static str; 3],
    /// The server's, on `far0` to `far2`.
    pub far: [&'static str; 3],
    /// The address that stands for all.
    pub any: &'static str,
}

/// Over IPv4.
pub const V4: Plan = Plan {
    family: "4",
    near: ["10.0.1.1", "10.0.2.1", "10.0.3.1"],
    far: ["10.0.1.2", "10.0.2.2", "10.0.3.2"],
    any: "0.0.0.0",
};

/// Over IPv6.
pub const V6: Plan = Plan {
    family: "6",
    near: ["fd01::1", "fd02::1", "fd03::1"],
    far: ["fd01::2", "fd02::2", "fd03::2"],
    any: "::",
};

/// Joins the calling thread's namespace, the client, with a server by three
/// links, with the addresses of both families.
pub fn server_on_three_links(ns: &Sandbox) -> Netns {
    let server = ns.second_host();
    for link in 0..3 {
        let (near, far) = (format!("near{link}"), format!("far{link}"));
        add_veth(&near, &far, &server);
        for (plan, length) in [(V4, 24), (V6, 64)] {
            add_address(&near, &format!("{}/{length}", plan.near[link]));
            server.run(|| add_address(&far, &format!("{}/{length}", plan.far[link])));
        }
    }
    server
}

/// A monitor in the calling thread's namespace, started with a command line and
/// ready.
pub fn monitor(line: &str) -> Running {
    let monitor = Program::mptcp().line(line).start();
    monitor.wait_subscribed();
    monitor
}

/// The address with a port, as sockets are given it.
pub fn with_port(address: &str, port: u16) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

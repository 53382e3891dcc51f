//! One connection between two hosts, managed from user space on both, with a
//! monitor on either side.

use std::net::{TcpListener, TcpStream};

pub use crate::support::*;

/// Two hosts: the client is the trial's own namespace, with the devices
/// `near0` to `near2`.
pub struct Hosts {
    /// The addresses of both.
    pub plan: Plan,
    /// The other host.
    pub server: Netns,
}

impl Hosts {
    /// Hosts with these addresses, and the in-kernel path manager.
    pub fn new(ns: &Sandbox, plan: Plan) -> Self {
        let server = server_on_three_links(ns);
        Hosts { plan, server }
    }

    /// Hosts that leave their connections to user space.
    pub fn in_user_space(ns: &Sandbox, plan: Plan) -> Self {
        let hosts = Hosts::new(ns, plan);
        let prepare = || {
            use_userspace_path_manager();
            // Beside them an IPv6 address with a port does not fit into a
            // packet, and the kernel never announces it.
            sysctl_write("net.ipv4.tcp_timestamps", "0");
        };
        prepare();
        hosts.server.run(prepare);
        hosts
    }

    /// A connection from the first address of each to the other.
    pub fn connect(self) -> Live {
        let mut ours = monitor("monitor");
        let mut theirs = self.server.run(|| monitor("monitor"));
        let any = with_port(self.plan.any, 0);
        let listener = self.server.run(|| mptcp_listen(&any));
        let port = listener.local_addr().expect("an address").port();
        let local = with_port(self.plan.near[0], 0);
        let remote = with_port(self.plan.far[0], port);
        let mut client = mptcp_connect_from(Some(&local), &remote);
        let mut accepted = accept(&listener);
        exchange(&mut client, &mut accepted);
        let ours_line = ours.line_with("[     ESTABLISHED]");
        let theirs_line = theirs.line_with("[     ESTABLISHED]");
        Live {
            plan: self.plan,
            token: field(&ours_line, "token").to_owned(),
            server_token: field(&theirs_line, "token").to_owned(),
            server: self.server,
            port,
            ours,
            theirs,
            client,
            accepted,
            _listener: listener,
        }
    }
}

/// A connection that data went over both ways.
pub struct Live {
    /// The addresses of both hosts.
    pub plan: Plan,
    /// The host that accepted the connection.
    pub server: Netns,
    /// The port it listens on, at each of its addresses.
    pub port: u16,
    /// The client's token, as its monitor printed it.
    pub token: String,
    /// The server's token.
    pub server_token: String,
    /// The client's monitor.
    pub ours: Running,
    /// The server's monitor.
    pub theirs: Running,
    client: TcpStream,
    accepted: TcpStream,
    _listener: TcpListener,
}

impl Live {
    /// Sends some bytes both ways.
    pub fn exchange(&mut self) {
        exchange(&mut self.client, &mut self.accepted);
    }

    /// Waits until the client has confirmed so many announcements. While it
    /// has one to confirm, the kernel drops a RM_ADDR and says nothing.
    pub fn wait_for_echoes(&self, count: u64) {
        wait_until("the announcements are confirmed", || {
            mptcp_counter("EchoAddTx") >= count
        });
    }

    /// An MPTCP listener on the server.
    pub fn listen(&self, address: &str, port: u16) -> TcpListener {
        let address = with_port(address, port);
        self.server.run(|| mptcp_listen(&address))
    }

    /// Opens a subflow from the client's second address to the server's, as
    /// id 5, with some more words, and waits until it stands at both ends.
    pub fn subflow(&mut self, words: &str) -> Subflow {
        let (local, remote) = (self.plan.near[1], self.plan.far[1]);
        let Live { token, port, .. } = self;
        let line = format!(
            "subflow create token {token} local {local} id 5 remote {remote} dport {port} {words}"
        );
        mptcp(&line).prints("");
        let ours = self.ours.line_with("[  SF_ESTABLISHED]");
        let theirs = self.theirs.line_with("[  SF_ESTABLISHED]");
        let sport = field(&ours, "sport").to_owned();
        assert_eq!(field(&theirs, "dport"), sport, "{theirs}");
        let path =
            format!("token {token} local {local} sport {sport} remote {remote} dport {port}");
        Subflow {
            path,
            sport,
            ours,
            theirs,
        }
    }
}

/// A subflow that stands.
pub struct Subflow {
    /// Its ends, as the client's `subflow` commands take them.
    pub path: String,
    /// The client's port.
    pub sport: String,
    /// What the client's monitor printed of it.
    pub ours: String,
    /// What the server's monitor printed.
    pub theirs: String,
}

/// The value behind `KEY=` in an event.
#[track_caller]
pub fn field<'a>(event: &'a str, key: &str) -> &'a str {
    let mut words = event.split_whitespace();
    let value = words.find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("no {key} in {event:?}"))
}

/// Whether an event has all these words.
#[track_caller]
pub fn says(event: &str, words: &[&str]) {
    for word in words {
        let found = event.split_whitespace().any(|had| had == *word);
        assert!(found, "no {word} in {event:?}");
    }
}

/// How the answer begins to a kernel's refusal in these words of today: before
/// Linux 6.14, some of them were others.
pub fn refusal(words: &str) -> String {
    let older = match words {
        "connect error: -99." => "RTNETLINK answers: Cannot assign requested address",
        "subflow not found." => "RTNETLINK answers: Invalid argument",
        _ if words.starts_with("address with id ") => "Error: address with specified id not found.",
        _ => "",
    };
    match before_linux(6, 14) && !older.is_empty() {
        true => older.to_owned(),
        false => format!("Error: {words}"),
    }
}

//! A connection over several paths, while its configuration changes.

use std::net::{TcpListener, TcpStream};

use super::setup::*;

trials! {
    paths_that_stay_are_not_touched, a_changed_address_is_followed, diff_says_what_it_breaks,
}

/// A connection of the client, this namespace, to the server.
struct Live {
    client: TcpStream,
    accepted: TcpStream,
    _listener: TcpListener,
}

impl Live {
    fn new(server: &Netns) -> Self {
        let any = with_port(V4.any, 0);
        let listener = server.run(|| mptcp_listen(&any));
        let port = listener.local_addr().expect("an address").port();
        let local = with_port(V4.near[0], 0);
        let client = mptcp_connect_from(Some(&local), &with_port(V4.far[0], port));
        let accepted = accept(&listener);
        let mut live = Live {
            client,
            accepted,
            _listener: listener,
        };
        live.talk();
        live
    }

    fn talk(&mut self) {
        for _ in 0..3 {
            exchange(&mut self.client, &mut self.accepted);
        }
    }
}

fn has_event(lines: &str, event: &str, address: &str) -> bool {
    let mut lines = lines.lines();
    lines.any(|line| line.contains(event) && line.contains(address))
}

/// Waits until the server has told of an event with this address of the client.
#[track_caller]
fn wait_for_event(monitor: &mut Running, event: &str, address: &str) {
    while !monitor.line_with(event).contains(address) {}
}

/// A server that takes further subflows, a client with this file applied, and a
/// monitor of the server.
fn hosts(ns: &Sandbox, text: &str) -> (Netns, Running) {
    let server = server_on_three_links(ns);
    server.run(|| mptcp("limits set subflows 8").ok());
    apply_text(text, "").ok();
    let theirs = server.run(|| monitor("monitor"));
    (server, theirs)
}

const TWO: &str = "endpoint flush\n\
                   limits set subflows 1\n\
                   endpoint add 10.0.2.1 dev near1 subflow\n";

const THREE: &str = "endpoint flush\n\
                     limits set subflows 2\n\
                     endpoint add 10.0.2.1 dev near1 subflow\n\
                     endpoint add 10.0.3.1 dev near2 subflow\n";

fn paths_that_stay_are_not_touched(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, TWO);
    let mut live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    apply_text(THREE, "").prints(
        "mptcp limits set subflows 2\n\
         mptcp endpoint add 10.0.3.1 dev near2 subflow\n",
    );
    live.talk();
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.3.1");
    live.talk();
    assert!(!theirs.text().contains("SF_CLOSED"), "{}", theirs.text());

    // Side by side: what scripts do today.
    let scratch = Scratch::new();
    let file = scratch.file("batch", THREE);
    Program::mptcp().arg("-batch").arg(file).run().ok();
    for address in ["10.0.2.1", "10.0.3.1"] {
        let closed = || has_event(&theirs.text(), "SF_CLOSED", address);
        wait_until("flush and add break the paths", closed);
    }
}

fn a_changed_address_is_followed(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, "");
    let scratch = Scratch::new();
    let text = "limits set subflows 4\nendpoint add dev near1 inet subflow\n\
                endpoint add 10.0.3.1 dev near2 subflow\n";
    let mut follower = follow(&scratch.file("conf", text), "");
    follower.line_with("10.0.2.1");
    follower.line_with("10.0.3.1");
    let mut live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.3.1");
    let index = endpoints();
    remove_address("near1", "10.0.2.1/24");
    add_address("near1", "10.0.2.7/24");
    let added = follower.line_with("endpoint add");
    assert_eq!(
        without_time(&added),
        "mptcp endpoint add 10.0.2.7 dev near1 subflow"
    );
    follower.line_with("mptcp endpoint delete id 1");
    live.talk();
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.7");
    let other = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter(|line| line.contains("near2"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(other(&endpoints()), other(&index));
    assert!(!has_event(&theirs.text(), "SF_CLOSED", "10.0.3.1"));
    let ended = follower.interrupt();
    assert_eq!(ended.status, 0, "{ended}");
}

fn diff_says_what_it_breaks(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, TWO);
    let _live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    mptcp("endpoint add 10.0.2.9 subflow").ok();
    let diff = Program::mptcp()
        .line("diff - only")
        .stdin("limits set subflows 1\n");
    diff.run().ends(
        1,
        "mptcp endpoint delete id 1 # closes 1 subflow\nmptcp endpoint delete id 2\n",
    );
}

//! Each of the ten events is made to happen, on both hosts, in all modes.

use super::lab::Lab;
use super::modes::Chorus;
use crate::support::*;

trials! { all_events_over_ipv4, all_events_over_ipv6, mapped_addresses }

fn all_events_over_ipv4(ns: &mut Sandbox) {
    all_events(ns, V4);
}

fn all_events_over_ipv6(ns: &mut Sandbox) {
    all_events(ns, V6);
}

fn all_events(ns: &mut Sandbox, addresses: Plan) {
    let mut lab = Lab::new(ns);
    let here = Chorus::start();
    let there = lab.server.run(Chorus::start);
    let lines = Lines(addresses);
    a_connection(&mut lab, &lines);
    a_signal_endpoint(&mut lab, &lines);
    a_subflow_endpoint(&mut lab, &lines);
    a_signal_endpoint_with_a_port(&mut lab, &lines);
    joins_denied(&mut lab, &lines);
    let [client, server] = lab.finish();
    here.agrees_with(&client.text());
    there.agrees_with(&server.text());
}

fn a_connection(lab: &mut Lab, lines: &Lines) {
    let server = lines.0.far[0];
    let listener = lab.listen(server, 7000);
    lab.expect("listen", &[], &[lines.listener("CREATED", server, 7000)]);
    let connection = lab.connect(&listener, server);
    let (here, there) = lines.connected(7000, "", " server_side");
    lab.expect("connect", &here, &there);
    drop(connection.client);
    lab.expect("the client closes", &[CLOSED.into()], &[]);
    drop(connection.server);
    lab.expect("the server closes", &[], &[CLOSED.into()]);
    drop(listener);
    lab.expect(
        "no listener",
        &[],
        &[lines.listener("CLOSED", server, 7000)],
    );
    lab.wait_closed();
}

fn a_signal_endpoint(lab: &mut Lab, lines: &Lines) {
    let Plan {
        near: client,
        far: server,
        any,
        ..
    } = lines.0;
    let listener = lab.listen(any, 7001);
    lab.expect("listen", &[], &[lines.listener("CREATED", any, 7001)]);
    lab.on_server(&format!("endpoint add {} dev far1 id 7 signal", server[1]));
    let mut connection = lab.connect(&listener, server[0]);
    let (mut here, mut there) = lines.connected(7001, "", " server_side");
    let ours = Subflow::new("remid=7 locid=1", client[1], "P", server[1], "7001");
    let theirs = Subflow::new("remid=1 locid=7", server[1], "7001", client[1], "P");
    here.push(lines.announced(7, server[1], 7001));
    here.push(lines.subflow("  SF_ESTABLISHED", &ours, "backup=0"));
    there.push(lines.subflow("  SF_ESTABLISHED", &theirs, "backup=0"));
    lab.expect("an address is announced", &here, &there);

    lab.on_server("endpoint change id 7 backup");
    connection.talk();
    let backup = lines.subflow("         SF_PRIO", &ours, "backup=1");
    lab.expect("backup", &[backup], &[]);
    lab.on_server("endpoint change id 7 nobackup");
    connection.talk();
    let no_backup = lines.subflow("         SF_PRIO", &ours, "backup=0");
    lab.expect("no backup", &[no_backup], &[]);

    lab.on_server("endpoint delete id 7");
    connection.talk();
    let here = [
        "[         REMOVED] token=T remid=7".into(),
        lines.subflow("       SF_CLOSED", &ours, "backup=0"),
    ];
    let there = [lines.subflow("       SF_CLOSED", &theirs, "backup=0")];
    lab.expect("the address is taken back", &here, &there);
    drop((connection.client, connection.server, listener));
    let there = [CLOSED.into(), lines.listener("CLOSED", any, 7001)];
    lab.expect("all is closed", &[CLOSED.into()], &there);
    lab.wait_closed();
    mptcp("endpoint flush").ok();
}

fn a_subflow_endpoint(lab: &mut Lab, lines: &Lines) {
    let Plan {
        near: client,
        far: server,
        ..
    } = lines.0;
    let listener = lab.listen(server[0], 7002);
    let mut connection = lab.connect(&listener, server[0]);
    let (here, mut there) = lines.connected(7002, "", " server_side");
    there.push(lines.listener("CREATED", server[0], 7002));
    lab.expect("connect", &here, &there);

    mptcp(&format!(
        "endpoint add {} dev near1 id 5 subflow",
        client[1]
    ))
    .ok();
    connection.talk();
    let ours = Subflow::new("remid=0 locid=5", client[1], "P", server[0], "7002");
    let theirs = Subflow::new("remid=5 locid=0", server[0], "7002", client[1], "P");
    let device = format!("backup=0 ifindex={} dev=near1", link_index("near1"));
    lab.expect(
        "a subflow on a live connection",
        &[lines.subflow("  SF_ESTABLISHED", &ours, &device)],
        &[lines.subflow("  SF_ESTABLISHED", &theirs, "backup=0")],
    );
    mptcp("endpoint change id 5 backup").ok();
    connection.talk();
    let backup = lines.subflow("         SF_PRIO", &theirs, "backup=1");
    lab.expect("backup", &[], &[backup]);
    mptcp("endpoint delete id 5").ok();
    connection.talk();
    lab.expect(
        "the subflow is closed",
        &[lines.subflow("       SF_CLOSED", &ours, &device)],
        &[
            "[         REMOVED] token=T remid=5".into(),
            lines.subflow("       SF_CLOSED", &theirs, "backup=1"),
        ],
    );
    drop((connection.client, connection.server, listener));
    let there = [CLOSED.into(), lines.listener("CLOSED", server[0], 7002)];
    lab.expect("all is closed", &[CLOSED.into()], &there);
    lab.wait_closed();
    // Without it the kernel goes on with the ids from 5.
    mptcp("endpoint flush").ok();
}

fn a_signal_endpoint_with_a_port(lab: &mut Lab, lines: &Lines) {
    let Plan {
        near: client,
        far: server,
        ..
    } = lines.0;
    // An IPv6 address with a port and a timestamp are too long for one packet.
    sysctl_write("net.ipv4.tcp_timestamps", "0");
    let listener = lab.listen(server[0], 7003);
    lab.on_server(&format!(
        "endpoint add {} dev far1 id 9 signal port 7777",
        server[1]
    ));
    let there = [
        lines.listener("CREATED", server[0], 7003),
        lines.listener("CREATED", server[1], 7777),
    ];
    lab.expect("the kernel listens itself", &[], &there);
    let connection = lab.connect(&listener, server[0]);
    let (mut here, mut there) = lines.connected(7003, "", " server_side");
    let ours = Subflow::new("remid=9 locid=1", client[1], "P", server[1], "7777");
    let theirs = Subflow::new("remid=1 locid=9", server[1], "7777", client[1], "P");
    here.push(lines.announced(9, server[1], 7777));
    here.push(lines.subflow("  SF_ESTABLISHED", &ours, "backup=0"));
    there.push(lines.subflow("  SF_ESTABLISHED", &theirs, "backup=0"));
    lab.expect("an address with a port is announced", &here, &there);
    drop((connection.client, connection.server, listener));
    let there = [CLOSED.into(), lines.listener("CLOSED", server[0], 7003)];
    lab.expect("all is closed", &[CLOSED.into()], &there);
    lab.wait_closed();
    lab.on_server("endpoint flush");
    mptcp("endpoint flush").ok();
    let there = [lines.listener("CLOSED", server[1], 7777)];
    lab.expect("the kernel listens no more", &[], &there);
    lab.wait_closed();
}

fn joins_denied(lab: &mut Lab, lines: &Lines) {
    const ALLOW: &str = "net.mptcp.allow_join_initial_addr_port";
    let server = lines.0.far[0];
    let both = [
        // What a host denies, its peer is told.
        ("1", "0", " deny_join_id0", " server_side"),
        ("0", "0", " deny_join_id0", " server_side deny_join_id0"),
    ];
    for (ours, theirs, here, there) in both {
        sysctl_write(ALLOW, ours);
        lab.server.run(|| sysctl_write(ALLOW, theirs));
        let listener = lab.listen(server, 7004);
        let connection = lab.connect(&listener, server);
        drop((connection.client, connection.server, listener));
        let (mut here, mut there) = lines.connected(7004, here, there);
        here.push(CLOSED.into());
        there.push(CLOSED.into());
        there.push(lines.listener("CREATED", server, 7004));
        there.push(lines.listener("CLOSED", server, 7004));
        lab.expect("joins denied", &here, &there);
    }
}

fn mapped_addresses(ns: &mut Sandbox) {
    let mut lab = Lab::new(ns);
    let here = Chorus::start();
    let there = lab.server.run(Chorus::start);
    let listener = lab.listen(V6.any, 7005);
    let connection = lab.connect(&listener, V4.far[0]);
    drop((connection.client, connection.server, listener));
    let (mut client, _) = Lines(V4).connected(7005, "", "");
    client.push(CLOSED.into());
    let ids = "token=T remid=0 locid=0";
    let ends = "saddr6=::ffff:10.0.1.2 daddr6=::ffff:10.0.1.1 sport=7005 dport=P server_side";
    let server = [
        "[LISTENER_CREATED] saddr6=:: sport=7005".into(),
        format!("[         CREATED] {ids} {ends}"),
        format!("[     ESTABLISHED] {ids} {ends}"),
        CLOSED.into(),
        "[ LISTENER_CLOSED] saddr6=:: sport=7005".into(),
    ];
    lab.expect("IPv4 to an IPv6 listener", &client, &server);
    let [client, server] = lab.finish();
    here.agrees_with(&client.text());
    there.agrees_with(&server.text());
}

const CLOSED: &str = "[          CLOSED] token=T";

/// What is printed with the addresses of a run.
struct Lines(Plan);

/// One end of a subflow: its ids, its own address and the other one's.
struct Subflow {
    ids: &'static str,
    local: [String; 2],
    remote: [String; 2],
}

impl Subflow {
    fn new(ids: &'static str, local: &str, port: &str, remote: &str, remote_port: &str) -> Self {
        Subflow {
            ids,
            local: [local.into(), port.into()],
            remote: [remote.into(), remote_port.into()],
        }
    }
}

impl Lines {
    fn listener(&self, what: &str, address: &str, port: u16) -> String {
        let family = self.0.family;
        let title = format!("LISTENER_{what}");
        format!("[{title:>16}] saddr{family}={address} sport={port}")
    }

    fn announced(&self, id: u8, address: &str, port: u16) -> String {
        let family = self.0.family;
        format!("[       ANNOUNCED] token=T remid={id} daddr{family}={address} dport={port}")
    }

    fn subflow(&self, title: &str, subflow: &Subflow, rest: &str) -> String {
        let (ids, family) = (subflow.ids, self.0.family);
        let ([local, port], [remote, remote_port]) = (&subflow.local, &subflow.remote);
        format!(
            "[{title}] token=T {ids} saddr{family}={local} daddr{family}={remote} \
             sport={port} dport={remote_port} {rest}"
        )
    }

    /// What client and server say of a new connection.
    fn connected(&self, port: u16, here: &str, there: &str) -> (Vec<String>, Vec<String>) {
        let port = port.to_string();
        let (client, server) = (self.0.near[0], self.0.far[0]);
        let ours = Subflow::new("remid=0 locid=0", client, "P", server, &port);
        let theirs = Subflow::new("remid=0 locid=0", server, &port, client, "P");
        let both = |end: &Subflow, rest: &str| {
            let say = |title| {
                let line = self.subflow(title, end, "");
                format!("{}{rest}", line.trim_end())
            };
            vec![say("         CREATED"), say("     ESTABLISHED")]
        };
        (both(&ours, here), both(&theirs, there))
    }
}

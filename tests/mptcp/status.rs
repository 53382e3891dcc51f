//! `status` and `report`: the state of a host, on one screen and in full.

use serde_json::Value;

use crate::support::*;

trials! {
    a_host_on_one_screen, json_has_the_same, problems_are_counted, a_quiet_host_is_short,
    nobody_needs_a_privilege, a_report_has_its_sections, a_public_report_names_nobody,
}

struct Lab {
    server: Netns,
    _listener: std::net::TcpListener,
    _pair: (std::net::TcpStream, std::net::TcpStream),
}

impl Lab {
    fn new(ns: &Sandbox) -> Self {
        let server = server_on_three_links(ns);
        let limits = || mptcp("limits set subflows 2 add_addr_accepted 2").ok();
        limits();
        server.run(limits);
        mptcp("endpoint add 10.0.2.1 dev near1 id 1 subflow").ok();
        let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
        let mut client = mptcp_connect("10.0.1.2:8080");
        let mut accepted = accept(&listener);
        for _ in 0..3 {
            exchange(&mut client, &mut accepted);
        }
        wait_until("two paths", || {
            let status = json(&mptcp("-json status").ok().text());
            status["connections"]["by_paths"]["2"] == 1
        });
        Lab {
            server,
            _listener: listener,
            _pair: (client, accepted),
        }
    }
}

fn a_host_on_one_screen(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let text = mptcp("status").ok().text();
    for line in [
        "MPTCP         on",
        "limits        subflows 2, add_addr_accepted 2",
        "10.0.2.1 id 1 subflow dev near1 ",
        "1 connection: 1 with 2 paths",
        "check: no problem found",
    ] {
        assert!(text.lines().any(|found| found == line), "{line:?}: {text}");
    }
    assert!(text.contains("    up; 1 connection; sent "), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let server = lab.server.run(|| mptcp("status")).ok().text();
    assert!(server.contains("no endpoints\n"), "{server}");
    mptcp("st").ok();
}

fn json_has_the_same(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    let status = json(&mptcp("-json status").ok().text());
    assert_eq!(status["enabled"], true);
    assert_eq!(status["limits"]["subflows"], 2);
    let [endpoint] = &status["endpoints"].as_array().expect("endpoints")[..] else {
        panic!("{status}");
    };
    for (key, value) in [
        ("address", Value::from("10.0.2.1")),
        ("id", 1.into()),
        ("subflow", true.into()),
        ("dev", "near1".into()),
        ("up", true.into()),
        ("carrier", true.into()),
        ("connections", 1.into()),
        ("stalled", 0.into()),
    ] {
        assert_eq!(endpoint[key], value, "{key}");
    }
    assert_eq!(status["connections"]["total"], 1);
    assert_eq!(
        (&status["problems"], &status["warnings"]),
        (&0.into(), &0.into())
    );
    let pretty = json(&mptcp("-json -pretty status").ok().text());
    assert_eq!(pretty["limits"], status["limits"]);
}

fn problems_are_counted(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    set_down("near1");
    let text = mptcp("status").ok().text();
    assert!(text.contains("    down; "), "{text}");
    assert!(
        text.contains("check: 1 problem; for details, run: mptcp check\n"),
        "{text}"
    );
    sysctl_write("net.mptcp.enabled", "0");
    sysctl_write("net.mptcp.checksum_enabled", "1");
    let text = mptcp("status").ok().text();
    assert!(text.contains("MPTCP         off\n"), "{text}");
    assert!(
        text.contains("sysctl        checksum_enabled = 1\n"),
        "{text}"
    );
}

fn a_quiet_host_is_short(_ns: &mut Sandbox) {
    let text = mptcp("status").ok().text();
    assert!(
        text.ends_with("\nno endpoints\n\nno connections\ncheck: no problem found\n"),
        "{text}"
    );
}

fn nobody_needs_a_privilege(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    let with = json(&mptcp("-json status").ok().text());
    let without = json(&without_net_admin(|| mptcp("-json status")).ok().text());
    assert_eq!(
        with["endpoints"][0]["connections"],
        without["endpoints"][0]["connections"]
    );
    assert_eq!(with["connections"], without["connections"]);
}

fn a_report_has_its_sections(ns: &mut Sandbox) {
    let _lab = Lab::new(ns);
    let text = mptcp("report").run_text();
    let headings: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let expected = [
        "status",
        "build",
        "kernel",
        "sysctls",
        "endpoints",
        "limits",
        "links",
        "addresses",
        "routes",
        "rules",
        "counters",
        "connections",
        "check",
    ];
    assert_eq!(headings, expected);
    for line in ["10.0.2.1/24 dev near1", "net.mptcp.enabled = 1"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    assert!(
        text.contains("10.0.1.0/24 dev near0 src 10.0.1.1 table 254"),
        "{text}"
    );
    assert!(text.contains(": inet from all lookup 254"), "{text}");
    assert!(text.contains("bytes_acked"), "{text}");
}

fn a_public_report_names_nobody(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    add_address("near1", "fd07:5eed::77/64");
    let connections = json(&mptcp("-json connection").ok().text());
    let token = connections[0]["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let hidden = token.strip_prefix("0x").expect("a number").to_owned();
    let text = mptcp("report public").run_text();
    assert!(
        text.starts_with("Addresses and tokens are replaced"),
        "{text}"
    );
    let peer = lab
        .server
        .run(|| json(&mptcp("-json connection").ok().text()));
    let peer = peer[0]["token"].as_str().expect("a token")[2..].to_owned();
    for known in ["10.0.", "fd07:5eed", "fd01:", "fd02:", &hidden, &peer] {
        assert!(!text.contains(known), "{known}: {text}");
    }
    // Both ends of a link are in one network still.
    let status = text
        .lines()
        .find(|line| line.contains(" id 1 subflow dev near1"));
    let address = status
        .expect("an endpoint")
        .split(' ')
        .next()
        .expect("an address");
    let network = address.rsplit_once('.').expect("an address").0;
    assert!(
        text.contains(&format!("{network}.0/24 dev near1 src {address}")),
        "{text}"
    );
}

trait RunText {
    fn run_text(self) -> String;
}

impl RunText for Output {
    /// What was printed, whatever was warned of.
    fn run_text(self) -> String {
        assert_eq!(self.status, 0, "{self}");
        self.text()
    }
}

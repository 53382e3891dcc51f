//! A client with three links to a server, and what is found there.

use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::support::*;

/// The client is the calling thread's namespace; its connections begin on
/// `near0`, and `near1` is to give a further path.
pub struct Lab {
    pub server: Netns,
}

/// A connection, by both its ends.
pub struct Pair {
    pub client: TcpStream,
    pub server: TcpStream,
}

impl Lab {
    /// All is set up, and nothing is wrong.
    #[track_caller]
    pub fn new(ns: &Sandbox) -> Self {
        let server = server_on_three_links(ns);
        mptcp("limits set subflows 2 add_addr_accepted 0").ok();
        server.run(|| mptcp("limits set subflows 2 add_addr_accepted 0").ok());
        mptcp("endpoint add 10.0.2.1 dev near1 subflow").ok();
        quiet();
        Lab { server }
    }

    pub fn listen(&self) -> TcpListener {
        self.listen_on("0.0.0.0:8080")
    }

    pub fn listen_on(&self, address: &str) -> TcpListener {
        self.server.run(|| mptcp_listen(address))
    }

    /// Runs a command of the system on the server.
    #[track_caller]
    pub fn on_server(&self, line: &str) {
        self.server.run(|| run(line));
    }
}

/// Connects to the server's first address, and waits until the first data was
/// acknowledged.
pub fn connect(listener: &TcpListener) -> Pair {
    connect_to(listener, "10.0.1.2:8080")
}

pub fn connect_to(listener: &TcpListener, address: &str) -> Pair {
    let client = mptcp_connect(address);
    let mut pair = Pair {
        client,
        server: accept(listener),
    };
    exchange(&mut pair.client, &mut pair.server);
    pair
}

/// Runs a command of the system or ours, which succeeds.
#[track_caller]
pub fn run(line: &str) {
    let output = typed(line);
    assert_eq!(output.status, 0, "{output}");
}

/// Runs a command of the system or ours.
#[track_caller]
fn typed(line: &str) -> Output {
    let mut words = line.split_whitespace();
    let program = words.next().expect("a program");
    let program = match program {
        "mptcp" => Program::mptcp(),
        name => {
            need_tool(name);
            Program::new(name)
        }
    };
    program.args(words).run()
}

/// What is found, by check and level.
#[track_caller]
pub fn found(line: &str) -> Vec<(String, String)> {
    let text = |of: &Value, key: &str| of[key].as_str().expect("a text").to_owned();
    let found = findings(line);
    let found = found
        .iter()
        .map(|of| (text(of, "check"), text(of, "level")));
    found.collect()
}

#[track_caller]
pub fn findings(line: &str) -> Vec<Value> {
    let output = Program::mptcp().arg("-json").line(line).run();
    assert_eq!(output.errors(), "", "{output}");
    let found = json(&output.text());
    let found = found.as_array().expect("an array").clone();
    let failed = found.iter().any(|of| of["level"] == "fail");
    assert_eq!(output.status, i32::from(failed), "{output}");
    found
}

/// Nothing is wrong.
#[track_caller]
pub fn quiet() {
    mptcp("check").prints("no problem found\n");
    assert_eq!(found("check"), []);
}

/// This alone is wrong, and its evidence can be shown; the finding.
#[track_caller]
pub fn finds(check: &str, level: &str) -> Value {
    let found = findings("check");
    let is_it = |of: &Value| of["check"] == check && of["level"] == level;
    assert!(
        found.len() == 1 && found.iter().all(is_it),
        "not {check} {level}: {found:#?}"
    );
    show_evidence();
    found.into_iter().next().expect("one")
}

/// What a finding says.
#[track_caller]
pub fn message(finding: &Value) -> &str {
    finding["says"].as_str().expect("words")
}

/// Runs the commands in parentheses after what was seen: each is one that the
/// system has, and prints what it is to show.
#[track_caller]
fn show_evidence() {
    let text = mptcp("check").text();
    let seen = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("seen: "));
    for line in seen {
        let (_, commands) = line.split_once(" (").expect("a command");
        for command in commands.trim_end_matches(')').split("; ") {
            let output = typed(command);
            let errors = output.errors();
            let misused = ["Usage", "nknown", "rror: ", "nvalid"];
            assert!(
                !misused.iter().any(|word| errors.contains(word)) && output.status < 3,
                "{command}: {output}"
            );
            // The first line is a heading.
            let is_counted = output.text().lines().count() > 1;
            assert!(
                !command.starts_with("nstat") || is_counted,
                "{command}: {output}"
            );
        }
    }
}

/// The same, as soon as it is there.
#[track_caller]
pub fn comes_to(check: &str, level: &str) -> Value {
    let wanted = [(check.to_owned(), level.to_owned())];
    wait_until(&format!("not {check} {level}"), || found("check") == wanted);
    finds(check, level)
}

/// The commands that fix it.
pub fn fix(finding: &Value) -> Vec<String> {
    let commands = finding["fix"].as_array().expect("commands").iter();
    let words = |command: &Value| {
        let words = command.as_array().expect("words").iter();
        let words: Vec<_> = words.map(|word| word.as_str().expect("a word")).collect();
        words.join(" ")
    };
    commands.map(words).collect()
}

/// How many subflows the client's connection has that are established.
pub fn paths() -> usize {
    let text = mptcp("-json connection").ok().text();
    let connections = json(&text);
    let subflows = connections[0]["subflows"].as_array();
    let established = |of: &&Value| of["state"] == "established";
    subflows.map_or(0, |of| of.iter().filter(established).count())
}

/// Runs them; then the live connection has its path, and nothing is wrong.
#[track_caller]
pub fn brings_the_path(finding: &Value) {
    apply(finding);
    wait_until("the second path", || paths() == 2);
    quiet();
}

/// Runs them; then it is gone.
#[track_caller]
pub fn mend(finding: &Value) {
    apply(finding);
    quiet();
}

#[track_caller]
pub fn apply(finding: &Value) {
    let commands = fix(finding);
    assert!(!commands.is_empty(), "nothing to run: {finding}");
    for command in commands {
        run(&command);
    }
}

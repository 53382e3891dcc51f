//! Runs the commands of a section, and compares what they print.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::path::Path;

use super::alike::{TOKEN, Values};
use super::blocks::{Command, MANUAL, Section};
use super::lab::{Lab, connections, subflows};
use super::recipes::{Host, Start, Then};
use crate::support::*;

pub fn play(ns: &Sandbox, section: &Section, start: &Start, then: Then) {
    let mut player = Player::new(Lab::new(ns), section.document == MANUAL);
    let mut hosts = Vec::new();
    match start {
        Start::Laptop => {}
        Start::Configured => player.lab.configure(),
        Start::Connected => {
            player.lab.configure();
            player.lab.connect();
            wait_until("two paths", || subflows().len() == 2);
        }
        Start::Refusing => {
            player.lab.configure();
            player
                .lab
                .server
                .run(|| mptcp("limits set subflows 0").ok());
        }
        Start::WithoutRoute => {
            mptcp("endpoint add 10.0.2.1 dev wwan0 subflow").ok();
        }
        Start::On(on) => hosts.extend(*on),
        Start::NotRun(why) => panic!("not run: {why}"),
    }
    let mut hosts = hosts.into_iter();
    for block in &section.blocks {
        let host = hosts.next().unwrap_or(&Host::Laptop);
        for command in &block.commands {
            match host {
                Host::Laptop => player.play(command),
                Host::Server => {
                    let server = player.lab.server.clone();
                    server.run(|| player.play(command));
                }
            }
        }
    }
    player.end();
    match then {
        Then::Nothing => {}
        Then::TwoPaths => {
            player.lab.disconnect();
            player.lab.connect();
            wait_until("two paths", || subflows().len() == 2);
            mptcp("check").prints("no problem found\n");
            player
                .lab
                .server
                .run(|| mptcp("check").prints("no problem found\n"));
        }
    }
}

struct Player {
    lab: Lab,
    values: Values,
    /// Files that the commands write.
    directory: Scratch,
    path: OsString,
    /// What was started with `&`.
    background: Option<Running>,
    /// The documentation has commands alone, not what they print.
    commands_only: bool,
}

impl Player {
    fn new(lab: Lab, commands_only: bool) -> Self {
        let ours = Path::new(MPTCP).parent().expect("a directory");
        let path = env::var_os("PATH").unwrap_or_default();
        let mut directories = vec![ours.to_path_buf()];
        directories.extend(env::split_paths(&path));
        directories.extend(["/usr/sbin", "/sbin"].map(Into::into));
        Player {
            lab,
            values: Values::default(),
            directory: Scratch::new(),
            path: env::join_paths(directories).expect("a PATH"),
            background: None,
            commands_only,
        }
    }

    #[track_caller]
    fn play(&mut self, command: &Command) {
        self.find_values(&command.line);
        let line = self.values.fill(&command.line);
        need(&line);
        if line.is_empty() {
            self.lab.connect();
            self.compare(command, "");
        } else if let Some(line) = line.strip_suffix('&') {
            self.background = Some(self.start(line));
            self.compare(command, "");
        } else if is_endless(&line) {
            self.watch(command, &line);
        } else if self.defines_a_file(command) {
            self.directory
                .file(&line["cat ".len()..], command.output.join("\n") + "\n");
        } else {
            let output = self.program(&line).run();
            let finds = ["check", "diff"].iter().any(|word| line.contains(word));
            assert!(
                output.status == 0 || output.status == 1 && finds,
                "{output}"
            );
            assert!(
                !self.commands_only || !output.text().contains("Error"),
                "{output}"
            );
            self.compare(command, &output.text());
            if line.contains("subflow create") {
                wait_until("the subflow", || subflows().len() == 2);
            }
        }
    }

    /// A token stands for the live connection, and a port for the one of its
    /// subflow from the address that is typed.
    fn find_values(&mut self, line: &str) {
        if line.contains(TOKEN) && !self.values.knows(TOKEN) {
            let connections = connections();
            let connection = connections.last().expect("a connection");
            self.values
                .set(TOKEN, connection["token"].as_str().expect("a token"));
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let after = |keyword| words.iter().skip_while(|word| **word != keyword).nth(1);
        let (Some(port), Some(local)) = (after("sport"), after("local")) else {
            return;
        };
        if !self.values.knows(port) {
            let subflows = subflows();
            let subflow = subflows.iter().find(|of| of["saddr4"] == **local);
            let subflow =
                subflow.unwrap_or_else(|| panic!("no subflow from {local}: {subflows:?}"));
            self.values.set(port, &subflow["sport"].to_string());
        }
    }

    /// Whether the command shows a file that the reader is to write.
    fn defines_a_file(&self, command: &Command) -> bool {
        let file = command.line.strip_prefix("cat ");
        file.is_some_and(|file| !self.directory.join(file).exists())
    }

    /// Runs what ends only when it is interrupted, until it has printed what the
    /// documentation has, or anything.
    #[track_caller]
    fn watch(&mut self, command: &Command, line: &str) {
        let mut running = self.start(line);
        if !line.contains("existing") || !self.lab.is_connected() {
            self.lab.connect();
        }
        for documented in &command.output {
            if documented.contains("\"CLOSED\"") || documented.contains(" CLOSED]") {
                self.lab.disconnect();
            }
            let real = running.next_line(SOON).expect("a further line");
            self.expect(command, documented, &real);
        }
        if command.output.is_empty() {
            running.next_line(SOON).expect("a line");
        }
        running.interrupt().ok();
    }

    fn start(&self, line: &str) -> Running {
        let running = self.program(line).start();
        if line.contains("monitor") {
            running.wait_subscribed();
        }
        running
    }

    fn program(&self, line: &str) -> Program {
        // A signal reaches the program itself if it is the last of the line.
        let exec = if is_endless(line) { "exec " } else { "" };
        Program::new("sh")
            .args(["-c", &format!("exec 2>&1; {exec}{line}")])
            .env("PATH", &self.path)
            .directory(&*self.directory)
    }

    /// The documented lines are those that the command printed, and those that a
    /// program in the background prints meanwhile.
    #[track_caller]
    fn compare(&mut self, command: &Command, printed: &str) {
        if self.commands_only {
            return;
        }
        // The lab is a network namespace, which the program takes for a container.
        let lines = printed
            .lines()
            .filter(|line| !line.starts_with("in a container: "));
        let mut lines: VecDeque<_> = lines.collect();
        for documented in &command.output {
            if let Some(real) = lines.pop_front() {
                self.expect(command, documented, real);
                continue;
            }
            let further = self.background.as_mut().and_then(|of| of.next_line(SOON));
            let further =
                further.unwrap_or_else(|| panic!("{}: no line {documented:?}", command.line));
            self.expect(command, documented, &further);
        }
        assert!(
            lines.is_empty(),
            "{}: not documented: {lines:#?}",
            command.line
        );
    }

    #[track_caller]
    fn expect(&mut self, command: &Command, documented: &str, real: &str) {
        let same = self.values.match_line(documented, real);
        assert!(
            same,
            "{}\n  documented {documented:?}\n  printed    {real:?}\n  {:?}",
            command.line, self.values
        );
    }

    fn end(&mut self) {
        if let Some(running) = self.background.take() {
            running.interrupt().ok();
        }
    }
}

/// Leaves the section out where a command of it cannot be run.
fn need(line: &str) {
    let program = line.split_whitespace().next().unwrap_or_default();
    if !["", "mptcp", "echo"].contains(&program) {
        need_tool(program);
    }
    if line.contains("net.mptcp.path_manager") && before_linux(6, 15) {
        left_out("net.mptcp.path_manager needs Linux 6.15");
    }
}

fn is_endless(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.any(|word| ["monitor", "watch", "every", "follow"].contains(&word))
        && !line.contains(" count ")
}

//! Plays a session in a sandbox.

use std::fs;
use std::path::{Path, PathBuf};

use super::directive::Directive;
use super::judge::{Measure, differences};
use super::session::{Entry, Item, Outcome, Session};
use crate::support::*;

/// Who plays the part of `mptcp`.
#[derive(Debug, Clone)]
pub enum Player {
    /// The binary under test.
    Ours,
    /// An iproute2 `ip`.
    Ip(PathBuf),
}

/// Plays the commands in order and takes down what they did in `session`.
/// Returns the differences from what was expected, as lines that begin with
/// the file's name and the line's number.
pub fn play(session: &mut Session, name: &str, player: &Player, ns: &mut Sandbox) -> Vec<String> {
    let mut stage = Stage::new(ns);
    let mut found = Vec::new();
    let (mut exact, mut unprivileged, mut differs) = (false, false, None);
    for item in &mut session.0 {
        match item {
            Item::Prose(_) => {}
            Item::Directive(_, Directive::Exact) => exact = true,
            Item::Directive(_, Directive::Unprivileged) => unprivileged = true,
            Item::Directive(_, Directive::Differs(number)) => differs = Some(*number),
            Item::Directive(_, directive) => stage.set(directive),
            Item::Entry(entry) => {
                let run = || stage.run(entry, player);
                let outcome = if unprivileged {
                    without_net_admin(run)
                } else {
                    run()
                };
                let measure = match player {
                    Player::Ip(_) => Measure::Same,
                    Player::Ours if exact => Measure::SameButHints,
                    Player::Ours => Measure::Compatible,
                };
                let theirs = matches!(player, Player::Ip(_));
                if !(theirs && differs.is_some()) {
                    let here = format!("{name}:{}: $ {}", entry.number, entry.text);
                    let differences = differences(&entry.outcome, &outcome, measure);
                    found.extend(differences.iter().map(|what| format!("{here}\n    {what}")));
                    entry.record(outcome);
                }
                (exact, unprivileged, differs) = (false, false, None);
            }
        }
    }
    found
}

struct Stage<'a> {
    ns: &'a mut Sandbox,
    directory: Scratch,
    namespaces: Vec<Netns>,
}

impl<'a> Stage<'a> {
    fn new(ns: &'a mut Sandbox) -> Self {
        Stage {
            ns,
            directory: Scratch::new(),
            namespaces: Vec::new(),
        }
    }

    fn set(&mut self, directive: &Directive) {
        match directive {
            Directive::Device(names) => names.iter().for_each(|name| add_device(name)),
            Directive::Address(device, address) => add_address(device, address),
            Directive::Rename(device, name) => rename_link(device, name),
            Directive::Remove(device) => delete_link(device),
            Directive::Netns(name) => {
                let namespace = Netns::new();
                self.ns.name_netns(name, &namespace);
                self.namespaces.push(namespace);
            }
            Directive::Host(address, name) => {
                self.replace("/etc/hosts", &format!("{address} {name}\n"));
                self.replace("/etc/nsswitch.conf", "hosts: files\n");
            }
            Directive::Unprivileged | Directive::Exact | Directive::Differs(_) => {}
        }
    }

    /// Lets the sandbox see another content of a file of the system.
    fn replace(&self, file: &str, content: &str) {
        let file = Path::new(file);
        let name = file.file_name().expect("a file");
        let ours = self.directory.file(name, content);
        if file.exists() {
            self.ns.bind(ours, file);
        }
    }

    fn run(&self, entry: &Entry, player: &Player) -> Outcome {
        let command = &entry.command;
        if command.words[0] == "cat" {
            let file = command.output.as_ref().expect("a file's name");
            self.directory.file(file, entry.stdin());
            return Outcome::default();
        }
        let mut program = match player {
            Player::Ours => Program::mptcp().args(&command.words[1..]),
            Player::Ip(path) => Program::new(path).args(command.for_ip()),
        };
        program = program.directory(&*self.directory).stdin(entry.stdin());
        for (name, value) in &command.environment {
            program = program.env(name, value);
        }
        if let Some(target) = &command.output {
            let target = self.directory.join(target);
            let target = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(target);
            program = program.stdout(target.expect("a file for the output"));
        }
        let output = program.run();
        Outcome {
            stdout: output.text(),
            stderr: output.errors(),
            status: output.status,
        }
    }
}

//! Completions of an unfinished command line. The scripts in `completions/`
//! get them from `mptcp complete`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use clap::{Arg, ValueHint};

use super::grammar::{Command, Kind, Object, kind, significant, value_name};
use super::options::{self, CommandLine, Next};
use super::{Error, arguments, find_object, is_mptcp, monitor, objects, selector};

/// What can follow at the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The word at the cursor, as far as it is typed.
    pub typed: OsString,
    /// The network namespaces to be entered before the kernel is asked.
    pub netns: Vec<OsString>,
    /// Words, each with what it means.
    pub words: Vec<(String, String)>,
    /// Values that the kernel or the system knows.
    pub live: Option<Live>,
    /// The connection and subflow, as far as the words before it identify them.
    pub known: selector::Words,
    /// It is, or may be, for another object of `ip` than `mptcp`.
    pub is_for_ip: bool,
}

/// Values to look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// The names of network devices.
    Devices,
    /// The ids of endpoints.
    EndpointIds,
    /// The addresses of endpoints.
    EndpointAddresses,
    /// The names of counters.
    Counters,
    /// The tokens of connections.
    Tokens,
    /// What the subflows have that are already known in part.
    Subflows(Part),
    /// Network namespaces with a name.
    Namespaces,
    /// Files: the shell knows better how to complete them.
    Files,
    /// The programs in PATH.
    Programs,
}

/// A part of a subflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The address of this host.
    Local,
    /// Its port.
    Sport,
    /// The address of the peer.
    Remote,
    /// Its port.
    Dport,
    /// The id of the address of this host.
    Id,
}

/// Returns what can take the place of the last word. The first word is the
/// program: `ip` is completed after its object `mptcp`.
pub fn complete(typed: &[&OsStr]) -> Completion {
    let [program, before @ .., last] = typed else {
        return Completion::default();
    };
    let mut completion = Completion {
        typed: (*last).to_owned(),
        ..Completion::default()
    };
    let of_ip = program.as_bytes().rsplit(|&byte| byte == b'/').next() == Some(b"ip");
    match options::parse(before) {
        Ok(line) if line.next == Next::Command => completion.after_options(line, of_ip),
        // The value of the last option is still to come.
        Err(Error::Required(_)) if !of_ip => completion.option_value(before),
        _ => completion.is_for_ip = of_ip,
    }
    let typed = last.as_bytes();
    completion
        .words
        .retain(|(word, _)| word.as_bytes().starts_with(typed));
    completion
}

impl Completion {
    fn offer(&mut self, word: impl Into<String>, about: impl Into<String>) {
        self.words.push((word.into(), about.into()));
    }

    fn option_value(&mut self, before: &[&OsStr]) {
        let Some(option) = before.last().and_then(|word| options::named(word)) else {
            return;
        };
        if option.names == ["batch"] {
            self.live = Some(Live::Files);
        } else if option.names == ["netns"] {
            self.live = Some(Live::Namespaces);
        } else if option.names == ["family"] {
            for family in options::FAMILIES {
                self.offer(family, "");
            }
        }
    }

    fn after_options(&mut self, line: CommandLine, of_ip: bool) {
        self.netns = line.options.netns;
        match (line.words, of_ip) {
            ([object, rest @ ..], true) if is_mptcp(object) => self.object(rest, true),
            ([_, ..], true) => self.is_for_ip = true,
            ([], true) => {
                self.is_for_ip = true;
                self.offer("mptcp", "Multipath TCP");
            }
            ([], false) => {
                self.options();
                self.object(&[], false);
            }
            (words, false) => self.object(words, false),
        }
    }

    fn options(&mut self) {
        if !self.typed.as_bytes().starts_with(b"-") {
            return;
        }
        for option in options::TABLE.iter() {
            if let (Some(about), Some(name)) = (option.about, option.names.last()) {
                self.offer(format!("-{name}"), about);
            }
        }
        for when in ["always", "auto", "never"] {
            self.offer(format!("-color={when}"), "");
        }
        self.offer("--version", "print the version");
    }

    fn object(&mut self, words: &[&OsStr], of_ip: bool) {
        let [name, words @ ..] = words else {
            let theirs = |object: &&'static Object| !of_ip || object.of_ip;
            for object in objects::OBJECTS.iter().filter(theirs) {
                self.offer(object.name, object.about);
            }
            return self.help();
        };
        // The monitor of `ip` takes no words.
        if let Some(object) = find_object(name)
            && !(of_ip && object.name == "monitor")
        {
            self.command(object, words, of_ip);
        }
    }

    fn help(&mut self) {
        if self.typed.as_bytes().starts_with(b"-") {
            self.offer("--help", "what each word means");
        }
    }

    fn command(&mut self, object: &'static Object, words: &[&OsStr], of_ip: bool) {
        if words.is_empty() {
            let theirs = |command: &&Command| !of_ip || command.of_ip();
            for command in object.commands.iter().filter(theirs) {
                self.offer(command.name, command.about);
            }
        }
        match object.resolve(words) {
            Ok((Some(command), rest)) if !words.is_empty() || object.takes_words() => {
                self.word(object, command, rest);
            }
            Ok(_) => self.help(),
            Err(_) => {}
        }
    }

    fn word(&mut self, object: &Object, command: &Command, words: &[&OsStr]) {
        let declared = command.declare();
        let mut used = Vec::new();
        let mut words = words.iter();
        let first = declared.get_arguments().next();
        if let Some(first) = first.filter(|word| kind(word) == Kind::First) {
            if words.next().is_none() {
                self.live = live(object, command, first);
                return self.help();
            }
            used.push(first.get_id());
        }
        let rest = declared
            .get_arguments()
            .find(|word| kind(word) == Kind::Rest);
        if rest.is_some_and(|word| word.get_id() == "program") {
            // What follows the program is its own affair.
            let words = words.as_slice();
            let program = words.strip_prefix(&[OsStr::new("--")]).unwrap_or(words);
            let is_name = program.is_empty() && !self.typed.as_bytes().contains(&b'/');
            self.live = Some(if is_name { Live::Programs } else { Live::Files });
            if words.is_empty() {
                self.help();
            }
            return;
        }
        while let Some(word) = words.next() {
            let Some(known) = arguments::find(&declared, word) else {
                continue;
            };
            if kind(known) == Kind::Keyword {
                let Some(value) = words.next() else {
                    return self.value(object, command, known);
                };
                // A wrong value does not narrow the choice.
                let _ = self.known.set(known.get_id().as_str(), value);
            }
            used.push(known.get_id());
        }
        for word in significant(&declared).filter(|word| !used.contains(&word.get_id())) {
            match kind(word) {
                kind if kind.is_operand() => self.live = live(object, command, word),
                _ => {
                    let help = word.get_help().map(ToString::to_string);
                    self.offer(word.get_id().as_str(), help.unwrap_or_default());
                }
            }
        }
        self.help();
    }

    fn value(&mut self, object: &Object, command: &Command, keyword: &Arg) {
        for value in keyword.get_possible_values() {
            self.offer(value.get_name(), "");
        }
        if value_name(keyword) == "EVENTS" {
            let typed = self.typed.to_string_lossy().into_owned();
            for names in monitor::completed(&typed) {
                self.offer(names, "");
            }
        }
        self.live = live_part(object, command, keyword.get_id().as_str())
            .or_else(|| live(object, command, keyword));
    }
}

/// The part of a subflow that a keyword takes.
fn live_part(object: &Object, command: &Command, keyword: &str) -> Option<Live> {
    if object.of_ip && object.name != "monitor" {
        return None;
    }
    // A new subflow has an address and port of its own, but the same peer.
    let is_old = !matches!(command.name, "create" | "announce");
    Some(match keyword {
        "token" => Live::Tokens,
        "remote" => Live::Subflows(Part::Remote),
        "dport" => Live::Subflows(Part::Dport),
        "local" if is_old => Live::Subflows(Part::Local),
        "sport" if is_old => Live::Subflows(Part::Sport),
        "id" if is_old => Live::Subflows(Part::Id),
        _ => return None,
    })
}

/// The values that a word takes, if they can be looked up.
fn live(object: &Object, command: &Command, word: &Arg) -> Option<Live> {
    if word.get_value_hint() == ValueHint::FilePath {
        return Some(Live::Files);
    }
    // A new endpoint has an id and an address that no other one has.
    let is_old = object.name == "endpoint" && command.name != "add";
    match value_name(word) {
        "NAME" if object.name == "counters" => Some(Live::Counters),
        "NAME" => Some(Live::Devices),
        "ID" if is_old => Some(Live::EndpointIds),
        "ADDRESS" if is_old => Some(Live::EndpointAddresses),
        _ => None,
    }
}

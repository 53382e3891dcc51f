//! Usage and help, made from the grammar.

use std::fmt::Write;

use super::grammar::{Command, Kind, Object, Word};
use super::objects::{OBJECTS, commands};
use super::{options, subflow};

/// The width that a line of help keeps to.
const WIDTH: usize = 80;

/// What a missing object prints: the whole grammar, briefly.
pub fn usage() -> String {
    let mut text = fold("Usage: mptcp", "[ OPTIONS ] OBJECT [ COMMAND ... ]");
    for (object, command) in commands() {
        text += &synopsis("       ", object, command);
    }
    let options: String = options::help()
        .filter_map(|line| line.split_once("  "))
        .map(|(option, _)| format!("[ {option} ] "))
        .collect();
    text += &fold("OPTIONS :=", &options);
    text + "Objects, commands and keywords may be shortened. More about each of them:\n\
            mptcp --help, mptcp endpoint add --help, man mptcp"
}

/// What `help` prints: the usage, and the one thing that takes several steps.
pub fn guide() -> String {
    usage() + "\n\n" + walkthrough().trim_end()
}

/// How a connection is managed by hand.
fn walkthrough() -> String {
    let mut text = String::from("To manage one connection by hand, watch it and name its token:\n");
    text += &indented(subflow::EXAMPLE);
    text
}

/// What `--help` prints.
pub fn overview() -> String {
    let mut text = String::from("mptcp: configure and watch Multipath TCP on this host\n\n");
    text += "Usage: mptcp [ OPTIONS ] OBJECT [ COMMAND ... ]\n\nObjects:\n";
    for object in &OBJECTS {
        let _ = writeln!(text, "  {:<15}  {}", object.name, object.about);
    }
    text += "\nCommands:\n";
    for (object, command) in commands() {
        text += &synopsis("  ", object, command);
    }
    text += "\nOptions, before the object:\n";
    for line in options::help() {
        let _ = writeln!(text, "  {line}");
    }
    text += "  --help           this text; after a command: its words, with examples\n";
    text += "\nTo try it without touching this host, in a namespace that goes away by itself:\n";
    text += "  unshare --user --map-root-user --net sh -c \\\n    \'mptcp endpoint add 10.0.0.2 subflow && mptcp endpoint show\'\n\n";
    text + &walkthrough()
}

/// What `--help` after an object prints: its commands.
pub fn object(object: &'static Object) -> String {
    let usage = object_usage(object);
    format!("{}: {}\n\n{usage}\n", object.name, object.about)
}

/// What an object prints that has no command of its own to fall back on.
pub fn object_usage(object: &'static Object) -> String {
    let mut text = String::new();
    let mut lead = "Usage: ";
    for command in object.commands {
        text += &synopsis(lead, object, command);
        lead = "       ";
    }
    let example = object.commands[0].name;
    text += "\nEach command explains its words: mptcp ";
    text + object.name + " " + example + " --help"
}

/// What `--help` after a command prints: its words and some examples.
pub fn command(command: &Command) -> String {
    let found = commands().find(|(_, other)| std::ptr::eq(*other, command));
    let mut text = format!("{}\n\n", command.about);
    if let Some((object, command)) = found {
        text += &synopsis("Usage: ", object, command);
    }
    if !command.words.is_empty() {
        text += "\n";
    }
    for word in command.words {
        let _ = writeln!(text, "  {:<21}  {}", typed(word), word.help);
    }
    text + "\nFor example:\n" + &indented(command.example)
}

/// Lines to copy stand off from the text around them.
fn indented(lines: &str) -> String {
    let lines = lines.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    lines.collect()
}

/// A word as it is typed.
fn typed(word: &Word) -> String {
    match word.kind {
        Kind::Keyword(value) => format!("{} {}", word.name, value.name()),
        Kind::Operand(value) => value.name().to_owned(),
        _ => word.name.to_owned(),
    }
}

/// One command with all that may follow.
fn synopsis(lead: &str, object: &Object, command: &Command) -> String {
    let mut line = format!("{lead}mptcp {}", object.name);
    if !command.name.is_empty() {
        line = line + " " + command.name;
    }
    fold(&line, command.synopsis)
}

/// Lines of groups behind a lead, folded between the groups.
fn fold(lead: &str, synopsis: &str) -> String {
    let indent = " ".repeat(lead.len());
    let mut text = String::new();
    let mut line = lead.to_owned();
    for group in groups(synopsis) {
        if line.len() + 1 + group.len() > WIDTH {
            text = text + &line + "\n";
            line.clone_from(&indent);
        }
        line = line + " " + &group;
    }
    text + &line + "\n"
}

/// The parts of a synopsis that are not torn apart: bracketed groups, and
/// keywords with the name of their value.
fn groups(synopsis: &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    let mut depth = 0;
    for word in synopsis.split_whitespace() {
        let joins = depth > 0 || word.chars().all(char::is_uppercase);
        match groups.last_mut() {
            Some(group) if joins => *group = format!("{group} {word}"),
            _ => groups.push(word.to_owned()),
        }
        match word {
            "[" | "{" => depth += 1,
            "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    groups
}

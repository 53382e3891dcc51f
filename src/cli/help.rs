//! Usage and help, made from the grammar.

use clap::Arg;

use super::grammar::{Command, Kind, Object, kind, significant, value_name};
use super::objects::commands;
use super::{options, subflow};

/// The width that a line of help keeps to.
pub const WIDTH: usize = 80;

/// The usage: the whole grammar, briefly.
pub fn usage() -> String {
    let mut text = fold("Usage: mptcp", "[ OPTIONS ] OBJECT [ COMMAND ... ]");
    for (object, command) in commands() {
        text += &synopsis("       ", object, command);
    }
    let options: String = documented_options()
        .map(|(option, _)| format!("[ {} ] ", option.shown()))
        .collect();
    text += &fold("OPTIONS :=", &options);
    text + "Objects, commands and keywords can be abbreviated. For more, see:\n\
            mptcp --help, mptcp endpoint add --help, man mptcp"
}

/// The options that have an effect, and which.
fn documented_options() -> impl Iterator<Item = (&'static options::Entry, &'static str)> {
    let documented = |option: &'static options::Entry| Some((option, option.about?));
    options::TABLE.iter().filter_map(documented)
}

/// `help`: the usage, and the one task that takes several steps.
pub fn guide() -> String {
    usage() + "\n\n" + walkthrough().trim_end()
}

/// How a connection is managed by hand.
fn walkthrough() -> String {
    let mut text = String::from("To manage one connection by hand, watch it and name its token:\n");
    text += &indented(subflow::EXAMPLE);
    text
}

/// `--help`. A test compares this text with the declarations: to make it from
/// them in each run would cost ten times as much as all the rest.
pub const OVERVIEW: &str = include_str!("help/overview.txt");

/// Makes [`OVERVIEW`] from the declarations.
#[cfg(test)]
pub(super) fn overview() -> String {
    let mut text = String::from("mptcp: configure and monitor Multipath TCP on this host\n\n");
    text += "Usage: mptcp [ OPTIONS ] OBJECT [ COMMAND ... ]\n\nObjects:\n";
    for object in super::objects::OBJECTS {
        let about = object.about.split_whitespace().map(str::to_owned);
        text += &fill(&format!("  {:<16}", object.name), about);
    }
    text += "\nCommands:\n";
    for (object, command) in commands() {
        text += &synopsis("  ", object, command);
    }
    text += "\nOptions, before the object:\n";
    for (option, about) in documented_options() {
        text += &format!("  {:<15}  {about}\n", option.shown());
    }
    text += "  --help           print this help; after a command, explain its words\n";
    text += "\nTo try it without touching this host, in a temporary namespace:\n";
    text += "  unshare --user --map-root-user --net sh -c \\\n    \'mptcp endpoint add 10.0.0.2 subflow && mptcp endpoint show\'\n\n";
    text + &walkthrough()
}

/// `--help` after an object: its commands.
pub fn object(object: &'static Object) -> String {
    let usage = object_usage(object);
    format!("{}: {}\n\n{usage}\n", object.name, object.about)
}

/// The usage of an object that has no default command.
pub fn object_usage(object: &'static Object) -> String {
    let mut text = String::new();
    let mut lead = "Usage: ";
    for command in object.commands {
        text += &synopsis(lead, object, command);
        lead = "       ";
    }
    let example = object.commands.first().map_or("", |command| command.name);
    text += "\nEach command explains its words: mptcp ";
    text + object.name + " " + example + " --help"
}

/// `--help` after a command: its words and some examples.
pub fn command(object: &Object, command: &Command) -> String {
    let mut text = format!("{}\n\n", command.about);
    text += &synopsis("Usage: ", object, command);
    let declared = command.declare();
    let typed = significant(&declared).map(|word| as_typed(word).len());
    let column = typed.max().unwrap_or_default();
    for (at, word) in significant(&declared).enumerate() {
        let lead = if at == 0 { "\n" } else { "" };
        let help = word.get_help().map(ToString::to_string).unwrap_or_default();
        let words = help.split_whitespace().map(str::to_owned);
        text += lead;
        text += &fill(&format!("  {:<column$} ", as_typed(word)), words);
    }
    text + "\nFor example:\n" + &indented(command.example)
}

/// Indents lines to copy.
fn indented(lines: &str) -> String {
    let lines = lines.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    lines.collect()
}

/// A word as it is typed.
fn as_typed(word: &Arg) -> String {
    match kind(word) {
        Kind::Keyword => format!("{} {}", word.get_id(), value_name(word)),
        Kind::Operand | Kind::First | Kind::Rest => value_name(word).to_owned(),
        Kind::Flag | Kind::Refused => word.get_id().to_string(),
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

/// Lines of groups after a lead, folded between the groups.
fn fold(lead: &str, synopsis: &str) -> String {
    let room = WIDTH.saturating_sub(lead.len() + 1);
    let parts = groups(synopsis).into_iter().flat_map(|group| {
        // A group that is wider than the line is split after all.
        let apart = group.len() > room;
        let group = if apart {
            group.replace(" | ", "\n| ")
        } else {
            group
        };
        group.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    fill(lead, parts)
}

/// Lines of parts after a lead; no part is split.
fn fill(lead: &str, parts: impl Iterator<Item = String>) -> String {
    let indent = " ".repeat(lead.len());
    let mut text = String::new();
    let mut line = lead.to_owned();
    for group in parts {
        if line.len() + 1 + group.len() > WIDTH {
            text = text + &line + "\n";
            line.clone_from(&indent);
        }
        line = line + " " + &group;
    }
    text + &line + "\n"
}

/// The parts of a synopsis that are not split: bracketed groups, and
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

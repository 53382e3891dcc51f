//! What the shells need to know of the grammar.

use std::collections::HashSet;

use mptcp_cli::cli::grammar::{Command, Kind, Object, Value, Word};
use mptcp_cli::cli::objects::{self, OBJECTS};
use mptcp_cli::cli::options;

/// How many objects iproute2 has too; the others are our own.
const SHARED: usize = 4;

/// A word to offer, and a few words on it.
pub struct Offer {
    pub word: String,
    pub about: String,
}

/// A word that a value may follow.
pub struct Taker {
    pub name: &'static str,
    /// What to offer for its value; empty if there is no value.
    pub values: &'static str,
}

/// One command and its words.
pub struct Line {
    pub object: &'static str,
    /// Empty where the object is the command.
    pub command: &'static str,
    /// Stand for themselves, and only in full.
    pub flags: Vec<&'static str>,
    /// A value follows.
    pub keywords: Vec<Taker>,
    /// What stands without a keyword; empty if nothing can be offered for it.
    pub operand: &'static str,
    /// Those flags and keywords that have a meaning in this command.
    pub offers: Vec<Offer>,
}

/// The options that mean something, with one dash.
pub fn options_offered() -> Vec<Offer> {
    let explained = options::described().filter_map(|option| {
        let (_, about) = option.help?.split_once("  ")?;
        let name = option.names.last()?;
        Some(Offer {
            word: format!("-{name}"),
            about: about.trim().to_owned(),
        })
    });
    explained.collect()
}

/// Every name of every option, in the order in which abbreviations are tried.
pub fn options_known() -> Vec<Taker> {
    let known = options::described().flat_map(|option| {
        let values = option.value.map_or("", value_of_option);
        option.names.iter().map(move |name| Taker { name, values })
    });
    known.collect()
}

/// The objects, in the order in which abbreviations are tried.
pub fn objects() -> Vec<Offer> {
    OBJECTS.iter().map(object).collect()
}

/// The names of the objects that iproute2 has too.
pub fn shared_objects() -> Vec<&'static str> {
    let shared = OBJECTS.iter().take(SHARED);
    shared.map(|object| object.name).collect()
}

/// The commands of an object, in the order in which abbreviations are tried.
pub fn commands(object: &str) -> Vec<Offer> {
    let found = OBJECTS.iter().find(|known| known.name == object);
    let commands = found.map(|object| object.commands).unwrap_or_default();
    commands
        .iter()
        .map(|command| Offer {
            word: command.name.to_owned(),
            about: command.about.to_owned(),
        })
        .collect()
}

/// Every command of every object.
pub fn lines() -> Vec<Line> {
    objects::commands()
        .map(|(object, command)| line(object, command))
        .collect()
}

fn object(object: &Object) -> Offer {
    Offer {
        word: object.name.to_owned(),
        about: object.about.to_owned(),
    }
}

fn line(object: &Object, command: &Command) -> Line {
    let mut line = Line {
        object: object.name,
        command: command.name,
        flags: Vec::new(),
        keywords: Vec::new(),
        operand: "",
        offers: Vec::new(),
    };
    let mut known = HashSet::new();
    for word in command.words.iter().chain(command.tolerated) {
        // The first of a name is the one that is found.
        if !known.insert(word.name) {
            continue;
        }
        match word.kind {
            Kind::Keyword(value) => line.keywords.push(Taker {
                name: word.name,
                values: values(line.object, line.command, value),
            }),
            Kind::Operand(value) => line.operand = values(line.object, line.command, value),
            Kind::Flag | Kind::FlagAgainst(_) | Kind::Refused(_) => line.flags.push(word.name),
        }
    }
    for word in command.words {
        if offered(word) {
            line.offers.push(Offer {
                word: word.name.to_owned(),
                about: word.help.to_owned(),
            });
        }
    }
    line
}

fn offered(word: &Word) -> bool {
    !word.help.is_empty() && !matches!(word.kind, Kind::Operand(_))
}

/// What the system can tell of the values after a keyword. The endpoints there
/// are help where one of them is meant, not where a new one is described.
fn values(object: &str, command: &str, value: Value) -> &'static str {
    let existing = object == "endpoint" && command != "add";
    match value {
        Value::Device => "devices",
        Value::Id | Value::EndpointId if existing => "ids",
        Value::Address if existing && command == "change" => "addresses",
        _ => "unknown",
    }
}

fn value_of_option(value: &str) -> &'static str {
    match value {
        "netns name" => "namespaces",
        "batch file" => "files",
        "family type" => "families",
        _ => "unknown",
    }
}

//! The tables of the grammar against themselves: a synopsis tells of every word
//! that a command has, and of no other.

use mptcp_cli::cli::grammar::{Command, Kind, Value};
use mptcp_cli::cli::objects;

trials! {
    every_synopsis_names_all_words_and_no_others,
    every_word_that_is_not_just_tolerated_has_its_help,
}

/// What a synopsis names: a word, a word with its value, or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    word: Option<&'static str>,
    value: Option<&'static str>,
}

/// Whether it is the name of a value.
fn is_value(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn in_synopsis(command: &Command) -> Vec<Named> {
    let notation = ["[", "]", "{", "}", "|", "..."];
    let words = command.synopsis.split_whitespace();
    let mut words = words.filter(|word| !notation.contains(word)).peekable();
    let mut named = Vec::new();
    while let Some(word) = words.next() {
        let takes_value = command.words.iter().any(|known| {
            let keyword = matches!(known.kind, Kind::Keyword(_));
            known.name == word && keyword
        });
        named.push(match is_value(word) {
            true => Named {
                word: None,
                value: Some(word),
            },
            false => Named {
                word: Some(word),
                value: words.next_if(|_| takes_value),
            },
        });
    }
    named.sort_unstable();
    named
}

fn in_table(command: &Command) -> Vec<Named> {
    let named = command.words.iter().map(|word| {
        let (keyword, value): (_, Option<Value>) = match word.kind {
            Kind::Operand(value) => (None, Some(value)),
            Kind::Keyword(value) => (Some(word.name), Some(value)),
            Kind::Flag | Kind::FlagAgainst(_) | Kind::Refused(_) => (Some(word.name), None),
        };
        Named {
            word: keyword,
            value: value.map(Value::name),
        }
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named
}

fn every_synopsis_names_all_words_and_no_others() {
    let mut some = false;
    for (object, command) in objects::commands() {
        let title = format!("{} {}", object.name, command.name);
        assert_eq!(in_synopsis(command), in_table(command), "{title}");
        some |= !command.words.is_empty();
    }
    assert!(some, "there are commands with words");
}

fn every_word_that_is_not_just_tolerated_has_its_help() {
    for (object, command) in objects::commands() {
        for word in command.words {
            let title = format!("{} {} {}", object.name, command.name, word.name);
            assert!(!word.help.is_empty(), "{title}");
        }
    }
}

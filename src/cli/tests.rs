//! The tables of the grammar against themselves.

use std::collections::BTreeSet;

use super::grammar::{Command, Kind, kind, significant, value_name};
use super::help;
use super::objects::{OBJECTS, commands};
use super::options::TABLE;

/// What a synopsis names: a word, a word with its value, or a value.
type Named = (String, String);

fn is_value(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn in_synopsis(command: &Command) -> Vec<Named> {
    let declared = command.declare();
    let keywords: BTreeSet<String> = significant(&declared)
        .filter(|word| kind(word) == Kind::Keyword)
        .map(|word| word.get_id().to_string())
        .collect();
    let notation = ["[", "]", "{", "}", "|", "..."];
    let words = command.synopsis.split_whitespace();
    let mut words = words.filter(|word| !notation.contains(word)).peekable();
    let mut named = Vec::new();
    while let Some(word) = words.next() {
        named.push(if is_value(word) {
            (String::new(), word.to_owned())
        } else {
            let value = words.next_if(|_| keywords.contains(word));
            (word.to_owned(), value.unwrap_or_default().to_owned())
        });
    }
    named.sort_unstable();
    named
}

fn declared(command: &Command) -> Vec<Named> {
    let declared = command.declare();
    let named = significant(&declared).map(|word| {
        let name = match kind(word) {
            kind if kind.is_operand() => String::new(),
            _ => word.get_id().to_string(),
        };
        (name, value_name(word).to_owned())
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named
}

#[test]
fn every_synopsis_names_all_words_and_no_others() {
    let mut some = false;
    for (object, command) in commands() {
        let title = format!("{} {}", object.name, command.name);
        assert_eq!(in_synopsis(command), declared(command), "{title}");
        some |= !command.synopsis.is_empty();
    }
    assert!(some, "there are commands with words");
}

#[test]
fn a_synopsis_shows_what_is_required() {
    for (object, command) in commands() {
        let declared = command.declare();
        let required = declared.get_arguments().any(clap::Arg::is_required_set);
        let title = format!("{} {}", object.name, command.name);
        assert!(!required || command.requires_words(), "{title}");
    }
}

#[test]
fn every_documented_word_has_its_help() {
    for (object, command) in commands() {
        for word in significant(&command.declare()) {
            let title = format!("{} {} {}", object.name, command.name, word.get_id());
            assert!(
                word.get_help()
                    .is_some_and(|help| !help.to_string().is_empty()),
                "{title}"
            );
        }
    }
}

/// After a change of the tables: `MPTCP_RENEW=1 cargo test --lib overview`.
#[test]
fn the_overview_is_what_the_tables_make_of_it() {
    let made = help::overview();
    if std::env::var_os("MPTCP_RENEW").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/help/overview.txt");
        std::fs::write(file, &made).unwrap();
    }
    assert!(
        made == help::OVERVIEW,
        "MPTCP_RENEW=1 cargo test --lib overview"
    );
}

#[test]
fn no_line_of_help_is_wider_than_a_terminal() {
    let mut texts = vec![help::usage(), help::guide(), help::overview()];
    texts.extend(
        OBJECTS
            .iter()
            .filter(|object| !object.commands.is_empty())
            .map(help::object),
    );
    texts.extend(commands().map(|(object, command)| help::command(object, command)));
    let lines = texts.iter().flat_map(|text| text.lines());
    let wide: Vec<&str> = lines
        .filter(|line| line.chars().count() > help::WIDTH)
        .collect();
    assert_eq!(wide, [""; 0]);
}

#[test]
fn clap_finds_no_fault_with_what_is_declared_to_it() {
    for (_, command) in commands() {
        command.declare().debug_assert();
    }
}

#[test]
fn an_object_is_known_by_its_shortest_form() {
    for object in OBJECTS {
        assert!(object.name.starts_with(object.shortest), "{}", object.name);
        let found = super::find_object(object.shortest.as_ref());
        assert_eq!(found.map(|found| found.name), Some(object.name));
    }
}

#[test]
fn an_option_is_shown_with_what_may_be_left_out() {
    let shown = |name: &str| {
        let option = TABLE.iter().find(|option| option.names.contains(&name));
        option.map(|option| option.shown()).unwrap_or_default()
    };
    assert_eq!(shown("json"), "-j[son]");
    assert_eq!(shown("tshort"), "-ts[hort]");
    assert_eq!(shown("force"), "-fo[rce]");
    assert_eq!(shown("rcvbuf"), "-rc[vbuf] SIZE");
    assert_eq!(shown("color"), "-c[olor][=WHEN]");
    assert_eq!(shown("netns"), "-n[etns] NAME");
    assert_eq!(shown("echo"), "-echo");
}

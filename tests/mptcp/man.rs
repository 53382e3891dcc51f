//! The manual page against the grammar: what can be typed is explained.

use std::collections::BTreeSet;
use std::fs;

use crate::support::*;
use mptcp_cli::cli::grammar::{Kind, kind, significant, value_name};
use mptcp_cli::cli::objects;
use mptcp_cli::cli::options;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/man/mptcp.8");

trials! {
    every_command_and_word_is_explained, every_section_is_a_command, every_object_is_listed,
    every_option_is_explained, mandoc_has_no_complaint, man_has_no_complaint,
}

/// The lines between a heading and the next one, as they are in the source.
fn section(macro_name: &str, title: &str) -> String {
    let page = fs::read_to_string(PAGE).expect("the manual page");
    let heading = format!("{macro_name} {title}");
    let mut lines = page.lines().skip_while(|line| *line != heading);
    assert!(
        lines.next().is_some(),
        "no section {title:?} in the manual page"
    );
    let ends = |line: &&str| !line.starts_with(".Sh") && !line.starts_with(macro_name);
    lines.take_while(ends).collect::<Vec<_>>().join("\n")
}

/// Whether a macro line has this word marked up as that.
fn marks(text: &str, macro_name: &str, word: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.trim_start_matches('.').split_whitespace();
        words.any(|found| found == macro_name) && line.split_whitespace().any(|found| found == word)
    })
}

fn every_command_and_word_is_explained() {
    for (object, command) in objects::commands() {
        let title = format!("{} {}", object.name, command.name);
        let text = section(".Ss", title.trim_end());
        for word in significant(&command.declare()) {
            let name = word.get_id().as_str();
            let (macro_name, word, value) = match kind(word) {
                kind if kind.is_operand() => ("Ar", value_name(word), None),
                Kind::Keyword => ("Cm", name, Some(value_name(word))),
                _ => ("Cm", name, None),
            };
            let is_item = |line: &&str| line.starts_with(".It");
            let items: Vec<_> = text.lines().filter(is_item).collect();
            let items = items.join("\n");
            assert!(
                marks(&items, macro_name, word),
                "{title}: {word} is not explained"
            );
            let named = value.is_none_or(|value| marks(&text, "Ar", value));
            assert!(named, "{title}: {word} has no {value:?}");
        }
    }
}

fn every_section_is_a_command() {
    let known: BTreeSet<_> = objects::commands()
        .map(|(object, command)| format!("{} {}", object.name, command.name))
        .collect();
    let text = section(".Sh", "DESCRIPTION");
    let titles = text.lines().filter_map(|line| line.strip_prefix(".Ss "));
    let unknown: Vec<_> = titles
        .filter(|title| *title != "help" && !known.iter().any(|known| known.trim_end() == *title))
        .collect();
    assert!(unknown.is_empty(), "explained, but not there: {unknown:?}");
}

fn every_object_is_listed() {
    let list = section(".Sh", "DESCRIPTION");
    for (object, _) in objects::commands() {
        assert!(
            marks(&list, "It", object.name),
            "{} is not listed",
            object.name
        );
    }
}

fn every_option_is_explained() {
    let text = section(".Sh", "OPTIONS");
    for name in options::TABLE
        .iter()
        .filter_map(|option| option.names.last())
    {
        assert!(marks(&text, "Fl", name), "-{name} is not explained");
    }
}

fn mandoc_has_no_complaint() {
    need_tool("mandoc");
    let words = ["-T", "lint", "-W", "warning", PAGE];
    Program::new("mandoc").args(words).run().prints("");
}

fn man_has_no_complaint() {
    need_tool("man");
    let words = ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", PAGE];
    Program::new("man")
        .args(words)
        .env("MANWIDTH", "80")
        .run()
        .ok();
}

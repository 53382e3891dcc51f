//! What the documentation shows is what happens: the commands of README.md,
//! docs/ and the manual page are run in a lab, and their output is compared with
//! the one that is printed there.
//!
//! A fence `console` in Markdown and a literal display in the manual page hold
//! commands. The table in `recipes` has each section with such blocks: the state
//! of the lab that it starts from, or why it cannot be run. A section that the
//! table does not know fails.

use std::collections::BTreeSet;

use crate::support::*;
use blocks::{Section, sections};
use recipes::{RECIPES, Recipe, Start};

mod alike;
mod blocks;
mod lab;
mod links;
mod play;
mod recipes;

trials! {
    the_table_has_each_section_and_no_other, the_front_page_is_short;
    alike::trials(), links::trials(), recipes()
}

/// A trial for each section that can be run.
fn recipes() -> Vec<Trial> {
    let known = |section: Section| Some((find(&section)?, section));
    let trial = |(recipe, section): (&'static Recipe, Section)| {
        let name = format!("{}: {}", section.document, section.title);
        match &recipe.start {
            Start::NotRun(_) => None,
            start => Some(trial!(&name, move |ns: &mut Sandbox| play::play(
                ns,
                &section,
                start,
                recipe.then
            ))),
        }
    };
    let sections = sections().into_iter();
    sections.filter_map(known).filter_map(trial).collect()
}

fn find(section: &Section) -> Option<&'static Recipe> {
    let is_it = |recipe: &&Recipe| recipe.section == (&section.document, &section.title);
    RECIPES.iter().find(is_it)
}

fn the_table_has_each_section_and_no_other() {
    let sections = sections();
    let unknown = sections.iter().filter(|section| find(section).is_none());
    let unknown: Vec<_> = unknown
        .map(|section| (&section.document, &section.title))
        .collect();
    assert!(unknown.is_empty(), "neither run nor excused: {unknown:?}");

    let there: BTreeSet<_> = sections
        .iter()
        .map(|section| (section.document.as_str(), section.title.as_str()))
        .collect();
    assert_eq!(there.len(), sections.len(), "a title stands twice");
    let gone: Vec<_> = RECIPES
        .iter()
        .filter(|recipe| !there.contains(&recipe.section))
        .map(|recipe| recipe.section)
        .collect();
    assert!(gone.is_empty(), "in the table only: {gone:?}");
    for recipe in RECIPES {
        if let Start::NotRun(why) = recipe.start {
            assert!(!why.is_empty(), "{:?}: no reason", recipe.section);
        }
    }
}

fn the_front_page_is_short() {
    let lines = blocks::read("README.md").lines().count();
    assert!(lines <= 150, "README.md has {lines} lines");
}

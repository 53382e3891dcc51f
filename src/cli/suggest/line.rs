//! The whole line that was meant if the first word is not an object.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::shell;

use super::super::grammar::Object;
use super::super::objects::OBJECTS;
use super::{Hint, nearest, synonym};

/// A hint for a word that is not an object, from the words after it.
pub fn object(word: &OsStr, rest: &[&OsStr]) -> Hint {
    // What it is called by `ip`.
    match (word.to_str(), rest) {
        (Some("ip"), [name, rest @ ..]) if *name == "mptcp" => {
            return Hint::Near(line(&[], rest));
        }
        (Some("mptcp"), rest) => return Hint::Near(line(&[], rest)),
        _ => {}
    }
    if let Some(line) = by_command(word, rest) {
        return Hint::Near(line);
    }
    let begun = begun(word);
    if !begun.is_empty() {
        return Hint::Text(too_short(&begun));
    }
    let near = nearest(word, names()).or_else(|| skeleton(word));
    if let Some(near) = near {
        return Hint::Near(line(&[near], rest));
    }
    match misspelt(word, rest) {
        Some(line) => Hint::Near(line),
        None => Hint::one_of(names()),
    }
}

fn names() -> impl Iterator<Item = &'static str> + Clone {
    OBJECTS.iter().map(|object| object.name)
}

/// The words as they would be typed.
fn line(first: &[&str], rest: &[&OsStr]) -> String {
    let mut line = String::from("mptcp");
    for word in first {
        line = line + " " + word;
    }
    for word in rest {
        line = line + " " + &shell::quoted(word.as_bytes());
    }
    line
}

/// The line of a command whose object is missing, or comes after it.
fn by_command(word: &OsStr, rest: &[&OsStr]) -> Option<String> {
    if let [name, rest @ ..] = rest
        && let Some(object) = OBJECTS.iter().find(|object| *name == object.name)
        && let Some(command) = command_of(object, word)
    {
        return Some(line(&[object.name, command], rest));
    }
    let fitting = || fitting(rest);
    let exact = |object: &'static Object| {
        let mut names = object.commands.iter().map(|command| command.name);
        Some((object, names.find(|name| word == *name)?))
    };
    let same = |object: &'static Object| Some((object, command_of(object, word)?));
    let found = fitting().find_map(exact);
    let found = found.or_else(|| fitting().find_map(same));
    let (object, command) = found.or_else(|| OBJECTS.iter().find_map(exact))?;
    Some(line(&[object.name, command], rest))
}

/// The objects that serve single connections where a token is given, else the
/// others.
fn fitting(rest: &[&OsStr]) -> impl Iterator<Item = &'static Object> {
    let token = rest.iter().any(|word| *word == "token");
    OBJECTS.iter().filter(move |object| object.of_ip != token)
}

/// The command of the object that has this name or means much the same.
fn command_of(object: &Object, word: &OsStr) -> Option<&'static str> {
    let mut names = object.commands.iter().map(|command| command.name);
    let exact = names.clone().find(|name| word == *name);
    exact.or_else(|| synonym(word, &mut names))
}

/// The line of a command that is nearly written so.
fn misspelt(word: &OsStr, rest: &[&OsStr]) -> Option<String> {
    fitting(rest).find_map(|object| {
        let names = object.commands.iter().map(|command| command.name);
        let command = nearest(word, names)?;
        Some(line(&[object.name, command], rest))
    })
}

fn too_short(objects: &[(&str, &str)]) -> String {
    let forms = objects.iter();
    let forms: Vec<String> = forms
        .map(|(name, shortest)| format!("\"{shortest}\" for {name}"))
        .collect();
    match forms.as_slice() {
        [form] => format!("too short; the shortest form is {form}"),
        forms => format!("too short; the shortest forms are {}", forms.join(", ")),
    }
}

/// The objects that begin so, and have a longer shortest form.
fn begun(word: &OsStr) -> Vec<(&'static str, &'static str)> {
    let Some(word) = word.to_str().filter(|word| !word.is_empty()) else {
        return Vec::new();
    };
    let begun = OBJECTS
        .iter()
        .filter(|object| object.name.starts_with(word));
    begun.map(|object| (object.name, object.shortest)).collect()
}

/// The only object that is left of when letters are left out: `ep` is
/// `endpoint`.
fn skeleton(word: &OsStr) -> Option<&'static str> {
    let word = word.to_str().filter(|word| word.len() > 1)?;
    let is_left = |name: &&str| {
        let mut letters = name.chars();
        let first = word.chars().next() == name.chars().next();
        first
            && word
                .chars()
                .all(|letter| letters.any(|left| left == letter))
    };
    let mut left = names().filter(is_left);
    match (left.next(), left.next()) {
        (Some(name), None) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(line: &str) -> String {
        let words: Vec<&OsStr> = line.split_whitespace().map(OsStr::new).collect();
        match object(words[0], &words[1..]) {
            Hint::Near(line) => line,
            hint => format!("{hint:?}"),
        }
    }

    #[test]
    fn the_line_that_was_meant_is_named() {
        for (typed, meant) in [
            ("add 10.0.0.2", "mptcp endpoint add 10.0.0.2"),
            ("show", "mptcp endpoint show"),
            ("list", "mptcp endpoint show"),
            ("ls", "mptcp endpoint show"),
            ("rm id 3", "mptcp endpoint delete id 3"),
            ("remove id 3", "mptcp endpoint delete id 3"),
            ("delte id 3", "mptcp endpoint delete id 3"),
            ("set subflows 2", "mptcp limits set subflows 2"),
            ("show limits", "mptcp limits show"),
            ("remove token 7 id 3", "mptcp address remove token 7 id 3"),
            ("create token 7", "mptcp subflow create token 7"),
            ("ep", "mptcp endpoint"),
            ("endpoints show", "mptcp endpoint show"),
            ("LIMITS", "mptcp limits"),
            ("mptcp endpoint show", "mptcp endpoint show"),
            ("ip mptcp endpoint show", "mptcp endpoint show"),
        ] {
            assert_eq!(near(typed), meant, "{typed}");
        }
        assert!(near("route").contains("one of these"));
        assert!(near("xx").contains("one of these"));
    }

    #[test]
    fn a_beginning_that_is_too_short_is_told_what_it_may_mean() {
        let begun = |word: &str| begun(OsStr::new(word));
        assert!(begun("a").contains(&("address", "addr")));
        assert!(begun("s").contains(&("subflow", "su")));
        assert_eq!(begun(""), []);
        assert_eq!(begun("x"), []);
    }
}

//! Help with unknown options, and with options in the wrong place.

use std::ffi::OsStr;

use super::super::{Hint, suggest};
use super::{Effect, Entry, TABLE, find};

/// Help with an unknown option, from how it was typed.
pub fn unknown(word: &OsStr) -> Option<Hint> {
    let (dashes, name) = dashes(word.to_str()?);
    let Some((stem, value)) = name.split_once('=') else {
        return near(dashes, name).or_else(|| apart(name));
    };
    let meant = TABLE.iter().find(|entry| entry.is_called(stem.as_bytes()));
    let option = format!("{dashes}{stem}");
    match meant
        .filter(|_| !stem.is_empty())
        .map(|entry| &entry.effect)
    {
        Some(Effect::Color) => Some(Hint::Text("WHEN is always, auto or never".to_owned())),
        Some(Effect::Value { .. }) => Some(Hint::next_word(format_args!("{option} {value}"))),
        Some(_) => Some(Hint::Text(format!("\"{option}\" takes no value"))),
        None => near(dashes, stem),
    }
}

fn near(dashes: &str, name: &str) -> Option<Hint> {
    let names = TABLE.iter().filter_map(|entry| entry.names.last().copied());
    let near = suggest::nearest(OsStr::new(name), names)?;
    Some(Hint::Near(format!("{dashes}{near}")))
}

/// Options of one letter that share a dash, each with its own.
fn apart(name: &str) -> Option<Hint> {
    let mut letters = name.bytes().map(|letter| find(&[letter]));
    let all = letters.all(|found| found.is_some_and(|(entry, _)| entry.value().is_none()));
    if !all || !name.is_ascii() {
        return None;
    }
    let options: Vec<String> = name.chars().map(|letter| format!("-{letter}")).collect();
    Some(Hint::Apart(options.join(" ")))
}

/// Help with an option after the words of `command`.
pub fn misplaced(word: &OsStr, command: &str) -> Option<Hint> {
    let word = word.to_str()?;
    let (dashes, name) = dashes(word);
    if dashes.is_empty() || name.is_empty() {
        return None;
    }
    // Behind a command, -h is no abbreviation of -human.
    let asks_help =
        |entry: &Entry| matches!(entry.effect, Effect::Usage) && entry.is_called(name.as_bytes());
    let help = || Hint::help(format_args!("mptcp {command} --help"));
    let Some((entry, _)) = find(name.as_bytes()) else {
        return match (unknown(OsStr::new(word)), name.as_bytes()) {
            _ if command.is_empty() => None,
            (Some(Hint::Near(near)), _) if near.ends_with("-help") => Some(help()),
            (Some(Hint::Near(near)), _) => Some(place(&near, command)),
            (Some(Hint::Apart(apart)), _) => Some(place(&apart, command)),
            (_, [b'?' | b'a'..=b'z' | b'A'..=b'Z', ..]) => Some(help()),
            _ => None,
        };
    };
    Some(match entry.effect {
        _ if command.is_empty() => Hint::Text(NOT_HERE.to_owned()),
        _ if TABLE.iter().any(asks_help) => help(),
        Effect::Value { .. } => place(&format!("{word} VALUE"), command),
        _ => place(word, command),
    })
}

const NOT_HERE: &str = "options come before the object or -batch FILE on the command line, \
                        not after -- and not in a batch";

/// Where options belong.
fn place(options: &str, command: &str) -> Hint {
    let line = format!("mptcp {options} {command}");
    Hint::Text(format!("options come before the object: {line}"))
}

/// The one dash or two at the beginning, and what follows.
fn dashes(word: &str) -> (&str, &str) {
    let count = word
        .bytes()
        .take(2)
        .take_while(|&byte| byte == b'-')
        .count();
    word.split_at(count)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn hint(option: &str) -> Option<Hint> {
        let words = [OsStr::new(option)];
        let error = parse(&words);
        error.expect_err(option).hint().cloned()
    }

    #[test]
    fn an_option_is_suggested_as_it_would_be_typed() {
        let near = |option: &str| Some(Hint::Near(option.to_owned()));
        assert_eq!(hint("-jsno"), near("-json"));
        assert_eq!(hint("--jsno"), near("--json"));
        assert_eq!(hint("-J"), near("-json"));
        assert_eq!(hint("-zzz"), None);
        assert_eq!(hint("-jp"), Some(Hint::Apart("-j -p".to_owned())));
    }

    #[test]
    fn an_unknown_option_is_shown_as_it_was_typed() {
        for option in ["-jsno", "--jsno", "--netns=blue"] {
            let words = [OsStr::new(option)];
            let error = parse(&words).expect_err(option).to_string();
            assert!(error.contains(&format!("\"{option}\"")), "{error}");
        }
    }

    #[test]
    fn a_value_behind_an_equals_sign_is_explained() {
        let text = |option| hint(option).map(|hint| hint.to_string());
        assert_eq!(text("-json=1").as_deref(), Some("\"-json\" takes no value"));
        let next = Hint::next_word("-rcvbuf 1000");
        assert_eq!(hint("-rcvbuf=1000"), Some(next));
        let when = Some("WHEN is always, auto or never");
        assert_eq!(text("-color=foo").as_deref(), when);
        assert_eq!(text("-c=al").as_deref(), when);
        assert_eq!(hint("-=foo"), None);
    }

    #[test]
    fn an_option_behind_the_command_is_shown_where_it_belongs() {
        let after = |word: &str| misplaced(OsStr::new(word), "endpoint show");
        let line = |line: &str| {
            let text = format!("options come before the object: {line}");
            Some(Hint::Text(text))
        };
        assert_eq!(after("-j"), line("mptcp -j endpoint show"));
        assert_eq!(after("--json"), line("mptcp --json endpoint show"));
        assert_eq!(after("-n"), line("mptcp -n VALUE endpoint show"));
        let help = Hint::help("mptcp endpoint show --help");
        assert_eq!(after("-h"), Some(help.clone()));
        assert_eq!(after("-help"), Some(help.clone()));
        for word in ["-hlep", "--hlep", "-?", "-x", "-zzz"] {
            assert_eq!(after(word), Some(help.clone()), "{word:?}");
        }
        assert_eq!(after("-jp"), line("mptcp -j -p endpoint show"));
        assert_eq!(after("--jsno"), line("mptcp --json endpoint show"));
        for word in ["j", "-", "--", "-1", ""] {
            assert_eq!(after(word), None, "{word:?}");
        }
        let not_here = Some(Hint::Text(NOT_HERE.to_owned()));
        assert_eq!(misplaced(OsStr::new("-j"), ""), not_here);
    }
}

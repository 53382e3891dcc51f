//! The scripts: a template for each shell, with the tables filled in.

use std::fmt::Write;

use super::tables::{self, Offer, Taker};

/// The completion script for a shell; none for a shell that is not known.
pub fn of(shell: &str) -> Option<String> {
    let (template, tables) = match shell {
        "bash" => (include_str!("bash.in"), posix(Described::No)),
        "zsh" => (include_str!("zsh.in"), posix(Described::Yes)),
        "fish" => (include_str!("fish.in"), fish()),
        _ => return None,
    };
    Some(template.replace("@TABLES@\n", &tables))
}

/// Whether a word is offered with what it means.
#[derive(Clone, Copy, PartialEq)]
enum Described {
    Yes,
    No,
}

/// The tables as functions of bash and zsh, which set variables of the caller.
fn posix(described: Described) -> String {
    let mut text = String::new();
    let array = |offers: &[Offer]| match described {
        Described::No => words(offers.iter().map(|offer| offer.word.as_str())),
        // What _describe of zsh takes: a colon ends the word.
        Described::Yes => {
            let pairs = offers.iter().map(|offer| {
                let pair = format!("{}:{}", offer.word.replace(':', "\\:"), offer.about);
                quoted(&pair)
            });
            pairs.collect::<Vec<_>>().join(" ")
        }
    };
    let _ = writeln!(text, "_mptcp_options() {{");
    let _ = writeln!(text, "    known=({})", takers(&tables::options_known()));
    let _ = writeln!(text, "    offers=({})", array(&tables::options_offered()));
    let _ = writeln!(text, "}}\n\n_mptcp_objects() {{");
    let objects = tables::objects();
    let names = words(objects.iter().map(|offer| offer.word.as_str()));
    let _ = writeln!(text, "    known=({names})");
    let _ = writeln!(text, "    shared=({})", words(tables::shared_objects()));
    let _ = writeln!(text, "    offers=({})", array(&objects));
    let _ = writeln!(text, "}}\n\n_mptcp_commands() {{\n    case $1 in");
    for object in &objects {
        let commands = tables::commands(&object.word);
        let names = words(commands.iter().map(|offer| offer.word.as_str()));
        let _ = writeln!(text, "    {})", object.word);
        let _ = writeln!(text, "        known=({names})");
        let _ = writeln!(text, "        offers=({})", array(&commands));
        let _ = writeln!(text, "        ;;");
    }
    let _ = writeln!(text, "    esac\n}}\n\n_mptcp_words() {{\n    case $1 in");
    for line in tables::lines() {
        let _ = writeln!(text, "    '{} {}')", line.object, line.command);
        let _ = writeln!(text, "        flags=({})", words(line.flags));
        let _ = writeln!(text, "        known=({})", takers(&line.keywords));
        let _ = writeln!(text, "        operand='{}'", line.operand);
        let _ = writeln!(text, "        offers=({})", array(&line.offers));
        let _ = writeln!(text, "        ;;");
    }
    text + "    esac\n}\n"
}

/// The tables as functions of fish, which print a line for each word.
fn fish() -> String {
    let mut text = String::from("function __mptcp_options_known\n");
    let _ = writeln!(
        text,
        "    printf '%s\\n' {}",
        takers(&tables::options_known())
    );
    let _ = writeln!(text, "end\n\nfunction __mptcp_options_offered");
    let _ = writeln!(
        text,
        "{}end\n",
        fish_offers(&tables::options_offered(), "    ")
    );
    let objects = tables::objects();
    let _ = writeln!(text, "function __mptcp_objects");
    let _ = writeln!(text, "{}end\n", fish_offers(&objects, "    "));
    let _ = writeln!(text, "function __mptcp_commands\n    switch $argv[1]");
    for object in &objects {
        let commands = tables::commands(&object.word);
        if !commands.is_empty() {
            let _ = writeln!(text, "        case {}", object.word);
            text += &fish_offers(&commands, "            ");
        }
    }
    let _ = writeln!(text, "    end\nend\n");
    let lines = tables::lines();
    let by_command = |text: &mut String, name: &str, body: &dyn Fn(&tables::Line) -> String| {
        let _ = writeln!(text, "function {name}\n    switch \"$argv\"");
        for line in &lines {
            let body = body(line);
            if !body.is_empty() {
                let _ = write!(
                    text,
                    "        case '{} {}'\n{body}",
                    line.object, line.command
                );
            }
        }
        let _ = writeln!(text, "    end\nend\n");
    };
    by_command(&mut text, "__mptcp_flags", &|line| {
        fish_list(&words(line.flags.iter().copied()))
    });
    by_command(&mut text, "__mptcp_keywords", &|line| {
        fish_list(&takers(&line.keywords))
    });
    by_command(&mut text, "__mptcp_operand", &|line| {
        fish_list(line.operand)
    });
    by_command(&mut text, "__mptcp_words", &|line| {
        fish_offers(&line.offers, "            ")
    });
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn fish_list(words: &str) -> String {
    match words {
        "" => String::new(),
        words => format!("            printf '%s\\n' {words}\n"),
    }
}

fn fish_offers(offers: &[Offer], indent: &str) -> String {
    let mut text = String::new();
    for offer in offers {
        let about = quoted(&offer.about);
        let _ = writeln!(text, "{indent}printf '%s\\t%s\\n' '{}' {about}", offer.word);
    }
    text
}

/// `NAME=VALUES` for each word, and `NAME=` where no value follows.
fn takers(takers: &[Taker]) -> String {
    let pairs = takers
        .iter()
        .map(|taker| format!("{}={}", taker.name, taker.values));
    pairs.collect::<Vec<_>>().join(" ")
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// A word in single quotes, as all three shells read them.
fn quoted(word: &str) -> String {
    // No text of the tables has one; a typographer's does as well.
    format!("'{}'", word.replace('\'', "\u{2019}").replace('\\', "\\\\"))
}

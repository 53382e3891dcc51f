//! What a command line can say, declared to clap: objects have commands,
//! commands have words. Matching, usage, `--help`, completions and the check of
//! the manual page all come from here.
//!
//! `ip`'s words come without dashes, in any order and abbreviated, which clap
//! does not read; so clap holds the declarations, and [`super::words`] reads
//! against them. clap's own parser takes more for one line of a batch than
//! iproute2 does for all of it (`benches/README.md`).

use std::ffi::OsStr;

use clap::{Arg, ArgAction};

use super::{Error, Rejected, Request, find_command};

/// An object: the first word of a command line.
pub struct Object {
    /// The word.
    pub name: &'static str,
    /// Its shortest accepted form, frozen so that no later object changes what
    /// an abbreviation means.
    pub shortest: &'static str,
    /// Whether `ip mptcp` has it.
    pub of_ip: bool,
    /// One line for the usage.
    pub about: &'static str,
    /// Its commands, in the order in which an abbreviation is tried.
    pub commands: &'static [Command],
    /// The command that is meant when none is given; without one, the usage is
    /// shown.
    pub default: Option<&'static Command>,
}

impl Object {
    /// The command that the words after the object name, and the words that
    /// follow it. Without a command, the usage is printed.
    ///
    /// # Errors
    /// No command has that name.
    pub fn resolve<'a>(
        &'static self,
        words: &'a [&'a OsStr],
    ) -> Result<(Option<&'static Command>, &'a [&'a OsStr]), Error> {
        let [name, behind @ ..] = words else {
            return Ok((self.default, words));
        };
        if self.commands.is_empty() {
            return Ok((self.default, words));
        }
        match find_command(self, name) {
            Ok(command) => Ok((Some(command), behind)),
            Err(_) if self.takes_words() => Ok((self.default, words)),
            Err(error) => Err(error),
        }
    }

    /// Whether words of its default command may follow it at once. Of `ip`'s
    /// objects with commands, a word that is no command is an error.
    pub fn takes_words(&self) -> bool {
        self.default.is_some() && (self.commands.is_empty() || !self.of_ip)
    }
}

/// A command of an object: the second word.
pub struct Command {
    /// The word, empty where the object is the command.
    pub name: &'static str,
    /// Its shortest accepted form, frozen, where `ip mptcp` lacks the command
    /// of an object that it has; else empty: any beginning will do.
    pub shortest: &'static str,
    /// What it does, one sentence.
    pub about: &'static str,
    /// What may follow, in the notation of manual pages.
    pub synopsis: &'static str,
    /// The words that may follow, in the order in which they are tried.
    pub words: fn() -> Vec<Arg>,
    /// Some lines to copy, and what they do.
    pub example: &'static str,
    /// Reads the words into their type, with [`super::arguments::read`], and makes
    /// the request of it.
    pub read: fn(&clap::Command, &[&OsStr]) -> Result<Option<Request>, Rejected>,
}

impl Command {
    /// Whether `ip mptcp` has it, if it has the object.
    pub fn of_ip(&self) -> bool {
        self.shortest.is_empty()
    }

    /// The command as clap has it.
    pub fn declare(&self) -> clap::Command {
        clap::Command::new(self.name)
            .disable_help_flag(true)
            .disable_version_flag(true)
            .args((self.words)())
    }
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A flag, spelled out.
    Flag,
    /// A flag of other commands that this one refuses, for the reason that is
    /// its help.
    Refused,
    /// A value follows; the keyword may be abbreviated.
    Keyword,
    /// A value without a keyword: any word that is nothing else.
    Operand,
}

/// What a declared word is.
pub fn kind(word: &Arg) -> Kind {
    match word.get_action() {
        ArgAction::SetTrue if word.is_hide_set() && word.get_help().is_some() => Kind::Refused,
        ArgAction::SetTrue => Kind::Flag,
        _ if word.is_positional() => Kind::Operand,
        _ => Kind::Keyword,
    }
}

/// The name of a word's value in the synopsis; empty for a flag.
pub fn value_name(word: &Arg) -> &str {
    let names = word.get_value_names().unwrap_or_default();
    names.first().map(|name| name.as_str()).unwrap_or_default()
}

/// The documented words of a command: those that have an effect.
pub fn significant(command: &clap::Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|word| !word.is_hide_set())
}

/// A word that stands for itself.
pub fn flag(name: &'static str, help: &'static str) -> Arg {
    let flag = Arg::new(name).long(name).action(ArgAction::SetTrue);
    flag.help(help)
}

/// A word that a value follows, which the synopsis calls `value`.
pub fn keyword(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    let keyword = Arg::new(name).long(name).action(ArgAction::Append);
    keyword.value_name(value).help(help)
}

/// A value without a keyword.
pub fn operand(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    let operand = Arg::new(name).action(ArgAction::Append);
    operand.value_name(value).help(help)
}

/// A flag that the command refuses, and why.
pub fn refused(name: &'static str, reason: &'static str) -> Arg {
    flag(name, reason).hide(true)
}

/// A word that a command takes and does not heed: what it is, its name, and that
/// of its value.
pub type Ignored = (Kind, &'static str, &'static str);

/// The words of a command and, behind them, those of `others` that it does not
/// have: `ip` takes these as well, although they mean nothing here.
pub fn ignoring(mut words: Vec<Arg>, others: &[Ignored]) -> Vec<Arg> {
    for &(kind, name, value) in others {
        if words.iter().any(|word| word.get_id() == name) {
            continue;
        }
        let word = Arg::new(name).hide(true);
        words.push(match kind {
            Kind::Flag | Kind::Refused => word.long(name).action(ArgAction::SetTrue),
            Kind::Keyword => word.long(name).action(ArgAction::Append).value_name(value),
            Kind::Operand => word.action(ArgAction::Append).value_name(value),
        });
    }
    words
}

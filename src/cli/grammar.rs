//! The grammar as it is declared: objects have commands, commands have words.
//! Reading, usage, `--help`, completions and the check of the manual page all
//! use these declarations.
//!
//! A [`Word`] is a clap `Arg` and the function that takes its value. `ip`'s words
//! have no dashes, come in any order and may be abbreviated, which clap's parser
//! does not support: [`super::arguments`] reads them against the declarations.

use std::ffi::OsStr;

use clap::{Arg, ArgAction};

use super::arguments::{Arguments, Declared};
use super::{Error, Rejected, Request, find_command};

pub use super::word::{Set, Word, file, flag, keyword, operand, refused, rest, switch};

/// An object: the first word of a command line.
pub struct Object {
    /// The word.
    pub name: &'static str,
    /// Its shortest accepted form, frozen so that no later object changes what
    /// an abbreviation means.
    pub shortest: &'static str,
    /// Whether `ip mptcp` has it.
    pub of_ip: bool,
    /// Whether its exit status is an answer, so that a failure needs another one.
    pub answers: bool,
    /// One line for the usage.
    pub about: &'static str,
    /// Its commands, in the order in which an abbreviation is tried.
    pub commands: &'static [Command],
    /// The command that runs if none is given. Without one, the usage is shown.
    pub default: Option<&'static Command>,
}

impl Object {
    /// The command that the words after the object name, and the words after the
    /// command. Without a command, the usage is printed.
    ///
    /// # Errors
    /// No command has that name.
    pub fn resolve<'a>(
        &'static self,
        words: &'a [&'a OsStr],
    ) -> Result<(Option<&'static Command>, &'a [&'a OsStr]), Error> {
        let [name, rest @ ..] = words else {
            return Ok((self.default, words));
        };
        if self.commands.is_empty() {
            return Ok((self.default, words));
        }
        match find_command(self, name) {
            Ok(command) => Ok((Some(command), rest)),
            Err(_) if self.takes_words() => Ok((self.default, words)),
            Err(error) => Err(error),
        }
    }

    /// Whether words of the default command may follow the object directly. With
    /// an object of `ip` that has commands, any other word is an error.
    pub fn takes_words(&self) -> bool {
        self.default.is_some() && (self.commands.is_empty() || !self.of_ip)
    }
}

/// A command of an object: the second word.
pub struct Command {
    /// The word; empty if the object is the command.
    pub name: &'static str,
    /// Its shortest accepted form, frozen, if `ip mptcp` has the object but not the
    /// command. Empty for any other: it has no shortest form.
    pub shortest: &'static str,
    /// What it does, one sentence.
    pub about: &'static str,
    /// What may follow, in the notation of manual pages.
    pub synopsis: &'static str,
    /// Lines to copy, and what they do.
    pub example: &'static str,
    /// Its words.
    pub syntax: &'static dyn Syntax,
}

impl Command {
    /// Whether `ip mptcp` has it, if it has the object.
    pub fn of_ip(&self) -> bool {
        self.shortest.is_empty()
    }

    /// The command as clap has it.
    pub fn declare(&self) -> clap::Command {
        self.syntax.declare().clap()
    }

    /// Whether the synopsis begins with something that is required.
    pub fn requires_words(&self) -> bool {
        !matches!(self.synopsis.as_bytes(), [] | [b'[', ..])
    }
}

/// The words of a command, and the request that they make.
pub struct Words<T: 'static> {
    /// The words, in the order in which an abbreviation is tried.
    pub words: fn() -> Vec<Word<T>>,
    /// Makes the request. Required words have been given.
    pub request: fn(&mut T) -> Result<Request, Error>,
}

/// [`Words`] of any type.
pub trait Syntax: Sync {
    /// Declares the words.
    fn declare(&self) -> Box<dyn Declaration>;

    /// The request without any word, for which nothing has to be declared.
    ///
    /// # Errors
    /// A word is missing.
    fn without_words(&self) -> Result<Request, Error>;
}

/// Words that are declared.
pub trait Declaration {
    /// The words as clap has them.
    fn clap(&self) -> clap::Command;

    /// Reads the words after the command. `None`: `--help` is among them.
    ///
    /// # Errors
    /// The first thing that is wrong with the words, from left to right; then
    /// what is missing.
    fn read(&self, words: &[&OsStr]) -> Result<Option<Request>, Rejected>;
}

impl<T: Arguments> Syntax for Words<T> {
    fn declare(&self) -> Box<dyn Declaration> {
        Box::new(Declared::new((self.words)(), self.request))
    }

    fn without_words(&self) -> Result<Request, Error> {
        (self.request)(&mut T::default())
    }
}

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A flag, spelled out.
    Flag,
    /// A flag of other commands that this one refuses; its help is the reason.
    Refused,
    /// A value follows; the keyword may be abbreviated.
    Keyword,
    /// A value without a keyword: any word that is nothing else.
    Operand,
    /// An operand that is the first word, whatever that is.
    First,
    /// An operand that takes this word and all after it, whatever they are.
    Rest,
}

impl Kind {
    /// Whether it has no keyword.
    pub fn is_operand(self) -> bool {
        matches!(self, Kind::Operand | Kind::First | Kind::Rest)
    }
}

/// What kind of word is declared.
pub fn kind(word: &Arg) -> Kind {
    match word.get_action() {
        ArgAction::SetTrue if word.is_hide_set() && word.get_help().is_some() => Kind::Refused,
        ArgAction::SetTrue => Kind::Flag,
        _ if !word.is_positional() => Kind::Keyword,
        _ if word.is_trailing_var_arg_set() => Kind::Rest,
        _ if word.get_index().is_some() => Kind::First,
        _ => Kind::Operand,
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

//! The grammar as it is declared: objects have commands, commands have words.
//! Reading, usage, `--help`, completions and the check of the manual page all
//! use these declarations.
//!
//! A [`Word`] is a clap `Arg` and the function that takes its value. `ip`'s words
//! have no dashes, come in any order and may be abbreviated, which clap's parser
//! does not support: [`super::arguments`] reads them against the declarations.

use std::ffi::OsStr;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ValueHint};

use super::arguments::{Arguments, Declared};
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

/// Takes the value of a word; of a flag, its name.
pub type Set<T> = fn(&mut T, &OsStr) -> Result<(), Error>;

/// A declared word of a command whose words are read into a `T`.
pub struct Word<T> {
    pub(super) known: Known,
    pub(super) set: Set<T>,
}

/// A word as far as it is declared to clap, and what clap has no getter for.
pub(super) struct Known {
    pub(super) arg: Arg,
    pub(super) kind: Kind,
    /// A word that it requires.
    pub(super) requires: Option<&'static str>,
    /// A word that it excludes.
    pub(super) excludes: Option<&'static str>,
}

impl Known {
    fn new(arg: Arg) -> Self {
        Known {
            kind: kind(&arg),
            arg,
            requires: None,
            excludes: None,
        }
    }

    fn with(self, declare: impl FnOnce(Arg) -> Arg) -> Self {
        let arg = declare(self.arg);
        Known { arg, ..self }
    }

    fn hidden(mut self) -> Self {
        if self.kind == Kind::Flag && self.arg.get_help().is_some() {
            self.kind = Kind::Refused;
        }
        self.with(|arg| arg.hide(true))
    }

    fn flag(name: &'static str, help: &'static str) -> Self {
        let flag = Arg::new(name).long(name).action(ArgAction::SetTrue);
        Known::new(if help.is_empty() {
            flag
        } else {
            flag.help(help)
        })
    }

    fn keyword(name: &'static str, value: &'static str, help: &'static str) -> Self {
        let keyword = Arg::new(name).long(name).action(ArgAction::Append);
        Known::new(keyword.value_name(value).help(help))
    }

    fn operand(name: &'static str, value: &'static str, help: &'static str) -> Self {
        let operand = Arg::new(name).action(ArgAction::Append);
        Known::new(operand.value_name(value).help(help))
    }
}

impl<T> Word<T> {
    /// The command fails without it.
    pub fn required(self) -> Self {
        let known = self.known.with(|arg| arg.required(true));
        Word { known, ..self }
    }

    /// It requires the other word.
    pub fn requires(mut self, other: &'static str) -> Self {
        self.known.requires = Some(other);
        let known = self.known.with(|arg| arg.requires(other));
        Word { known, ..self }
    }

    /// It excludes the other word.
    pub fn excludes(mut self, other: &'static str) -> Self {
        self.known.excludes = Some(other);
        let known = self.known.with(|arg| arg.conflicts_with(other));
        Word { known, ..self }
    }

    /// Completions offer these values.
    pub fn one_of(self, values: impl IntoIterator<Item = &'static str>) -> Self {
        let values = PossibleValuesParser::new(values);
        let known = self.known.with(|arg| arg.value_parser(values));
        Word { known, ..self }
    }

    /// It is accepted but not documented, because it has no effect.
    pub fn hidden(self) -> Self {
        let known = self.known.hidden();
        Word { known, ..self }
    }
}

/// A flag.
pub fn flag<T>(name: &'static str, help: &'static str, set: Set<T>) -> Word<T> {
    let known = Known::flag(name, help);
    Word { known, set }
}

/// A keyword, whose value the synopsis calls `value`.
pub fn keyword<T>(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set<T>,
) -> Word<T> {
    let known = Known::keyword(name, value, help);
    Word { known, set }
}

/// A value without a keyword.
pub fn operand<T>(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set<T>,
) -> Word<T> {
    let known = Known::operand(name, value, help);
    Word { known, set }
}

/// A file, which is the first word, whatever that is.
pub fn file<T>(help: &'static str, set: Set<T>) -> Word<T> {
    let file = Arg::new("file").index(1).value_name("FILE").help(help);
    let known = Known::new(file.value_hint(ValueHint::FilePath).required(true));
    Word { known, set }
}

/// The rest of the line: from the first word that is nothing else, all words are
/// values of this one, `--help` and abbreviated keywords too.
pub fn rest<T>(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set<T>,
) -> Word<T> {
    let rest = Arg::new(name).action(ArgAction::Append).num_args(1..);
    let rest = rest.trailing_var_arg(true).allow_hyphen_values(true);
    let known = Known::new(rest.value_name(value).help(help));
    Word { known, set }
}

/// A flag that the command refuses, and why.
pub fn refused<T>(name: &'static str, reason: &'static str) -> Word<T> {
    flag(name, reason, |_, _| Ok(())).hidden()
}

//! A word of a command: how it is declared to clap, and what takes its value.

use std::ffi::OsStr;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ValueHint};

use super::Error;
use super::grammar::{Kind, kind, value_name};

/// Takes the value of a word; of a flag, its name.
pub type Set<T> = fn(&mut T, &OsStr) -> Result<(), Error>;

/// How a word is taken.
pub(super) enum Take<T> {
    Value(Set<T>),
    /// A flag, which sets this.
    Switch(fn(&mut T) -> &mut bool),
}

impl<T> Take<T> {
    /// Takes the value into `taken`.
    ///
    /// # Errors
    /// The rule that the value breaks.
    pub(super) fn take(&self, taken: &mut T, value: &OsStr) -> Result<(), Error> {
        match self {
            Take::Value(set) => set(taken, value),
            Take::Switch(field) => {
                *field(taken) = true;
                Ok(())
            }
        }
    }
}

/// A declared word of a command whose words are read into a `T`.
pub struct Word<T> {
    pub(super) known: Known,
    pub(super) take: Take<T>,
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
    let take = Take::Value(set);
    Word { known, take }
}

/// A flag that sets a field.
pub fn switch<T>(
    name: &'static str,
    help: &'static str,
    field: fn(&mut T) -> &mut bool,
) -> Word<T> {
    let known = Known::flag(name, help);
    let take = Take::Switch(field);
    Word { known, take }
}

/// A keyword, whose value the synopsis calls `value`.
pub fn keyword<T>(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set<T>,
) -> Word<T> {
    let known = Known::keyword(name, value, help);
    let take = Take::Value(set);
    Word { known, take }
}

/// A value without a keyword.
pub fn operand<T>(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set<T>,
) -> Word<T> {
    let known = Known::operand(name, value, help);
    let take = Take::Value(set);
    Word { known, take }
}

/// A file, which is the first word, whatever that is.
pub fn file<T>(help: &'static str, set: Set<T>) -> Word<T> {
    let file = Arg::new("file").index(1).value_name("FILE").help(help);
    let known = Known::new(file.value_hint(ValueHint::FilePath).required(true));
    let take = Take::Value(set);
    Word { known, take }
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
    let take = Take::Value(set);
    Word { known, take }
}

/// A flag that the command refuses, and why.
pub fn refused<T>(name: &'static str, reason: &'static str) -> Word<T> {
    flag(name, reason, |_, _| Ok(())).hidden()
}

impl<T> Word<T> {
    pub(super) fn name(&self) -> &str {
        self.known.name()
    }
}

impl Known {
    pub(super) fn name(&self) -> &str {
        self.arg.get_id().as_str()
    }

    pub(super) fn as_typed(&self) -> (&str, Kind) {
        (self.name(), self.kind)
    }

    /// How a message names it.
    pub(super) fn shown(&self) -> &str {
        if self.kind.is_operand() {
            value_name(&self.arg)
        } else {
            self.name()
        }
    }
}

//! What is refused before the kernel is asked.

use std::ffi::{OsStr, OsString};

use crate::visible::of_os;

use super::grammar::significant;
use super::value::DeviceName;
use super::{Hint, Which, options, suggest};

/// A command line that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// What is wrong.
    pub error: Error,
    /// The devices named before the fault. `ip` looks each up when it reads
    /// it, so that it reports a missing one first.
    pub devices: Vec<DeviceName>,
}

impl From<Error> for Rejected {
    fn from(error: Error) -> Self {
        let devices = Vec::new();
        Rejected { error, devices }
    }
}

/// What is wrong with a command line.
///
/// The beginning of each sentence is that of `ip`, since scripts know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The value of a word breaks a rule.
    #[error("argument \"{}\" is wrong: {reason}", of_os(.word))]
    Argument {
        /// The word at fault.
        word: OsString,
        /// The rule.
        reason: String,
    },
    /// A required word is missing.
    #[error("argument \"{0}\" is required")]
    Required(String),
    /// The word `id` is missing, which identifies the endpoint.
    #[error("argument \"ID\" is required")]
    NoId(Which),
    /// A keyword is the last word, where its value should be.
    #[error("Command line is not complete. A value is missing after \"{0}\"")]
    Incomplete(String),
    /// A word that is no flag, no keyword and no address.
    #[error("any valid address is expected rather than \"{}\".", of_os(.word))]
    Address {
        /// The word at fault.
        word: OsString,
        /// What may help.
        hint: Option<Hint>,
    },
    /// A word that the command does not have.
    #[error("argument \"{}\" is wrong: the command has no such word", of_os(.word))]
    Word {
        /// The word at fault.
        word: OsString,
        /// What may help.
        hint: Option<Hint>,
    },
    /// No object or command of that name.
    #[error("Command \"{}\" is unknown, try \"mptcp help\".", of_os(.word))]
    Command {
        /// The word at fault.
        word: OsString,
        /// What may help.
        hint: Option<Hint>,
    },
    /// No option of that name.
    #[error("Option \"{}\" is unknown, try \"mptcp --help\".", of_os(.word))]
    Option {
        /// The word at fault.
        word: OsString,
        /// What may help.
        hint: Option<Hint>,
    },
}

impl Error {
    /// A word that breaks a rule.
    pub fn argument(word: impl AsRef<OsStr>, reason: impl Into<String>) -> Self {
        Error::Argument {
            word: word.as_ref().to_owned(),
            reason: reason.into(),
        }
    }

    /// A hint for whoever typed the word at fault.
    pub fn hint(&self) -> Option<&Hint> {
        match self {
            Error::Address { hint, .. }
            | Error::Word { hint, .. }
            | Error::Command { hint, .. }
            | Error::Option { hint, .. } => hint.as_ref(),
            _ => None,
        }
    }

    /// The same error where `ip` takes the word at fault for a command: it has no
    /// words there.
    pub(super) fn into_command(self, command: &clap::Command) -> Self {
        let Error::Word { word, hint } = self else {
            return self;
        };
        let names = || -> Vec<String> {
            let words = significant(command).map(|word| word.get_id().to_string());
            words.collect()
        };
        let hint = hint.or_else(|| Some(Hint::one_of(names().iter().map(String::as_str))));
        Error::Command { word, hint }
    }

    /// The same error where the word at fault may also have been meant for one of
    /// these names.
    pub(super) fn or_near(mut self, names: impl Iterator<Item = &'static str> + Clone) -> Self {
        if let Error::Word { word, hint } = &mut self
            && hint.is_none()
        {
            *hint = suggest::nearest(word, names).map(|near| Hint::Near(near.to_owned()));
        }
        self
    }

    /// The same error after the words of `command`: where the word at fault
    /// is an option, that is what the hint is about; a word without any hint gets
    /// one to the help of the command. `command` is empty where the object is
    /// expected.
    pub(super) fn after(mut self, command: &str) -> Self {
        let (Error::Address { word, hint }
        | Error::Word { word, hint }
        | Error::Command { word, hint }) = &mut self
        else {
            return self;
        };
        if !matches!(hint, Some(Hint::Near(_)))
            && let Some(misplaced) = options::misplaced(word, command)
        {
            *hint = Some(misplaced);
        }
        if let Error::Word { hint, .. } = &mut self
            && hint.is_none()
            && !command.is_empty()
        {
            *hint = Some(Hint::help(format_args!("mptcp {command} --help")));
        }
        self
    }
}

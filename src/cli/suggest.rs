//! Hints for unknown and misplaced words.

mod line;

use std::ffi::OsStr;

use crate::pm::Address;

pub use line::object;

/// What may help whoever typed the word at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// What was probably meant: a word, or a whole line.
    Near(String),
    /// The beginning of names that are known by more than that: each with its
    /// shortest form.
    Short(Vec<(&'static str, &'static str)>),
    /// One of these is expected.
    OneOf(Vec<String>),
    /// The word is one of the command's, where the value of the word before
    /// it should be.
    Valueless,
    /// An option after the command: the command line with the option in the
    /// right place.
    Misplaced(String),
    /// An option where the object should be, as in a line of a batch.
    NoOptionHere,
    /// Help was requested in a way that other programs use.
    Help(String),
    /// The option, with its dash, takes no value.
    NoValue(String),
    /// The value of an option is no word of its own: the two as they should be.
    NextWord(String),
    /// Options of one letter, each as a word of its own.
    Apart(String),
    /// A name where an address should be, which may be that of a device.
    Device(String),
    /// A name where the address of a host should be.
    HostName(String),
    /// An endpoint is named by its id in this command of `endpoint`.
    ById(&'static str, Which),
    /// The kernel takes no more than `most` for this word of `limits set`.
    Limit {
        /// The word.
        word: &'static str,
        /// Its value.
        value: u32,
        /// The most that the kernel takes.
        most: u32,
    },
    /// The kernel is older than this command: what does the same.
    OldChange,
    /// The kernel found no such subflow, and says so by number only.
    NoSubflow,
    /// The value of the option `-color` is not one of WHEN's.
    When,
    /// Why a word is not an address.
    Address(AddressFault),
}

/// What was typed instead of the id of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Nothing that says which.
    Unsaid,
    /// `all`.
    All,
    /// A number without the word `id`.
    Number(u8),
    /// An address; and the id of the endpoint that has it, if one has.
    Address(Address, Option<u8>),
}

/// Why a word is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// It is followed by `/24`.
    Prefix,
    /// What follows `/` is not a number, or too large.
    PrefixLength,
    /// It is followed by `%eth0`.
    Zone,
    /// It is in brackets.
    Brackets,
    /// It is followed by `:80`.
    Port,
    /// It has colons, but is no IPv6 address.
    Groups,
    /// It is the name of a host.
    Name,
    /// A part of an IPv4 address is octal, and has an 8 or 9.
    Octal,
    /// A part of an IPv4 address is too large, empty, or one too many.
    Parts,
}

/// Names of commands that mean much the same, here or in other programs. None
/// is accepted where it is no command: it is a hint to the one that is.
const SYNONYMS: [&[&str]; 5] = [
    &["add", "announce", "create", "new"],
    &["delete", "remove", "destroy", "del", "rm"],
    &["show", "list", "lst", "ls", "get"],
    &["change", "set", "replace", "modify"],
    &["flush", "clear"],
];

/// What other programs call `dev`.
const DEVICE: [&str; 7] = ["device", "interface", "iface", "if", "intf", "nic", "oif"];

/// A hint for a word that is not one of these command names.
pub fn command(word: &OsStr, names: impl Iterator<Item = &'static str> + Clone) -> Hint {
    let near = synonym(word, names.clone()).or_else(|| nearest(word, names.clone()));
    match near {
        Some(near) => Hint::Near(near.to_owned()),
        None => Hint::OneOf(names.map(str::to_owned).collect()),
    }
}

/// A hint for an unexpected word, from the words of the command.
pub fn word<'a>(word: &OsStr, names: impl Iterator<Item = &'a str> + Clone) -> Option<Hint> {
    if names.clone().any(|name| word == name) {
        return Some(Hint::Valueless);
    }
    if names.clone().any(|name| name == "dev") && is_device_word(word) {
        return Some(Hint::Near("dev".to_owned()));
    }
    nearest(word, names).map(|near| Hint::Near(near.to_owned()))
}

/// Whether other programs have this word for `dev`.
pub fn is_device_word(word: &OsStr) -> bool {
    DEVICE.iter().any(|name| word == *name)
}

/// The name that means much the same as the word.
fn synonym(word: &OsStr, mut names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let is_word = |name: &&str| word.eq_ignore_ascii_case(name);
    let same = SYNONYMS.iter().find(|same| same.iter().any(is_word))?;
    names.find(|name| same.contains(name))
}

/// The name nearest to a word, if it is near at all: the word is the beginning
/// of this name only, or at least two thirds of the longer one are right. It
/// does not matter which letters are capitals.
pub fn nearest<'a>(word: &OsStr, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    // A name is letters: an address or a number is not near to any.
    let has_letter = |word: &&str| word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let word = word.to_str().filter(has_letter)?;
    let begins = |name: &&str| {
        let beginning = name.get(..word.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
    };
    let mut longer = names.clone().filter(begins);
    if let (Some(name), None) = (longer.next(), longer.next()) {
        return Some(name);
    }
    let near = names.filter_map(|name| {
        // What is so much longer or shorter is not near, and would be slow to
        // compare: as many letters as differ are wrong at least.
        let longer = word.len().max(name.len());
        if 3 * word.len().abs_diff(name.len()) > longer {
            return None;
        }
        let (word, lower) = (word.to_ascii_lowercase(), name.to_ascii_lowercase());
        let distance = strsim::osa_distance(&word, &lower);
        (distance * 3 <= longer).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;

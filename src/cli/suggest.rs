//! Hints for unknown and misplaced words.

mod line;
mod which;

use std::ffi::OsStr;
use std::fmt;

pub use line::object;
pub use which::Which;

/// A hint about the word at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// What was probably meant: a word, or a whole line.
    Near(String),
    /// Options of one letter, each as a word of its own.
    Apart(String),
    /// Why a word is not an address.
    Address(AddressFault),
    /// Any other sentence.
    Text(String),
}

impl Hint {
    /// How to get help: the line to type.
    pub fn help(line: impl fmt::Display) -> Self {
        Hint::Text(format!("for help, run: {line}"))
    }

    /// One of these is expected.
    pub fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.collect();
        Hint::Text(format!("one of these is expected: {}", names.join(", ")))
    }

    /// A value that is no word of its own: the two words as they should be.
    pub fn next_word(words: impl fmt::Display) -> Self {
        Hint::Text(format!("the value is the next word: {words}"))
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::Near(near) => write!(f, "did you mean \"{near}\"?"),
            Hint::Apart(options) => write!(f, "write each option as its own word: {options}"),
            Hint::Address(fault) => f.write_str(fault.sentence()),
            Hint::Text(text) => f.write_str(text),
        }
    }
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

impl AddressFault {
    fn sentence(self) -> &'static str {
        match self {
            AddressFault::Prefix => "write the address without a prefix length (/LEN)",
            AddressFault::PrefixLength => {
                "after the slash comes the number of bits, up to 32 for IPv4 and 128 for IPv6"
            }
            AddressFault::Zone => "use dev NAME instead of %NAME if the command has it",
            AddressFault::Brackets => "write the IPv6 address without brackets",
            AddressFault::Port => "write the address without the port, which has its own keyword",
            AddressFault::Groups => {
                "an IPv6 address has eight groups of up to four hexadecimal digits, separated by \
                 colons; :: replaces groups of zeros, once"
            }
            AddressFault::Name => "host names are not accepted, and the command has no such word",
            AddressFault::Octal => "a part that begins with 0 is octal and cannot have an 8 or 9",
            AddressFault::Parts => {
                "an IPv4 address has four numbers from 0 to 255, separated by dots"
            }
        }
    }
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
        None => Hint::one_of(names),
    }
}

/// A hint for an unexpected word, from the words of the command.
pub fn word<'a>(word: &OsStr, names: impl Iterator<Item = &'a str> + Clone) -> Option<Hint> {
    if names.clone().any(|name| word == name) {
        let rule = "this is a word of the command; the word before it needs a value";
        return Some(Hint::Text(rule.to_owned()));
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

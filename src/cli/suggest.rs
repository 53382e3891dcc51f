//! What an unknown word may have been meant to be, and other help with it.

use std::ffi::OsStr;

/// What may help whoever typed the word at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// This may have been meant.
    Near(String),
    /// One of these is expected.
    OneOf(Vec<&'static str>),
    /// The word is one of the command's, where the value of the word before
    /// it should be.
    Valueless,
    /// An option behind the command: the command line with it at its place.
    Misplaced(String),
    /// An option where the object should be, as in a line of a batch.
    NoOptionHere,
    /// Help was asked for in another way than this command line does.
    Help(String),
    /// The option, with its dash, takes no value.
    NoValue(String),
    /// The value of an option is no word of its own: the two as they should be.
    NextWord(String),
    /// The value of the option `-color` is not one of WHEN's.
    When,
    /// Why a word is no address.
    Address(AddressFault),
}

/// Why a word is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// `/24` stands behind it.
    Prefix,
    /// The number behind `/` is none, or too large.
    PrefixLength,
    /// `%eth0` stands behind it.
    Zone,
    /// It has brackets around it.
    Brackets,
    /// `:80` stands behind it.
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

/// Help with a word that is not among these names of objects or commands.
pub fn command(word: &OsStr, names: impl Iterator<Item = &'static str> + Clone) -> Hint {
    let near = synonym(word, names.clone()).or_else(|| nearest(word, names.clone()));
    match near {
        Some(near) => Hint::Near(near.to_owned()),
        None => Hint::OneOf(names.collect()),
    }
}

/// Help with a word that is not what it should be, from the words of the
/// command.
pub fn word<'a>(word: &OsStr, names: impl Iterator<Item = &'a str> + Clone) -> Option<Hint> {
    if names.clone().any(|name| word == name) {
        return Some(Hint::Valueless);
    }
    nearest(word, names).map(|near| Hint::Near(near.to_owned()))
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
    let word = word.to_str().filter(|word| !word.is_empty())?;
    let begins = |name: &&str| {
        let beginning = name.get(..word.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
    };
    let mut longer = names.clone().filter(begins);
    if let (Some(name), None) = (longer.next(), longer.next()) {
        return Some(name);
    }
    let near = names.filter_map(|name| {
        // What is so much longer is not near, and would be slow to compare.
        if word.len() > 3 * name.len() {
            return None;
        }
        let (word, lower) = (word.to_ascii_lowercase(), name.to_ascii_lowercase());
        let distance = strsim::damerau_levenshtein(&word, &lower);
        let longer = word.len().max(name.len());
        (distance * 3 <= longer).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_mended_and_nothing_is_guessed() {
        let names = ["endpoint", "limits", "monitor"];
        let near = |word: &str| nearest(word.as_ref(), names.into_iter());
        assert_eq!(near("endpont"), Some("endpoint"));
        assert_eq!(near("limtis"), Some("limits"));
        assert_eq!(near("LIMITS"), Some("limits"));
        assert_eq!(near("Mon"), Some("monitor"));
        assert_eq!(near("route"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(100 << 20)), None);
    }

    #[test]
    fn the_beginning_of_two_names_is_near_neither() {
        let names = ["signal", "subflow", "Version"];
        let near = |word: &str| nearest(word.as_ref(), names.into_iter());
        assert_eq!(near("sub"), Some("subflow"));
        assert_eq!(near("v"), Some("Version"));
        assert_eq!(near("s"), None);
    }

    #[test]
    fn a_command_of_another_name_is_found() {
        let near = |word: &str, names: &[&'static str]| {
            let hint = command(word.as_ref(), names.iter().copied());
            match hint {
                Hint::Near(near) => near,
                hint => format!("{hint:?}"),
            }
        };
        let endpoint = ["add", "change", "delete", "show", "flush"];
        for (word, meant) in [
            ("remove", "delete"),
            ("rm", "delete"),
            ("list", "show"),
            ("LS", "show"),
            ("replace", "change"),
            ("ADD", "add"),
            ("delte", "delete"),
        ] {
            assert_eq!(near(word, &endpoint), meant, "{word}");
        }
        let address = ["announce", "remove", "show"];
        assert_eq!(near("add", &address), "announce");
        assert_eq!(near("delete", &address), "remove");
        let subflow = ["create", "destroy", "change"];
        assert_eq!(near("add", &subflow), "create");
        assert_eq!(near("del", &subflow), "destroy");
        let all = format!("{:?}", Hint::OneOf(subflow.to_vec()));
        assert_eq!(near("show", &subflow), all);
        assert_eq!(near("", &subflow), all);
    }

    #[test]
    fn a_word_of_the_command_is_not_suggested_for_itself() {
        let names = ["local", "remote"].into_iter();
        let help = |typed: &str| word(typed.as_ref(), names.clone());
        assert_eq!(help("remote"), Some(Hint::Valueless));
        assert_eq!(help("remot"), Some(Hint::Near("remote".to_owned())));
        assert_eq!(help("10.0.0.1"), None);
    }
}

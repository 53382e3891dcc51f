//! Commands that the user can paste into a shell: their words, quoted, and for the
//! network namespace that the program works in.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use crate::ip::Shown;
use crate::pm::{Address, AddressAttributes, Flags};

/// A command: its words, of which the first is the program.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Command(Vec<Vec<u8>>);

impl Command {
    /// A command whose words are separated by single blanks.
    pub fn new(words: &str) -> Self {
        let words = words.split(' ').map(|word| word.as_bytes().to_vec());
        Command(words.collect())
    }

    /// Its words.
    pub fn words(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// Adds a word.
    pub fn word(mut self, word: impl Into<Vec<u8>>) -> Self {
        self.0.push(word.into());
        self
    }

    /// Adds a keyword and its value, if there is one.
    pub fn valued(self, keyword: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.word(keyword).word(value.to_string()),
            None => self,
        }
    }

    /// Adds what identifies an endpoint, and its device and flags: the words of
    /// `endpoint add`. The flag `implicit` is the kernel's own.
    pub fn endpoint(self, endpoint: &AddressAttributes, device: Option<Vec<u8>>) -> Self {
        let mut command = self.address(endpoint);
        if let Some(device) = device {
            command = command.word("dev").word(device);
        }
        command = command
            .valued("id", endpoint.id)
            .valued("port", endpoint.port);
        let flags = endpoint.flags.unwrap_or_default();
        let named = Flags::NAMED.iter();
        let typed = named.filter(|(_, flag)| *flag != Flags::IMPLICIT && flags.contains(*flag));
        typed.fold(command, |command, (name, _)| command.word(*name))
    }

    /// Adds the address of an endpoint.
    pub fn address(self, endpoint: &AddressAttributes) -> Self {
        match endpoint.address {
            Some(Address::Ip(ip)) => self.word(Shown(ip).to_string()),
            Some(Address::Any) => self.word("any"),
            None => self,
        }
    }
}

impl<W: Into<Vec<u8>>> FromIterator<W> for Command {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        Command(words.into_iter().map(Into::into).collect())
    }
}

/// The line to paste.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.0.iter().enumerate() {
            let lead = if at > 0 { " " } else { "" };
            write!(f, "{lead}{}", quoted(word))?;
        }
        Ok(())
    }
}

/// A word as a POSIX shell reads it, and, unless it has a `'` or a `#`, as a line of
/// a batch has it. Characters that a terminal would obey, and bytes that are not
/// UTF-8, are in the form `$'\033'` (POSIX.1-2024).
pub fn quoted(word: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:@%+,=/-".contains(byte);
    if !word.is_empty() && word.iter().all(is_plain) {
        return String::from_utf8_lossy(word).into_owned();
    }
    match std::str::from_utf8(word) {
        Ok(text) if text.chars().all(crate::visible::is_visible) => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        _ => {
            let bytes = word.iter().map(|byte| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                byte => format!("\\{byte:03o}"),
            });
            format!("$'{}'", bytes.collect::<String>())
        }
    }
}

/// The network namespace that the program works in, as far as a command has to
/// enter it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Namespace {
    /// That of the caller.
    #[default]
    Own,
    /// One with a name, as `ip netns` has it.
    Named(OsString),
    /// One given as a path or a process ID, and the file that stands for it.
    File {
        /// What `mptcp -n` takes.
        given: OsString,
        /// The file.
        path: OsString,
    },
}

/// Programs whose results depend on the network namespace. `mptcp` and `ip` enter
/// one themselves.
const NAMESPACED: [&str; 7] = ["mptcp", "ip", "ls", "nstat", "ping", "ss", "sysctl"];

/// What precedes a command in a sentence.
const LEADS: [&str; 6] = ["\"", ": ", "&& ", "; ", "run ", "or "];

impl Namespace {
    /// The command that does the same from the caller's namespace.
    pub fn command(&self, command: Command) -> Command {
        let program = command.0.first();
        let program = program.and_then(|word| std::str::from_utf8(word).ok());
        let Some(prefix) = program.and_then(|program| self.prefix(program)) else {
            return command;
        };
        let rest = command.0.into_iter().skip(1);
        Command(prefix.into_iter().chain(rest).collect())
    }

    /// The words in place of the program's name.
    fn prefix(&self, program: &str) -> Option<Vec<Vec<u8>>> {
        if !NAMESPACED.contains(&program) {
            return None;
        }
        let words: [&[u8]; 5] = match (self, program) {
            (Namespace::Own, _) => return None,
            (Namespace::Named(name), "mptcp" | "ip") => {
                return Some(to_words([program.as_bytes(), b"-n", name.as_bytes()]));
            }
            (Namespace::File { given, .. }, "mptcp") => {
                return Some(to_words([b"mptcp", b"-n", given.as_bytes()]));
            }
            (Namespace::Named(name), _) => [
                b"ip",
                b"netns",
                b"exec",
                name.as_bytes(),
                program.as_bytes(),
            ],
            (Namespace::File { path, .. }, _) => {
                let net = [b"--net=", path.as_bytes()].concat();
                return Some(to_words([b"nsenter", &net, program.as_bytes()]));
            }
        };
        Some(to_words(words))
    }

    /// A sentence with commands in it, which stand in quotes, at the beginning, or
    /// after one of [`LEADS`].
    pub fn sentence(&self, text: &str) -> String {
        if *self == Namespace::Own {
            return text.to_owned();
        }
        let mut changed = String::new();
        let mut rest = text;
        let mut is_start = true;
        while !rest.is_empty() {
            let word = rest.split(' ').next().unwrap_or_default();
            let program = word.trim_end_matches('"');
            let follows = rest.len() > program.len();
            let prefix = Some(program).filter(|_| is_start && follows);
            match prefix.and_then(|program| self.prefix(program)) {
                Some(words) => {
                    changed += &Command(words).to_string();
                    rest = &rest[program.len()..];
                }
                None => {
                    let first = rest.chars().next().map_or(1, char::len_utf8);
                    changed += &rest[..first];
                    rest = &rest[first..];
                }
            }
            is_start = LEADS.iter().any(|lead| changed.ends_with(lead));
        }
        changed
    }
}

fn to_words<const N: usize>(words: [&[u8]; N]) -> Vec<Vec<u8>> {
    words.map(<[u8]>::to_vec).into()
}

impl Namespace {
    /// The namespace with that name, if `path` is not needed to find it.
    pub fn new(given: &OsStr, path: Option<&OsStr>) -> Self {
        match path {
            None => Namespace::Named(given.to_owned()),
            Some(path) => Namespace::File {
                given: given.to_owned(),
                path: path.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests;

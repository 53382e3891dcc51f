//! A step as the command line that does it.

use crate::ip::Shown;
use crate::pm::{Address, Endpoint, Flags, Limits};

use super::Step;

/// A command line: its words, from `mptcp` on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Typed(pub Vec<Vec<u8>>);

/// The names of devices by their number.
pub type NameOf<'a> = &'a mut dyn FnMut(i32) -> Vec<u8>;

/// The commands of a file that gives these limits and endpoints, and no
/// others. The ids are all given, so that the kernel picks none.
pub fn saved(limits: Limits, endpoints: &[Endpoint], name: NameOf) -> Vec<Typed> {
    let mut commands = vec![Typed::default().words("mptcp endpoint flush")];
    commands.push(Typed::of(&Step::Limits(limits), name));
    let own = |endpoint: &&Endpoint| {
        let flags = endpoint.flags.unwrap_or_default();
        !flags.contains(Flags::IMPLICIT)
    };
    for endpoint in endpoints.iter().filter(own) {
        commands.push(Typed::of(&Step::Add(endpoint.clone()), name));
    }
    commands
}

impl Typed {
    /// The command that does a step.
    pub fn of(step: &Step, name: NameOf) -> Self {
        let line = Typed::default();
        match step {
            Step::Limits(limits) => line
                .words("mptcp limits set")
                .valued("subflows", limits.subflows)
                .valued("add_addr_accepted", limits.add_addr_accepted),
            Step::Add(endpoint) => line
                .words("mptcp endpoint add")
                .address(endpoint)
                .device(endpoint, name)
                .valued("id", endpoint.id)
                .valued("port", port(endpoint))
                .flags(endpoint.flags.unwrap_or_default()),
            Step::Change { which, flags } => line
                .words("mptcp endpoint change")
                .address(which)
                .valued("id", which.id)
                .valued("port", port(which))
                .either(*flags, Flags::BACKUP, ["backup", "nobackup"])
                .either(*flags, Flags::FULLMESH, ["fullmesh", "nofullmesh"]),
            Step::Delete(endpoint) => line
                .words("mptcp endpoint delete")
                .valued("id", endpoint.id),
        }
    }

    /// The line as it is typed, in a shell and in a file alike.
    pub fn text(&self) -> Vec<u8> {
        let words: Vec<Vec<u8>> = self.0.iter().map(|word| quoted(word)).collect();
        words.join(&b' ')
    }

    fn word(mut self, word: impl Into<Vec<u8>>) -> Self {
        self.0.push(word.into());
        self
    }

    fn words(self, words: &str) -> Self {
        words.split(' ').fold(self, Typed::word)
    }

    fn valued(self, keyword: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.word(keyword).word(value.to_string()),
            None => self,
        }
    }

    fn address(self, endpoint: &Endpoint) -> Self {
        match endpoint.address {
            Some(Address::Ip(ip)) => self.word(Shown(ip).to_string()),
            Some(Address::Any) => self.word("any"),
            None => self,
        }
    }

    fn device(self, endpoint: &Endpoint, name: NameOf) -> Self {
        match endpoint.device.filter(|index| *index != 0) {
            Some(index) => {
                let name = Some(name(index)).filter(|name| fits_a_file(name));
                let name = name.unwrap_or_else(|| format!("if{index}").into_bytes());
                self.word("dev").word(name)
            }
            None => self,
        }
    }

    fn flags(self, flags: Flags) -> Self {
        let named = Flags::NAMED.iter();
        let set = named.filter(|(_, flag)| flags.contains(*flag));
        set.fold(self, |line, (name, _)| line.word(*name))
    }

    fn either(self, flags: Flags, flag: Flags, [set, unset]: [&str; 2]) -> Self {
        self.word(if flags.contains(flag) { set } else { unset })
    }
}

/// The kernel tells port 0 of an endpoint that has none.
fn port(endpoint: &Endpoint) -> Option<u16> {
    endpoint.port.filter(|port| *port != 0)
}

/// Whether a line of a file can hold the name: `#` begins a comment even in
/// quotes, and there is no way to write both quotes in a word.
fn fits_a_file(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok() && !name.iter().any(|byte| matches!(byte, b'#' | b'\''))
}

/// A word in quotes, if it takes them.
fn quoted(word: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:@%+,=/-".contains(byte);
    match !word.is_empty() && word.iter().all(plain) {
        true => word.to_vec(),
        false => [b"'", word, b"'"].concat(),
    }
}

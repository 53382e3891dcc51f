//! The words that select connections, which several commands have.

use std::ffi::OsStr;
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use crate::diag::select::{Condition, Prefix, Selector};
use crate::pm::Address;

use super::grammar::{Word, keyword};
use super::value::{self, DeviceName};
use super::{AddressFault, Error, Hint};

/// Words that select connections, which several commands have. Of each kind that is
/// given, one value has to match.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Words {
    /// The criteria, without devices.
    pub selector: Selector,
    /// Devices, not yet looked up.
    pub devices: Vec<DeviceName>,
}

/// What `state` may name.
pub const STATES: [(&str, Condition); 6] = [
    ("established", Condition::Established),
    ("fallback", Condition::Fallback),
    ("single", Condition::Single),
    ("pending", Condition::Pending),
    ("listening", Condition::Listening),
    // After single, so that s keeps its meaning.
    ("stalled", Condition::Stalled),
];

/// The words, declared for any command that has them.
pub fn words<T: AsMut<Words>>() -> Vec<Word<T>> {
    vec![
        keyword(
            "token",
            "TOKEN",
            "the connection, as \"mptcp monitor\" prints it",
            |words: &mut T, word| {
                value::token(word).map(|token| selector(words).tokens.push(token))
            },
        ),
        keyword(
            "local",
            "PREFIX",
            "a local address or prefix: ADDRESS[/LEN]",
            |words, word| prefix(word).map(|local| selector(words).locals.push(local)),
        ),
        keyword(
            "remote",
            "PREFIX",
            "an address or prefix of the peer: ADDRESS[/LEN]",
            |words, word| prefix(word).map(|remote| selector(words).remotes.push(remote)),
        ),
        keyword("sport", "NR", "the port of this host", |words, word| {
            value::port(word).map(|sport| selector(words).sports.push(sport))
        }),
        // Before dport, so that d means what it means to `endpoint`.
        keyword(
            "dev",
            "NAME",
            "the device used, or one that has the local address",
            |words, word| value::device(word).map(|device| words.as_mut().devices.push(device)),
        ),
        keyword("dport", "NR", "the port of the peer", |words, word| {
            value::port(word).map(|dport| selector(words).dports.push(dport))
        }),
        keyword(
            "state",
            "STATE",
            "established, fallback, single, pending, listening or stalled",
            |words, word| {
                condition(word).map(|condition| selector(words).conditions.push(condition))
            },
        )
        .one_of(STATES.map(|(name, _)| name)),
    ]
}

impl AsMut<Words> for Words {
    fn as_mut(&mut self) -> &mut Words {
        self
    }
}

impl Words {
    /// Sets the word of that name, if it is one of these.
    ///
    /// # Errors
    /// The rule that the value breaks.
    pub fn set(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        let known = words().into_iter().find(|word| word.name() == name);
        known.map_or(Ok(()), |word| word.take.take(self, value))
    }
}

fn selector<T: AsMut<Words>>(words: &mut T) -> &mut Selector {
    &mut words.as_mut().selector
}

/// ADDRESS or ADDRESS/LEN. An IPv4-mapped address becomes the IPv4 address.
fn prefix(word: &OsStr) -> Result<Prefix, Error> {
    let mut parts = word.as_bytes().splitn(2, |&byte| byte == b'/');
    let address = parts.next().unwrap_or_default();
    let wrong = |hint| Error::Address {
        word: word.to_owned(),
        hint,
    };
    let ip = match value::address(OsStr::from_bytes(address)) {
        Ok(Address::Ip(ip)) => ip,
        Ok(Address::Any) => return Err(wrong(None)),
        Err(error) => return Err(wrong(error.hint().cloned())),
    };
    let most = match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    let len = match parts.next() {
        None => most,
        Some(len) => value::number(len)
            .filter(|len| *len <= most)
            .ok_or_else(|| wrong(Some(Hint::Address(AddressFault::PrefixLength))))?,
    };
    let mapped = ip.to_canonical();
    let before = match (ip, mapped) {
        (IpAddr::V6(_), IpAddr::V4(_)) if len >= 96 => 96,
        _ => 0,
    };
    Ok(Prefix {
        address: if before == 0 { ip } else { mapped },
        len: (len - before) as u8,
    })
}

/// The state of that name, or the first that begins so.
fn condition(word: &OsStr) -> Result<Condition, Error> {
    let typed = word.as_bytes();
    let begins =
        |(name, _): &&(&str, Condition)| !typed.is_empty() && name.as_bytes().starts_with(typed);
    let found = STATES.iter().find(begins);
    found.map(|(_, condition)| *condition).ok_or_else(|| {
        let rule = "a state is established, fallback, single, pending, listening or stalled";
        Error::argument(word, rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> String {
        match prefix(OsStr::new(word)) {
            Ok(prefix) => format!("{}/{}", prefix.address, prefix.len),
            Err(error) => format!("{error}"),
        }
    }

    #[test]
    fn a_prefix_is_an_address_with_or_without_a_length() {
        let read_as = [
            ("10.0.0.1", "10.0.0.1/32"),
            ("10.1/16", "10.1.0.0/16"),
            ("10.0.0.1/0", "10.0.0.1/0"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("::ffff:10.0.0.1/104", "10.0.0.1/8"),
            ("::ffff:0:0/90", "::ffff:0.0.0.0/90"),
        ];
        for (word, prefix) in read_as {
            assert_eq!(read(word), prefix, "{word}");
        }
        for word in [
            "",
            "/8",
            "10.0.0.1/33",
            "::1/129",
            "10.0.0.1/",
            "any",
            "host",
        ] {
            assert!(read(word).contains("address is expected"), "{word}");
        }
    }

    #[test]
    fn a_state_may_be_shortened() {
        let state = |word: &str| condition(OsStr::new(word));
        assert_eq!(state("f"), Ok(Condition::Fallback));
        assert_eq!(state("listening"), Ok(Condition::Listening));
        assert!(state("").is_err() && state("closed").is_err());
    }
}

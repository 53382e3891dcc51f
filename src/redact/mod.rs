//! Replaces what identifies a host in a text that is to be published:
//! addresses become documentation addresses (RFC 5737, RFC 3849), link-layer
//! addresses those of RFC 7042, tokens consecutive numbers. The same value
//! always becomes the same, and what shares a network still shares one. Pure.

mod network;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::IpAddr;

use network::Networks;

/// What was replaced so far.
#[derive(Debug, Default)]
pub struct Redactor {
    networks: Networks,
    tokens: HashMap<u32, u32>,
    hardware: HashMap<String, u8>,
    /// The last word was `token`: what follows is one.
    after_token: bool,
}

impl Redactor {
    /// A redactor that knows the networks of this host, each an address of it
    /// and the length of its prefix. Other addresses are taken to be in a /24,
    /// or in a /64.
    pub fn new(known: impl IntoIterator<Item = (IpAddr, u8)>) -> Self {
        Redactor {
            networks: Networks::new(known),
            ..Redactor::default()
        }
    }

    /// The text with everything replaced.
    pub fn redact(&mut self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let (before, run) = rest.split_at(start);
            redacted.push_str(before);
            let end = run.find(|char| !is_part(char)).unwrap_or(run.len());
            let (run, after) = run.split_at(end);
            self.run(&mut redacted, run);
            rest = after;
        }
        redacted.push_str(rest);
        redacted
    }

    /// Replaces what a run of letters, digits, dots and colons begins with, and
    /// goes on with what is left of it.
    fn run(&mut self, redacted: &mut String, run: &str) {
        let mut rest = run;
        while !rest.is_empty() {
            let (length, replacement) = self
                .token(rest)
                .or_else(|| self.hardware(rest))
                .or_else(|| self.address(rest))
                .unwrap_or_else(|| (word(rest), None));
            let (value, left) = rest.split_at(length);
            redacted.push_str(replacement.as_deref().unwrap_or(value));
            // Between `token` and its value stand blanks, quotes or a colon.
            if value.contains(|char: char| char.is_ascii_alphanumeric()) {
                self.after_token = value.split('_').any(|part| part == "token");
            }
            rest = left;
        }
    }

    fn token(&mut self, text: &str) -> Option<(usize, Option<String>)> {
        if !self.after_token {
            return None;
        }
        let length = word(text);
        let value = text.get(..length)?;
        let digits = value.strip_prefix("0x").unwrap_or(value);
        let token = u32::from_str_radix(digits, 16).ok()?;
        let next = u32::try_from(self.tokens.len() + 1).ok()?;
        let number = *self.tokens.entry(token).or_insert(next);
        let replacement = match digits.len() == value.len() {
            true => format!("{number:08x}"),
            false => format!("0x{number:x}"),
        };
        Some((length, Some(replacement)))
    }

    /// Six bytes with colons between them.
    fn hardware(&mut self, text: &str) -> Option<(usize, Option<String>)> {
        const LENGTH: usize = 17;
        let value = text.get(..LENGTH)?;
        let pairs = value.split(':').map(str::as_bytes);
        let is_pair = |pair: &[u8]| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        let follows = text
            .as_bytes()
            .get(LENGTH)
            .is_some_and(|byte| is_word(*byte));
        if follows || pairs.clone().count() != 6 || !pairs.into_iter().all(is_pair) {
            return None;
        }
        let next = u8::try_from(self.hardware.len()).unwrap_or(u8::MAX);
        let known = self.hardware.entry(value.to_ascii_lowercase());
        let number = *known.or_insert(next);
        Some((LENGTH, Some(format!("00:00:5e:00:53:{number:02x}"))))
    }

    /// The longest address that the text begins with.
    fn address(&mut self, text: &str) -> Option<(usize, Option<String>)> {
        let part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
        let most = text.bytes().take_while(part).count();
        (2..=most).rev().find_map(|length| {
            let follows = text
                .as_bytes()
                .get(length)
                .is_some_and(|byte| is_word(*byte));
            let ip: IpAddr = text.get(..length).filter(|_| !follows)?.parse().ok()?;
            Some((length, Some(self.networks.replace(ip).to_string())))
        })
    }
}

/// What can be in an address, a token or a word around it.
fn is_part(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | ':' | '_')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How long the word is that the text begins with, at least 1.
fn word(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| is_word(*byte))
        .count()
        .max(1)
}

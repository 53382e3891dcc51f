//! Short texts without an allocation: an event has several of them, and there
//! may be a hundred thousand events a second.

use std::fmt::Display;
use std::io::{self, Cursor, Write};

/// Room for any number or address.
const ROOM: usize = 48;

/// The text of a number or an address.
#[derive(Debug)]
pub(super) struct Short(Cursor<[u8; ROOM]>);

impl Short {
    /// The text of `value`.
    ///
    /// # Errors
    /// It is longer than those of numbers and addresses are.
    pub(super) fn of(value: impl Display) -> io::Result<Self> {
        let mut text = Cursor::new([0; ROOM]);
        write!(text, "{value}")?;
        Ok(Short(text))
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        let (bytes, length) = (self.0.get_ref(), self.0.position());
        // A position within so little room is a small number.
        bytes.get(..length as usize).unwrap_or(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Short;

    #[test]
    fn the_longest_numbers_and_addresses_fit() {
        for text in [
            "-9223372036854775808",
            "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
        ] {
            assert_eq!(Short::of(text).unwrap().bytes(), text.as_bytes());
        }
        assert!(Short::of("x".repeat(49)).is_err());
    }
}

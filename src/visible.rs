//! Text from outside, made safe to show on a terminal: file contents, arguments,
//! the names of files, devices, processes and namespaces.
//!
//! A terminal obeys control characters, and bidirectional controls change the
//! order in which text is read (CVE-2021-42574). Both are shown escaped.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::{self, Write};
use std::os::unix::ffi::OsStrExt;

/// Whether a terminal shows the character and does nothing else.
pub fn is_visible(character: char) -> bool {
    let reorders = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !character.is_control() && !reorders
}

/// Any bytes, displayed so that each of them can be seen: controls as `\n`, `\x1b`
/// or `\u{202e}`, bytes that are not UTF-8 as `\xff`.
#[derive(Debug, Clone, Copy)]
pub struct Visible<'a>(pub &'a [u8]);

impl<'a> From<&'a OsStr> for Visible<'a> {
    fn from(text: &'a OsStr) -> Self {
        Visible(text.as_bytes())
    }
}

/// An argument or file name, displayed as [`Visible`].
pub fn of_os<'a>(text: &'a (impl AsRef<OsStr> + ?Sized)) -> Visible<'a> {
    Visible::from(text.as_ref())
}

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                put(f, character)?;
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

fn put(out: &mut impl Write, character: char) -> fmt::Result {
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        '\0'..='\x1f' | '\x7f' => write!(out, "\\x{:02x}", u32::from(character)),
        character if is_visible(character) => out.write_char(character),
        character => write!(out, "\\u{{{:x}}}", u32::from(character)),
    }
}

/// A message of several lines, in which everything but the line feeds is visible.
pub fn lines(text: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    if text.iter().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let lines = text.split(|&byte| byte == b'\n');
    let lines: Vec<String> = lines.map(|line| Visible(line).to_string()).collect();
    Cow::Owned(lines.join("\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(text: &[u8]) -> String {
        Visible(text).to_string()
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        for (text, shown) in [
            (&b"eth0"[..], "eth0"),
            ("dév \u{4e2d}".as_bytes(), "dév \u{4e2d}"),
            (b"\x1b[2J\x07", "\\x1b[2J\\x07"),
            (b"a\nb\rc\td\x7f", "a\\nb\\rc\\td\\x7f"),
            ("\u{9b}2J".as_bytes(), "\\u{9b}2J"),
            (
                "\u{202e}exe\u{2066}\u{200f}".as_bytes(),
                "\\u{202e}exe\\u{2066}\\u{200f}",
            ),
            ("\u{2028}".as_bytes(), "\\u{2028}"),
            (b"\x9b2J\xff", "\\x9b2J\\xff"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(lines(b"one\ntwo"), &b"one\ntwo"[..]);
        assert_eq!(lines(b"one\x1b\ntwo\r"), &b"one\\x1b\ntwo\\r"[..]);
    }
}

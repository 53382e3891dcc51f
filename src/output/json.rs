//! JSON as iproute2 lays it out, which no serializer does: on one line, or
//! pretty with the brackets of a list and of its first record side by side.

use std::io::{self, Write};

use crate::visible::is_visible;

const INDENT: &str = "    ";

/// Where in a document the writer is.
#[derive(Debug)]
pub(super) struct Layout {
    pretty: bool,
    /// Each record on a line of its own, and no list around them.
    lines: bool,
    depth: usize,
    /// The innermost bracket has a member or record already.
    follows: bool,
}

impl Layout {
    pub(super) fn new(pretty: bool) -> Self {
        Layout {
            pretty,
            lines: false,
            depth: 0,
            follows: false,
        }
    }

    /// JSON Lines: records without a list around them, each on a line.
    pub(super) fn lines() -> Self {
        let lines = true;
        Layout {
            lines,
            ..Layout::new(false)
        }
    }

    /// Opens the outermost list.
    pub(super) fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.lines {
            Ok(())
        } else {
            self.open(out, b'[')
        }
    }

    /// Closes the outermost list.
    pub(super) fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.lines {
            return Ok(());
        }
        self.close(out, b']')?;
        out.write_all(b"\n")
    }

    /// Opens a list `[` or a record `{`.
    pub(super) fn open(&mut self, out: &mut impl Write, bracket: u8) -> io::Result<()> {
        if self.follows {
            out.write_all(&[b',', bracket])?;
        } else {
            out.write_all(&[bracket])?;
        }
        self.depth += 1;
        self.follows = false;
        match (self.pretty, bracket) {
            (true, b'[') => out.write_all(b" "),
            _ => Ok(()),
        }
    }

    /// Closes a list `]` or a record `}`.
    pub(super) fn close(&mut self, out: &mut impl Write, bracket: u8) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        match (self.pretty && self.follows, bracket) {
            (true, b']') => out.write_all(b" ")?,
            (true, _) => self.line(out)?,
            (false, _) => {}
        }
        // At the end of a document, another one may follow without a comma.
        self.follows = self.depth > 0;
        out.write_all(&[bracket])?;
        if self.lines && self.depth == 0 {
            out.write_all(b"\n")
        } else {
            Ok(())
        }
    }

    /// Writes the name of a member of a record; its value follows.
    pub(super) fn name(&mut self, out: &mut impl Write, name: &str) -> io::Result<()> {
        self.name_before(out, name, false)
    }

    /// The same, and the quote with which the value begins if it is in quotes.
    pub(super) fn name_before(
        &mut self,
        out: &mut impl Write,
        name: &str,
        is_quoted: bool,
    ) -> io::Result<()> {
        if self.pretty {
            out.write_all(if self.follows { b"," } else { b"" })?;
            self.line(out)?;
            out.write_all(b"\"")?;
        } else {
            out.write_all(if self.follows { b",\"" } else { b"\"" })?;
        }
        self.follows = true;
        if name.is_ascii() {
            rest_of_string(out, name.as_bytes())?;
        } else {
            rest_of_foreign(out, name.as_bytes())?;
        }
        out.write_all(match (self.pretty, is_quoted) {
            (true, true) => b": \"",
            (true, false) => b": ",
            (false, true) => b":\"",
            (false, false) => b":",
        })
    }

    /// Opens a list that is the value of what was named last.
    pub(super) fn open_value(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.follows = false;
        self.open(out, b'[')
    }

    /// Opens a list or a record that is a value: of what was named last, or of
    /// a list, where it may `follow` another one.
    pub(super) fn nest(
        &mut self,
        out: &mut impl Write,
        bracket: u8,
        follows: bool,
    ) -> io::Result<()> {
        self.follows = follows;
        self.open(out, bracket)
    }

    fn line(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(INDENT.as_bytes()))
    }
}

/// Whether a byte cannot stand in a string as it is.
fn is_escaped(byte: &u8) -> bool {
    matches!(byte, 0..0x20 | 0x7f | b'"' | b'\\')
}

/// Text that anybody may have chosen, as a string in UTF-8 that a terminal does not
/// obey: invisible characters are escaped, and bytes that are not UTF-8 become
/// U+FFFD.
pub(super) fn foreign(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    rest_of_foreign(out, text)
}

/// The same after the first quote.
pub(super) fn rest_of_foreign(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    let text = String::from_utf8_lossy(text);
    let is_escaped = |character: char| !character.is_ascii() && !is_visible(character);
    let mut rest = &*text;
    while let Some(at) = rest.find(is_escaped) {
        let (plain, after) = rest.split_at(at);
        part_of_string(out, plain.as_bytes())?;
        let mut characters = after.chars();
        let mut units = [0; 2];
        if let Some(character) = characters.next() {
            for unit in character.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        rest = characters.as_str();
    }
    rest_of_string(out, rest.as_bytes())
}

/// A string after its first quote. Bytes from 0x80 up are written as they are: a
/// device name is any bytes, and iproute2 leaves them alone as well.
pub(super) fn rest_of_string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    part_of_string(out, text)?;
    out.write_all(b"\"")
}

fn part_of_string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    let mut rest = text;
    // Most strings are one run of bytes that stand for themselves.
    while let Some(run) = rest.iter().position(is_escaped) {
        let (plain, escaped) = rest.split_at(run);
        out.write_all(plain)?;
        let [byte, after @ ..] = escaped else {
            break;
        };
        rest = after;
        match byte {
            b'\t' => out.write_all(b"\\t")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\r' => out.write_all(b"\\r")?,
            0x0c => out.write_all(b"\\f")?,
            0x08 => out.write_all(b"\\b")?,
            b'\\' => out.write_all(b"\\\\")?,
            b'"' => out.write_all(b"\\\"")?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
    }
    out.write_all(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    proptest! {
        /// Whatever a name is, the document can be read, and has that name.
        #[test]
        fn any_name_and_key_can_be_read(text: String, bytes: Vec<u8>, pretty: bool) {
            let mut out = Vec::new();
            let mut layout = Layout::new(pretty);
            layout.open(&mut out, b'{').unwrap();
            for (key, value) in [(text.as_str(), text.as_bytes()), ("bytes", &bytes)] {
                layout.name(&mut out, key).unwrap();
                foreign(&mut out, value).unwrap();
            }
            layout.close(&mut out, b'}').unwrap();
            let shown = String::from_utf8(out).unwrap();
            let invisible = |character: char| !is_visible(character) && character != '\n';
            prop_assert!(!shown.contains(invisible), "{shown:?}");
            let read: Map<String, Value> = serde_json::from_str(&shown).unwrap();
            prop_assert_eq!(&read["bytes"], &String::from_utf8_lossy(&bytes).into_owned());
            if text != "bytes" {
                prop_assert_eq!(&read[&text], &text);
            }
        }
    }
}

//! The values that records are made of, in text and in JSON.

use std::io::{self, Write};
use std::net::IpAddr;

use super::{Color, Palette, address, json};

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name in JSON, and mostly in text.
    pub key: &'a str,
    /// What it says.
    pub value: Value<'a>,
    frame: Frame,
}

/// What a field says.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Words, which are any bytes.
    Words(&'a [u8]),
    /// The name of a network device, which is any bytes.
    Device(&'a [u8]),
    /// An address.
    Address(IpAddr),
    /// The name of the host that has an address.
    Host(&'a str, IpAddr),
    /// A number.
    Number(i64),
    /// By how much a number grew: in text with its sign.
    Growth(i64),
    /// A token: in text eight hexadecimal digits, in JSON as [`Value::Bits`].
    Token(u32),
    /// Bits, as C's `%#x` writes them: zero without 0x. A string in JSON.
    Bits(u32),
    /// Flags of an endpoint that have no name: two hexadecimal digits at least.
    RawFlags(u32),
    /// A command: in text the line, in JSON an array of its words.
    Command {
        /// Its words.
        words: &'a [Vec<u8>],
        /// How it is typed.
        line: &'a [u8],
    },
    /// It is set: in text this word, `true` in JSON.
    Set(&'a str),
}

/// What stands around a value in text. What stands behind has its colour, what
/// stands before has none.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Assigned,
    Spaced,
    Between(&'static str, &'static str),
}

impl<'a> Field<'a> {
    /// ` KEY=VALUE`
    pub fn assigned(key: &'a str, value: Value<'a>) -> Self {
        let frame = Frame::Assigned;
        Field { key, value, frame }
    }

    /// `KEY VALUE `
    pub fn spaced(key: &'a str, value: Value<'a>) -> Self {
        let frame = Frame::Spaced;
        Field { key, value, frame }
    }

    /// A value whose key does not stand in text, but `lead` and `trail` do.
    pub fn between(
        key: &'a str,
        lead: &'static str,
        value: Value<'a>,
        trail: &'static str,
    ) -> Self {
        let frame = Frame::Between(lead, trail);
        Field { key, value, frame }
    }

    /// Writes it as text.
    pub fn write_text(&self, out: &mut impl Write, palette: Palette) -> io::Result<()> {
        let (lead, sign, trail) = match self.frame {
            Frame::Assigned => (" ", "=", ""),
            Frame::Spaced => ("", " ", " "),
            Frame::Between(lead, trail) => (lead, "", trail),
        };
        out.write_all(lead.as_bytes())?;
        if !sign.is_empty() {
            out.write_all(self.key.as_bytes())?;
            out.write_all(sign.as_bytes())?;
        }
        let escape = self.value.color().and_then(|color| palette.escape(color));
        if let Some(escape) = escape {
            out.write_all(escape.as_bytes())?;
        }
        self.value.write_text(out)?;
        out.write_all(trail.as_bytes())?;
        match escape {
            Some(_) => out.write_all(Palette::RESET.as_bytes()),
            None => Ok(()),
        }
    }
}

impl Value<'_> {
    fn color(self) -> Option<Color> {
        match self {
            Value::Device(_) => Some(Color::Device),
            Value::Address(ip) | Value::Host(_, ip) => Some(match ip {
                IpAddr::V4(_) => Color::Ipv4,
                IpAddr::V6(_) => Color::Ipv6,
            }),
            _ => None,
        }
    }

    fn write_text(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Value::Words(text) | Value::Device(text) => out.write_all(text),
            Value::Command { line, .. } => out.write_all(line),
            Value::Address(ip) => write!(out, "{}", address::Shown(ip)),
            Value::Host(text, _) | Value::Set(text) => out.write_all(text.as_bytes()),
            Value::Number(number) => write!(out, "{number}"),
            Value::Growth(by) => write!(out, "{by:+}"),
            Value::Token(token) => write!(out, "{token:08x}"),
            Value::Bits(0) => out.write_all(b"0"),
            Value::Bits(bits) => write!(out, "{bits:#x}"),
            Value::RawFlags(flags) => write!(out, "{flags:02x}"),
        }
    }

    /// Writes it as JSON.
    pub fn write_json(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Value::Words(text) | Value::Device(text) => json::string(out, text),
            Value::Command { words, .. } => {
                let mut lead = &b"["[..];
                for word in words {
                    out.write_all(lead)?;
                    json::string(out, word)?;
                    lead = b",";
                }
                out.write_all(b"]")
            }
            Value::Address(ip) => write!(out, "\"{}\"", address::Shown(ip)),
            Value::Host(name, _) => json::string(out, name.as_bytes()),
            Value::Number(number) | Value::Growth(number) => write!(out, "{number}"),
            Value::Token(0) | Value::Bits(0) => out.write_all(b"\"0\""),
            Value::Token(bits) | Value::Bits(bits) => write!(out, "\"{bits:#x}\""),
            Value::RawFlags(flags) => write!(out, "\"{flags:02x}\""),
            Value::Set(_) => out.write_all(b"true"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_text_and_its_json() {
        let ip = IpAddr::from([10, 0, 0, 1]);
        let values = [
            (Value::Words(b"a \"b\""), "a \"b\"", r#""a \"b\"""#),
            (Value::Device(b"x\"y"), "x\"y", r#""x\"y""#),
            (Value::Address(ip), "10.0.0.1", r#""10.0.0.1""#),
            (Value::Host("h\"\n", ip), "h\"\n", r#""h\"\n""#),
            (Value::Number(-7), "-7", "-7"),
            (Value::Growth(7), "+7", "7"),
            (Value::Token(0xab), "000000ab", r#""0xab""#),
            (Value::Token(0), "00000000", r#""0""#),
            (Value::Bits(0x1f), "0x1f", r#""0x1f""#),
            (Value::Bits(0), "0", r#""0""#),
            (Value::RawFlags(0x8), "08", r#""08""#),
            (Value::RawFlags(0x100), "100", r#""100""#),
            (Value::Set("signal"), "signal", "true"),
        ];
        for (value, text, json) in values {
            let (mut as_text, mut as_json) = (Vec::new(), Vec::new());
            value.write_text(&mut as_text).unwrap();
            value.write_json(&mut as_json).unwrap();
            assert_eq!(as_text, text.as_bytes(), "{value:?}");
            assert_eq!(as_json, json.as_bytes(), "{value:?}");
        }
    }

    #[test]
    fn only_what_stands_behind_a_value_has_its_colour() {
        let text = |field: Field| {
            let mut text = Vec::new();
            field.write_text(&mut text, Palette::Light).unwrap();
            String::from_utf8(text).unwrap()
        };
        let lo = Value::Device(b"lo");
        assert_eq!(text(Field::assigned("dev", lo)), " dev=\x1b[36mlo\x1b[0m");
        assert_eq!(text(Field::spaced("dev", lo)), "dev \x1b[36mlo \x1b[0m");
        let between = Field::between("dev", "[", lo, "]");
        assert_eq!(text(between), "[\x1b[36mlo]\x1b[0m");
        assert_eq!(text(Field::spaced("id", Value::Number(1))), "id 1 ");
    }
}

//! The values in records, in text and in JSON.

use std::io::{self, Write};
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Color, Palette, digits, json};
use crate::cli::Scale;
use crate::diag::socket::State;
use crate::shell::Command;
use crate::visible::Visible;

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name in JSON, and mostly in text.
    pub key: &'a str,
    /// Its value.
    pub value: Value<'a>,
    frame: Frame,
}

/// The value of a field.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Text, which may be any bytes.
    Text(&'a [u8]),
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
    /// A command: in text the line to paste, in JSON an array of its words.
    Command(&'a Command),
    /// Text that anybody may have chosen, and a terminal must not obey.
    Foreign(&'a [u8]),
    /// The name of a device, as [`Value::Foreign`].
    Interface(&'a [u8]),
    /// Yes or no.
    Truth(bool),
    /// Texts: in JSON an array of strings.
    List(&'a [String]),
    /// A number of thousandths, as the whole ones and up to three decimals.
    Thousandths(u16),
    /// A number that has no sign.
    Count(u64),
    /// A size in bytes.
    Bytes(u64, Scale),
    /// Bytes in a second.
    Rate(u64, Scale),
    /// Microseconds, which are milliseconds in text.
    Micros(u32),
    /// Milliseconds.
    Millis(u32),
    /// The state of a connection or subflow.
    State(State),
    /// For how long a path has been stalled: seconds in text, milliseconds in
    /// JSON.
    Stalled(Duration),
    /// A time: seconds since 1970, with a fraction.
    Time(SystemTime),
    /// It is set: in text this word, `true` in JSON.
    Set(&'a str),
}

/// The text around a value. What follows it has its colour, what precedes it
/// has none.
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

    /// Writes it as text. The palette is asked for if it has a colour.
    pub fn write_text(
        &self,
        out: &mut impl Write,
        palette: impl FnOnce() -> Palette,
    ) -> io::Result<()> {
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
        let color = self.value.color();
        let escape = color.and_then(|color| palette().escape(color));
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

fn signed(out: &mut impl Write, number: i64) -> io::Result<()> {
    if number < 0 {
        out.write_all(b"-")?;
    }
    digits::decimal(out, number.unsigned_abs())
}

pub(super) fn scaled(out: &mut impl Write, number: u64, scale: Scale) -> io::Result<()> {
    if scale.human {
        digits::short(out, number, scale.iec)
    } else {
        digits::decimal(out, number)
    }
}

fn seconds(out: &mut impl Write, time: SystemTime) -> io::Result<()> {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    write!(out, "{}.{:06}", since.as_secs(), since.subsec_micros())
}

/// As `ip` has it for a link that is up, down, or something else.
pub(super) fn state_color(state: State) -> Option<Color> {
    match state {
        State::Established => Some(Color::Up),
        State::SynSent | State::SynReceived | State::Listen => None,
        _ => Some(Color::Down),
    }
}

impl Value<'_> {
    fn color(self) -> Option<Color> {
        match self {
            Value::Device(_) | Value::Interface(_) => Some(Color::Device),
            Value::State(state) => state_color(state),
            Value::Stalled(_) => Some(Color::Down),
            Value::Address(ip) | Value::Host(_, ip) => Some(match ip {
                IpAddr::V4(_) => Color::Ipv4,
                IpAddr::V6(_) => Color::Ipv6,
            }),
            _ => None,
        }
    }

    fn write_text(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Value::Text(text) | Value::Device(text) => out.write_all(text),
            Value::Foreign(text) | Value::Interface(text) => write!(out, "{}", Visible(text)),
            Value::Command(command) => write!(out, "{command}"),
            Value::Growth(by) => write!(out, "{by:+}"),
            Value::Address(ip) => digits::address(out, ip),
            Value::Host(text, _) | Value::Set(text) => out.write_all(text.as_bytes()),
            Value::Number(number) => signed(out, number),
            Value::Truth(yes) => write!(out, "{yes}"),
            Value::List(texts) => out.write_all(texts.join(", ").as_bytes()),
            Value::Thousandths(number) => digits::thousandths(out, number.into()),
            Value::Count(number) => digits::decimal(out, number),
            Value::Bytes(number, scale) => scaled(out, number, scale),
            Value::Rate(number, scale) => {
                scaled(out, number, scale)?;
                out.write_all(b"B/s")
            }
            Value::Micros(time) => {
                digits::thousandths(out, time)?;
                out.write_all(b"ms")
            }
            Value::Millis(time) => {
                digits::decimal(out, time.into())?;
                out.write_all(b"ms")
            }
            Value::State(state) => out.write_all(state.name().as_bytes()),
            Value::Stalled(time) => write!(out, "stalled {}s", time.as_secs()),
            Value::Time(time) => seconds(out, time),
            Value::Token(token) => digits::hexadecimal(out, token, 8),
            Value::Bits(0) => out.write_all(b"0"),
            Value::Bits(bits) => write!(out, "{bits:#x}"),
            Value::RawFlags(flags) => write!(out, "{flags:02x}"),
        }
    }

    /// Whether it is in quotes in JSON.
    pub fn is_quoted(&self) -> bool {
        matches!(
            self,
            Value::Text(_)
                | Value::Device(_)
                | Value::Foreign(_)
                | Value::Interface(_)
                | Value::Address(_)
                | Value::Host(..)
                | Value::State(_)
                | Value::Token(_)
                | Value::Bits(_)
                | Value::RawFlags(_)
        )
    }

    /// Writes it as JSON, without the first quote if it is in quotes.
    pub fn write_json(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Value::Text(text) | Value::Device(text) => json::rest_of_string(out, text),
            Value::Foreign(text) | Value::Interface(text) => json::rest_of_foreign(out, text),
            Value::Command(command) => {
                let mut lead = &b"["[..];
                for word in command.words() {
                    out.write_all(lead)?;
                    json::foreign(out, word)?;
                    lead = b",";
                }
                out.write_all(b"]")
            }
            Value::Address(ip) => {
                digits::address(out, ip)?;
                out.write_all(b"\"")
            }
            Value::Host(name, _) => json::rest_of_string(out, name.as_bytes()),
            Value::Number(number) | Value::Growth(number) => signed(out, number),
            Value::Truth(_) | Value::Thousandths(_) => self.write_text(out),
            Value::List(texts) => {
                let mut lead = &b"["[..];
                for text in texts {
                    out.write_all(lead)?;
                    json::foreign(out, text.as_bytes())?;
                    lead = b",";
                }
                out.write_all(if texts.is_empty() { b"[]" } else { b"]" })
            }
            Value::Count(number) | Value::Bytes(number, _) | Value::Rate(number, _) => {
                digits::decimal(out, number)
            }
            Value::Micros(time) | Value::Millis(time) => digits::decimal(out, time.into()),
            Value::Time(time) => seconds(out, time),
            Value::Stalled(time) => write!(out, "{}", time.as_millis()),
            Value::State(state) => {
                out.write_all(state.name().as_bytes())?;
                out.write_all(b"\"")
            }
            Value::Token(0) | Value::Bits(0) => out.write_all(b"0\""),
            Value::Token(bits) | Value::Bits(bits) => {
                out.write_all(b"0x")?;
                digits::hexadecimal(out, bits, 1)?;
                out.write_all(b"\"")
            }
            Value::RawFlags(flags) => write!(out, "{flags:02x}\""),
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
        let human = Scale {
            human: true,
            iec: false,
        };
        let values = [
            (Value::Text(b"a \"b\""), "a \"b\"", r#""a \"b\"""#),
            (Value::Device(b"x\"y"), "x\"y", r#""x\"y""#),
            (Value::Interface(b"x\x1by"), "x\\x1by", r#""x\u001by""#),
            (
                Value::Foreign("\u{9b}\u{202e}".as_bytes()),
                "\\u{9b}\\u{202e}",
                r#""\u009b\u202e""#,
            ),
            (Value::Address(ip), "10.0.0.1", r#""10.0.0.1""#),
            (Value::Host("h\"\n", ip), "h\"\n", r#""h\"\n""#),
            (Value::Number(-7), "-7", "-7"),
            (Value::Growth(7), "+7", "7"),
            (
                Value::Count(u64::MAX),
                "18446744073709551615",
                "18446744073709551615",
            ),
            (
                Value::Bytes(1_250_000, Scale::default()),
                "1250000",
                "1250000",
            ),
            (Value::Bytes(1_250_000, human), "1.25M", "1250000"),
            (Value::Rate(1_250_000, human), "1.25MB/s", "1250000"),
            (Value::Micros(12_040), "12.04ms", "12040"),
            (Value::Millis(7), "7ms", "7"),
            (Value::State(State::SynSent), "syn-sent", r#""syn-sent""#),
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
            as_json.extend(value.is_quoted().then_some(b'"'));
            value.write_json(&mut as_json).unwrap();
            assert_eq!(as_text, text.as_bytes(), "{value:?}");
            assert_eq!(as_json, json.as_bytes(), "{value:?}");
        }
    }

    #[test]
    fn only_what_stands_behind_a_value_has_its_colour() {
        let text = |field: Field| {
            let mut text = Vec::new();
            field.write_text(&mut text, || Palette::Light).unwrap();
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

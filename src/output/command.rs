//! A command, as it would be typed.

use std::io::{self, Write};

use crate::shell::Command;

use super::{Field, Printer, Stamp, Value};

/// Writes one command: in text a line for a shell or a file, in JSON its words. It
/// `closes` so many subflows, which a comment says if there are any.
pub fn command<W: Write>(
    printer: &mut Printer<W>,
    command: &Command,
    stamp: Option<&Stamp>,
    closes: usize,
) -> io::Result<()> {
    printer.begin_record()?;
    if let Some(stamp) = stamp {
        printer.field(stamp.field())?;
    }
    printer.field(Field::between("command", "", Value::Command(command), ""))?;
    if let Ok(closes @ 1..) = i64::try_from(closes) {
        let trail = if closes == 1 { " subflow" } else { " subflows" };
        let closes = Value::Number(closes);
        printer.field(Field::between("closes", " # closes ", closes, trail))?;
    }
    printer.end_lines()
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Palette};
    use super::*;

    fn written(format: Format, closes: usize) -> String {
        let words = Command::new("mptcp endpoint add 10.0.0.2 dev").word("a b");
        let mut printer = Printer::new(Vec::new(), format);
        command(&mut printer, &words, None, closes).unwrap();
        String::from_utf8(printer.out).unwrap()
    }

    #[test]
    fn it_is_a_line_and_in_json_its_words() {
        let text = Format::Text {
            oneline: true,
            palette: Palette::Dark,
        };
        let line = "mptcp endpoint add 10.0.0.2 dev 'a b' # closes 1 subflow\n";
        assert_eq!(written(text, 1), line);
        let json = r#"{"command":["mptcp","endpoint","add","10.0.0.2","dev","a b"],"closes":2}"#;
        assert_eq!(written(Format::Json { pretty: false }, 2), json);
    }
}

//! Counters, as `counters` prints them.

mod table;

use std::io::{self, Write};

use super::time::Stamp;
use super::{Field, Form, Printer, Value};

use table::{Group, TABLE};

/// What a counter means; `None` for one of a newer kernel.
pub fn meaning(name: &str) -> Option<&'static str> {
    known(name).map(|(_, _, meaning)| *meaning)
}

fn known(name: &str) -> Option<&'static (&'static str, Group, &'static str)> {
    TABLE.iter().find(|(known, _, _)| *known == name)
}

fn group(name: &str) -> Group {
    known(name).map_or(Group::Other, |(_, group, _)| *group)
}

/// Writes the counters: in text a line for each, by groups; in JSON one object
/// of numbers, in the kernel's order.
pub fn counters<W: Write>(
    printer: &mut Printer<W>,
    stamp: Option<&Stamp>,
    counters: &[(String, u64)],
) -> io::Result<()> {
    match &mut printer.form {
        Form::Json(_) => {
            let numbers = counters.iter().map(|(name, value)| {
                let value = i64::try_from(*value).unwrap_or(i64::MAX);
                (name.as_str(), Value::Number(value))
            });
            object(printer, stamp, numbers)
        }
        Form::Text { end, .. } => {
            let end = *end;
            if let Some(stamp) = stamp {
                printer.field(stamp.field())?;
                if !stamp.ends_line() {
                    printer.out.write_all(end)?;
                }
            }
            for group in Group::ALL {
                let mut of_group = counters
                    .iter()
                    .filter(|(name, _)| self::group(name) == group);
                let Some(first) = of_group.next() else {
                    continue;
                };
                printer.out.write_all(group.title().as_bytes())?;
                printer.out.write_all(end)?;
                for (name, value) in std::iter::once(first).chain(of_group) {
                    let meaning = meaning(name).unwrap_or("(newer than this program)");
                    write!(printer.out, "  {name:<24} {value:>10}  {meaning}")?;
                    printer.out.write_all(end)?;
                }
            }
            Ok(())
        }
    }
}

/// Writes by how much counters grew: in text a line of those that did, or that
/// none did; in JSON one object of numbers.
pub fn growth<W: Write>(
    printer: &mut Printer<W>,
    stamp: Option<&Stamp>,
    grown: &[(&str, i64)],
) -> io::Result<()> {
    let numbers = grown.iter().map(|(name, by)| (*name, Value::Growth(*by)));
    match printer.form {
        Form::Text { .. } if grown.is_empty() => {
            printer.begin_record()?;
            if let Some(stamp) = stamp {
                printer.field(stamp.field())?;
            }
            printer.out.write_all(b"no counter grew")?;
            printer.end_record()
        }
        _ => object(printer, stamp, numbers),
    }
}

/// One record by itself, not in a list.
fn object<'a, W: Write>(
    printer: &mut Printer<W>,
    stamp: Option<&Stamp>,
    numbers: impl Iterator<Item = (&'a str, Value<'a>)>,
) -> io::Result<()> {
    printer.begin_record()?;
    if let Some(stamp) = stamp {
        printer.field(stamp.field())?;
    }
    for (name, value) in numbers {
        printer.field(Field::spaced(name, value))?;
    }
    printer.end_record()?;
    match printer.form {
        Form::Text { .. } => Ok(()),
        Form::Json(_) => printer.out.write_all(b"\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Palette};
    use super::*;

    const TEXT: Format = Format::Text {
        oneline: false,
        palette: Palette::None,
    };
    const JSON: Format = Format::Json { pretty: false };

    fn written(format: Format, write: impl Fn(&mut Printer<Vec<u8>>) -> io::Result<()>) -> String {
        let mut printer = Printer::new(Vec::new(), format);
        write(&mut printer).unwrap();
        String::from_utf8(printer.out).unwrap()
    }

    #[test]
    fn counters_stand_in_groups_and_those_unknown_here_are_shown_as_well() {
        let some: Vec<(String, u64)> =
            [("Blackhole", 1), ("MPNew", u64::MAX), ("MPCapableSYNTX", 2)]
                .map(|(name, value)| (name.to_owned(), value))
                .into();
        let text = written(TEXT, |printer| counters(printer, None, &some));
        let words: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        let expected = [
            "handshake",
            "MPCapableSYNTX",
            "fallback",
            "Blackhole",
            "other",
            "MPNew",
        ];
        assert_eq!(words, expected);
        let json = written(JSON, |printer| counters(printer, None, &some));
        let expected = r#"{"Blackhole":1,"MPNew":9223372036854775807,"MPCapableSYNTX":2}"#;
        assert_eq!(json.trim_end(), expected);
        assert_eq!(
            written(JSON, |printer| counters(printer, None, &[])),
            "{}\n"
        );
        assert_eq!(written(TEXT, |printer| counters(printer, None, &[])), "");
    }

    #[test]
    fn growth_has_a_sign_in_text_and_is_a_number_in_json() {
        let grown = [("MPJoinSynTx", 2), ("MPCurrEstab", -1)];
        let text = written(TEXT, |printer| growth(printer, None, &grown));
        assert_eq!(text, "MPJoinSynTx +2 MPCurrEstab -1 \n");
        let json = written(JSON, |printer| {
            growth(printer, None, &grown).and_then(|()| growth(printer, None, &[]))
        });
        assert_eq!(json, "{\"MPJoinSynTx\":2,\"MPCurrEstab\":-1}\n{}\n");
        let none = written(TEXT, |printer| growth(printer, None, &[]));
        assert_eq!(none, "no counter grew\n");
    }

    /// A new kernel is a line of `kernels.txt`, and its new counters are lines of
    /// the table.
    #[test]
    fn each_counter_of_each_kernel_has_a_meaning() {
        let kernels = include_str!("kernels.txt").lines();
        let mut count = 0;
        for line in kernels.filter(|line| !line.starts_with('#')) {
            let mut names = line.split_whitespace();
            let kernel = names.next().unwrap();
            for name in names {
                assert!(meaning(name).is_some(), "{name} of Linux {kernel}");
                count += 1;
            }
        }
        assert!(count > 100, "{count}");
    }

    #[test]
    fn each_counter_is_in_the_table_once_and_fits_in_a_line() {
        for (at, (name, group, meaning)) in TABLE.iter().enumerate() {
            assert!(
                TABLE.iter().skip(at + 1).all(|(other, ..)| other != name),
                "{name}"
            );
            assert!(name.len() <= 24 && meaning.len() <= 80, "{name}");
            assert_ne!(*group, Group::Other, "{name}");
        }
    }
}

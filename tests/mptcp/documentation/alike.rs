//! Compares printed lines but for what changes from run to run.

use std::collections::BTreeMap;

trials! { what_changes_is_alike, what_does_not_change_is_compared, a_value_stays_the_same }

/// The token that the documentation has for every connection.
pub const TOKEN: &str = "c6523b84";

/// What stands for what: a token or a port of the documentation, and the one of
/// this run.
#[derive(Debug, Default)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// Puts the values of this run into a command of the documentation.
    pub fn fill(&self, line: &str) -> String {
        let fill = |piece| {
            let known = self.0.get(digits(piece));
            known.map_or(piece.to_owned(), |known| {
                piece.replace(digits(piece), known)
            })
        };
        pieces(line).map(fill).collect()
    }

    pub fn knows(&self, value: &str) -> bool {
        self.0.contains_key(value)
    }

    pub fn set(&mut self, documented: &str, real: &str) {
        let (documented, real) = (digits(documented), digits(real));
        self.0.insert(documented.to_owned(), real.to_owned());
    }

    /// Whether the line is the documented one. New tokens and ports of it are
    /// remembered, and must be the same from then on.
    pub fn match_line(&mut self, documented: &str, real: &str) -> bool {
        let (documented, real) = (without_time(documented), without_time(real));
        let mut found = Vec::new();
        let mut key = "";
        let (mut one, mut other) = (pieces(documented), pieces(real));
        loop {
            match (one.next(), other.next()) {
                (None, None) => break,
                (Some(one), Some(other)) if one == other && !varies(one) => {
                    if one.ends_with(char::is_alphanumeric) {
                        key = one;
                    }
                }
                (Some(one), Some(other)) if is_duration(key, one) && is_duration(key, other) => {}
                (Some(one), Some(other)) if varies(one) && is_alike(one, other) => {
                    found.push((digits(one), digits(other)));
                }
                _ => return false,
            }
        }
        let fits =
            |(one, other): &(&str, &str)| self.0.get(*one).is_none_or(|known| known == other);
        let fit = found.iter().all(fits);
        if fit {
            for (one, other) in found {
                self.set(one, other);
            }
        }
        fit
    }
}

/// Runs of letters, digits, points and underscores, and what is between them. Blanks at the
/// end do not count.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line.trim_end();
    std::iter::from_fn(move || {
        let is_word = |of: char| of.is_alphanumeric() || "._".contains(of);
        let word = rest.starts_with(is_word);
        let end = rest.find(|of| is_word(of) != word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The line without the time in brackets that it may begin with.
fn without_time(line: &str) -> &str {
    let time = line
        .strip_prefix("[20")
        .and_then(|rest| rest.split_once("] "));
    time.map_or(line, |(_, rest)| rest)
}

/// Whether this is a value of its run: a token, or a port that the kernel chose.
fn varies(piece: &str) -> bool {
    digits(piece) == TOKEN || is_port(piece)
}

fn is_alike(documented: &str, real: &str) -> bool {
    match is_port(documented) {
        true => real.parse().is_ok_and(|port: u16| port > 1023),
        false => {
            let (one, other) = (documented.strip_prefix("0x"), real.strip_prefix("0x"));
            let hexadecimal = other.unwrap_or(real);
            one.is_some() == other.is_some()
                && (1..=TOKEN.len()).contains(&hexadecimal.len())
                && hexadecimal.bytes().all(|digit| digit.is_ascii_hexdigit())
        }
    }
}

fn is_port(piece: &str) -> bool {
    piece.parse().is_ok_and(|port: u16| port >= 32768)
}

/// A token without the 0x that it has in JSON, and the zeros that it has in text.
fn digits(piece: &str) -> &str {
    let digits = piece.strip_prefix("0x").unwrap_or(piece);
    digits.trim_start_matches('0')
}

/// A time: `0.4ms`, or the number behind a key such as `rtt_us`.
fn is_duration(key: &str, piece: &str) -> bool {
    let number = match key.ends_with("_us") || key.ends_with("_ms") {
        true => Some(piece),
        false => piece.strip_suffix("ms"),
    };
    number.is_some_and(|number| number.parse::<f64>().is_ok())
}

fn what_changes_is_alike() {
    let mut values = Values::default();
    let documented =
        "[2026-11-21T18:31:54.402103] [     ESTABLISHED] token=c6523b84 sport=43192 dport=443";
    let real =
        "[1970-01-01T00:00:00.000001] [     ESTABLISHED] token=0a000001 sport=33333 dport=443 ";
    assert!(!values.match_line(documented, &real.replace("[1970", "[CLOSED")));
    let real = real.replace("1970", "2070");
    assert!(values.match_line(documented, &real));
    let command = "mptcp subflow destroy token c6523b84 sport 43192 dport 443";
    let filled = "mptcp subflow destroy token a000001 sport 33333 dport 443";
    assert_eq!(values.fill(command), filled);
    assert!(values.match_line(
        "seen: tcp=1.1ms mptcp=0.7ms",
        "seen: tcp=23.4ms mptcp=0.0ms"
    ));
    assert!(Values::default().match_line(
        "[{\"token\":\"0xc6523b84\"}]",
        "[{\"token\":\"0x1a2b3c4d\"}]"
    ));
}

fn what_does_not_change_is_compared() {
    let lines = [
        ("no problem found", "1 problem"),
        ("subflows 2", "subflows 3"),
        ("subflows 2", "subflows 2 2"),
        ("subflows 2 2", "subflows 2"),
        ("token c6523b84", "token "),
        ("token c6523b84", "token 0xc6523b84"),
        ("token c6523b84", "token 123456789"),
        ("token c6523b84", "token 1g"),
        ("token 1a2b3c4d", "token 1a2b3c4e"),
        ("sport 43192", "sport 443"),
        ("sport 443", "sport 43192"),
        ("rtt=0.1ms", "rtt=silent"),
        ("", "Error"),
    ];
    for (documented, real) in lines {
        assert!(
            !Values::default().match_line(documented, real),
            "{documented}: {real}"
        );
    }
}

fn a_value_stays_the_same() {
    let mut values = Values::default();
    assert!(values.match_line("token c6523b84 sport 43192", "token 11111111 sport 33333"));
    assert!(values.match_line("token=c6523b84", "token=11111111"));
    let mut short = Values::default();
    assert!(short.match_line("token c6523b84", "token 00cc6e8b"));
    assert!(short.match_line("\"0xc6523b84\"", "\"0xcc6e8b\""));
    assert_eq!(short.fill("token c6523b84"), "token cc6e8b");
    assert!(!values.match_line("token=c6523b84", "token=22222222"));
    assert!(!values.match_line("sport=43192", "sport=44444"));
    assert!(values.knows("43192") && !values.knows("44444"));
}

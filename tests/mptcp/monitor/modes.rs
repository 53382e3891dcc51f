//! The forms of the output. Each follows from the plain text by rules that are
//! written here once more, so that all can be checked without another program.

use nix::sys::signal::Signal;

use crate::support::*;

const MODES: [&str; 11] = [
    "",
    "-ts",
    "-t",
    "-j",
    "-j -p",
    "-j -ts",
    "-o",
    "-c=always",
    "-j -t",
    // Whichever comes last.
    "-ts -t",
    "-t -ts",
];

/// Monitors in all modes beside each other on one host.
pub struct Chorus {
    ours: Vec<Running>,
    theirs: Vec<Running>,
}

impl Chorus {
    /// Starts them on the calling thread's host.
    pub fn start() -> Self {
        let ours = MODES.map(|mode| Program::mptcp().line(mode).arg("monitor").start());
        let theirs = twin().map(|ip| {
            let start = |mode| {
                Program::new(&ip)
                    .line(mode)
                    .args(["mptcp", "monitor"])
                    .start()
            };
            MODES.map(start)
        });
        let chorus = Chorus {
            ours: ours.into(),
            theirs: theirs.map(Vec::from).unwrap_or_default(),
        };
        for monitor in chorus.ours.iter().chain(&chorus.theirs) {
            monitor.wait_subscribed();
        }
        chorus
    }

    /// Ends them. Each must have said what the plain text says.
    #[track_caller]
    pub fn agrees_with(self, plain: &str) {
        assert!(!plain.is_empty());
        let ended = |monitor: Running| {
            wait_until("all events in all modes", || {
                events(&monitor.text()) >= events(plain)
            });
            monitor.signal(Signal::SIGTERM);
            monitor.finish().ok().text()
        };
        let ours: Vec<String> = self.ours.into_iter().map(ended).collect();
        for (mode, text) in MODES.iter().zip(&ours) {
            let text = without_clock(text);
            assert_eq!(text, expected(mode, plain), "mode {mode:?}");
        }
        for ((mode, theirs), ours) in MODES.iter().zip(self.theirs).zip(&ours) {
            let theirs = ended(theirs);
            assert_eq!(
                without_clock(ours),
                without_clock(&theirs),
                "mode {mode:?}: not what iproute2 prints"
            );
        }
    }
}

/// How many events a text tells of, in any mode.
fn events(text: &str) -> usize {
    let names = [
        "CREATED",
        "ESTABLISHED",
        "CLOSED",
        "ANNOUNCED",
        "REMOVED",
        "SF_PRIO",
    ];
    names.map(|name| text.matches(name).count()).iter().sum()
}

/// What a mode makes of these lines, with the clock as [`without_clock`] has it.
fn expected(mode: &str, plain: &str) -> String {
    let lines = plain.lines();
    match mode {
        "" => plain.to_owned(),
        "-ts" | "-ts -t" | "-t -ts" => lines.map(|line| format!("[SHORT] {line}\n")).collect(),
        "-t" => lines
            .map(|line| format!("Timestamp: LONG\n{line}\n"))
            .collect(),
        "-o" => lines.map(|line| format!("{line}\\")).collect(),
        "-c=always" => lines.map(|line| colored(line) + "\n").collect(),
        "-j -p" => {
            let records = lines.map(|line| {
                let members = members(line).into_iter();
                let members = members.map(|(key, value)| format!("        \"{key}\": {value}"));
                format!("{{\n{}\n    }}", members.collect::<Vec<_>>().join(",\n"))
            });
            format!("[ {} ]\n", records.collect::<Vec<_>>().join(","))
        }
        _ => {
            let stamp = match mode {
                "-j -ts" => "\"timestamp_short\":\"SHORT\",",
                "-j -t" => "\"timestamp\":\"LONG\",",
                _ => "",
            };
            let records = lines.map(|line| {
                let members = members(line).into_iter();
                let members = members.map(|(key, value)| format!("\"{key}\":{value}"));
                format!("{{{stamp}{}}}", members.collect::<Vec<_>>().join(","))
            });
            format!("[{}]\n", records.collect::<Vec<_>>().join(","))
        }
    }
}

/// The members of a line's JSON.
fn members(line: &str) -> Vec<(&str, String)> {
    let (title, rest) = line.split_once(']').expect("a title");
    let event = title.trim_start_matches('[').trim_start();
    let mut members = vec![("event", format!("\"{event}\""))];
    for word in rest.split_whitespace() {
        members.push(match word.split_once('=') {
            None => (word, "true".to_owned()),
            Some(("token", token)) => {
                let digits = token.trim_start_matches('0');
                ("token", format!("\"0x{digits}\""))
            }
            Some((key, value)) if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                (key, value.to_owned())
            }
            Some((key, value)) => (key, format!("\"{value}\"")),
        });
    }
    members
}

/// Plan and device names in colour.
fn colored(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let color = match word.split_once('=') {
            Some(("saddr4" | "daddr4", _)) => "1;35",
            Some(("saddr6" | "daddr6", _)) => "1;94",
            Some(("dev", _)) => "1;36",
            _ => return word.to_owned(),
        };
        let (key, value) = word.split_once('=').expect("a value");
        format!("{key}=\x1b[{color}m{value}\x1b[0m")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The text with SHORT and LONG for times.
pub fn without_clock(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if fits(rest, "0000-00-00T00:00:00.000000") {
            result += "SHORT";
            rest = &rest[26..];
        } else if fits(rest, "Aaa Aaa _0 00:00:00 0000 0") {
            result += "LONG";
            let end = rest.find(" usec").expect("microseconds");
            let micros = &rest[25..end];
            assert!(micros.parse::<u32>().is_ok_and(|micros| micros < 1_000_000));
            rest = &rest[end + 5..];
        } else {
            result.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    result
}

/// Whether the text begins like that: 0 is a digit, A and a are letters, _ is
/// a digit or a blank.
fn fits(text: &str, mask: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= mask.len()
        && mask.bytes().zip(bytes).all(|(mask, byte)| match mask {
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            b'_' => byte.is_ascii_digit() || *byte == b' ',
            _ => mask == *byte,
        })
}

//! Random command lines, valid and broken, given to `mptcp` and to an
//! iproute2 `ip` in twin namespaces: both must print the same, end the same
//! and leave the same in the kernel.
//!
//! `MPTCP_TWIN=/path/to/ip cargo test --test mptcp twins`; `MPTCP_TWIN_SEED` (a
//! number) repeats a run, `MPTCP_TWIN_COUNT` says how many lines. Without an
//! `ip` to compare with the trial is left out.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use mptcp_cli::cli::{Error, Parsed, Parser, Rejected, Request, endpoint, options};

use crate::replay::{Command, Measure, Outcome, differences};
use crate::support::*;

trials! { random_lines_do_the_same }

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number")),
    )
}

/// That a device stands for its addresses is a deliberate difference.
fn is_ours(words: &[String]) -> bool {
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    let Ok(line) = options::parse(&words) else {
        return false;
    };
    match Parser::default().parse(line.words) {
        Ok(Parsed::Request(Request::Endpoint(endpoint::Request::Add(spec)))) => {
            spec.endpoint.address.is_none()
        }
        // So a device is enough, and what is wrong is another word.
        Err(Rejected {
            error: Error::Argument { word, .. },
            devices,
        }) => !devices.is_empty() && (word == "port" || word == "ID"),
        _ => false,
    }
}

fn random_lines_do_the_same(ns: &mut Sandbox) {
    let ip = &need_twin();
    let seed = number("MPTCP_TWIN_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.expect("a time after 1970").as_secs()
    });
    let count = number("MPTCP_TWIN_COUNT").unwrap_or(1000);
    eprintln!("note: MPTCP_TWIN_SEED={seed}");
    let twin = ns.second_host();
    let prepare = || {
        add_devices(["eth0", "wlan0"]);
        add_address("eth0", "10.0.0.1/24");
        add_address("eth0", "fc00::1/64");
    };
    prepare();
    twin.run(prepare);
    let mut found = Vec::new();
    let mut lines = Lines(Random(seed));
    for _ in 0..count {
        let words = lines.line();
        if is_ours(&words) {
            continue;
        }
        let command = Command {
            words: ["mptcp".to_owned()].into_iter().chain(words).collect(),
            ..Command::default()
        };
        let ours = outcome(Program::mptcp().args(&command.words[1..]));
        let theirs = twin.run(|| outcome(Program::new(ip).args(command.for_ip())));
        let mut wrong = differences(&theirs, &ours, Measure::Compatible);
        let (here, there) = (state(ip), twin.run(|| state(ip)));
        if here != there {
            wrong.push(format!("left {here} instead of {there}"));
            // What follows shall be found for its own sake.
            start_anew(ip);
            twin.run(|| start_anew(ip));
        }
        if !wrong.is_empty() {
            let line = format!("$ {:?}", command.words);
            found.push(format!("{line}\n    {}", wrong.join("\n    ")));
        }
    }
    if !found.is_empty() {
        let list = found.join("\n");
        fail(&format!(
            "{} of {count} lines differ (seed {seed}):\n{list}",
            found.len()
        ));
    }
}

fn outcome(program: Program) -> Outcome {
    let output = program.run();
    Outcome {
        stdout: output.text(),
        stderr: output.errors(),
        status: output.status,
    }
}

/// What an `ip` sees, so that no error of ours hides another.
fn state(ip: &Path) -> String {
    let show = |line: &str| Program::new(ip).line(line).run().ok().text();
    show("mptcp endpoint") + &show("mptcp limits")
}

fn start_anew(ip: &Path) {
    for line in [
        "mptcp endpoint flush",
        "mptcp limits set subflows 2 add_addr_accepted 0",
    ] {
        Program::new(ip).line(line).run().ok();
    }
}

/// A generator of command lines.
struct Lines(Random);

impl Lines {
    fn next(&mut self) -> u64 {
        self.0.next()
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// One of the words between the bars.
    fn pick(&mut self, list: &str) -> String {
        let list: Vec<_> = list.split('|').collect();
        let place = self.next() % list.len() as u64;
        list[place as usize].to_owned()
    }

    fn line(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while self.one_in(4) {
            words.extend(self.pick(OPTIONS).split(' ').map(str::to_owned));
        }
        // JSON of the limits is a deliberate difference.
        let json = words
            .iter()
            .any(|word| word.trim_start_matches('-').starts_with('j'));
        if self.one_in(4) && !json {
            words.push(self.pick("limits|l|lim"));
            words.push(self.pick("set|set|s|show|sh|x|"));
            while !self.one_in(3) {
                words.push(self.pick(LIMITS));
                words.push(self.number());
            }
        } else {
            words.push(self.pick("endpoint|endpoint|e|en"));
            words.push(self.pick(COMMANDS));
            while !self.one_in(4) {
                self.endpoint_word(&mut words);
            }
        }
        if self.one_in(12) {
            words.pop();
        }
        if self.one_in(12) {
            let place = self.next() as usize % (words.len() + 1);
            words.insert(place, self.pick(NONSENSE));
        }
        words
    }

    fn endpoint_word(&mut self, words: &mut Vec<String>) {
        match self.next() % 8 {
            0 | 1 => words.push(self.pick(FLAGS)),
            2 | 3 => words.extend([self.pick("id|id|i"), self.number()]),
            4 => words.extend([self.pick("dev|d"), self.pick(DEVICES)]),
            5 => words.extend([self.pick("port|p|signal port"), self.number()]),
            _ => words.push(self.pick(ADDRESSES)),
        }
        // "signal port" is two words.
        let split: Vec<String> = words.drain(..).flat_map(|word| halves(&word)).collect();
        words.extend(split);
    }

    fn number(&mut self) -> String {
        if self.one_in(2) {
            (self.next() % 9).to_string()
        } else {
            self.pick(NUMBERS)
        }
    }
}

fn halves(word: &str) -> Vec<String> {
    match word {
        "signal port" => vec!["signal".into(), "port".into()],
        _ => vec![word.into()],
    }
}

const OPTIONS: &str = "-j|-json|--json|-p|-pretty|-j -p|-o|-oneline|-c|-c=always|-color=never|-c=auto|-4|-6|-s|\
    -d|-br|-a|-h|-i|-N|-t|-ts|-f inet|-f zzz|-l 3|-rc 5000|-rc x|--|-zzz|-echo|-force|\
    -n nowhere|-0|-M|-B";
const COMMANDS: &str =
    "add|add|add|add|a|change|change|c|delete|delete|d|del|show|show|s|flush|f|x|";
const LIMITS: &str = "subflows|add_addr_accepted|s|sub|a|add|zzz|";
const FLAGS: &str = "signal|signal|subflow|subflow|subflow|backup|fullmesh|laminar|nobackup|nofullmesh|\
    implicit|sub|Signal";
const DEVICES: &str = "eth0|wlan0|lo|if1|if99|if0|nodev||a/b|if-1|eth 0";
const ADDRESSES: &str = "10.0.0.1|10.0.0.1|10.0.0.2|10.0.0.2|10.0.0.3|10.4|0x0a.5|fc00::1|fc00::2|\
    ::ffff:10.0.0.2|any|all|default|10.0.0.1/24|1.2.3.4.5|256.1|zzz||::1%lo|1:2|010.1.2.3|\
    10.0.0.2 | 10.0.0.2|-1.2";
const NUMBERS: &str = "0|00|020|+16| 16|16 |0x|0x10|08|255|256|65535|65536|-1|4294967295|4294967296|\
    99999999999|18446744073709551616||x|1x|0b11|8080|80";
const NONSENSE: &str = "|zzz|-x|--|help|%s|\"|id|dev|port|é| |0";

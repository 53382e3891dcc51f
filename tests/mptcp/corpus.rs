//! The compatibility corpus: what iproute2 does with more than 1,700 commands,
//! and whether `mptcp` does the same. `tests/corpus/README.md` says how the
//! files are written and how they are recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::replay::{Player, Session, play};
use crate::support::*;

/// Names an `ip`: its outcomes are written into the corpus.
const RECORD: &str = "MPTCP_CORPUS_RECORD";
/// Names an `ip`: it must still do what the corpus says.
const CHECK: &str = "MPTCP_CORPUS_CHECK";

/// How many commands the corpus holds at least: all that it held when this was
/// last looked at, so that none gets lost.
const LEAST: usize = 1734;

trials! { the_corpus_is_large_enough; replays() }

/// A trial for each file of the corpus.
fn replays() -> Vec<Trial> {
    let mode = Mode::from_environment();
    let replay = |path: PathBuf| {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mode = mode.clone();
        trial!(&name, move |ns: &mut Sandbox| replay_file(&path, &mode, ns))
    };
    sessions().into_iter().map(replay).collect()
}

#[derive(Clone)]
enum Mode {
    Ours,
    Record(PathBuf),
    /// An `ip`, and whether it is of the version recorded.
    Check(PathBuf, bool),
}

impl Mode {
    fn from_environment() -> Self {
        let recorded_from = directory().join("recorded-from");
        if let Some(ip) = std::env::var_os(RECORD).map(PathBuf::from) {
            fs::write(recorded_from, version(&ip) + "\n").expect("write recorded-from");
            Mode::Record(ip)
        } else if let Some(ip) = std::env::var_os(CHECK).map(PathBuf::from) {
            let (recorded, live) = (fs::read_to_string(recorded_from), version(&ip));
            let same = recorded.expect("tests/corpus/recorded-from").trim_end() == live;
            if !same {
                eprintln!("note: {live} is not the version recorded; differences are news");
            }
            Mode::Check(ip, same)
        } else {
            Mode::Ours
        }
    }
}

/// `iproute2-7.3.0` of `ip -V`.
fn version(ip: &Path) -> String {
    // Not by the kit, whose threads would bar the way into a user namespace.
    let output = Command::new(ip).arg("-V").output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", ip.display()));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let word = text
        .split([' ', ','])
        .find(|word| word.starts_with("iproute2"));
    word.unwrap_or_else(|| panic!("{} is not iproute2: {text}", ip.display()))
        .into()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn sessions() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory())
        .expect("tests/corpus")
        .map(|entry| entry.expect("an entry of tests/corpus").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "console")
        })
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Session {
    let text = fs::read_to_string(path).expect("a session");
    Session::read(&text).unwrap_or_else(|wrong| panic!("{}: {wrong:#}", path.display()))
}

fn the_corpus_is_large_enough() {
    let count = |path: PathBuf| read(&path).commands().count();
    let count: usize = sessions().into_iter().map(count).sum();
    assert!(count >= LEAST, "{count} commands, not {LEAST}");
}

fn replay_file(path: &Path, mode: &Mode, ns: &mut Sandbox) {
    let mut session = read(path);
    let name = path.file_name().expect("a name").to_string_lossy();
    let player = match mode {
        Mode::Ours => Player::Ours,
        Mode::Record(ip) | Mode::Check(ip, _) => Player::Ip(ip.clone()),
    };
    let found = play(&mut session, &name, &player, ns);
    match mode {
        Mode::Record(_) => fs::write(path, session.write()).expect("write the session"),
        Mode::Check(_, false) => found.iter().for_each(|what| eprintln!("news: {what}")),
        Mode::Ours | Mode::Check(..) if found.is_empty() => {}
        Mode::Ours | Mode::Check(..) => {
            fail(&format!(
                "{} differences:\n{}",
                found.len(),
                found.join("\n")
            ));
        }
    }
}

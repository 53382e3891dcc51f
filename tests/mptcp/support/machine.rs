//! A machine as the program finds it under the name `ip`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::program::{MPTCP, Output, Program};
use super::programs::{copy_program, write_program};
use super::sandbox::Sandbox;
use super::scratch::Scratch;

/// Where the real `ip` may be, in the order in which it is looked for.
pub const PLACES: [&str; 4] = ["/usr/sbin/ip", "/usr/bin/ip", "/sbin/ip", "/bin/ip"];

/// A stand-in for the real `ip`, in words of the shell alone.
pub const STAND_IN: &str = r#"
printf 'real'
for word; do printf ' <%s>' "$word"; done
echo
exit 7
"#;

/// What is installed, and links to the program.
pub struct Machine {
    pub scratch: Scratch,
}

impl Machine {
    /// The path of the `ip` of the machine on which the tests run.
    pub fn own_ip() -> Option<&'static Path> {
        PLACES.map(Path::new).into_iter().find(|ip| ip.exists())
    }

    /// The machine on which the tests run, and the path of its `ip`.
    pub fn with_its_own_ip() -> (Self, &'static Path) {
        let ip = Machine::own_ip().expect("the machine's own ip");
        (Machine::new(), ip)
    }

    /// A machine without an `ip`, nor anything else in its directories for programs.
    pub fn without_ip(ns: &Sandbox) -> Self {
        let machine = Machine::new();
        copy_program("/bin/sh", machine.shell());
        for directory in directories() {
            ns.hide(directory);
        }
        machine
    }

    /// A machine with the stand-in as /usr/bin/ip, and nothing else.
    pub fn with_ip(ns: &Sandbox) -> Self {
        let machine = Machine::without_ip(ns);
        machine.script("/usr/bin/ip", STAND_IN);
        machine
    }

    fn new() -> Self {
        let scratch = Scratch::new();
        Machine { scratch }
    }

    /// A shell, wherever that of the machine is hidden.
    pub fn shell(&self) -> PathBuf {
        self.scratch.join("sh")
    }

    /// Takes away what was put in the directories for programs.
    pub fn clear(&self) {
        for directory in directories() {
            let _ = fs::remove_file(directory.join("ip"));
        }
    }

    /// Makes an executable of a shell script.
    pub fn script(&self, place: impl AsRef<Path>, script: &str) {
        let text = format!("#!{}\n{script}", self.shell().display());
        write_program(place, text);
    }

    /// A link to the program in the directory of this machine.
    pub fn link(&self, path: &str) -> PathBuf {
        self.link_to(MPTCP, path)
    }

    /// A link to anything there.
    pub fn link_to(&self, target: impl AsRef<Path>, path: &str) -> PathBuf {
        let link = self.scratch.join(path);
        fs::create_dir_all(link.parent().expect("a directory")).expect("a directory");
        symlink(target, &link).expect("a link");
        link
    }

    /// Runs the program under the name `ip`.
    pub fn ip(&self, line: &str) -> Output {
        Program::new(self.anywhere()).line(line).run()
    }

    /// A link named `ip` to the program, beside nothing else.
    pub fn anywhere(&self) -> PathBuf {
        let link = self.scratch.join("anywhere/ip");
        match link.exists() {
            true => link,
            false => self.link("anywhere/ip"),
        }
    }
}

/// The directories of [`PLACES`]; on most systems some are links to others.
pub fn directories() -> BTreeSet<PathBuf> {
    PLACES
        .iter()
        .filter_map(|place| fs::canonicalize(Path::new(place).parent()?).ok())
        .collect()
}

/// The stand-in was run, with the words of this line.
#[track_caller]
pub fn is_handed_over(output: Output, line: &str) {
    let words: String = line
        .split_whitespace()
        .map(|word| format!(" <{word}>"))
        .collect();
    output.ends(7, &format!("real{words}\n")).says_only("");
}

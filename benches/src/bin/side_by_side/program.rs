//! The programs that are measured.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Result;

/// A program, with the words that stand before its arguments.
pub struct Program {
    words: Vec<String>,
    /// Whether the commands of the path manager are an object of it.
    is_ip: bool,
}

impl Program {
    /// `mptcp`, or any other program.
    pub fn mptcp(path: &str) -> Self {
        Program {
            words: vec![path.to_owned()],
            is_ip: false,
        }
    }

    /// An `ip`, perhaps started by a dynamic loader with its options.
    pub fn ip(words: &[String]) -> Self {
        Program {
            words: words.to_vec(),
            is_ip: true,
        }
    }

    /// Whether a dynamic loader starts it.
    pub fn by_loader(&self) -> bool {
        self.words.len() > 1
    }

    /// The whole command line for a command of the path manager, or what is
    /// nearest to it.
    pub fn line(&self, command: &str) -> Vec<String> {
        let words: Vec<_> = command.split_whitespace().collect();
        match words.as_slice() {
            words if !self.is_ip => self.with(words),
            ["--version"] => self.with(&["-Version"]),
            ["--help"] => self.with(&["mptcp", "help"]),
            // An option of ip stands before its object.
            ["-json", words @ ..] => self.with(&[&["-json", "mptcp"], words].concat()),
            words => self.with(&[&["mptcp"], words].concat()),
        }
    }

    /// The whole command line for these arguments.
    pub fn with(&self, arguments: &[&str]) -> Vec<String> {
        let arguments = arguments.iter().map(|&word| word.to_owned());
        self.words.iter().cloned().chain(arguments).collect()
    }

    /// Bytes on disk of the program and all shared libraries it loads.
    pub fn size(&self) -> Result<f64> {
        let own = self.words.last().map(String::as_str).unwrap_or_default();
        let list = match self.by_loader() {
            // The loader lists what it would load instead of starting it.
            true => [&self.words[..1], &["--list".to_owned()], &self.words[1..]].concat(),
            false => vec!["ldd".to_owned(), own.to_owned()],
        };
        let listed = start(&list).stdout(Stdio::piped()).output()?;
        let text = String::from_utf8_lossy(&listed.stdout);
        let libraries = text.split_whitespace().filter(|word| word.starts_with('/'));
        let mut files: Vec<PathBuf> = libraries.chain([own]).map(PathBuf::from).collect();
        files.iter_mut().try_for_each(|file| {
            *file = file.canonicalize()?;
            std::io::Result::Ok(())
        })?;
        files.sort();
        files.dedup();
        let mut bytes = 0;
        for file in &files {
            bytes += fs::metadata(file)?.len();
        }
        Ok(bytes as f64)
    }
}

/// A command that says nothing, in an environment that is always the same: the
/// C library goes through all of it at the start.
pub fn start(line: &[String]) -> Command {
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null());
    command
}

/// A directory for files in between, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new directory.
    pub fn new() -> Result<Self> {
        let directory = format!("mptcp-side-by-side.{}", std::process::id());
        let directory = std::env::temp_dir().join(directory);
        fs::create_dir(&directory)?;
        Ok(Scratch(directory))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

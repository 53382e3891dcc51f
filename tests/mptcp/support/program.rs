//! Runs a program to its end and checks what it said.

use std::ffi::OsStr;
use std::fmt;
use std::io::{PipeWriter, Write, pipe};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::{mem, thread};

use super::running::Running;

/// The binary under test.
pub const MPTCP: &str = env!("CARGO_BIN_EXE_mptcp");

/// Runs `mptcp` with the words of `line`, which blanks separate.
#[must_use = "whether it succeeded"]
pub fn mptcp(line: &str) -> Output {
    mptcp_words(line.split_whitespace())
}

/// Runs `mptcp` with these arguments, as they are.
#[must_use = "whether it succeeded"]
pub fn mptcp_words<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Output {
    Program::mptcp().args(words).run()
}

/// Runs the command of each line of a table, which fails with the status behind
/// a bar and says what is behind another one.
#[track_caller]
pub fn all_fail(table: &str) {
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let [line, status, says] = columns[..] else {
            panic!("{row}: not three columns");
        };
        mptcp(line).fails(status.parse().expect("a status"), says);
    }
}

/// A program to be run in the calling thread's namespaces.
pub struct Program {
    path: PathBuf,
    command: Command,
    stdin: Vec<u8>,
    stdout: Stdio,
}

impl Program {
    /// The binary under test.
    pub fn mptcp() -> Self {
        Program::new(MPTCP)
    }

    /// Any program, by path or by a name in PATH. Nothing in its environment
    /// asks for colours or another language.
    pub fn new(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_path_buf();
        let mut command = Command::new(&path);
        command.env("LC_ALL", "C").env("TERM", "dumb");
        for name in [
            "NO_COLOR",
            "COLORFGBG",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
            "TZ",
        ] {
            command.env_remove(name);
        }
        Program {
            path,
            command,
            stdin: Vec::new(),
            stdout: Stdio::piped(),
        }
    }

    /// Adds an argument as it is.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments as they are.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Adds the words of a line, which blanks separate.
    pub fn line(self, line: &str) -> Self {
        self.args(line.split_whitespace())
    }

    /// Sets a variable of the program's environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs the program in this directory.
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// What the program reads from its standard input; nothing by default.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Sends the standard output elsewhere, for instance to /dev/full;
    /// [`Output::stdout`] is empty then, and so is what [`Running`] reads.
    pub fn stdout(mut self, target: impl Into<Stdio>) -> Self {
        self.stdout = target.into();
        self
    }

    /// The command, for what this type has no method for.
    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Runs the program to its end.
    #[must_use = "whether it succeeded"]
    pub fn run(self) -> Output {
        self.start_with_stdin().finish()
    }

    /// Starts the program, which reads what [`Program::stdin`] was given.
    pub fn start_with_stdin(mut self) -> Running {
        let bytes = mem::take(&mut self.stdin);
        let (running, mut input) = self.start_fed();
        // A program may well end without reading all of it.
        let feed = move || drop(input.write_all(&bytes));
        thread::spawn(feed);
        running
    }

    /// Starts the program and lets it run beside the test.
    pub fn start(self) -> Running {
        self.start_reading(Stdio::null())
    }

    /// Starts the program with a standard input that the test writes to while
    /// it runs.
    pub fn start_fed(self) -> (Running, PipeWriter) {
        let (reader, writer) = pipe().expect("a pipe");
        (self.start_reading(reader), writer)
    }

    /// Starts the program with that standard input.
    pub fn start_reading(self, stdin: impl Into<Stdio>) -> Running {
        let described = self.to_string();
        Running::start(self.command, stdin, self.stdout, described)
    }
}

/// As a shell would type it, roughly.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.command
            .get_args()
            .try_for_each(|argument| write!(f, " {}", argument.display()))
    }
}

/// The status as a shell tells it: the exit status, or 128 and the number of
/// the signal.
pub(super) fn shell_status(status: ExitStatus) -> i32 {
    let signalled = || 128 + status.signal().unwrap_or_default();
    status.code().unwrap_or_else(signalled)
}

/// What a program left when it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The command, for messages.
    pub command: String,
    /// All it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// All it wrote to its standard error.
    pub stderr: Vec<u8>,
    /// Its exit status, or 128 and the signal's number.
    pub status: i32,
}

impl Output {
    /// The standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The standard error as text.
    pub fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// It ended with this status and printed exactly this.
    #[track_caller]
    pub fn ends(self, status: i32, stdout: &str) -> Self {
        let ended = (self.status, self.text());
        assert_eq!(ended, (status, stdout.to_owned()), "{self}");
        self
    }

    /// On its standard error it said this somewhere.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.errors().contains(words), "no {words:?}: {self}");
        self
    }

    /// It began with this on its standard error.
    #[track_caller]
    pub fn says_first(self, words: &str) -> Self {
        assert!(
            self.errors().starts_with(words),
            "not first {words:?}: {self}"
        );
        self
    }

    /// It ended with this on its standard error.
    #[track_caller]
    pub fn says_last(self, words: &str) -> Self {
        assert!(self.errors().ends_with(words), "not last {words:?}: {self}");
        self
    }

    /// On its standard error it said exactly this.
    #[track_caller]
    pub fn says_only(self, words: &str) -> Self {
        assert_eq!(self.errors(), words, "{self}");
        self
    }

    /// It printed, complained and ended as another one.
    #[track_caller]
    pub fn equals(self, other: &Output) -> Self {
        self.ends(other.status, &other.text())
            .says_only(&other.errors())
    }

    /// It succeeded and complained of nothing.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status == 0 && self.stderr.is_empty(), "{self}");
        self
    }

    /// It succeeded, complained of nothing and printed exactly this.
    #[track_caller]
    pub fn prints(self, stdout: &str) -> Self {
        self.ok().ends(0, stdout)
    }

    /// It failed with this status, printed nothing but on its standard error,
    /// and there it said this somewhere.
    #[track_caller]
    pub fn fails(self, status: i32, says: &str) -> Self {
        self.ends(status, "").says(says)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Output {
            command, status, ..
        } = self;
        let (out, err) = (self.text(), self.errors());
        write!(
            f,
            "{command}\n  status {status}\n  stdout {out:?}\n  stderr {err:?}"
        )
    }
}

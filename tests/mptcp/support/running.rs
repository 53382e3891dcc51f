//! A program that runs beside the test, such as `mptcp monitor`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::program::{Output, shell_status};
use super::programs::starting;
use super::wait::{SOON, wait_until};

/// A started program, its output so far, and how far the test has read it.
/// It is killed when the value goes away.
pub struct Running {
    child: Child,
    command: String,
    stdout: Arc<Gathered>,
    stderr: Arc<Gathered>,
    read: usize,
}

impl Running {
    pub(super) fn start(
        mut command: Command,
        stdin: impl Into<Stdio>,
        stdout: Stdio,
        described: String,
    ) -> Self {
        command.stdin(stdin).stdout(stdout).stderr(Stdio::piped());
        let mut child = starting(|| command.spawn())
            .unwrap_or_else(|error| panic!("cannot start {described}: {error}"));
        // What goes elsewhere is not read here.
        let stdout = match child.stdout.take() {
            Some(pipe) => gather(pipe),
            None => gather(std::io::empty()),
        };
        let stderr = gather(child.stderr.take().expect("a pipe"));
        Running {
            child,
            command: described,
            stdout,
            stderr,
            read: 0,
        }
    }

    /// The process number.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Waits until the program has joined a netlink multicast group, as
    /// /proc/net/netlink tells: the events from now on are its to print.
    #[track_caller]
    pub fn wait_subscribed(&self) {
        let deadline = Instant::now() + SOON;
        while self.subscription().is_none() {
            let late = Instant::now() > deadline;
            assert!(
                !late,
                "{}: no subscription; stderr {:?}",
                self.command,
                self.errors()
            );
            sleep(Duration::from_millis(2));
        }
    }

    /// The number of the descriptor that has joined a multicast group, and
    /// the socket's inode.
    fn subscription(&self) -> Option<(RawFd, String)> {
        let process = format!("/proc/{}", self.pid());
        let mut sockets = fs::read_dir(format!("{process}/fd"))
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let number = path.file_name()?.to_str()?.parse().ok()?;
                let link = fs::read_link(path).ok()?;
                let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
                Some((number, inode.to_owned()))
            });
        let table = fs::read_to_string(format!("{process}/net/netlink")).unwrap_or_default();
        let joined: BTreeSet<&str> = table
            .lines()
            .skip(1)
            .filter_map(|row| {
                let columns: Vec<&str> = row.split_whitespace().collect();
                let groups = columns.get(3)?.bytes().any(|digit| digit != b'0');
                groups.then_some(*columns.last()?)
            })
            .collect();
        sockets.find(|(_, inode)| joined.contains(inode.as_str()))
    }

    /// A duplicate of the descriptor of its socket that has joined a
    /// multicast group.
    #[track_caller]
    pub fn subscribed_socket(&self) -> OwnedFd {
        let process = pidfd_open(self.process(), PidfdFlags::empty()).expect("the process");
        let (number, _) = self.subscription().expect("a subscription");
        pidfd_getfd(process, number, PidfdGetfdFlags::empty()).expect("its descriptor")
    }

    fn process(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }

    /// The next whole line of its standard output, without the line feed;
    /// `None` if there is none within `patience`, or the output has ended.
    pub fn next_line(&mut self, patience: Duration) -> Option<String> {
        let start = self.read;
        let length = self.stdout.wait(patience, |bytes| {
            bytes[start..].iter().position(|byte| *byte == b'\n')
        })?;
        self.read = start + length + 1;
        Some(self.stdout.text(start, start + length))
    }

    /// Waits for a line that contains `word`, skipping those before it.
    #[track_caller]
    pub fn line_with(&mut self, word: &str) -> String {
        let deadline = Instant::now() + SOON;
        let mut others = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.next_line(left) {
                Some(line) if line.contains(word) => return line,
                Some(line) => others.push(line),
                None => panic!(
                    "{}: no line with {word:?}, but {others:#?}; stderr {:?}",
                    self.command,
                    self.errors()
                ),
            }
        }
    }

    /// Waits until the output not read yet contains `word`, and takes it up
    /// to the end of that word; for output that is not in lines, as JSON.
    #[track_caller]
    pub fn wait_for(&mut self, word: &str) -> String {
        let start = self.read;
        let wanted = word.as_bytes();
        let found = self.stdout.wait(SOON, |bytes| {
            bytes[start..]
                .windows(wanted.len())
                .position(|window| window == wanted)
        });
        let Some(place) = found else {
            let got = self.stdout.text(start, usize::MAX);
            panic!(
                "{}: no {word:?} in {got:?}; stderr {:?}",
                self.command,
                self.errors()
            );
        };
        self.read = start + place + wanted.len();
        self.stdout.text(start, self.read)
    }

    /// Everything on its standard output so far.
    pub fn text(&self) -> String {
        self.stdout.text(0, usize::MAX)
    }

    /// Everything on its standard error so far.
    pub fn errors(&self) -> String {
        self.stderr.text(0, usize::MAX)
    }

    /// Stops it, as Ctrl-Z does, and waits until it has stopped.
    pub fn stop(&self) {
        self.signal(Signal::SIGSTOP);
        self.wait_stopped();
    }

    /// Waits until it has stopped.
    #[track_caller]
    pub fn wait_stopped(&self) {
        wait_until("the program has not stopped", || self.state() == Some('T'));
    }

    /// Waits until it sleeps in a system call: until then, it may be about to
    /// do so.
    #[track_caller]
    pub fn wait_asleep(&self) {
        wait_until("the program does not wait", || self.state() == Some('S'));
    }

    /// Its state, a letter of proc_pid_stat(5); nothing after its end.
    pub fn state(&self) -> Option<char> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?;
        // It stands behind the name, which is in parentheses.
        stat.rsplit_once(") ")?.1.chars().next()
    }

    /// Waits until its standard error contains `word`.
    #[track_caller]
    pub fn wait_for_error(&self, word: &str) {
        let wanted = word.as_bytes();
        let found = self.stderr.wait(SOON, |bytes| {
            bytes
                .windows(wanted.len())
                .position(|window| window == wanted)
        });
        assert!(
            found.is_some(),
            "{}: no {word:?} on stderr: {:?}",
            self.command,
            self.errors()
        );
    }

    /// Whether its output has ended, as it does at the end of the program.
    pub fn has_ended(&self) -> bool {
        self.stdout.lock().ended
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("signal the program");
    }

    /// Sends SIGINT and waits for the end.
    #[track_caller]
    pub fn interrupt(self) -> Output {
        self.signal(Signal::SIGINT);
        self.finish()
    }

    /// Waits for the end, and returns all that the program printed.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        let deadline = Instant::now() + SOON;
        let left = || deadline.saturating_duration_since(Instant::now());
        for output in [&self.stdout, &self.stderr] {
            output.wait(left(), |_| None::<()>);
        }
        let process = pidfd_open(self.process(), PidfdFlags::empty()).expect("the process");
        let left = PollTimeout::try_from(left()).expect("a time to wait");
        let ended = poll(&mut [PollFd::new(process.as_fd(), PollFlags::POLLIN)], left);
        let whole = self.stdout.lock().ended && self.stderr.lock().ended;
        let ended = whole && ended.expect("poll") > 0;
        assert!(ended, "{} does not end within {SOON:?}", self.command);
        let status = self.child.wait().expect("wait for the program");
        Output {
            command: self.command.clone(),
            stdout: self.stdout.lock().bytes.clone(),
            stderr: self.stderr.lock().bytes.clone(),
            status: shell_status(status),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail after its end, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes that a thread reads from a pipe as they come.
#[derive(Default)]
struct Gathered {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    ended: bool,
}

impl Gathered {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the reader does not panic")
    }

    /// What `found` finds in the bytes, waiting for more for `patience`.
    fn wait<T>(&self, patience: Duration, found: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let result = found(&state.bytes);
            if result.is_some() || state.ended || left.is_zero() {
                return result;
            }
            (state, _) = self
                .news
                .wait_timeout(state, left)
                .expect("the reader does not panic");
        }
    }

    fn text(&self, start: usize, end: usize) -> String {
        let state = self.lock();
        let end = end.min(state.bytes.len());
        String::from_utf8_lossy(&state.bytes[start..end]).into_owned()
    }
}

fn gather(mut pipe: impl Read + Send + 'static) -> Arc<Gathered> {
    let gathered = Arc::new(Gathered::default());
    let into = Arc::clone(&gathered);
    thread::spawn(move || {
        let mut buffer = [0; 65536];
        loop {
            let length = pipe.read(&mut buffer).unwrap_or(0);
            let mut state = into.lock();
            state.bytes.extend_from_slice(&buffer[..length]);
            state.ended = length == 0;
            into.news.notify_all();
            if length == 0 {
                return;
            }
        }
    });
    gathered
}

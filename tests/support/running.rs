//! A program that runs beside the test, such as `mptcp monitor`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::{Output, shell_status};

/// A started program, its output so far, and how far the test has read it.
/// It is killed when the value goes away.
pub struct Running {
    child: Child,
    command: String,
    stdout: Arc<Gathered>,
    stderr: Arc<Gathered>,
    readers: Vec<JoinHandle<()>>,
    read: usize,
}

impl Running {
    pub(super) fn start(mut command: Command, described: String, stdin: impl Into<Stdio>) -> Self {
        let mut child = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {described}: {error}"));
        let (stdout, out) = gather(child.stdout.take().expect("a pipe"));
        let (stderr, err) = gather(child.stderr.take().expect("a pipe"));
        Running {
            child,
            command: described,
            stdout,
            stderr,
            readers: vec![out, err],
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
    pub fn wait_subscribed(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while !self.is_subscribed() {
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

    fn is_subscribed(&self) -> bool {
        let process = format!("/proc/{}", self.pid());
        let inodes: BTreeSet<String> = fs::read_dir(format!("{process}/fd"))
            .into_iter()
            .flatten()
            .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
            .filter_map(|link| {
                let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
                Some(inode.to_owned())
            })
            .collect();
        let sockets = fs::read_to_string(format!("{process}/net/netlink")).unwrap_or_default();
        sockets.lines().skip(1).any(|row| {
            let columns: Vec<&str> = row.split_whitespace().collect();
            let (groups, inode) = (columns.get(3), columns.last());
            groups.is_some_and(|groups| groups.bytes().any(|digit| digit != b'0'))
                && inode.is_some_and(|inode| inodes.contains(*inode))
        })
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
    pub fn line_with(&mut self, word: &str, patience: Duration) -> String {
        let deadline = Instant::now() + patience;
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
    pub fn wait_for(&mut self, word: &str, patience: Duration) -> String {
        let start = self.read;
        let wanted = word.as_bytes();
        let found = self.stdout.wait(patience, |bytes| {
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

    /// Waits until its standard error contains `word`.
    #[track_caller]
    pub fn wait_for_error(&self, word: &str, patience: Duration) {
        let wanted = word.as_bytes();
        let found = self.stderr.wait(patience, |bytes| {
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

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("signal the program");
    }

    /// Sends SIGINT and waits for the end.
    #[track_caller]
    pub fn interrupt(self, patience: Duration) -> Output {
        self.signal(Signal::SIGINT);
        self.finish(patience)
    }

    /// Waits for the end, and returns all that the program printed.
    #[track_caller]
    pub fn finish(mut self, patience: Duration) -> Output {
        let deadline = Instant::now() + patience;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("wait for the program") {
                break status;
            }
            let late = Instant::now() > deadline;
            assert!(!late, "{} does not end within {patience:?}", self.command);
            sleep(Duration::from_millis(1));
        };
        for reader in self.readers.drain(..) {
            reader.join().expect("read to the end");
        }
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

fn gather(mut pipe: impl Read + Send + 'static) -> (Arc<Gathered>, JoinHandle<()>) {
    let gathered = Arc::new(Gathered::default());
    let into = Arc::clone(&gathered);
    let reader = thread::spawn(move || {
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
    (gathered, reader)
}

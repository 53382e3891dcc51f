//! A program in a pseudo-terminal, with somebody who looks at it and types.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::sync::{Arc, Mutex};
use std::{env, panic, process, thread};

use mptcp_cli::terminal::Terminal;
use nix::sys::signal::Signal;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use super::program::{Output, Program};
use super::running::Running;
use super::vt::Vt;
use super::wait::wait_until;

/// The program, its terminal, and what that shows.
pub struct Pty {
    pub running: Running,
    master: File,
    slave: OwnedFd,
    seen: Arc<Mutex<Vec<u8>>>,
    screen: Arc<Mutex<Vt>>,
    before: Termios,
}

impl Pty {
    /// Starts the program in a terminal of that size.
    pub fn start(program: Program, rows: u16, columns: u16) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let master = openpt(flags).expect("a pseudo-terminal");
        unlockpt(&master).expect("unlock it");
        let slave = ioctl_tiocgptpeer(&master, flags).expect("its other end");
        tcsetwinsize(&master, size(rows, columns)).expect("its size");
        let before = tcgetattr(&slave).expect("its mode");
        let clone = || slave.try_clone().expect("a descriptor");
        let mut program = program.env("TERM", "xterm").stdout(clone());
        // In a group of its own, so that its parent could continue it: others
        // are not stopped by SIGTSTP.
        program.command().process_group(0);
        let running = program.start_reading(clone());
        let master = File::from(master);
        let (seen, screen) = (Arc::default(), Vt::new(rows.into(), columns.into()));
        let screen = Arc::new(Mutex::new(screen));
        show(&master, &seen, &screen);
        Pty {
            running,
            master,
            slave,
            seen,
            screen,
            before,
        }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).expect("keys");
    }

    /// Gives the terminal another size, which the program is told of.
    pub fn resize(&self, rows: u16, columns: u16) {
        let screen = &mut self.screen.lock().expect("the screen");
        screen.resize(rows.into(), columns.into());
        tcsetwinsize(&self.master, size(rows, columns)).expect("another size");
        self.running.signal(Signal::SIGWINCH);
    }

    /// What the terminal shows now.
    pub fn screen(&self) -> Vt {
        self.screen.lock().expect("the screen").clone()
    }

    /// Waits until the screen is so.
    #[track_caller]
    pub fn wait(&self, what: &str, holds: impl Fn(&Vt) -> bool) -> Vt {
        wait_until(what, || holds(&self.screen()));
        self.screen()
    }

    /// All bytes that the program wrote to the terminal so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().expect("the bytes").clone()
    }

    /// Whether keys are read one by one and not shown.
    pub fn is_taken(&self) -> bool {
        let mode = tcgetattr(&self.slave).expect("its mode");
        mode.local_modes != self.before.local_modes
    }

    /// Whether all is as it was before the program.
    pub fn is_as_before(&self) -> bool {
        let screen = self.screen();
        let mode = tcgetattr(&self.slave).expect("its mode");
        !screen.is_other()
            && screen.wraps
            && screen.has_cursor
            && mode.local_modes == self.before.local_modes
            && mode.input_modes == self.before.input_modes
            && mode.output_modes == self.before.output_modes
    }

    /// Waits for the end, after which the terminal is as it was before.
    #[track_caller]
    pub fn finish(self) -> Output {
        wait_until("the terminal is as before", || self.is_as_before());
        self.running.finish()
    }
}

/// Set for this program itself: it draws on the terminal and panics there.
const PANIC: &str = "MPTCP_TEST_PANIC";

/// A program that takes over the terminal and panics, which aborts it, as a
/// release does.
pub fn panicking_on_a_terminal() -> Program {
    let this = env::current_exe().expect("the path of this program");
    Program::new(this).env(PANIC, "1")
}

/// Does what [`PANIC`] asks for; must come first in `main`.
pub fn panic_if_asked() {
    if env::var_os(PANIC).is_some() {
        panic::set_hook(Box::new(|info| {
            eprintln!("{info}");
            process::abort();
        }));
        let _terminal = Terminal::enter().expect("a terminal");
        panic!("the terminal must come back");
    }
}

fn size(rows: u16, columns: u16) -> Winsize {
    Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// Reads what the program writes, as it comes.
fn show(master: &File, seen: &Arc<Mutex<Vec<u8>>>, screen: &Arc<Mutex<Vt>>) {
    let mut master = master.try_clone().expect("a descriptor");
    let (seen, screen) = (Arc::clone(seen), Arc::clone(screen));
    thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(length @ 1..) = master.read(&mut buffer) {
            seen.lock().expect("the bytes").extend(&buffer[..length]);
            screen.lock().expect("the screen").write(&buffer[..length]);
        }
    });
}

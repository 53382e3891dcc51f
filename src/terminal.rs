//! A terminal on which output is redrawn in place.

use std::io;
use std::os::fd::AsFd;
use std::panic;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, isatty,
    tcflush, tcgetattr, tcgetwinsize, tcsetattr,
};

use crate::signals::Signals;
use crate::stdio;

/// To the other screen, which has no history, so that what stood there comes
/// back; lines do not wrap; no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?7l\x1b[?25l";
/// Back to the normal screen.
const LEAVE: &[u8] = b"\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l";
/// How long to wait for a terminal that takes nothing when it is left.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the terminal was before. The panic hook must find it: the program is
/// not unwound, so that nothing is dropped.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

struct Before {
    /// Of standard input, where that is a terminal.
    mode: Option<Termios>,
}

/// The terminal, given over to what is drawn there: keys are read one by one
/// and not shown. When this goes away, and at a panic, all is as before.
#[derive(Debug)]
pub struct Terminal(());

/// How large the terminal is, in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// Lines.
    pub rows: usize,
    /// Characters on each.
    pub columns: usize,
}

/// What was typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// Quit.
    Quit,
    /// Any other key.
    Other,
}

impl Terminal {
    /// Takes over the terminal that standard output is.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn enter() -> io::Result<Self> {
        static HOOK: std::sync::Once = std::sync::Once::new();
        HOOK.call_once(|| {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                leave();
                usual(info);
            }));
        });
        let terminal = Terminal(());
        terminal.enter_again()?;
        Ok(terminal)
    }

    /// Restores it temporarily.
    pub fn leave(&self) {
        leave();
    }

    /// Takes it over once more, after [`leave`](Self::leave), or after somebody
    /// else has used it while the program was stopped.
    ///
    /// # Errors
    /// It does not take what is written.
    pub fn enter_again(&self) -> io::Result<()> {
        let mode = {
            let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Before {
                mode: tcgetattr(io::stdin()).ok(),
            };
            before.get_or_insert_with(fresh).mode.clone()
        };
        if let Some(mode) = mode {
            // In the background this stops the program, as it should.
            tcsetattr(io::stdin(), OptionalActions::Now, &raw(mode))?;
        }
        stdio::write_all(io::stdout(), ENTER)
    }

    /// Draws a whole screen, with one write, so that nobody sees half of it.
    /// Where the terminal takes nothing and a signal comes, it is left out.
    ///
    /// # Errors
    /// It does not take what is written.
    pub fn draw(&self, signals: &Signals, screen: &[u8]) -> io::Result<()> {
        if stdio::is_ready_unless(signals, io::stdout()) {
            stdio::write_all(io::stdout(), screen)?;
        }
        Ok(())
    }

    /// Its size; 24 rows of 80 characters if unknown.
    pub fn size(&self) -> Size {
        let size = tcgetwinsize(io::stdout()).ok();
        let size = size.map(|size| (size.ws_row.into(), size.ws_col.into()));
        let (rows, columns) = match size {
            Some((rows @ 1.., columns @ 1..)) => (rows, columns),
            _ => (24, 80),
        };
        Size { rows, columns }
    }

    /// Reads the keys that were pressed, if any.
    pub fn keys(&self) -> Key {
        let mut keys = [0; 64];
        if !stdio::has_input(io::stdin()) {
            return Key::Other;
        }
        match nix::unistd::read(io::stdin(), &mut keys) {
            // The terminal is gone.
            Ok(0) => Key::Quit,
            Ok(_) if keys.iter().any(|key| matches!(key, b'q' | b'Q')) => Key::Quit,
            Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => Key::Other,
            Err(_) => Key::Quit,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// The signals that concern the terminal: all that end or stop the program, or
/// report that it was continued or resized. A fault of the program itself ends it
/// all the same.
pub fn signals() -> SigSet {
    let mut signals = SigSet::all();
    for signal in [
        // They end nothing.
        Signal::SIGCHLD,
        Signal::SIGURG,
        // They stop what is in the background, where the terminal is another's.
        Signal::SIGTTIN,
        Signal::SIGTTOU,
        // A write reports them as its error.
        Signal::SIGPIPE,
        Signal::SIGXFSZ,
    ] {
        signals.remove(signal);
    }
    signals
}

/// Whether standard output is a terminal that can be drawn on.
pub fn is_there(term: &str) -> bool {
    isatty(io::stdout()) && !matches!(term, "" | "dumb")
}

/// Whether keys can be read.
pub fn has_keyboard() -> bool {
    isatty(io::stdin())
}

/// Makes the terminal what it was, unless it is.
fn leave() {
    // Who panics may hold it.
    let Some(before) = BEFORE.try_lock().ok().and_then(|mut before| before.take()) else {
        return;
    };
    if let Some(mode) = before.mode {
        // Keys that were pressed meanwhile are not for the shell.
        let _ = tcflush(io::stdin(), QueueSelector::IFlush);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &mode);
    }
    if stdio::is_ready_until(io::stdout().as_fd(), Instant::now() + PATIENCE) {
        let _ = stdio::write_all(io::stdout(), LEAVE);
    }
}

/// The mode in which each key is read at once and shows nothing. Those that
/// send signals still do; Ctrl-S has no meaning where all is drawn anew.
fn raw(mut mode: Termios) -> Termios {
    mode.local_modes
        .remove(LocalModes::ICANON | LocalModes::ECHO);
    mode.input_modes.remove(InputModes::IXON);
    mode.special_codes[SpecialCodeIndex::VMIN] = 1;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    mode
}

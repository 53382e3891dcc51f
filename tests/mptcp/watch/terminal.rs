//! On a terminal: a table that is drawn in place.

use nix::sys::signal::Signal;

use super::{Two, frames, shell};
use crate::support::*;

trials! {
    a_table_is_drawn_in_place, q_and_signals_end_it_and_the_terminal_is_as_before,
    it_ends_by_itself, a_stop_gives_the_terminal_back, a_resize_is_followed,
    what_does_not_fit_is_counted, deadly_signals_give_the_terminal_back,
    a_real_time_signal_ends_it,
    a_dumb_terminal_gets_blocks, without_a_keyboard_it_watches_all_the_same,
    an_error_leaves_the_terminal_alone, colours_and_blocks_follow_the_surroundings,
    a_panic_gives_the_terminal_back,
}

fn start(line: &str, rows: u16, columns: u16) -> Pty {
    Pty::start(Program::mptcp().line(line), rows, columns)
}

fn shows(word: &str) -> impl Fn(&Vt) -> bool {
    move |screen| screen.lines().concat().contains(word)
}

fn a_table_is_drawn_in_place(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let mut pty = start("connection watch every 0.1", 12, 100);
    wait_until("some screens", || frames(&pty.bytes()) > 4);
    let screen = pty.screen();
    assert!(screen.is_other() && !screen.has_cursor && pty.is_taken());
    let lines = screen.lines();
    let title = "1 connection, 2 subflows, bytes per second, every 0.1 s, q quits";
    assert_eq!(lines[0], title);
    assert!(
        lines[1].starts_with("       SENT   RECEIVED SHARE"),
        "{lines:?}"
    );
    assert!(lines[2].contains(" 10.0.1.1:"), "{lines:?}");
    assert!(lines[3..5].concat().contains("10.0.2.1:"), "{lines:?}");
    assert!(lines[5..].concat().is_empty(), "{lines:?}");
    // Nothing is cleared before it is written anew, which would flicker.
    assert!(!String::from_utf8_lossy(&pty.bytes()).contains("\x1b[2J"));
    pty.press("q");
    pty.finish().ok();
    drop(two);
}

fn q_and_signals_end_it_and_the_terminal_is_as_before(_ns: &mut Sandbox) {
    let line = "connection watch every 3600";
    for key in ["q", "Q", "x\x1b[Aq"] {
        let mut pty = start(line, 24, 80);
        pty.wait("a table", shows("q quits"));
        pty.press(key);
        pty.finish().ok();
    }
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let pty = start(line, 24, 80);
        pty.wait("a table", shows("q quits"));
        pty.running.signal(signal);
        pty.finish().ok();
    }
}

fn it_ends_by_itself(_ns: &mut Sandbox) {
    let pty = start("connection watch every 0.1 count 2", 24, 80);
    wait_until("the end", || {
        pty.running.errors().is_empty() && frames(&pty.bytes()) == 2
    });
    pty.finish().ok();
}

fn a_stop_gives_the_terminal_back(_ns: &mut Sandbox) {
    let mut pty = start("connection watch every 3600", 24, 80);
    pty.wait("a table", shows("q quits"));
    pty.running.signal(Signal::SIGTSTP);
    wait_until("the terminal is given back", || pty.is_as_before());
    pty.running.wait_stopped();
    let before = frames(&pty.bytes());
    pty.running.signal(Signal::SIGCONT);
    wait_until("the table is back", || {
        pty.is_taken() && frames(&pty.bytes()) > before
    });
    pty.wait("a table", shows("q quits"));
    // Stopped by force, it comes back as well.
    let before = frames(&pty.bytes());
    pty.running.stop();
    pty.running.signal(Signal::SIGCONT);
    wait_until("the table is drawn anew", || frames(&pty.bytes()) > before);
    pty.press("q");
    pty.finish().ok();
}

fn a_resize_is_followed(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let mut pty = start("connection watch every 3600", 24, 100);
    pty.wait("a table", shows("10.0.2.1:"));
    pty.resize(4, 30);
    let screen = pty.wait("what fits", shows("rows hidden"));
    let lines = screen.lines();
    assert_eq!(lines[3], "2 rows hidden");
    assert_eq!(lines[0], "1 connection, 2 subflows, byte");
    pty.resize(24, 120);
    pty.wait("all of it", shows("10.0.2.1:"));
    assert!(!shows("hidden")(&pty.screen()));
    pty.press("q");
    pty.finish().ok();
    drop(two);
}

fn what_does_not_fit_is_counted(ns: &mut Sandbox) {
    let two = Two::new(ns);
    for (rows, columns) in [(1, 1), (2, 10), (3, 80), (5, 62), (4, 200)] {
        let pty = start("connection watch every 0.1 count 3", rows, columns);
        let lines = pty.wait("a table", |_| frames(&pty.bytes()) > 1).lines();
        assert_eq!(lines.len(), usize::from(rows));
        assert!(lines[0].starts_with('1'), "{lines:?}");
        let last = lines.last().expect("a line");
        match rows {
            3 => assert_eq!(last, "3 rows hidden"),
            4 => assert_eq!(last, "2 rows hidden"),
            5 => assert!(!last.contains("hidden"), "{lines:?}"),
            _ => {}
        }
        pty.finish().ok();
    }
    drop(two);
}

fn deadly_signals_give_the_terminal_back(_ns: &mut Sandbox) {
    // Those that end a program, and are not ends of this one or ignored by it.
    let spared = [
        Signal::SIGKILL,
        Signal::SIGSTOP,
        Signal::SIGTSTP,
        Signal::SIGCONT,
        Signal::SIGTTIN,
        Signal::SIGTTOU,
        Signal::SIGCHLD,
        Signal::SIGURG,
        Signal::SIGWINCH,
        Signal::SIGPIPE,
        Signal::SIGXFSZ,
        Signal::SIGINT,
        Signal::SIGTERM,
    ];
    let deadly: Vec<_> = Signal::iterator()
        .filter(|signal| !spared.contains(signal))
        .collect();
    assert!(deadly.len() >= 17, "{deadly:?}");
    for signal in deadly {
        let pty = start("connection watch every 3600", 24, 80);
        pty.wait("a table", shows("q quits"));
        pty.running.signal(signal);
        let output = pty.finish();
        assert_eq!(output.status, 128 + signal as i32, "{output}");
    }
}

/// They have no names, so that it cannot end by them.
fn a_real_time_signal_ends_it(_ns: &mut Sandbox) {
    let pty = start("connection watch every 3600", 24, 80);
    pty.wait("a table", shows("q quits"));
    let pid = pty.running.pid().to_string();
    Program::new("kill").args(["-40", &pid]).run().ok();
    pty.finish().ok();
}

fn a_dumb_terminal_gets_blocks(_ns: &mut Sandbox) {
    let program = shell("TERM=dumb exec $MPTCP connection watch count 2 every 0.1");
    let pty = Pty::start(program, 24, 80);
    let twice = |screen: &Vt| screen.lines().concat().matches("no connections").count() == 2;
    pty.wait("two blocks", twice);
    assert!(!pty.bytes().contains(&b'\x1b'));
    pty.finish().ok();
}

fn without_a_keyboard_it_watches_all_the_same(_ns: &mut Sandbox) {
    let program = shell("exec $MPTCP connection watch every 0.1 </dev/null");
    let pty = Pty::start(program, 24, 80);
    wait_until("some screens", || frames(&pty.bytes()) > 2);
    assert!(!pty.is_taken());
    pty.running.signal(Signal::SIGTERM);
    pty.finish().ok();
}

fn an_error_leaves_the_terminal_alone(_ns: &mut Sandbox) {
    let pty = start("connection watch token 1", 24, 80);
    let output = pty.finish();
    assert_eq!(output.status, 2);
    output.says_first("Error: no connection has the token 00000001.\n");
}

fn colours_and_blocks_follow_the_surroundings(ns: &mut Sandbox) {
    let two = Two::new(ns);
    let drawn = |environment: &[(&str, &str)], options: &str| {
        let line = format!("{options} connection watch every 0.1");
        let program = Program::mptcp().line(&line);
        let program = environment
            .iter()
            .fold(program, |program, (name, value)| program.env(name, value));
        let mut pty = Pty::start(program, 24, 100);
        pty.wait("a table", shows("10.0.2.1:"));
        let screen = pty.screen();
        pty.press("q");
        pty.finish().ok();
        screen
    };
    let has = |screen: &Vt, of: fn(&Cell) -> bool| screen.cells().concat().iter().any(of);
    let plain = drawn(&[("NO_COLOR", "1")], "");
    assert!(!has(&plain, |cell| cell.color != 0 || cell.reverse));
    let dark = drawn(&[], "");
    assert!(has(&dark, |cell| cell.color == 35 && cell.bold));
    let light = drawn(&[("COLORFGBG", "0;15")], "");
    assert!(has(&light, |cell| cell.color == 35 && !cell.bold));
    drop(two);
}

fn a_panic_gives_the_terminal_back() {
    let pty = Pty::start(panicking_on_a_terminal(), 24, 80);
    wait_until("it is left", || pty.bytes().ends_with(b"\x1b[?1049l"));
    let output = pty.finish();
    assert_eq!(output.status, 134, "{output}");
    output.says("the terminal must come back");
}

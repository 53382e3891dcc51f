//! Pictures for the documentation, of a real run: `docs/pictures/make`.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::{Two, frames};
use crate::support::*;

trials! { the_pictures_can_be_made }

/// Names the directory that they are to be written to.
const PICTURES: &str = "MPTCP_PICTURES";

/// What is typed in the pictures.
const SHOW: &str = "mptcp connection";
const WATCH: &str = "mptcp -human connection watch";

fn the_pictures_can_be_made(ns: &mut Sandbox) {
    need_tool("tc");
    let two = Two::new(ns);
    for (link, name, rate) in [("near0", "eth0", "80mbit"), ("near1", "wwan0", "24mbit")] {
        rename_link(link, name);
        let slow = format!("qdisc add dev {name} root tbf rate {rate} burst 64k latency 200ms");
        if Program::new("tc").line(&slow).run().status != 0 {
            left_out("this kernel does not slow links down (CONFIG_NET_SCH_TBF)");
        }
    }
    let transfer = two.transfer(1 << 20);

    let watch = start(WATCH, 6, 120);
    // The connection and both subflows send megabytes, after a while as fast as
    // their links are.
    wait_until("some looks", || frames(&watch.bytes()) > 4);
    let watched = watch.wait("both links are used", |screen| {
        let text = screen.lines().concat();
        text.matches('M').count() >= 3 && text.contains('█')
    });
    watch.running.signal(nix::sys::signal::Signal::SIGTERM);
    watch.finish().ok();
    let show = start(SHOW, 4, 126);
    let shown = show.wait("two subflows", |screen| {
        screen.lines().concat().matches("locid").count() == 2
    });
    show.finish().ok();
    drop(transfer);

    for (name, command, screen) in [("connection", SHOW, &shown), ("watch", WATCH, &watched)] {
        let picture = svg(command, screen);
        assert!(
            picture.contains("10.0.2.1") && picture.contains("wwan0"),
            "{picture}"
        );
        if let Some(directory) = env::var_os(PICTURES) {
            let file = Path::new(&directory).join(name).with_extension("svg");
            fs::write(file, picture).expect("a picture");
        }
    }
}

/// Starts what is typed.
fn start(command: &str, rows: u16, columns: u16) -> Pty {
    let line = command.strip_prefix("mptcp ").expect("the program");
    let program = Program::mptcp().line(line).env("LC_ALL", "C.UTF-8");
    Pty::start(program, rows, columns)
}

/// The size of a character, and the border around all.
const WIDTH: f64 = 8.0;
const HEIGHT: f64 = 18.0;
const BORDER: f64 = 12.0;

const BACKGROUND: &str = "#1d1f21";
const FOREGROUND: &str = "#d8dadb";

/// The terminal as a picture, below the command.
fn svg(command: &str, screen: &Vt) -> String {
    let used = screen.lines().iter().rposition(|line| !line.is_empty());
    let rows = used.map_or(0, |last| last + 1);
    let width = 2.0 * BORDER + WIDTH * screen.columns as f64;
    let height = 2.0 * BORDER + HEIGHT * (rows + 1) as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', \
         Menlo, Consolas, monospace\" font-size=\"13\" fill=\"{FOREGROUND}\">\n\
         <title>{command}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n"
    );
    text(
        &mut svg,
        0,
        0,
        &format!("# {command}"),
        "font-weight=\"bold\"",
    );
    for (row, cells) in screen.cells().iter().take(rows).enumerate() {
        let mut column = 0;
        for run in cells.chunk_by(|a, b| looks(a) == looks(b)) {
            let characters: String = run.iter().map(|cell| cell.character).collect();
            draw(&mut svg, row + 1, column, &characters, &run[0]);
            column += run.len();
        }
    }
    svg + "</svg>\n"
}

fn looks(cell: &Cell) -> (u8, bool, bool) {
    (cell.color, cell.bold, cell.reverse)
}

/// Some characters that look alike.
fn draw(svg: &mut String, row: usize, column: usize, characters: &str, of: &Cell) {
    let mut style = match of.bold {
        true => "font-weight=\"bold\" ".to_owned(),
        false => String::new(),
    };
    let fill = match of.color {
        31 | 91 => "#e06c75",
        32 | 92 => "#98c379",
        34 | 94 => "#61afef",
        35 | 95 => "#c678dd",
        36 | 96 => "#56b6c2",
        _ => FOREGROUND,
    };
    if of.reverse {
        let (x, y) = place(row, column);
        let width = WIDTH * characters.chars().count() as f64;
        let y = y - 0.75 * HEIGHT;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{fill}\"/>"
        );
    }
    let fill = if of.reverse { BACKGROUND } else { fill };
    let _ = write!(style, "fill=\"{fill}\"");
    text(svg, row, column, characters, &style);
}

/// Words, each where it stands on the terminal, whatever the font.
fn text(svg: &mut String, row: usize, column: usize, characters: &str, style: &str) {
    let mut at = column;
    for word in characters.split(' ') {
        let length = word.chars().count();
        if length > 0 {
            let (x, y) = place(row, at);
            let word = word.replace('&', "&amp;").replace('<', "&lt;");
            let length = WIDTH * length as f64;
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" \
                 lengthAdjust=\"spacingAndGlyphs\" {style}>{word}</text>"
            );
        }
        at += word.chars().count() + 1;
    }
}

/// Where a character stands.
fn place(row: usize, column: usize) -> (f64, f64) {
    let (x, y) = (WIDTH * column as f64, HEIGHT * (row as f64 + 0.75));
    (BORDER + x, BORDER + y)
}

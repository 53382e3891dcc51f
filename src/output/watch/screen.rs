//! The table as a terminal is to show it, with escape sequences that every
//! terminal of today knows (ECMA-48).

use crate::output::line::Line;
use crate::output::{Palette, Source, Stamp};
use crate::terminal::Size;

use super::{Snapshot, Style, counted, row};

/// To the upper left corner.
const HOME: &str = "\x1b[H";
/// The rest of the line is empty.
const CLEAR_LINE: &str = "\x1b[K";
/// The rest of the screen is empty.
const CLEAR_BELOW: &str = "\x1b[J";
const REVERSE: &str = "\x1b[7m";
const RESET: &str = "\x1b[0m";

/// A sample as a screen. What was there is overwritten and not deleted first,
/// which would flicker. The last line counts the rows that have no room.
pub fn screen(snapshot: Snapshot, style: Style, size: Size, source: &mut impl Source) -> Vec<u8> {
    let mut title = Line::new(size.columns, Palette::None);
    title.put(&snapshot.title(), None);
    for more in snapshot
        .stamp
        .map(Stamp::bare)
        .into_iter()
        .chain(["q quits"])
    {
        title.put(", ", None);
        title.put(more, None);
    }
    let mut header = Line::new(size.columns, Palette::None);
    header.put(&row::header(style.scale, size.columns), None);
    if style.palette != Palette::None {
        header.blanks(size.columns);
    }

    let room = size.rows.saturating_sub(2);
    let count: usize = snapshot
        .watched
        .iter()
        .map(|watched| 1 + watched.subflows.len())
        .sum();
    let shown = if count > room {
        room.saturating_sub(1)
    } else {
        count
    };
    let mut screen = Screen::new(size);
    screen.line(&title);
    match style.palette {
        // Where no row has room, the heading makes room for their number.
        _ if room == 0 && count > 0 => {}
        Palette::None => screen.line(&header),
        // A heading stands off where there are colours.
        _ => screen.text(&format!("{REVERSE}{}{RESET}", header.whole())),
    }
    let mut left = shown;
    for watched in snapshot.watched {
        // What is not shown needs no names.
        if left == 0 {
            break;
        }
        let rows = row::rows(watched, source, style, size.columns);
        for row in rows.iter().take(left) {
            screen.line(row);
        }
        left = left.saturating_sub(rows.len());
    }
    if count > shown {
        let mut rest = Line::new(size.columns, Palette::None);
        rest.put(&format!("{} hidden", counted(count - shown, "row")), None);
        screen.line(&rest);
    }
    screen.finish()
}

/// Lines from the top, as many as there are rows.
struct Screen {
    text: String,
    left: usize,
}

impl Screen {
    fn new(size: Size) -> Self {
        Screen {
            text: HOME.to_owned(),
            left: size.rows,
        }
    }

    /// Adds a line. Where it takes the whole width, the cursor stays on its
    /// last character, which must not be cleared away.
    fn line(&mut self, line: &Line) {
        if line.is_full() {
            self.text(line.whole());
        } else {
            self.text(&format!("{}{CLEAR_LINE}", line.text()));
        }
    }

    fn text(&mut self, text: &str) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        if self.text.len() > HOME.len() {
            self.text.push_str("\r\n");
        }
        self.text.push_str(text);
        self.left = left;
    }

    fn finish(mut self) -> Vec<u8> {
        if self.left > 0 {
            self.text.push_str("\r\n");
            self.text.push_str(CLEAR_BELOW);
        }
        self.text.into_bytes()
    }
}

//! A line of a table: cells that are aligned, and no more than fits.

use crate::visible::is_visible;

use super::{Color, Palette};

/// A line while it is written, with its width on the screen.
#[derive(Clone, Debug)]
pub(super) struct Line {
    text: String,
    width: usize,
    limit: usize,
    palette: Palette,
}

/// At which end of its cell a text stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Line {
    /// An empty line that takes so many characters.
    pub(super) fn new(limit: usize, palette: Palette) -> Self {
        Line {
            text: String::new(),
            width: 0,
            limit,
            palette,
        }
    }

    /// Adds a text, as far as it fits. What is no visible character, as the
    /// name of a device may have it, would reach the terminal as a command.
    pub(super) fn put(&mut self, text: &str, color: Option<Color>) {
        let escape = color.and_then(|color| self.palette.escape(color));
        self.text.push_str(escape.unwrap_or_default());
        for character in text.chars().take(self.limit - self.width) {
            self.width += 1;
            self.text.push(match character {
                character if !is_visible(character) => '?',
                character => character,
            });
        }
        if escape.is_some() {
            self.text.push_str(Palette::RESET);
        }
    }

    /// Adds a cell of that width. A text that is wider shifts what follows, so
    /// that no digit is lost.
    pub(super) fn cell(&mut self, width: usize, side: Side, text: &str, color: Option<Color>) {
        let blanks = width.saturating_sub(text.chars().count());
        match side {
            Side::Left => {
                self.put(text, color);
                self.blanks(blanks);
            }
            Side::Right => {
                self.blanks(blanks);
                self.put(text, color);
            }
        }
    }

    pub(super) fn blanks(&mut self, count: usize) {
        for _ in 0..count.min(self.limit - self.width) {
            self.text.push(' ');
            self.width += 1;
        }
    }

    /// Whether there is room for no more.
    pub(super) fn is_full(&self) -> bool {
        self.width >= self.limit
    }

    /// With the blanks at its end.
    pub(super) fn whole(&self) -> &str {
        &self.text
    }

    /// Without the blanks at its end.
    pub(super) fn text(&self) -> &str {
        self.text.trim_end_matches(' ')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_as_much_as_fits() {
        let mut line = Line::new(8, Palette::Light);
        line.cell(4, Side::Right, "12", None);
        line.put(" ", None);
        line.put("é\x1b[2J", Some(Color::Device));
        assert_eq!(line.text(), "  12 \x1b[36mé?[\x1b[0m");
        assert!(line.is_full());
        line.put("more", None);
        assert_eq!(line.text(), "  12 \x1b[36mé?[\x1b[0m");
    }

    #[test]
    fn a_cell_shifts_what_follows_rather_than_lose_a_digit() {
        let mut line = Line::new(usize::MAX, Palette::None);
        line.cell(2, Side::Right, "1234", None);
        line.cell(3, Side::Left, "a", None);
        line.put("b", Some(Color::Ipv4));
        assert_eq!(line.text(), "1234a  b");
        line.blanks(3);
        assert_eq!(line.text(), "1234a  b");
    }
}

//! Colours of words, as iproute2 chooses them.

use crate::cli::ColorChoice;

/// What is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// An IPv4 address: magenta.
    Ipv4,
    /// An IPv6 address: blue.
    Ipv6,
    /// A network device: cyan.
    Device,
    /// What may not work: yellow.
    Warn,
    /// What is in use: green.
    Up,
    /// What is no longer in use: red.
    Down,
}

/// The colours for a kind of terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// No colour at all.
    None,
    /// Bold, for a dark background.
    Dark,
    /// Plain, for a light background.
    Light,
}

/// What decides on colours, besides the option.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Whether the output is a terminal.
    pub terminal: bool,
    /// The variable NO_COLOR is set and not empty.
    pub no_color: bool,
    /// The variable COLORFGBG: the colours of the terminal, `15;0`.
    pub colorfgbg: String,
}

impl Palette {
    /// What ends a colour.
    pub(super) const RESET: &str = "\x1b[0m";

    /// The palette for an option. `ask` is called only if it depends.
    pub fn choose(choice: ColorChoice, ask: impl FnOnce() -> Environment) -> Self {
        if choice == ColorChoice::Never {
            return Palette::None;
        }
        let environment = ask();
        let wanted = match choice {
            ColorChoice::Always => true,
            ColorChoice::Auto => environment.terminal,
            _ => environment.terminal && !environment.no_color,
        };
        match wanted {
            true if is_light(&environment.colorfgbg) => Palette::Light,
            true => Palette::Dark,
            false => Palette::None,
        }
    }

    pub(super) fn escape(self, color: Color) -> Option<&'static str> {
        match (self, color) {
            (Palette::None, _) => None,
            (Palette::Dark, Color::Ipv4) => Some("\x1b[1;35m"),
            (Palette::Dark, Color::Ipv6) => Some("\x1b[1;94m"),
            (Palette::Dark, Color::Device) => Some("\x1b[1;36m"),
            (Palette::Dark, Color::Warn) => Some("\x1b[1;33m"),
            (Palette::Light, Color::Warn) => Some("\x1b[33m"),
            (Palette::Dark, Color::Up) => Some("\x1b[1;32m"),
            (Palette::Dark, Color::Down) => Some("\x1b[1;31m"),
            (Palette::Light, Color::Ipv4) => Some("\x1b[35m"),
            (Palette::Light, Color::Ipv6) => Some("\x1b[34m"),
            (Palette::Light, Color::Device) => Some("\x1b[36m"),
            (Palette::Light, Color::Up) => Some("\x1b[32m"),
            (Palette::Light, Color::Down) => Some("\x1b[31m"),
        }
    }
}

/// Whether COLORFGBG names a light background after its last semicolon: any
/// but the dark colours 0 to 6 and 8.
fn is_light(colorfgbg: &str) -> bool {
    match colorfgbg.rsplit_once(';') {
        Some((_, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "8")) | None => false,
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::is_light;

    #[test]
    fn the_background_is_what_follows_the_last_semicolon() {
        for dark in ["", "0", "15", "15;0", "0;6", "0;8", "0;default;0"] {
            assert!(!is_light(dark), "{dark:?}");
        }
        for light in ["0;7", "0;15", "0;10", "0;07", "0;7 ", ";"] {
            assert!(is_light(light), "{light:?}");
        }
    }
}

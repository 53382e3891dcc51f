//! How output is written down in a session: line by line, with what an eye or
//! an editor would miss made visible.
//!
//! - A line that ends in a blank has `|` after it (as has one that ends in
//!   `|` or `%`, and the empty line).
//! - A last line without a line feed has `%` after it.
//! - A control character is shown by its symbol: `␛` for the escape, `␉`.

/// Where the Unicode symbols for the control characters 0x00 to 0x1f begin.
const SYMBOLS: u32 = 0x2400;

/// Writes bytes down as lines.
///
/// # Panics
/// Where they are not UTF-8: a session is a text file.
pub fn write(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).expect("output in UTF-8");
    text.split_inclusive('\n').map(write_line).collect()
}

fn write_line(line: &str) -> String {
    let (content, end) = match line.strip_suffix('\n') {
        Some(content) if content.is_empty() || content.ends_with([' ', '|', '%']) => (content, "|"),
        Some(content) => (content, ""),
        None => (line, "%"),
    };
    let mut written: String = content.chars().map(symbol).collect();
    written.push_str(end);
    written
}

/// Reads a written line back, with its line feed if it had one.
pub fn read_line(line: &str) -> String {
    let (content, end) = match line.strip_suffix('%') {
        Some(content) => (content, ""),
        None => (line.strip_suffix('|').unwrap_or(line), "\n"),
    };
    controls(content) + end
}

/// Turns the symbols of control characters into these.
pub fn controls(text: &str) -> String {
    text.chars().map(control).collect()
}

fn symbol(character: char) -> char {
    match u32::from(character) {
        code @ 0..0x20 => char::from_u32(SYMBOLS + code).expect("a symbol"),
        _ => character,
    }
}

fn control(character: char) -> char {
    match u32::from(character).checked_sub(SYMBOLS) {
        Some(code @ 0..0x20) => char::from_u32(code).expect("a control character"),
        _ => character,
    }
}

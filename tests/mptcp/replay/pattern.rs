//! Expected text with placeholders for what depends on the kernel or is left
//! open: `<N>` is a number, `<...>` is anything, over any number of lines.

const NUMBER: &str = "<N>";
const ANYTHING: &str = "<...>";

/// Whether the text is what the pattern describes.
pub fn matches(pattern: &str, text: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix(ANYTHING) {
        // Longest first: mostly it is the end of the text.
        return (0..=text.len())
            .rev()
            .any(|skip| text.is_char_boundary(skip) && matches(rest, &text[skip..]));
    }
    if let Some(rest) = pattern.strip_prefix(NUMBER) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        return digits > 0 && matches(rest, &text[digits..]);
    }
    let mut expected = pattern.chars();
    let mut given = text.chars();
    match (expected.next(), given.next()) {
        (None, None) => true,
        (Some(one), Some(other)) if one == other => {
            matches_after(expected.as_str(), given.as_str())
        }
        _ => false,
    }
}

/// Skips what is equal up to the next placeholder in a loop, not by recursion.
fn matches_after(pattern: &str, text: &str) -> bool {
    let plain = pattern.find('<').unwrap_or(pattern.len());
    match text.strip_prefix(&pattern[..plain]) {
        Some("") if plain == pattern.len() => true,
        Some(rest) if plain < pattern.len() => matches(&pattern[plain..], rest),
        _ => false,
    }
}

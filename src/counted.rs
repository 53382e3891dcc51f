//! Numbers of things in sentences.

/// A number of things: `1 subflow`, `3 subflows`.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

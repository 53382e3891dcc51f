//! JSON that the program printed.

use serde_json::Value;

/// The value that a text is, as a whole.
#[track_caller]
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("no JSON, {wrong}: {text:?}"))
}

//! The words for error numbers.

use std::io;

/// The system's words for an error number, without Rust's "(os error N)".
pub fn text(errno: i32) -> String {
    let text = io::Error::from_raw_os_error(errno).to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// The same for an error that may bear a number.
pub fn text_of(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(errno) => text(errno),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn it_is_the_bare_text() {
        assert_eq!(text(17), "File exists");
        assert_eq!(text(1), "Operation not permitted");
        assert_eq!(text(9999), "Unknown error 9999");
    }
}

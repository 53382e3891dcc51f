//! What an unknown word may have been meant to be.

use std::ffi::OsStr;

/// The name nearest to a word, if it is near at all: at least two thirds of
/// the longer one are right.
pub fn nearest(word: &OsStr, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let word = word.to_str()?;
    let near = names.filter_map(|name| {
        // What is so much longer is not near, and would be slow to compare.
        if word.len() > 3 * name.len() {
            return None;
        }
        let distance = strsim::damerau_levenshtein(word, name);
        let longer = word.len().max(name.len());
        (distance * 3 <= longer).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_mended_and_nothing_is_guessed() {
        let names = ["endpoint", "limits", "monitor"];
        let near = |word: &str| nearest(word.as_ref(), names.into_iter());
        assert_eq!(near("endpont"), Some("endpoint"));
        assert_eq!(near("limtis"), Some("limits"));
        assert_eq!(near("route"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(100 << 20)), None);
    }
}

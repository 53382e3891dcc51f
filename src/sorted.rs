//! Sorting, of anything by a number.

/// Puts items in the order of their keys; of those with the same key, the one
/// that was first stays first.
///
/// What is sorted are keys and places. So there is one instance of the standard
/// library's sort for all kinds of items, in place of 10 kB for each of them.
pub fn by_key<T>(items: &mut Vec<T>, key: impl Fn(&T) -> (u64, u64)) {
    let keys = items.iter().map(&key);
    let mut order: Vec<_> = keys.zip(0..).collect();
    order.sort_unstable();
    let mut unsorted: Vec<Option<T>> = items.drain(..).map(Some).collect();
    let places = order.into_iter().map(|(_, place): (_, usize)| place);
    items.extend(places.filter_map(|place| unsorted.get_mut(place)?.take()));
}

#[cfg(test)]
mod tests {
    use super::by_key;

    #[test]
    fn the_same_keys_keep_their_order() {
        let mut words = vec!["bb", "a", "cc", "", "c"];
        by_key(&mut words, |word| (word.len() as u64, 0));
        assert_eq!(words, ["", "a", "c", "bb", "cc"]);
    }
}

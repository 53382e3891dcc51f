//! Finds the places of what has a number, in a list.

/// Places by number. It is filled first, then asked.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<(u32, usize)>,
    sorted: bool,
}

impl Index {
    pub(super) fn add(&mut self, number: u32, place: usize) {
        self.entries.push((number, place));
        self.sorted = false;
    }

    /// All that have this number, in order of their places.
    pub(super) fn find(&mut self, number: u32) -> &[(u32, usize)] {
        if !self.sorted {
            self.entries.sort_unstable();
            self.sorted = true;
        }
        let start = self.entries.partition_point(|entry| entry.0 < number);
        let found = self.entries.get(start..).unwrap_or_default();
        let len = found.iter().take_while(|entry| entry.0 == number).count();
        found.get(..len).unwrap_or_default()
    }
}

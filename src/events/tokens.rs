//! The known connections, by their tokens.

use std::collections::{HashSet, VecDeque};

/// How many of the connections that were closed are remembered. What comes
/// after the end of a connection comes within its last round trips.
const CLOSED: usize = 4096;

/// Tokens of connections, and for a while those of connections that are
/// closed.
#[derive(Debug, Default)]
pub struct Tokens {
    open: HashSet<u32>,
    closed: HashSet<u32>,
    /// The same, the oldest in front.
    order: VecDeque<u32>,
}

impl Tokens {
    /// Takes in a connection, if it was not closed a while ago.
    pub fn open(&mut self, token: u32) {
        if !self.closed.contains(&token) {
            self.open.insert(token);
        }
    }

    /// Takes in a connection that is new for certain.
    pub fn create(&mut self, token: u32) {
        self.closed.remove(&token);
        self.open.insert(token);
    }

    /// Notes that a connection is closed.
    pub fn close(&mut self, token: u32) {
        self.open.remove(&token);
        if !self.closed.insert(token) {
            return;
        }
        self.order.push_back(token);
        if self.order.len() > CLOSED
            && let Some(oldest) = self.order.pop_front()
        {
            self.closed.remove(&oldest);
        }
    }

    /// Whether it was taken in, and is not closed.
    pub fn is_open(&self, token: u32) -> bool {
        self.open.contains(&token)
    }

    /// Whether it was closed a while ago.
    pub fn was_closed(&self, token: u32) -> bool {
        self.closed.contains(&token)
    }

    /// Whether it was taken in, and may have been closed since.
    pub fn knows(&self, token: u32) -> bool {
        self.is_open(token) || self.was_closed(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_stays_so_for_a_while() {
        let mut tokens = Tokens::default();
        tokens.open(1);
        assert!(tokens.is_open(1) && tokens.knows(1));
        tokens.close(1);
        tokens.open(1);
        assert!(!tokens.is_open(1) && tokens.was_closed(1));
        tokens.create(1);
        assert!(tokens.is_open(1) && !tokens.was_closed(1));
    }

    #[test]
    fn no_more_is_remembered_than_is_of_use() {
        let mut tokens = Tokens::default();
        for token in 0..3 * CLOSED as u32 {
            tokens.create(token);
            tokens.close(token);
        }
        assert_eq!((tokens.open.len(), tokens.closed.len()), (0, CLOSED));
        assert!(tokens.was_closed(3 * CLOSED as u32 - 1) && !tokens.knows(0));
    }
}

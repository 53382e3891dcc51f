//! Room for datagrams that are taken together.

use std::io::IoSliceMut;

use super::Datagram;

/// The room for one datagram, in bytes: the kernel makes a multicast message
/// in one page, or in 8 KiB where a page is larger.
const ROOM: usize = 8 * 1024;

/// Datagrams that were taken with one system call.
#[derive(Debug)]
pub struct Inbox {
    room: Vec<u8>,
    datagrams: Vec<Datagram>,
}

impl Inbox {
    /// How many datagrams there is room for.
    pub(super) const PLACES: usize = 32;

    /// An empty inbox. Room that is never used takes up no memory.
    pub(super) fn new() -> Self {
        Inbox {
            room: vec![0; Self::PLACES * ROOM],
            datagrams: Vec::new(),
        }
    }

    /// Puts these datagrams, whose bytes are in the room already, in place of
    /// those before.
    pub(super) fn hold(&mut self, datagrams: Vec<Datagram>) {
        self.datagrams = datagrams;
    }

    /// Puts one datagram in place of those before.
    pub(super) fn hold_one(&mut self, datagram: Datagram, bytes: &[u8]) {
        for (place, byte) in self.room[..ROOM].iter_mut().zip(bytes) {
            *place = *byte;
        }
        self.datagrams = vec![datagram];
    }

    /// Whether it holds as many datagrams as it can.
    pub(super) fn is_full(&self) -> bool {
        self.datagrams.len() == Self::PLACES
    }

    /// A datagram, and as much of it as there was room for.
    pub(super) fn get(&self, place: usize) -> Option<(Datagram, &[u8])> {
        let datagram = *self.datagrams.get(place)?;
        let bytes = self.room.chunks_exact(ROOM).nth(place)?;
        Some((datagram, &bytes[..datagram.size.min(ROOM)]))
    }

    /// The room, for the kernel to write to.
    pub(super) fn room(&mut self) -> [[IoSliceMut<'_>; 1]; Self::PLACES] {
        let mut places = self.room.chunks_exact_mut(ROOM);
        std::array::from_fn(|_| [IoSliceMut::new(places.next().unwrap_or_default())])
    }
}

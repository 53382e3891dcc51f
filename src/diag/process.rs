//! Who holds a socket.

/// A process that holds a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, up to 15 bytes; absent where it cannot be read.
    pub comm: Option<Vec<u8>>,
    /// The number of the descriptor.
    pub fd: u32,
}

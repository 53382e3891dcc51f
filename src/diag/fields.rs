//! Structures of the kernel, read at their offsets.

use netlink_packet_core::DecodeError;

/// The bytes of a structure, of which the kernel may give fewer than it has
/// in a later version. Reading past the end is an error that names it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    name: &'static str,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], name: &'static str) -> Self {
        Self { bytes, name }
    }

    /// Whether the structure has this many bytes.
    pub(super) fn reach(self, len: usize) -> bool {
        self.bytes.len() >= len
    }

    /// The first bytes, of which a reader then knows at compile time how many
    /// there are.
    #[inline(always)]
    pub(super) fn within<const N: usize>(self) -> Result<Self, DecodeError> {
        let first: &[u8; N] = self.bytes.first_chunk().ok_or_else(|| self.short())?;
        Ok(Self {
            bytes: first,
            name: self.name,
        })
    }

    /// A structure whose length is wrong.
    #[cold]
    pub(super) fn short(self) -> DecodeError {
        format!("{} has only {} bytes", self.name, self.bytes.len()).into()
    }

    #[inline(always)]
    pub(super) fn array<const N: usize>(self, offset: usize) -> Result<[u8; N], DecodeError> {
        let field = self.bytes.get(offset..).and_then(<[u8]>::first_chunk);
        field.copied().ok_or_else(|| self.short())
    }

    #[inline(always)]
    pub(super) fn u8(self, offset: usize) -> Result<u8, DecodeError> {
        self.array(offset).map(u8::from_ne_bytes)
    }

    #[inline(always)]
    pub(super) fn u16(self, offset: usize) -> Result<u16, DecodeError> {
        self.array(offset).map(u16::from_ne_bytes)
    }

    #[inline(always)]
    pub(super) fn u32(self, offset: usize) -> Result<u32, DecodeError> {
        self.array(offset).map(u32::from_ne_bytes)
    }

    #[inline(always)]
    pub(super) fn u64(self, offset: usize) -> Result<u64, DecodeError> {
        self.array(offset).map(u64::from_ne_bytes)
    }

    /// A port, in network byte order.
    pub(super) fn be16(self, offset: usize) -> Result<u16, DecodeError> {
        self.array(offset).map(u16::from_be_bytes)
    }

    /// What follows the first bytes.
    pub(super) fn rest(self, offset: usize) -> Result<&'a [u8], DecodeError> {
        self.bytes.get(offset..).ok_or_else(|| self.short())
    }
}

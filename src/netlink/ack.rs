//! Acknowledgements: `NLMSG_ERROR` and `NLMSG_DONE` with their extended part.
//!
//! Sources: `include/uapi/linux/netlink.h` (`struct nlmsgerr`,
//! `enum nlmsgerr_attrs`) and `Documentation/userspace-api/netlink/intro.rst`.

use netlink_packet_core::{NLM_F_ACK_TLVS, NLM_F_CAPPED, parse_u32};

use super::datagram::NLMSG_HDRLEN;
use super::{Error, wire};
use crate::errno;

const NLMSGERR_ATTR_MSG: u16 = 1;

/// A request that the kernel refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error number, positive (`errno.h`).
    pub errno: i32,
    /// The kernel's sentence, if it gave one.
    pub message: Option<String>,
}

impl Refusal {
    /// Whether the kernel's sentence begins so.
    pub fn says(&self, beginning: &str) -> bool {
        let message = self.message.as_deref();
        message.is_some_and(|message| message.starts_with(beginning))
    }
}

impl std::error::Error for Refusal {}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.message {
            Some(message) => f.write_str(message),
            None => f.write_str(&errno::text(self.errno)),
        }
    }
}

/// The content of an `NLMSG_ERROR`: success, perhaps with a warning, or the kernel's
/// refusal as an error.
pub(super) fn of_error(payload: &[u8], flags: u16) -> Result<Option<String>, Error> {
    let Some((code, request)) = payload.split_first_chunk() else {
        let bytes = payload.len();
        return Err(Error::Malformed(format!(
            "an acknowledgement of {bytes} bytes"
        )));
    };
    let code = i32::from_ne_bytes(*code);
    // The request that is answered stands before the attributes: its header
    // alone if the message is capped or of success, else all of it.
    let length = match request.get(..4) {
        Some(length) if code != 0 && flags & NLM_F_CAPPED == 0 => parse_u32(length)? as usize,
        _ => NLMSG_HDRLEN,
    };
    let attributes = length
        .checked_next_multiple_of(4)
        .and_then(|start| request.get(start..));
    verdict(code, flags, attributes.unwrap_or(&[]))
}

/// The content of an `NLMSG_DONE`: the dump is whole, or why it is not.
pub(super) fn of_done(payload: &[u8], flags: u16) -> Result<Option<String>, Error> {
    match payload.split_first_chunk() {
        Some((code, attributes)) => verdict(i32::from_ne_bytes(*code), flags, attributes),
        // Old kernels end a dump with nothing but the header.
        None if payload.is_empty() => Ok(None),
        None => {
            let bytes = payload.len();
            Err(Error::Malformed(format!(
                "an end of a dump of {bytes} bytes"
            )))
        }
    }
}

/// The kernel's sentence, where there is one. Bytes that are no UTF-8 are
/// replaced.
fn verdict(code: i32, flags: u16, attributes: &[u8]) -> Result<Option<String>, Error> {
    let mut message = None;
    if flags & NLM_F_ACK_TLVS != 0 {
        for attribute in wire::attributes(attributes, "extended acknowledgement") {
            let (kind, value) = attribute?;
            if kind == NLMSGERR_ATTR_MSG {
                let text = value.strip_suffix(&[0]).unwrap_or(value);
                message = Some(String::from_utf8_lossy(text).into_owned());
            }
        }
    }
    match code {
        0 => Ok(message),
        1.. => Err(Error::Malformed(format!("{code} is no error number"))),
        _ => Err(Error::Refused(Refusal {
            errno: code.saturating_neg(),
            message,
        })),
    }
}

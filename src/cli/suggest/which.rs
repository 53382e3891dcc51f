//! An endpoint that is identified without the word `id`.

use crate::ip::Shown;
use crate::pm::Address;

/// What was typed instead of the id of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Nothing that identifies one.
    Unsaid,
    /// `all`.
    All,
    /// A number without the word `id`.
    Number(u8),
    /// An address; and the id of the endpoint that has it, if one has.
    Address(Address, Option<u8>),
}

impl Which {
    /// What to type for this command of `endpoint`.
    pub fn hint(self, command: &str) -> String {
        let line = format!("mptcp endpoint {command} id");
        match self {
            Which::Unsaid => format!(
                "say which endpoint by its id, which \"mptcp endpoint show\" prints: {line} ID"
            ),
            Which::All if command == "show" => {
                "to show all endpoints, run: mptcp endpoint show".to_owned()
            }
            Which::All => "to remove all endpoints, run: mptcp endpoint flush".to_owned(),
            Which::Number(id) => format!("the word id is missing: {line} {id}"),
            Which::Address(address, Some(id)) => format!(
                "the word id is missing; the endpoint {} has the id {id}: {line} {id}",
                shown(address)
            ),
            Which::Address(address, None) => format!(
                "the word id is missing, and no endpoint has the address {}: \
                 \"mptcp endpoint show\" lists them",
                shown(address)
            ),
        }
    }
}

fn shown(address: Address) -> String {
    match address {
        Address::Ip(ip) => Shown(ip).to_string(),
        Address::Any => "any".to_owned(),
    }
}

//! The hints for the words of a command line, as sentences.

use crate::cli::{AddressFault, Hint, Which};
use crate::ip::Shown;
use crate::pm::Address;

use super::refusal::NO_SUBFLOW;

/// The hint for a word of the command line, as a sentence.
pub fn arguments_message(hint: &Hint) -> String {
    match hint {
        Hint::Near(near) => format!("did you mean \"{near}\"?"),
        Hint::Short(names) => {
            let forms: Vec<String> = names
                .iter()
                .map(|(name, shortest)| format!("\"{shortest}\" for {name}"))
                .collect();
            match forms.as_slice() {
                [form] => format!("too short; the shortest form is {form}"),
                forms => format!("too short; the shortest forms are {}", forms.join(", ")),
            }
        }
        Hint::OneOf(names) => format!("one of these is expected: {}", names.join(", ")),
        Hint::Valueless => {
            "this is a word of the command; the word before it needs a value".to_owned()
        }
        Hint::Misplaced(line) => format!("options come before the object: {line}"),
        Hint::NoOptionHere => "options come before the object or -batch FILE on the command line, \
             not after -- and not in a batch"
            .to_owned(),
        Hint::Help(line) => format!("for help, run: {line}"),
        Hint::NoValue(option) => format!("\"{option}\" takes no value"),
        Hint::NextWord(words) => format!("the value is the next word: {words}"),
        Hint::Apart(options) => format!("write each option as its own word: {options}"),
        Hint::Device(name) => {
            format!("host names are not accepted; for a device, use: dev {name}")
        }
        Hint::HostName(name) => {
            format!("host names are not accepted; to look it up, run: getent ahosts {name}")
        }
        Hint::ById(command, which) => by_id(command, *which),
        Hint::Limit { word, value, most } => {
            format!("{word} {value} is more than the {most} that this kernel allows")
        }
        Hint::OldChange => "changing endpoints requires Linux 5.13; on this kernel, \
                            delete the endpoint and add it again"
            .to_owned(),
        Hint::NoSubflow => NO_SUBFLOW.to_owned(),
        Hint::When => "WHEN is always, auto or never".to_owned(),
        Hint::Address(fault) => of_address(*fault).to_owned(),
    }
}

fn of_address(fault: AddressFault) -> &'static str {
    match fault {
        AddressFault::Prefix => "write the address without a prefix length (/LEN)",
        AddressFault::PrefixLength => {
            "after the slash comes the number of bits, up to 32 for IPv4 and 128 for IPv6"
        }
        AddressFault::Zone => "use dev NAME instead of %NAME if the command has it",
        AddressFault::Brackets => "write the IPv6 address without brackets",
        AddressFault::Port => "write the address without the port, which has its own keyword",
        AddressFault::Groups => {
            "an IPv6 address has eight groups of up to four hexadecimal digits, separated by \
             colons; :: replaces groups of zeros, once"
        }
        AddressFault::Name => "host names are not accepted, and the command has no such word",
        AddressFault::Octal => "a part that begins with 0 is octal and cannot have an 8 or 9",
        AddressFault::Parts => {
            "an IPv4 address has four numbers from 0 to 255, \
             separated by dots"
        }
    }
}

/// What to type where an endpoint is named by its id alone.
fn by_id(command: &str, which: Which) -> String {
    let line = format!("mptcp endpoint {command} id");
    match which {
        Which::Unsaid => {
            format!("say which endpoint by its id, which \"mptcp endpoint show\" prints: {line} ID")
        }
        Which::All if command == "show" => {
            "to show all endpoints, run: mptcp endpoint show".to_owned()
        }
        Which::All => "to remove all endpoints, run: mptcp endpoint flush".to_owned(),
        Which::Number(id) => format!("the word id is missing: {line} {id}"),
        Which::Address(address, Some(id)) => {
            let address = shown(address);
            format!("the word id is missing; the endpoint {address} has the id {id}: {line} {id}")
        }
        Which::Address(address, None) => {
            let address = shown(address);
            format!(
                "the word id is missing, and no endpoint has the address {address}: \
                 \"mptcp endpoint show\" lists them"
            )
        }
    }
}

fn shown(address: Address) -> String {
    match address {
        Address::Ip(ip) => Shown(ip).to_string(),
        Address::Any => "any".to_owned(),
    }
}

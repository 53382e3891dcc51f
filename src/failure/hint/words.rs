//! What may help with the words of a command line, as sentences.

use crate::cli::{AddressFault, Hint, Which};
use crate::output::Shown;
use crate::pm::Address;

use super::refusal::NO_SUBFLOW;

/// What may help with the words of a command line.
pub fn of_words(hint: &Hint) -> String {
    match hint {
        Hint::Near(near) => format!("did you mean \"{near}\"?"),
        Hint::Short(names) => {
            let names: Vec<String> = names
                .iter()
                .map(|(name, shortest)| format!("\"{shortest}\" for {name}"))
                .collect();
            format!("too short; the shortest forms are {}", names.join(", "))
        }
        Hint::OneOf(names) => format!("one of these is expected: {}", names.join(", ")),
        Hint::Valueless => {
            "it is a word of the command, and the word before it takes a value".to_owned()
        }
        Hint::Misplaced(line) => format!("options come before the object: {line}"),
        Hint::NoOptionHere => {
            "options have their place in the command line, before the object or -batch FILE, \
             and neither behind -- nor in a batch"
                .to_owned()
        }
        Hint::Help(line) => format!("help is shown by: {line}"),
        Hint::NoValue(option) => format!("\"{option}\" takes no value"),
        Hint::NextWord(words) => format!("the value is the next word: {words}"),
        Hint::Apart(options) => format!("each option is a word: {options}"),
        Hint::Device(name) => {
            format!("names are not looked up; a device is named by the word dev: dev {name}")
        }
        Hint::ById(command, which) => by_id(command, *which),
        Hint::Limit { word, value, most } => {
            format!("{word} {value} is more than the {most} that this kernel takes")
        }
        Hint::OldChange => "endpoints can be changed since Linux 5.13; on this kernel, \
                            delete the endpoint and add it anew"
            .to_owned(),
        Hint::NoSubflow => NO_SUBFLOW.to_owned(),
        Hint::When => "WHEN is always, auto or never".to_owned(),
        Hint::Address(fault) => of_address(*fault).to_owned(),
    }
}

fn of_address(fault: AddressFault) -> &'static str {
    match fault {
        AddressFault::Prefix => "an address is given without a prefix length (/NR)",
        AddressFault::PrefixLength => {
            "behind the slash stands how many bits count, up to 32, of IPv6 up to 128"
        }
        AddressFault::Zone => "use dev NAME instead of %NAME, where the command takes it",
        AddressFault::Brackets => "an IPv6 address is given without brackets",
        AddressFault::Port => "an address is given without its port, which has a keyword",
        AddressFault::Groups => {
            "an IPv6 address has eight groups of up to four hexadecimal digits with colons \
             between them; :: stands once for groups of zeros"
        }
        AddressFault::Name => "names are not looked up, and the command has no such word",
        AddressFault::Octal => "a part that begins with 0 is octal, and has no 8 or 9",
        AddressFault::Parts => {
            "an IPv4 address has four parts with dots between them, \
             each part is a number from 0 to 255"
        }
    }
}

/// What to type where an endpoint is named by its id alone.
fn by_id(command: &str, which: Which) -> String {
    let line = format!("mptcp endpoint {command} id");
    match which {
        Which::Unsaid => format!(
            "the word id says which endpoint, and \"mptcp endpoint show\" prints it: {line} ID"
        ),
        Which::All if command == "show" => {
            "all endpoints are shown by: mptcp endpoint show".to_owned()
        }
        Which::All => "all endpoints are removed by: mptcp endpoint flush".to_owned(),
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

//! The words that describe an endpoint, which each command has some of.

use std::ffi::OsString;

use crate::cli::Which;
use crate::cli::arguments::Arguments;
use crate::cli::grammar::{self, Word, keyword, operand};
use crate::cli::value::{self, DeviceName};
use crate::diag::socket::Family;
use crate::pm::{Address, AddressAttributes, Flags};

/// An endpoint as it was typed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// All but its device.
    pub endpoint: AddressAttributes,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
    /// Without an address: the family of the device's addresses, if not both.
    pub family: Option<Family>,
    /// A number that was typed as the address: it may be an id.
    pub number: Option<u8>,
    /// The last address or id, if it overrides an earlier one: which of the two
    /// it is, and its value.
    pub overridden: Option<(&'static str, OsString)>,
    /// Whether there was any word.
    pub(super) any: bool,
}

impl Spec {
    /// What identifies the endpoint in place of an id.
    pub fn which(&self) -> Which {
        match (self.number, self.endpoint.address) {
            (Some(number @ 1..), _) => Which::Number(number),
            (_, None) => Which::Unsaid,
            (_, Some(Address::Any)) => Which::All,
            (_, Some(address)) => Which::Address(address, None),
        }
    }
}

impl Arguments for Spec {
    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

/// Adds the words of an endpoint that are not among these, hidden: `ip` accepts
/// them in each command.
pub(super) fn with_others(mut words: Vec<Word<Spec>>) -> Vec<Word<Spec>> {
    let named = Flags::NAMED.iter().map(|(name, _)| flag(name, ""));
    let others = named.chain([
        flag("nobackup", ""),
        flag("nofullmesh", ""),
        dev(""),
        port(""),
        address(""),
    ]);
    for word in others {
        if words.iter().all(|known| known.name() != word.name()) {
            words.push(word.hidden());
        }
    }
    words
}

/// A flag. The words nobackup and nofullmesh stand for the default.
pub(super) fn flag(name: &'static str, help: &'static str) -> Word<Spec> {
    grammar::flag(name, help, |spec: &mut Spec, name| {
        spec.any = true;
        if let Some((_, flag)) = Flags::NAMED.iter().find(|(known, _)| name == *known) {
            let flags = spec.endpoint.flags.get_or_insert_default();
            *flags |= *flag;
        }
        Ok(())
    })
}

pub(super) fn id(help: &'static str) -> Word<Spec> {
    keyword("id", "ID", help, |spec: &mut Spec, word| {
        spec.any = true;
        let id = value::endpoint_id(word)?;
        let before = spec.endpoint.id.replace(id);
        if before.is_some_and(|before| before != id) {
            spec.overridden = Some(("id", word.to_owned()));
        }
        Ok(())
    })
}

pub(super) fn dev(help: &'static str) -> Word<Spec> {
    keyword("dev", "NAME", help, |spec: &mut Spec, word| {
        spec.any = true;
        value::device(word).map(|name| spec.devices.push(name))
    })
}

pub(super) fn port(help: &'static str) -> Word<Spec> {
    keyword("port", "NR", help, |spec: &mut Spec, word| {
        spec.any = true;
        value::port(word).map(|port| spec.endpoint.port = value::nonzero(port))
    })
}

pub(super) fn inet(help: &'static str) -> Word<Spec> {
    grammar::flag("inet", help, |spec: &mut Spec, _| {
        spec.family = Some(Family::V4);
        Ok(())
    })
}

pub(super) fn inet6(help: &'static str) -> Word<Spec> {
    grammar::flag("inet6", help, |spec: &mut Spec, _| {
        spec.family = Some(Family::V6);
        Ok(())
    })
}

pub(super) fn address(help: &'static str) -> Word<Spec> {
    operand("address", "ADDRESS", help, |spec: &mut Spec, word| {
        spec.any = true;
        let address = value::address(word)?;
        spec.number = value::endpoint_id(word).ok();
        let before = spec.endpoint.address.replace(address);
        if before.is_some_and(|before| before != address) {
            spec.overridden = Some(("address", word.to_owned()));
        }
        Ok(())
    })
}

//! A configuration file: those of the commands that `-batch` takes which name
//! a desired state.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::IpAddr;

use crate::batch::{self, Malformed, Reader};
use crate::cli::endpoint::{self, Spec};
use crate::cli::limits;
use crate::cli::{self, Parsed, Parser, Rejected, Request, is_mptcp};
use crate::diag::socket::Family;
use crate::pm::{Address, Limits};

use super::Key;

/// What a file asks for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    /// The limits that it sets.
    pub limits: Limits,
    /// The line that sets them, the last one if there are several.
    pub limits_line: usize,
    /// Its `endpoint add` lines.
    pub lines: Vec<Line>,
    /// No other endpoints are to stay: `endpoint flush` is before the first of
    /// them, or the command had `only`.
    pub only: bool,
}

/// An `endpoint add`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file, from 1.
    pub number: usize,
    /// Its endpoint.
    pub spec: Spec,
}

/// A line that is wrong.
#[derive(Debug)]
pub struct Fault {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub mistake: Mistake,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// It cannot be read.
    #[error("{}", crate::errno::text_of(.0))]
    Read(#[from] io::Error),
    /// It cannot be split into words.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is no command.
    #[error(transparent)]
    Arguments(#[from] cli::Error),
    /// It is another command.
    #[error(
        "a configuration has only \"limits set\", \"endpoint add\" and, before the first \
         of these endpoints, \"endpoint flush\""
    )]
    Command,
    /// It would take away what the lines before it ask for.
    #[error("\"endpoint flush\" must come before the first \"endpoint add\"")]
    Flush,
    /// Its address is none.
    #[error("\"any\", \"all\" and \"default\" are no address of an endpoint")]
    Any,
    /// Another line asks for the same.
    #[error("line {0} has this address already")]
    Address(usize),
    /// Another line asks for the addresses of the same device.
    #[error("line {0} stands for the addresses of this device already")]
    Device(usize),
    /// Another line asks for the same id.
    #[error("line {0} has this id already")]
    Id(usize),
}

/// All that is wrong with a file.
#[derive(Debug)]
pub struct Faults {
    /// The first of them, in the order of the lines.
    pub first: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

/// How many faults are kept of a file. A file with more of them is hardly a
/// configuration.
const MAX_FAULTS: usize = 20;

/// Reads a whole file.
///
/// # Errors
/// All that is wrong with it.
pub fn read<R: Read>(parser: &mut Parser, mut reader: Reader<R>) -> Result<Config, Faults> {
    let (mut config, mut taken) = (Config::default(), Taken::default());
    let (mut first, mut more) = (Vec::new(), 0);
    let mut command = Vec::new();
    loop {
        let next = reader.next_line(&mut command);
        let end = matches!(next, Ok(batch::Line::End) | Err(_));
        let line = reader.number();
        if let Err(mistake) = take(&mut config, &mut taken, parser, line, next) {
            if first.len() < MAX_FAULTS {
                first.push(Fault { line, mistake });
            } else {
                more += 1;
            }
        }
        if end {
            break;
        }
    }
    if first.is_empty() {
        Ok(config)
    } else {
        Err(Faults { first, more })
    }
}

fn take(
    config: &mut Config,
    taken: &mut Taken,
    parser: &mut Parser,
    number: usize,
    line: io::Result<batch::Line>,
) -> Result<(), Mistake> {
    let words = match line? {
        batch::Line::End => return Ok(()),
        batch::Line::Bad(malformed) => return Err(malformed.into()),
        batch::Line::Words(words) => words,
    };
    let words = match words.as_slice() {
        [] => return Ok(()),
        [object, rest @ ..] if is_mptcp(object) => rest,
        words => words,
    };
    let parsed = parser.parse(words);
    match parsed.map_err(|Rejected { error, .. }| error)? {
        Parsed::Request(Request::Limits(limits::Request::Set(limits))) => {
            let set = &mut config.limits;
            set.subflows = limits.subflows.or(set.subflows);
            set.add_addr_accepted = limits.add_addr_accepted.or(set.add_addr_accepted);
            config.limits_line = number;
            Ok(())
        }
        Parsed::Request(Request::Endpoint(endpoint::Request::Flush)) if config.lines.is_empty() => {
            config.only = true;
            Ok(())
        }
        Parsed::Request(Request::Endpoint(endpoint::Request::Flush)) => Err(Mistake::Flush),
        Parsed::Request(Request::Endpoint(endpoint::Request::Add(spec))) => {
            let line = Line { number, spec };
            let any = line.spec.endpoint.address == Some(Address::Any);
            let taken = taken.add(&line);
            config.lines.push(line);
            if any { Err(Mistake::Any) } else { taken }
        }
        _ => Err(Mistake::Command),
    }
}

/// What only one line can have, and the line that has it.
#[derive(Debug, Default)]
struct Taken {
    ids: BTreeMap<u8, usize>,
    addresses: BTreeMap<Key, usize>,
    devices: BTreeMap<(Vec<u8>, Option<u16>, Family), usize>,
}

impl Taken {
    /// Adds a line.
    ///
    /// # Errors
    /// An earlier line, the first one of them, has the same.
    fn add(&mut self, line: &Line) -> Result<(), Mistake> {
        let (number, endpoint) = (line.number, &line.spec.endpoint);
        let mut found: Option<(usize, Mistake)> = None;
        let mut clash = |other: usize, mistake: fn(usize) -> Mistake| {
            if other != number && found.as_ref().is_none_or(|(first, _)| other < *first) {
                found = Some((other, mistake(other)));
            }
        };
        if let Some(id) = endpoint.id {
            clash(*self.ids.entry(id).or_insert(number), Mistake::Id);
        }
        if let Some(ip) = line.ip() {
            let key = Key::new(ip, endpoint.port);
            clash(
                *self.addresses.entry(key).or_insert(number),
                Mistake::Address,
            );
        } else if let Some(device) = line.device() {
            for family in line.families() {
                let key = (device.to_vec(), endpoint.port, family);
                clash(*self.devices.entry(key).or_insert(number), Mistake::Device);
            }
        }
        found.map_or(Ok(()), |(_, mistake)| Err(mistake))
    }
}

impl Line {
    /// The address, if the line has one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self.spec.endpoint.address {
            Some(Address::Ip(ip)) => Some(ip),
            Some(Address::Any) | None => None,
        }
    }

    /// The name of the device, if the line has one.
    pub fn device(&self) -> Option<&[u8]> {
        let last = self.spec.devices.last()?;
        Some(last.0.as_encoded_bytes())
    }

    /// The families of the addresses that it stands for.
    pub(super) fn families(&self) -> impl Iterator<Item = Family> + Clone + use<> {
        let chosen = self.spec.family;
        let families = [Family::V4, Family::V6].into_iter();
        families.filter(move |family| chosen.is_none_or(|chosen| chosen == *family))
    }
}

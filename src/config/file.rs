//! A configuration file: the commands that `-batch` takes, of which some say
//! what is wanted.

use std::io::{self, Read};
use std::net::IpAddr;

use crate::batch::{self, Malformed, Reader};
use crate::cli::endpoint::{self, Spec};
use crate::cli::limits;
use crate::cli::{self, Parsed, Parser, Rejected, Request, is_mptcp};
use crate::pm::{Address, Limits};

use super::Key;

/// What a file asks for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    /// The limits that it sets.
    pub limits: Limits,
    /// The line that sets them, the last one if there are several.
    pub limits_line: usize,
    /// What it says of endpoints.
    pub lines: Vec<Line>,
    /// `endpoint flush` stands before the first of them: they are to be all.
    pub only: bool,
}

/// An `endpoint add`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file, from 1.
    pub number: usize,
    /// What it says.
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
    /// It cannot be taken apart into words.
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

/// Reads a whole file.
///
/// # Errors
/// All that is wrong with it, in the order of the lines.
pub fn read(parser: &mut Parser, input: impl Read) -> Result<Config, Vec<Fault>> {
    let (mut config, mut faults) = (Config::default(), Vec::new());
    let mut reader = Reader::new(input);
    let mut command = Vec::new();
    loop {
        let next = reader.next_line(&mut command);
        let end = matches!(next, Ok(batch::Line::End) | Err(_));
        let line = reader.number();
        if let Err(mistake) = take(&mut config, parser, line, next) {
            faults.push(Fault { line, mistake });
        }
        if end {
            break;
        }
    }
    match faults.is_empty() {
        true => Ok(config),
        false => Err(faults),
    }
}

fn take(
    config: &mut Config,
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
            let mistake = config.lines.iter().find_map(|other| line.clash(other));
            let any = line.spec.endpoint.address == Some(Address::Any);
            config.lines.push(line);
            match mistake {
                _ if any => Err(Mistake::Any),
                Some(mistake) => Err(mistake),
                None => Ok(()),
            }
        }
        _ => Err(Mistake::Command),
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

    /// Why the line does not go with one before it.
    fn clash(&self, other: &Line) -> Option<Mistake> {
        let (spec, others) = (&self.spec, &other.spec);
        if spec.endpoint.id.is_some() && spec.endpoint.id == others.endpoint.id {
            return Some(Mistake::Id(other.number));
        }
        match (self.ip(), other.ip()) {
            (Some(ip), Some(same))
                if Key::new(ip, spec.endpoint.port) == Key::new(same, others.endpoint.port) =>
            {
                Some(Mistake::Address(other.number))
            }
            (None, None)
                if self.device() == other.device()
                    && spec.endpoint.port == others.endpoint.port =>
            {
                let apart = match (spec.family, others.family) {
                    (Some(family), Some(of_other)) => family != of_other,
                    _ => false,
                };
                (!apart).then_some(Mistake::Device(other.number))
            }
            _ => None,
        }
    }
}

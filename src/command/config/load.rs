//! A configuration file, read.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use crate::batch;
use crate::cli::config::File as Request;
use crate::cli::{Error, Parser};
use crate::config::{Config, Fault, Mistake, read};
use crate::failure::{Failure, Status};
use crate::report;
use crate::stdio::Patient;

use super::super::Session;
use super::problem::failed;

/// Reads the file, and reports each error in it with its line.
///
/// # Errors
/// The file cannot be read, or has errors.
pub fn load(session: &mut Session, request: &Request) -> Result<Config, Failure> {
    let stdin = request.path == "-";
    if stdin && session.options.batch.as_deref() == Some("-".as_ref()) {
        let reason = "standard input is the batch";
        return Err(Error::argument("-", reason).into());
    }
    load_with(&mut session.parser, request)
}

fn load_with(parser: &mut Parser, request: &Request) -> Result<Config, Failure> {
    let opened = match request.path == "-" {
        true => io::stdin().as_fd().try_clone_to_owned().map(File::from),
        false => File::open(&request.path),
    };
    let input = opened.map_err(|source| batch::Error::Open {
        file: request.path.clone(),
        source,
    })?;
    read(parser, Patient(input)).map_err(|faults| {
        for fault in faults {
            report_fault(request, fault);
        }
        Failure::AlreadyReported(Status::Failed)
    })
}

fn report_fault(request: &Request, fault: Fault) {
    let Fault { line, mistake } = fault;
    match mistake {
        Mistake::Read(source) => {
            let file = request.path.clone();
            Failure::from(batch::Error::Read { file, line, source }).report();
        }
        Mistake::Malformed(malformed) => {
            Failure::from(batch::Error::Malformed(malformed)).report();
        }
        Mistake::Arguments(error) => Failure::from(error).report(),
        mistake => report::error(format_args!("{mistake}.")),
    }
    report::line(failed(request, line));
}

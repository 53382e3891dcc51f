//! A configuration file, read.

use crate::batch;
use crate::cli::Error;
use crate::cli::config::File;
use crate::config::{Config, Fault, Mistake, read};
use crate::failure::{Failure, Status};
use crate::report;

use super::super::Session;
use super::problem::failed;

/// Reads the file, and reports each error in it with its line.
///
/// # Errors
/// The file cannot be read, or has errors.
pub fn load(session: &mut Session, file: &File) -> Result<Config, Failure> {
    if file.path == "-" && session.options.batch.as_deref() == Some("-".as_ref()) {
        let reason = "standard input is the batch";
        return Err(Error::argument("-", reason).into());
    }
    let reader = if file.follow {
        batch::open_regular(&file.path)?
    } else {
        batch::open(&file.path)?
    };
    match read(&mut session.parser, reader) {
        Ok(config) => Ok(Config {
            only: config.only || file.only,
            ..config
        }),
        Err(faults) => {
            for fault in faults.first {
                report_fault(file, fault);
            }
            report::more(faults.more);
            Err(Failure::AlreadyReported(Status::Failed))
        }
    }
}

fn report_fault(file: &File, Fault { line, mistake }: Fault) {
    match mistake {
        Mistake::Read(source) => {
            let file = file.path.clone();
            Failure::from(batch::Error::Read { file, line, source }).report();
        }
        Mistake::Malformed(malformed) => {
            Failure::from(batch::Error::Malformed(malformed)).report();
        }
        Mistake::Arguments(error) => Failure::from(error).report(),
        mistake => report::error(format_args!("{mistake}.")),
    }
    report::line(failed(file, line));
}

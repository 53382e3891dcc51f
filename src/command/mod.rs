//! What is done for each request: it becomes messages to the path manager,
//! and their replies become output.

mod address;
mod batch;
mod check;
mod complete;
mod config;
mod connection;
mod counters;
mod endless;
mod endpoint;
mod limits;
mod monitor;
mod report;
mod retry;
mod run;
mod session;
mod status;
mod subflow;
mod watch;

pub use batch::{Lines, run as run_batch};
pub use complete::run as complete;
pub use session::Session;

use std::ffi::OsStr;

use crate::cli::{self, Error, Parsed, Rejected, Request};
use crate::failure::{Failure, Status};

impl Session {
    /// Runs the command, whose words begin with the object. The status is
    /// [`Status::Done`], or the answer to a question.
    ///
    /// # Errors
    /// The first failure.
    pub fn execute(&mut self, words: &[&OsStr]) -> Result<Status, Failure> {
        let result = self.perform(words);
        result.map_err(|failure| match (&failure, cli::asks_for_help(words)) {
            (Failure::Usage(_), _) | (_, None) => failure,
            (_, Some(hint)) => failure.advised(hint.to_string()),
        })
    }

    fn perform(&mut self, words: &[&OsStr]) -> Result<Status, Failure> {
        let request = match self.parser.parse(words) {
            Ok(Parsed::Request(request)) => request,
            Ok(Parsed::Help(text)) => {
                self.print(|printer| printer.raw(&text))?;
                return Ok(Status::Done);
            }
            Ok(Parsed::Usage(text)) => return Err(Failure::Usage(text)),
            Err(Rejected { error, devices }) => {
                // `ip` looks a device up when it comes to it.
                if !devices.is_empty() {
                    self.device(&devices)?;
                }
                return Err(match error {
                    Error::NoId(which) => endpoint::by_id(self, error.into(), "delete", which),
                    error => error.into(),
                });
            }
        };
        match request {
            Request::Endpoint(request) => return endpoint::run(self, request),
            Request::Limits(request) => limits::run(self, request)?,
            Request::Address(request) => address::run(self, request)?,
            Request::Subflow(request) => subflow::run(self, request)?,
            Request::Config(request) => return config::run(self, request),
            Request::Check(request) => return check::run(self, &request),
            Request::Counters(request) => counters::run(self, &request)?,
            Request::Connection(request) => connection::run(self, &request)?,
            Request::Watch(request) => watch::run(self, &request)?,
            Request::Report(request) => return report::run(self, &request),
            Request::Status => return status::run(self),
            Request::Run(words) => return run::run(self, &words),
            Request::Monitor(request) => monitor::run(self, &request)?,
        }
        Ok(Status::Done)
    }
}

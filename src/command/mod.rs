//! What is done for each request: it becomes messages to the path manager,
//! and their replies become output.

mod address;
mod batch;
mod complete;
mod connection;
mod endpoint;
mod limits;
mod monitor;
mod session;
mod subflow;

pub use batch::{Lines, run as run_batch};
pub use session::Session;

use std::ffi::OsStr;
use std::ops::ControlFlow;

use crate::cli::{Error, Parsed, Rejected, Request};
use crate::failure::Failure;

impl Session {
    /// Does what the words from the object on ask for. `Break` says that the
    /// user has ended the run.
    ///
    /// # Errors
    /// Whatever came in between.
    pub fn execute(&mut self, words: &[&OsStr]) -> Result<ControlFlow<()>, Failure> {
        let request = match self.parser.parse(words) {
            Ok(Parsed::Request(request)) => request,
            Ok(Parsed::Help(text)) => {
                self.print(|printer| printer.raw(&text))?;
                return Ok(ControlFlow::Continue(()));
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
            Request::Endpoint(request) => endpoint::run(self, request)?,
            Request::Limits(request) => limits::run(self, request)?,
            Request::Address(request) => address::run(self, request)?,
            Request::Subflow(request) => subflow::run(self, request)?,
            Request::Connection(request) => connection::run(self, request)?,
            Request::Complete(words) => complete::run(self, &words)?,
            Request::Monitor => {
                monitor::run(self)?;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

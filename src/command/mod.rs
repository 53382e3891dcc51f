//! What is done for each request: it becomes messages to the path manager,
//! and their replies become output.

mod address;
mod endpoint;
mod limits;
mod monitor;
mod session;
mod subflow;

pub use session::{Session, full_stop};

use std::ffi::OsStr;
use std::ops::ControlFlow;

use crate::cli::{self, Rejected, Request};
use crate::kernel::devices;

impl Session {
    /// Does what the words from the object on ask for. `Break` says that the
    /// user has ended the run.
    ///
    /// # Errors
    /// Whatever came in between; the type of the error says what kind of
    /// failure it is.
    pub fn execute(&mut self, words: &[&OsStr]) -> anyhow::Result<ControlFlow<()>> {
        let request = match self.parser.parse(words) {
            Ok(request) => request,
            Err(Rejected { error, devices }) => {
                for name in &devices {
                    devices::index(self.kernel.path_manager()?, &name.0)?;
                }
                let cli::Error::Help(text) = error else {
                    return Err(error.into());
                };
                self.print(|printer| printer.raw(&text))?;
                return Ok(ControlFlow::Continue(()));
            }
        };
        match request {
            Request::Endpoint(request) => endpoint::run(self, request)?,
            Request::Limits(request) => limits::run(self, request)?,
            Request::Address(request) => address::run(self, request)?,
            Request::Subflow(request) => subflow::run(self, request)?,
            Request::Monitor => {
                monitor::run(self)?;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

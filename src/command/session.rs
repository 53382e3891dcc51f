//! What the commands of one run share: the options, the socket, the output.

use std::io;

use crate::cli::{Options, Parser};
use crate::netlink::{Connection, Dump, Extended, Family};
use crate::output::{self, Clock, Printer, Stdout};
use crate::pm::{self, Message, Request};
use crate::stdio::warn;

/// One run of the program. The socket is opened when it is first needed, and
/// serves all commands of a batch.
#[derive(Debug)]
pub struct Session {
    /// What the options ask for.
    pub options: Options,
    /// Where results go.
    pub printer: Printer<Stdout>,
    /// Tells the time of events, where `-timestamp` or `-tshort` is given.
    pub clock: Option<Clock>,
    pub(super) parser: Parser,
    path_manager: Option<PathManager>,
}

#[derive(Debug)]
struct PathManager {
    connection: Connection,
    family: Family,
}

impl Session {
    /// A run with these options, whose results go to that printer.
    pub fn new(options: Options, printer: Printer<Stdout>, clock: Option<Clock>) -> Self {
        Session {
            options,
            printer,
            clock,
            parser: Parser::default(),
            path_manager: None,
        }
    }

    /// Asks for a change and waits until it is done.
    pub fn change(&mut self, request: Request) -> anyhow::Result<()> {
        let (connection, family) = self.path_manager()?;
        let Extended { message } = connection.change(family, request)?;
        if let Some(warning) = message {
            warn(format!("Warning: {warning}{}", full_stop(&warning)));
        }
        Ok(())
    }

    /// Asks for one object.
    pub fn get(&mut self, request: Request) -> anyhow::Result<Message> {
        let (connection, family) = self.path_manager()?;
        Ok(connection.get(family, request)?)
    }

    /// Asks for all objects.
    pub fn dump(&mut self, request: Request) -> anyhow::Result<Dump<Message>> {
        let (connection, family) = self.path_manager()?;
        let dump = connection.dump(family, request)?;
        if dump.interrupted {
            warn("Dump was interrupted and may be inconsistent.");
        }
        Ok(dump)
    }

    /// Gives the socket away, for another use than requests.
    pub fn connection(&mut self) -> anyhow::Result<(Connection, Family)> {
        self.path_manager()?;
        let path_manager = self.path_manager.take();
        path_manager
            .map(|manager| (manager.connection, manager.family))
            .ok_or_else(|| anyhow::anyhow!("the socket is in use"))
    }

    /// Writes with the printer and turns a failure into what it is.
    pub fn print(
        &mut self,
        write: impl FnOnce(&mut Printer<Stdout>) -> io::Result<()>,
    ) -> Result<(), output::Error> {
        write(&mut self.printer).map_err(output::Error)
    }

    /// Hands over to the reader what was printed so far.
    pub fn flush(&mut self) -> Result<(), output::Error> {
        self.printer.flush().map_err(output::Error)
    }

    /// The socket, and the number of the family.
    pub(super) fn path_manager(&mut self) -> anyhow::Result<(&mut Connection, u16)> {
        if self.path_manager.is_none() {
            let mut connection = Connection::open()?;
            let family = connection.family(pm::FAMILY)?;
            self.path_manager = Some(PathManager { connection, family });
        }
        match &mut self.path_manager {
            Some(manager) => Ok((&mut manager.connection, manager.family.id)),
            None => Err(anyhow::anyhow!("no socket")),
        }
    }
}

/// The full stop that the kernel's sentence lacks.
pub fn full_stop(sentence: &str) -> &'static str {
    if sentence.ends_with('.') { "" } else { "." }
}

//! What the commands of one run share: the options, the socket, the output.

use std::io;

use crate::cli::{Options, Parser};
use crate::failure::Failure;
use crate::netlink::{Connection, Dump, Extended, Family};
use crate::output::{self, Clock, Printer, Stdout};
use crate::pm::{self, Message, Request};
use crate::report::{self, line as warn};

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
    pub fn change(&mut self, request: Request) -> Result<(), Failure> {
        let (connection, family) = self.path_manager()?;
        let Extended { message } = connection.change(family, request)?;
        if let Some(warning) = message {
            report::warning(report::sentence(&warning));
        }
        Ok(())
    }

    /// Asks for one object.
    pub fn get(&mut self, request: Request) -> Result<Message, Failure> {
        let (connection, family) = self.path_manager()?;
        Ok(connection.get(family, request)?)
    }

    /// Asks for all objects.
    pub fn dump(&mut self, request: Request) -> Result<Dump<Message>, Failure> {
        let (connection, family) = self.path_manager()?;
        let dump = connection.dump(family, request)?;
        if dump.interrupted {
            warn("Dump was interrupted and may be inconsistent.");
        }
        Ok(dump)
    }

    /// Gives the socket away, for another use than requests.
    pub fn connection(&mut self) -> Result<(Connection, Family), Failure> {
        let manager = self.opened()?;
        Ok((manager.connection, manager.family))
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
    pub(super) fn path_manager(&mut self) -> Result<(&mut Connection, u16), Failure> {
        let manager = self.opened()?;
        let manager = self.path_manager.insert(manager);
        Ok((&mut manager.connection, manager.family.id))
    }

    fn opened(&mut self) -> Result<PathManager, Failure> {
        if let Some(manager) = self.path_manager.take() {
            return Ok(manager);
        }
        let mut connection = Connection::open()?;
        let family = connection.family(pm::FAMILY)?;
        Ok(PathManager { connection, family })
    }
}

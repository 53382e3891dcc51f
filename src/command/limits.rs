//! `limits`: how many addresses and subflows a connection may have.

use crate::cli::limits::{Limits as Asked, Spec};
use crate::failure::Failure;
use crate::output;
use crate::pm::{Command, Message, Request};

use super::Session;

/// Does what was asked about limits.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Set(Spec {
            add_addr_accepted,
            subflows,
        }) => {
            let limits = Message {
                add_addr_accepted,
                subflows,
                ..Message::default()
            };
            session.change(Request::new(Command::SetLimits, &limits))
        }
        Asked::Show => {
            let none = Message::default();
            let reply = session.get(Request::new(Command::GetLimits, &none))?;
            session.print(|printer| {
                printer.begin_list()?;
                output::limits(printer, &reply)?;
                printer.end_list()
            })?;
            Ok(())
        }
    }
}

//! Replies of the path manager: one, a list, an acknowledgement.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::netlink::Connection;
use mptcp_cli::output::{self, Names};
use mptcp_cli::pm::{Command, Message, Request};
use mptcp_fuzz::{Said, family, print};

fuzz_target!(|datagram: &[u8]| {
    let request = || Request::new(Command::GetAddr, &Message::default());
    let family = family(datagram);
    let dump = Connection::over(Said::new(datagram)).dump::<Message>(family, request());
    for message in dump.into_iter().flat_map(|dump| dump.entries) {
        print(|printer| {
            output::limits(printer, &message)?;
            match &message.local {
                Some(local) => output::endpoint(printer, local, &Names::default()),
                None => Ok(()),
            }
        });
    }
    let _ = Connection::over(Said::new(datagram)).get::<Message>(family, request());
    let _ = Connection::over(Said::new(datagram)).change(family, request());
});

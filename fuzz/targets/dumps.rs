//! The dumps of sockets, joined to connections, which are printed.
#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use mptcp_cli::diag::select::{Condition, Selector};
use mptcp_cli::kernel::Sockets;
use mptcp_cli::diag::process::Process;
use mptcp_cli::kernel::sockets::Error;
use mptcp_cli::output::{self, Shape, Source};
use mptcp_fuzz::{Dumps, print};

/// Nothing is known but what the dumps say.
struct Nothing;

impl Source for Nothing {
    fn device(&mut self, _: u32) -> &[u8] {
        b"eth0"
    }

    fn host(&mut self, _: IpAddr) -> Option<&str> {
        None
    }

    fn processes(&mut self, _: u32) -> Option<&[Process]> {
        None
    }
}

fuzz_target!(|dumps: &[u8]| {
    let shape = Shape {
        stats: true,
        details: true,
        ..Shape::default()
    };
    for conditions in [vec![], vec![Condition::Listening, Condition::Fallback]] {
        let selector = Selector {
            conditions,
            ..Selector::default()
        };
        let mut sockets = Sockets::over(Dumps::new(dumps));
        let _ = sockets.connections(&selector, |connection| {
            print(|printer| output::connection(printer, &connection, &shape, &mut Nothing));
            Ok::<(), Error>(())
        });
    }
});

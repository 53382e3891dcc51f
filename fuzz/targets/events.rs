//! Events, and their text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::kernel::Events;
use mptcp_cli::netlink::Error;
use mptcp_cli::output::{self, Beside};
use mptcp_fuzz::{Said, family, print};

fuzz_target!(|datagram: &[u8]| {
    let mut events = Events::over(Said::new(datagram), family(datagram));
    let _ = events.receive(|event| {
        let beside = Beside {
            device: Some(b"eth0"),
            ..Beside::default()
        };
        print(|printer| output::event(printer, &event, beside));
        Ok::<(), Error>(())
    });
});

//! A configuration file, and the plan from a host to what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::batch::Reader;
use mptcp_cli::cli::Parser;
use mptcp_cli::config::{Config, Desired, Host, Step, plan, read, typed};
use mptcp_cli::network::{Address, Link};
use mptcp_cli::pm::{Endpoint, Flags};

/// A host with an endpoint of each kind, on `eth0` (2).
fn host() -> Host {
    let flags = [Flags::SIGNAL, Flags::SUBFLOW, Flags::IMPLICIT, Flags(0x80)];
    let endpoints = (1u8..).zip(flags).map(|(id, flags)| Endpoint {
        address: [10, 0, 0, id].into(),
        id,
        port: None,
        flags,
        device: (id % 2 == 0).then_some(2),
    });
    Host {
        endpoints: endpoints.collect(),
        devices: vec![Link {
            index: 2,
            name: b"eth0".to_vec(),
            ..Link::default()
        }],
        addresses: [9, 2]
            .map(|last| Address::new([10, 0, 0, last].into(), 24, 2))
            .into(),
        ..Host::default()
    }
}

fuzz_target!(|file: &[u8]| {
    let config = match read(&mut Parser::default(), Reader::new(file)) {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults.first {
                drop(fault.mistake.to_string());
            }
            return;
        }
    };
    let host = host();
    let desired = Desired::new(&config, &host);
    for only in [false, true] {
        let only = only || config.only;
        let config = Config {
            only,
            ..config.clone()
        };
        let (plan, _) = plan(&config, &desired, &host);
        let steps: Vec<Step> = plan.steps().cloned().collect();
        let mut done = Vec::new();
        let undone = plan.run(|step| {
            drop(typed(step, &mut |_| b"eth0".to_vec()).to_string());
            done.push(step.clone());
            Ok::<Result<(), ()>, ()>(Ok(()))
        });
        assert_eq!(undone, Ok(Vec::new()));
        assert_eq!(done, steps);
    }
});

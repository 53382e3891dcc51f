//! Files, plans, and a kernel that is played.

mod file;
mod plans;
mod played;
mod properties;

use std::net::IpAddr;

use super::*;
use crate::batch::Reader;
use crate::cli::Parser;
use crate::network::{Address, Link};
use crate::pm::{AddressAttributes, Endpoint, Flags, Limits};

/// A file that is right.
fn config(text: &str) -> Config {
    let read = read(&mut Parser::default(), Reader::new(text.as_bytes()));
    read.unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// What is wrong with a file: the lines, and the words.
fn faults(text: &str) -> Vec<(usize, String)> {
    let read = read(&mut Parser::default(), Reader::new(text.as_bytes()));
    let faults = read.expect_err("a fault");
    assert_eq!(faults.more, 0);
    let found = faults.first.iter();
    found
        .map(|fault| (fault.line, fault.mistake.to_string()))
        .collect()
}

/// A host with `eth0` (2) and `eth1` (3), these endpoints and addresses.
fn host(endpoints: &[Endpoint], addresses: &[(u32, &str)]) -> Host {
    let addresses = addresses.iter();
    Host {
        limits: Limits {
            add_addr_accepted: Some(0),
            subflows: Some(2),
        },
        endpoints: endpoints.to_vec(),
        devices: vec![device(2, "eth0"), device(3, "eth1")],
        addresses: addresses
            .map(|(device, ip)| Address::new(ip.parse().unwrap(), 24, *device))
            .collect(),
        ..Host::default()
    }
}

fn device(index: u32, name: &str) -> Link {
    Link {
        index,
        name: name.into(),
        ..Link::default()
    }
}

fn endpoint(ip: &str, id: u8, flags: Flags, device: Option<u32>) -> Endpoint {
    let ip: IpAddr = ip.parse().unwrap();
    Endpoint {
        address: ip,
        id,
        port: None,
        flags,
        device,
    }
}

/// The commands that make the host what the file says.
fn commands(text: &str, host: &Host) -> Vec<String> {
    let config = config(text);
    let desired = Desired::new(&config, host);
    let (plan, conflicts) = plan(&config, &desired, host);
    assert_eq!(conflicts, []);
    plan.steps().map(|step| typed(step, host)).collect()
}

fn typed(step: &Step, host: &Host) -> String {
    let mut name = |index| {
        let mut devices = host.devices.iter();
        let found = devices.find(|device| device.index == index);
        found.map_or(b"gone".to_vec(), |device| device.name.clone())
    };
    super::typed(step, &mut name).to_string()
}

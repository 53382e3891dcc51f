//! The current state of this host.

use std::net::IpAddr;

use crate::cli::Error;
use crate::cli::endpoint::Spec;
use crate::config::{Device, Host};
use crate::failure::Failure;
use crate::kernel::network::{Address, Scope};
use crate::pm::Endpoint;

use super::super::Session;

/// Reads the limits, endpoints, devices and addresses of this host.
///
/// # Errors
/// The kernel cannot be asked. A list that kept changing is such an error: what
/// it lacks would be removed.
pub fn observe(session: &mut Session) -> Result<Host, Failure> {
    let path_manager = session.kernel.path_manager()?;
    let limits = path_manager.limits()?;
    let endpoints = path_manager.endpoints()?.settled()?;
    let network = session.kernel.network()?;
    let links = network.links()?.settled()?.into_iter();
    let addresses = network.addresses()?.settled()?;
    Ok(Host {
        limits,
        endpoints,
        devices: links
            .map(|link| Device {
                index: link.index.cast_signed(),
                name: link.name,
            })
            .collect(),
        gone: Vec::new(),
        addresses: meant(&addresses),
    })
}

/// The addresses that a line without an address may stand for, with their
/// devices.
fn meant(addresses: &[Address]) -> Vec<(i32, IpAddr)> {
    let meant = addresses.iter().filter(|address| is_meant(address));
    meant
        .map(|address| (address.device.cast_signed(), address.ip))
        .collect()
}

/// Whether connections can use it, for some time and to any destination.
fn is_meant(address: &Address) -> bool {
    let local = match address.ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unicast_link_local() || ip.is_loopback(),
    };
    let unusable = address.tentative || address.duplicate;
    let passing = address.deprecated || address.temporary;
    address.scope == Scope::Universe && !local && !unusable && !passing
}

/// The endpoints that a line without an address stands for now, on the device
/// with that number.
///
/// # Errors
/// There is none; or there are several, and an id or a port is for one.
pub fn expand(session: &mut Session, spec: &Spec, device: i32) -> Result<Vec<Endpoint>, Failure> {
    let addresses = meant(&session.kernel.network()?.addresses()?.settled()?);
    let on_device = addresses.iter().filter(|(index, _)| *index == device);
    let mut found: Vec<IpAddr> = Vec::new();
    for (_, ip) in on_device {
        let is_of_family = spec.family.is_none_or(|family| family.has(*ip));
        if is_of_family && !found.contains(ip) {
            found.push(*ip);
        }
    }
    let for_one = [
        ("id", spec.endpoint.id.is_some()),
        ("port", spec.endpoint.port.is_some()),
    ];
    match for_one.iter().find(|(_, given)| *given) {
        Some((word, _)) if found.len() > 1 => {
            let count = found.len();
            let reason = format!("it is for one address, and the device has {count}");
            Err(Error::argument(*word, reason).into())
        }
        _ if found.is_empty() => {
            let name = spec.devices.last().map(|name| name.0.clone());
            Err(Failure::NoAddress(name.unwrap_or_default()))
        }
        _ => Ok(found
            .into_iter()
            .map(|ip| Endpoint {
                address: Some(ip.into()),
                device: Some(device),
                ..spec.endpoint.clone()
            })
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: &str) -> Address {
        Address {
            device: 2,
            ip: ip.parse().unwrap(),
            prefix: 24,
            peer: None,
            scope: Scope::Universe,
            tentative: false,
            duplicate: false,
            deprecated: false,
            temporary: false,
            permanent: false,
        }
    }

    #[test]
    fn only_addresses_that_last_and_reach_are_meant() {
        assert!(is_meant(&address("10.0.0.2")));
        assert!(is_meant(&address("fd00::2")));
        for ip in ["169.254.0.1", "127.0.0.2", "fe80::1", "::1"] {
            assert!(!is_meant(&address(ip)), "{ip}");
        }
        let spoilt: [fn(&mut Address); 5] = [
            |address| address.scope = Scope::Link,
            |address| address.tentative = true,
            |address| address.duplicate = true,
            |address| address.deprecated = true,
            |address| address.temporary = true,
        ];
        for spoil in spoilt {
            let mut address = address("fd00::2");
            spoil(&mut address);
            assert!(!is_meant(&address), "{address:?}");
        }
    }
}

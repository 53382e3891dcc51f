//! The current state of this host.

use std::net::IpAddr;

use crate::cli::Error;
use crate::cli::endpoint::Spec;
use crate::config::Host;
use crate::failure::Failure;
use crate::pm::AddressAttributes;

use super::super::Session;

/// Reads the limits, endpoints, devices and addresses of this host.
///
/// # Errors
/// The kernel cannot be asked. A list that kept changing is such an error: what
/// it lacks would be removed.
pub fn observe(session: &mut Session) -> Result<Host, Failure> {
    let snapshot = session.kernel.snapshot();
    let (limits, endpoints) = snapshot.path_manager?;
    Ok(Host {
        limits,
        endpoints: endpoints.settled()?,
        devices: snapshot.links?.settled()?,
        addresses: snapshot.addresses?.settled()?,
        ..Host::default()
    })
}

/// The endpoints that a line without an address stands for now, on the device
/// with that number.
///
/// # Errors
/// There is none; or there are several, and an id or a port is for one.
pub fn expand(
    session: &mut Session,
    spec: &Spec,
    device: u32,
) -> Result<Vec<AddressAttributes>, Failure> {
    let addresses = session.kernel.network()?.addresses()?.settled()?;
    let mut found: Vec<IpAddr> = Vec::new();
    for address in addresses.iter().filter(|address| address.is_lasting()) {
        let is_of_family = spec.family.is_none_or(|family| family.has(address.ip));
        let is_on_device = address.device == device;
        if is_on_device && is_of_family && !found.contains(&address.ip) {
            found.push(address.ip);
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
            .map(|ip| AddressAttributes {
                address: Some(ip.into()),
                device: Some(device),
                ..spec.endpoint.clone()
            })
            .collect()),
    }
}

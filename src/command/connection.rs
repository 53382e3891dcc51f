//! `connection`: what connections there are.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::cli::Options;
use crate::cli::connection::Show;
use crate::cli::selector::Words;
use crate::diag::process::Process;
use crate::diag::select::{Device, Selector};
use crate::failure::Failure;
use crate::kernel::devices;
use crate::kernel::processes::Processes;
use crate::kernel::sockets::Missing;
use crate::netlink::Socket;
use crate::output::{self, Shape, Source};
use crate::{report, resolver};

use super::Session;

/// Shows connections.
pub fn run(session: &mut Session, request: &Show) -> Result<(), Failure> {
    let selector = selector(session, &request.which)?;
    let options = &session.options;
    let shape = shape(options);
    let mut context = Context::new(options.resolve, request.process)?;
    let (sockets, printer) = (session.kernel.sockets()?, &mut session.printer);
    printer.begin_list().map_err(output::Error)?;
    let shown = sockets.connections(&selector, |connection| {
        let written = output::connection(printer, &connection, &shape, &mut context);
        written.map_err(|error| Failure::from(output::Error(error)))
    });
    match shown {
        Ok(missing) => {
            printer.end_list().map_err(output::Error)?;
            report_missing(missing);
            report_hidden_owners(&context);
            Ok(())
        }
        // Where a record failed, no bracket makes it whole.
        Err(error @ Failure::Output(_)) => Err(error),
        Err(error) => {
            printer.end_list().map_err(output::Error)?;
            Err(error)
        }
    }
}

/// How much is shown.
pub(super) fn shape(options: &Options) -> Shape {
    Shape {
        stats: options.stats,
        details: options.details,
        scale: options.scale,
    }
}

/// What the words choose, their devices looked up.
pub(super) fn selector(session: &mut Session, words: &Words) -> Result<Selector, Failure> {
    Ok(Selector {
        family: session.options.family,
        devices: devices_of(session, words)?,
        ..words.selector.clone()
    })
}

fn devices_of(session: &mut Session, words: &Words) -> Result<Vec<Device>, Failure> {
    if words.devices.is_empty() {
        return Ok(Vec::new());
    }
    let network = session.kernel.network()?;
    let known = network.addresses()?.entries;
    let device = |name: &crate::cli::DeviceName| {
        let index = devices::index(&*network, &name.0)?;
        let addresses = known.iter().filter(|address| address.device == index);
        Ok(Device {
            index,
            addresses: addresses.map(|address| address.ip).collect(),
        })
    };
    words.devices.iter().map(device).collect()
}

/// Says once what is missing in all that was shown.
pub(super) fn report_missing(missing: Missing) {
    if missing.subflow_info {
        report::warning("the kernel hides the ids and backup flags of subflows, and some subflows");
        report::hint("before Linux 6.15, they require the capability CAP_NET_ADMIN: try sudo");
    }
}

/// Warns once that a process may hold a connection that seems to have none.
fn report_hidden_owners(context: &Context) {
    let failure = context.processes.as_ref().and_then(Processes::failure);
    if let Some(error) = failure {
        report::warning(format_args!("some processes are not known: {error}"));
    } else if context.owners_hidden {
        report::warning("some connections belong to processes that you cannot see");
        report::hint("processes of other users require the capability CAP_SYS_PTRACE: try sudo");
    }
}

/// What surrounds connections: devices, hosts, processes.
pub(super) struct Context {
    socket: Socket,
    devices: devices::Names,
    resolve: bool,
    hosts: HashMap<IpAddr, Option<String>>,
    processes: Option<Processes>,
    /// Who holds one of the connections was not to be seen.
    owners_hidden: bool,
}

impl Context {
    /// With host names and with processes, or without.
    pub(super) fn new(resolve: bool, process: bool) -> Result<Self, Failure> {
        Ok(Context {
            socket: Socket::open(netlink_sys::protocols::NETLINK_ROUTE)?,
            devices: devices::Names::default(),
            resolve,
            hosts: HashMap::new(),
            processes: process.then(Processes::read),
            owners_hidden: false,
        })
    }

    /// Devices may have other names from now on.
    pub(super) fn forget_devices(&mut self) {
        self.devices = devices::Names::default();
    }
}

impl Source for Context {
    fn device(&mut self, index: u32) -> &[u8] {
        self.devices.name(&self.socket, index)
    }

    fn host(&mut self, ip: IpAddr) -> Option<&str> {
        if !self.resolve {
            return None;
        }
        let (hosts, resolve) = (&mut self.hosts, &mut self.resolve);
        let host = hosts.entry(ip).or_insert_with(|| {
            resolver::host(ip).unwrap_or_else(|error| {
                report::warning(error);
                *resolve = false;
                None
            })
        });
        host.as_deref()
    }

    fn processes(&mut self, inode: u32) -> Option<&[Process]> {
        let holders = self.processes.as_ref()?.holders(inode);
        self.owners_hidden |= holders.is_none();
        holders
    }
}

//! Steps as commands.

use crate::pm::{Endpoint, Flags, Limits};
use crate::shell::Command;
use crate::visible;

use super::Step;

/// Returns the name of a device by its index.
pub type NameOf<'a> = &'a mut dyn FnMut(u32) -> Vec<u8>;

/// The commands of a file that sets these limits and endpoints, and no others. All
/// ids are given, so that the kernel picks none.
pub fn saved(limits: Limits, endpoints: &[Endpoint], name: NameOf) -> Vec<Command> {
    let mut commands = vec![Command::new("mptcp endpoint flush")];
    commands.push(typed(&Step::Limits(limits), name));
    let own = |endpoint: &&Endpoint| !endpoint.flags.contains(Flags::IMPLICIT);
    for endpoint in endpoints.iter().filter(own) {
        commands.push(typed(&Step::Add(endpoint.into()), name));
    }
    commands
}

/// The command that does a step. In text, a shell and a file read it alike.
pub fn typed(step: &Step, name: NameOf) -> Command {
    match step {
        Step::Limits(limits) => Command::new("mptcp limits set")
            .valued("subflows", limits.subflows)
            .valued("add_addr_accepted", limits.add_addr_accepted),
        Step::Add(endpoint) => {
            let device = endpoint.device.map(|index| device(index, name));
            Command::new("mptcp endpoint add").endpoint(endpoint, device)
        }
        Step::Change { which, flags } => Command::new("mptcp endpoint change")
            .address(which)
            .valued("id", which.id)
            .valued("port", which.port)
            .word(either(*flags, Flags::BACKUP, ["backup", "nobackup"]))
            .word(either(*flags, Flags::FULLMESH, ["fullmesh", "nofullmesh"])),
        Step::Delete(endpoint) => {
            Command::new("mptcp endpoint delete").valued("id", Some(endpoint.id))
        }
    }
}

/// The name of a device, or `ifN` if a file cannot hold the name.
fn device(index: u32, name: NameOf) -> Vec<u8> {
    let name = Some(name(index)).filter(|name| fits_a_file(name));
    name.unwrap_or_else(|| format!("if{index}").into_bytes())
}

fn either(flags: Flags, flag: Flags, [set, unset]: [&str; 2]) -> &str {
    if flags.contains(flag) { set } else { unset }
}

/// Whether a line of a file can hold the name: `#` begins a comment even in
/// quotes, and both quotes do not fit in one word.
fn fits_a_file(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| {
        let fits = |character| visible::is_visible(character) && !matches!(character, '#' | '\'');
        name.chars().all(fits)
    })
}

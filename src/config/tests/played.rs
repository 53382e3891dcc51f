//! A path manager that is played, by the rules of the kernel's.

use super::*;
use crate::pm;

/// Why it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    Room,
    Duplicate,
    Id,
    Missing,
}

/// The endpoints.
#[derive(Debug, Clone)]
pub struct Played {
    pub host: Host,
}

impl Played {
    /// Applies a file; returns what was done and what was not.
    pub fn apply(&mut self, config: &Config) -> (Vec<Step>, Vec<Undone<No>>) {
        let desired = Desired::new(config, &self.host);
        let (plan, conflicts) = plan(config, &desired, &self.host);
        assert!(!config.only || conflicts.is_empty(), "{conflicts:?}");
        let mut done = Vec::new();
        let undone = plan.run(|step: &Step| {
            let acted = self.act(step);
            if acted.is_ok() {
                done.push(step.clone());
            }
            Ok::<_, ()>(acted)
        });
        (done, undone.unwrap())
    }

    fn act(&mut self, step: &Step) -> Result<(), No> {
        match step {
            Step::Limits(limits) => {
                let set = &mut self.host.limits;
                set.subflows = limits.subflows.or(set.subflows);
                set.add_addr_accepted = limits.add_addr_accepted.or(set.add_addr_accepted);
                Ok(())
            }
            Step::Add(endpoint) => self.add(endpoint.clone()),
            Step::Change { which, flags } => {
                let mask = (Flags::BACKUP | Flags::FULLMESH).0;
                let mut all = self.host.endpoints.iter_mut();
                let found = all.find(|set| match which.id {
                    Some(id) => set.id == id,
                    // An endpoint without a port is found by any.
                    None => {
                        Some(pm::Address::Ip(set.address)) == which.address
                            && (set.port.unwrap_or(0) == 0 || set.port == which.port)
                    }
                });
                let set = found.ok_or(No::Missing)?;
                set.flags = Flags(set.flags.0 & !mask | flags.0);
                Ok(())
            }
            Step::Delete(endpoint) => {
                let before = self.host.endpoints.len();
                self.host.endpoints.retain(|set| set.id != endpoint.id);
                let gone = self.host.endpoints.len() < before;
                gone.then_some(()).ok_or(No::Missing)
            }
        }
    }

    fn add(&mut self, wanted: AddressAttributes) -> Result<(), No> {
        let all = &mut self.host.endpoints;
        if all.len() >= self.host.room {
            return Err(No::Room);
        }
        let key = Key::new(wanted.ip().unwrap(), wanted.port);
        if all.iter().any(|set| Key::of(set) == key) {
            return Err(No::Duplicate);
        }
        let taken = |id: &u8| all.iter().any(|set| set.id == *id);
        if wanted.id.is_some_and(|id| taken(&id)) {
            return Err(No::Id);
        }
        let free = (1..=255).find(|id| !taken(id));
        let Some(pm::Address::Ip(address)) = wanted.address else {
            panic!("no address");
        };
        all.push(Endpoint {
            address,
            id: wanted.id.or(free).unwrap(),
            port: wanted.port,
            flags: wanted.flags.unwrap_or_default(),
            device: wanted.device,
        });
        all.sort_by_key(|set| set.id);
        Ok(())
    }
}

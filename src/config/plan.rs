//! From the current state to the wanted one, with the fewest commands.

mod planner;

use crate::pm::{Endpoint, Flags, Limits};

use super::{Config, Desired, Host, Key};
use planner::Planner;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `limits set`.
    Limits(Limits),
    /// `endpoint add`.
    Add(Endpoint),
    /// `endpoint change`.
    Change {
        /// As it is named: by its address, or by its id where another endpoint
        /// has the same address.
        which: Endpoint,
        /// Those that can be changed and that it is to have.
        flags: Flags,
    },
    /// `endpoint delete`: the endpoint as it is set.
    Delete(Endpoint),
}

/// The steps to take, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The line that sets limits.
    pub limits_line: usize,
    /// Limits that rise: the kernel looks at them when an endpoint is added.
    pub rise: Option<Limits>,
    /// Endpoints to be added: first those with an id, which the kernel could
    /// give to one of the others.
    pub adds: Vec<Add>,
    /// Flags to be changed, each with its line.
    pub changes: Vec<(usize, Step)>,
    /// Endpoints to be deleted.
    pub deletes: Vec<Endpoint>,
    /// Limits that fall: not before endpoints are gone that used them.
    pub fall: Option<Limits>,
}

/// An endpoint to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// Endpoints that are in its way: with the same address or the same id.
    pub before: Vec<Endpoint>,
    /// The line that wants it.
    pub line: usize,
    /// The endpoint.
    pub endpoint: Endpoint,
}

/// An id that is wanted and that an endpoint has which stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The line that wants it.
    pub line: usize,
    /// The endpoint that has it.
    pub holder: Endpoint,
}

impl Add {
    /// What tells the endpoint apart, where one with the same address and port
    /// is replaced.
    pub fn replaced(&self) -> Option<Key> {
        let key = Key::of(&self.endpoint);
        let mut before = self.before.iter();
        key.filter(|_| before.any(|before| Key::of(before) == key))
    }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps().is_empty()
    }

    /// All steps in their order, if nothing comes in between.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self.rise.map(Step::Limits).into_iter().collect();
        for add in &self.adds {
            steps.extend(add.before.iter().cloned().map(Step::Delete));
            steps.push(Step::Add(add.endpoint.clone()));
        }
        steps.extend(self.changes.iter().map(|(_, change)| change.clone()));
        steps.extend(self.deletes.iter().cloned().map(Step::Delete));
        steps.extend(self.fall.map(Step::Limits));
        steps
    }
}

/// The plan from what this host has to what is wanted there. Lines whose id is
/// not available are left out.
pub fn plan(config: &Config, desired: &Desired, host: &Host, only: bool) -> (Plan, Vec<Conflict>) {
    let (rise, fall) = limits(config.limits, host.limits);
    let mut planner = Planner::new(desired, host);
    let conflicts = planner.assign_ids(only || config.only);
    let deletes = planner.deletes(only || config.only);
    let (changes, adds) = (planner.changes(), planner.adds());
    let deletes = deletes.into_iter().filter(|gone| {
        let mut before = adds.iter().flat_map(|add| &add.before);
        !before.any(|before| before == gone)
    });
    let plan = Plan {
        limits_line: config.limits_line,
        rise,
        changes,
        deletes: deletes.collect(),
        fall,
        adds,
    };
    (plan, conflicts)
}

/// The limits that rise, and those that fall.
fn limits(wanted: Limits, set: Limits) -> (Option<Limits>, Option<Limits>) {
    let chosen = |choose: fn(u32, u32) -> bool| {
        let choose = |wanted: Option<u32>, set: Option<u32>| {
            wanted.filter(|wanted| choose(*wanted, set.unwrap_or_default()))
        };
        let limits = Limits {
            add_addr_accepted: choose(wanted.add_addr_accepted, set.add_addr_accepted),
            subflows: choose(wanted.subflows, set.subflows),
        };
        Some(limits).filter(|limits| *limits != Limits::default())
    };
    (
        chosen(|wanted, set| wanted > set),
        chosen(|wanted, set| wanted < set),
    )
}

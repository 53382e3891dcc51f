//! From the current state to the desired one, with the fewest commands.

mod planner;

use std::collections::VecDeque;

use crate::pm::{AddressAttributes, Endpoint, Flags, Limits};

use super::{Config, Desired, Host, Key};
use planner::Planner;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `limits set`.
    Limits(Limits),
    /// `endpoint add`.
    Add(AddressAttributes),
    /// `endpoint change`.
    Change {
        /// As it is named: by its address, or by its id where another endpoint
        /// has the same address.
        which: AddressAttributes,
        /// Those that can be changed and that it is to have.
        flags: Flags,
    },
    /// `endpoint delete`: the endpoint as it is set.
    Delete(Endpoint),
}

/// Steps of which each requires the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The line that asks for it, if one does.
    pub line: Option<usize>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// What to do, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Plan(pub Vec<Task>);

/// Steps that were not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone<R> {
    /// The step that the kernel refused, and those that require it.
    pub task: Task,
    /// Why.
    pub refusal: R,
}

/// An endpoint to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Add {
    /// Endpoints to delete first: with the same address or the same id.
    before: Vec<Endpoint>,
    /// The line that wants it.
    line: usize,
    /// The endpoint.
    endpoint: AddressAttributes,
}

/// An id that is wanted and that an endpoint has which stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The line that wants it.
    pub line: usize,
    /// The endpoint that has it.
    pub holder: Endpoint,
}

impl Step {
    /// The endpoint that it deletes.
    pub fn deleted(&self) -> Option<&Endpoint> {
        match self {
            Step::Delete(endpoint) => Some(endpoint),
            Step::Limits(_) | Step::Add(_) | Step::Change { .. } => None,
        }
    }
}

impl Task {
    /// The task of a single step.
    pub fn new(line: Option<usize>, step: Step) -> Self {
        let steps = vec![step];
        Task { line, steps }
    }

    /// The endpoint that it puts in place of another one with the same address
    /// and port.
    pub fn replacement(&self) -> Option<&AddressAttributes> {
        let Some(Step::Add(endpoint)) = self.steps.last() else {
            return None;
        };
        let key = Key::new(endpoint.ip()?, endpoint.port);
        let replaces = |step: &Step| step.deleted().is_some_and(|set| Key::of(set) == key);
        Some(endpoint).filter(|_| self.steps.iter().any(replaces))
    }
}

impl Plan {
    /// All steps in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().flat_map(|task| &task.steps)
    }

    /// The endpoints that it adds.
    pub fn added(&self) -> Vec<AddressAttributes> {
        let steps = self.steps().filter_map(|step| match step {
            Step::Add(endpoint) => Some(endpoint.clone()),
            _ => None,
        });
        steps.collect()
    }

    /// Has each step done by `act`, and what can be done without those that the
    /// kernel refuses.
    ///
    /// # Errors
    /// The first error of `act`, which ends it.
    pub fn run<R, F, A>(self, mut act: A) -> Result<Vec<Undone<R>>, F>
    where
        A: FnMut(&Step) -> Result<Result<(), R>, F>,
    {
        let mut undone = Vec::new();
        for mut task in self.0 {
            for at in 0..task.steps.len() {
                if let Some(step) = task.steps.get(at)
                    && let Err(refusal) = act(step)?
                {
                    task.steps.drain(..at);
                    undone.push(Undone { task, refusal });
                    break;
                }
            }
        }
        Ok(undone)
    }
}

/// The plan from what this host has to what is desired there. Lines whose id is
/// not available are left out.
///
/// Limits rise first: the kernel reads them when an endpoint is added. They
/// fall last, once the endpoints that used them are gone. Endpoints are added
/// before others are deleted, so that connections keep a path, as far as the
/// table has room; those with an id come first, because the kernel could give
/// it to one of the others.
pub fn plan(config: &Config, desired: &Desired, host: &Host) -> (Plan, Vec<Conflict>) {
    let mut planner = Planner::new(desired, host);
    let conflicts = planner.assign_ids(config.only);
    let (adds, mut deletes) = (planner.adds(), planner.deletes(config.only));
    let replaced: Vec<&Endpoint> = adds.iter().flat_map(|add| &add.before).collect();
    deletes.retain(|gone| !replaced.contains(&gone));
    let mut deletes: VecDeque<Endpoint> = deletes.into();

    let set_limits = |limits| Task::new(Some(config.limits_line), Step::Limits(limits));
    let (rise, fall) = limits(config.limits, host.limits);
    let mut tasks: Vec<Task> = rise.map(set_limits).into_iter().collect();
    let mut free = host.room.saturating_sub(host.endpoints.len());
    for add in adds {
        free += add.before.len();
        if free == 0
            && let Some(gone) = deletes.pop_front()
        {
            tasks.push(Task::new(None, Step::Delete(gone)));
            free += 1;
        }
        free = free.saturating_sub(1);
        let mut steps: Vec<Step> = add.before.into_iter().map(Step::Delete).collect();
        steps.push(Step::Add(add.endpoint));
        let line = Some(add.line);
        tasks.push(Task { line, steps });
    }
    let changes = planner.changes().into_iter();
    tasks.extend(changes.map(|(line, change)| Task::new(Some(line), change)));
    tasks.extend(
        deletes
            .into_iter()
            .map(|gone| Task::new(None, Step::Delete(gone))),
    );
    tasks.extend(fall.map(set_limits));
    (Plan(tasks), conflicts)
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

//! One pass over the host: observe, plan, act, report. `diff` and `apply` make
//! one, `apply … follow` makes one after each change.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::cli::config::File;
use crate::config::{
    Absence, Carriers, Config, Conflict, Desired, DesiredEndpoint, Host, Key, Plan, Step, Task,
    plan,
};
use crate::counted::counted;
use crate::failure::{Failure, Status};
use crate::network::Link;
use crate::pm::{AddressAttributes, Endpoint};

use super::super::Session;
use super::act::{carry_out, print_plan};
use super::closing::Live;
use super::host::observe;
use super::problem::{self, Problem};

/// How often to find out whether an endpoint is still the only path of a
/// connection.
const RECHECK: Duration = Duration::from_secs(10);

/// What passes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `diff`: print the plan.
    Diff,
    /// `apply`: carry the plan out, if nothing stands in the way of it.
    Apply,
    /// `follow`: carry out what is possible now, and wait for the rest.
    Follow,
}

/// The result of a pass.
#[derive(Debug)]
pub struct Pass {
    /// A line stands in the way of all others; the status of `apply` then.
    pub obstacle: Option<Status>,
    /// There were steps to take.
    pub differs: bool,
    /// All that the file asks for is in force, or in the plan.
    pub complete: bool,
    /// The state in words, for the service manager.
    pub summary: String,
}

/// Keeps a configuration in force, and remembers what the next pass needs.
pub struct Reconciler<'a> {
    file: &'a File,
    config: Config,
    purpose: Purpose,
    /// A pass was made.
    begun: bool,
    /// The devices without a carrier.
    carriers: Carriers,
    /// When to find out whether an endpoint is still the only path of a
    /// connection.
    recheck: Option<Instant>,
    /// The devices at the last pass.
    devices: Vec<Link>,
    /// Devices that disappeared and still have endpoints.
    gone: Vec<Link>,
    /// What the last pass reported, so that it is not reported again.
    reported: BTreeSet<Problem>,
    /// Endpoints that the kernel set differently: old kernels drop flags, ports
    /// and ids that they do not know. To replace them in each pass would break
    /// their paths for nothing.
    altered: Vec<AddressAttributes>,
    /// The endpoints that the file wants.
    wanted: BTreeSet<Key>,
}

/// What a pass works with.
struct Observed {
    host: Host,
    desired: Desired,
    plan: Plan,
    conflicts: Vec<Conflict>,
}

impl<'a> Reconciler<'a> {
    pub fn new(file: &'a File, config: Config, purpose: Purpose) -> Self {
        Reconciler {
            file,
            config,
            purpose,
            begun: false,
            carriers: Carriers::default(),
            recheck: None,
            devices: Vec::new(),
            gone: Vec::new(),
            reported: BTreeSet::new(),
            altered: Vec::new(),
            wanted: BTreeSet::new(),
        }
    }

    /// Replaces the configuration.
    pub fn replace(&mut self, config: Config) {
        self.config = config;
        self.reported.clear();
        self.altered.clear();
    }

    /// Makes one pass.
    ///
    /// # Errors
    /// The kernel cannot be asked, or lets this process change nothing; the
    /// output fails.
    pub fn pass(&mut self, session: &mut Session) -> Result<Pass, Failure> {
        let observed = self.observe(session)?;
        let obstacle = self.obstacle(&observed);
        self.begun = true;
        let Observed {
            host,
            desired,
            mut plan,
            conflicts,
        } = observed;
        let absent = desired.absent.iter();
        let mut problems: Vec<Problem> = absent
            .map(|absent| problem::absent(self.file, absent, self.is_following()))
            .collect();
        let taken = conflicts.iter();
        problems.extend(taken.map(|conflict| problem::conflict(self.file, conflict)));
        let mut complete = problems.is_empty();
        problems.extend(self.hold_last_paths(session, &mut plan, &host));
        self.report(&problems);
        let differs = !plan.0.is_empty();
        let mut refused = conflicts.len();
        if self.purpose == Purpose::Diff {
            print_plan(session, &plan, &host)?;
        } else if obstacle.is_none() {
            let added = plan.added();
            let undone = carry_out(session, plan, &host, self.is_following());
            session.flush()?;
            let undone = undone?;
            refused += undone.len();
            let mut later = Vec::new();
            if self.is_following() && undone.is_empty() && !added.is_empty() {
                later = self.find_altered(session, &added)?;
            }
            complete &= undone.is_empty();
            later.extend(
                undone
                    .into_iter()
                    .map(|undone| problem::undone(self.file, undone, &host)),
            );
            self.report(&later);
            problems.append(&mut later);
        }
        self.reported = problems.into_iter().collect();
        Ok(Pass {
            obstacle,
            differs,
            complete,
            summary: summary(&desired, refused),
        })
    }

    fn is_following(&self) -> bool {
        self.purpose == Purpose::Follow
    }

    /// Gathers the state of the host, and plans.
    fn observe(&mut self, session: &mut Session) -> Result<Observed, Failure> {
        let mut host = observe(session)?;
        self.gone.append(&mut self.devices);
        let now: BTreeSet<(u32, &[u8])> = host.devices.iter().map(identity).collect();
        let used: BTreeSet<u32> = host.endpoints.iter().filter_map(|set| set.device).collect();
        self.gone
            .retain(|link| used.contains(&link.index) && !now.contains(&identity(link)));
        self.devices.clone_from(&host.devices);
        host.gone.clone_from(&self.gone);
        if self.is_following() {
            self.carriers.observe(&host.devices, Instant::now());
            host.lost.clone_from(&self.carriers.lost);
            host.unsteady.clone_from(&self.carriers.unsteady);
        }
        let desired = Desired::new(&self.config, &host);
        let wanted = desired.endpoints.iter();
        self.wanted = wanted.map(DesiredEndpoint::key).collect();
        let (mut plan, conflicts) = plan(&self.config, &desired, &host);
        plan.0.retain(|task| {
            let replacement = task.replacement();
            replacement.is_none_or(|endpoint| !self.altered.contains(endpoint))
        });
        Ok(Observed {
            host,
            desired,
            plan,
            conflicts,
        })
    }

    /// Whether a line stands in the way of all others, which is refused where
    /// somebody is there to mend it.
    fn obstacle(&self, observed: &Observed) -> Option<Status> {
        let cannot_wait = |absence| matches!(absence, Absence::Several(_));
        let mut absent = observed.desired.absent.iter();
        if !self.is_following()
            && absent.any(|absent| absent.has_address || cannot_wait(absent.absence))
        {
            return Some(Status::Failed);
        }
        let conflicts = !observed.conflicts.is_empty();
        (conflicts && !(self.is_following() && self.begun)).then_some(Status::Refused)
    }

    /// Leaves the endpoints alone that would go with the carrier of their device
    /// and are all that a connection has.
    fn hold_last_paths(
        &mut self,
        session: &mut Session,
        plan: &mut Plan,
        host: &Host,
    ) -> Vec<Problem> {
        let is_lost = |set: &&Endpoint| set.device.is_some_and(|of| host.lost.contains(&of));
        let lost = plan.steps().filter_map(Step::deleted).filter(is_lost);
        let lost: Vec<Endpoint> = lost.cloned().collect();
        self.recheck = None;
        if lost.is_empty() {
            return Vec::new();
        }
        let live = Live::list(session);
        let held = lost.iter();
        let held: Vec<&Endpoint> = held
            .filter(|endpoint| live.ends_without(endpoint, &lost))
            .collect();
        let is_held = |step: &Step| step.deleted().is_some_and(|set| held.contains(&set));
        plan.0.retain(|task| !task.steps.iter().any(is_held));
        if !held.is_empty() {
            self.recheck = Some(Instant::now() + RECHECK);
        }
        held.into_iter().map(problem::held).collect()
    }

    /// When a pass is due even if nothing changes.
    pub fn due(&self) -> Option<Instant> {
        self.carriers.due.into_iter().chain(self.recheck).min()
    }

    /// Finds those of the endpoints just added that the kernel set differently:
    /// the same ones would be replaced again.
    fn find_altered(
        &mut self,
        session: &mut Session,
        added: &[AddressAttributes],
    ) -> Result<Vec<Problem>, Failure> {
        let mut problems = Vec::new();
        for task in self.observe(session)?.plan.0 {
            if let (Some(endpoint), Some(line)) = (task.replacement(), task.line)
                && added.contains(endpoint)
            {
                self.altered.push(endpoint.clone());
                problems.push(problem::altered(self.file, line));
            }
        }
        Ok(problems)
    }

    /// Reports what the last pass did not report.
    fn report(&self, problems: &[Problem]) {
        let new = |problem: &&Problem| !self.reported.contains(*problem);
        problem::report(problems.iter().filter(new));
    }

    /// The endpoints that the file wanted at the last pass.
    pub fn wanted(&self) -> &BTreeSet<Key> {
        &self.wanted
    }

    /// Deletes the endpoints that the file names.
    ///
    /// # Errors
    /// As for [`pass`](Self::pass).
    pub fn clear(&mut self, session: &mut Session) -> Result<(), Failure> {
        let Observed { host, desired, .. } = self.observe(session)?;
        let is_own = |set: &&Endpoint| {
            let key = Key::of(set);
            desired.owns(set) || self.wanted.contains(&key) || desired.keeps(key)
        };
        let own = host.endpoints.iter().filter(is_own).cloned();
        let plan = Plan(own.map(|own| Task::new(None, Step::Delete(own))).collect());
        let undone = carry_out(session, plan, &host, true)?.into_iter();
        let problems: Vec<Problem> = undone
            .map(|undone| problem::undone(self.file, undone, &host))
            .collect();
        self.report(&problems);
        Ok(())
    }
}

fn identity(link: &Link) -> (u32, &[u8]) {
    (link.index, &link.name)
}

/// The state in words, for the service manager.
fn summary(desired: &Desired, refused: usize) -> String {
    let mut summary = counted(desired.endpoints.len(), "endpoint");
    let absent = desired.absent.iter();
    let awaited: BTreeSet<_> = absent.map(|absent| &absent.device).collect();
    for (at, device) in awaited.into_iter().enumerate() {
        summary += if at == 0 { ", waiting for " } else { " and " };
        summary += &String::from_utf8_lossy(device);
    }
    if refused > 0 {
        summary += &format!(", {refused} refused");
    }
    summary
}

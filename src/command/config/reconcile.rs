//! What `follow` does whenever something may have changed: it looks at
//! everything, and has done what is left to do.

use std::collections::BTreeSet;
use std::mem;

use crate::cli::config::File;
use crate::config::{Add, Config, Desired, Key, Plan, plan};
use crate::failure::{Failure, Status};
use crate::network::Link;

use super::super::Session;
use super::apply::{carry_out, report_all, undone_problems};
use super::host::observe;
use super::problem::{self, Problem};

/// What is kept in force, and what is remembered from one pass to the next.
pub struct Reconciler<'a> {
    file: &'a File,
    config: Config,
    /// The devices that there were.
    devices: Vec<Link>,
    /// What the last pass reported, so that it is not reported again.
    reported: Vec<Problem>,
    /// Endpoints that the kernel set in another way than it was told to: old
    /// ones drop flags, ports and ids that they do not know. To make them anew
    /// each time would break their paths for nothing.
    altered: BTreeSet<Key>,
}

impl<'a> Reconciler<'a> {
    pub fn new(file: &'a File, config: Config) -> Self {
        Reconciler {
            file,
            config,
            devices: Vec::new(),
            reported: Vec::new(),
            altered: BTreeSet::new(),
        }
    }

    /// From now on, another configuration is kept.
    pub fn replace(&mut self, config: Config) {
        self.config = config;
        self.reported.clear();
        self.altered.clear();
    }

    /// The first pass: a conflict ends it, as it does without `follow`.
    ///
    /// # Errors
    /// As for [`pass`](Self::pass).
    pub fn start(&mut self, session: &mut Session) -> Result<String, Failure> {
        let host = observe(session)?;
        let desired = Desired::new(&self.config, &host);
        let (_, conflicts) = plan(&self.config, &desired, &host, self.file.only);
        match conflicts.is_empty() {
            true => self.reconcile(session),
            false => {
                report_all(conflicts.iter().map(|of| problem::conflict(self.file, of)));
                Err(Failure::AlreadyReported(Status::Refused))
            }
        }
    }

    /// Makes the host what the configuration says, as far as that can be had
    /// now. Returns how it stands, in words.
    ///
    /// # Errors
    /// The kernel cannot be asked any more, or lets this process change
    /// nothing; standard output fails.
    pub fn reconcile(&mut self, session: &mut Session) -> Result<String, Failure> {
        let mut host = observe(session)?;
        let before = mem::replace(&mut self.devices, host.devices.clone());
        let is_gone = |device: &Link| {
            let mut now = host.devices.iter();
            !now.any(|now| (now.index, &now.name) == (device.index, &device.name))
        };
        host.gone = before.into_iter().filter(is_gone).collect();
        let desired = Desired::new(&self.config, &host);
        let (mut todo, conflicts) = plan(&self.config, &desired, &host, self.file.only);
        let is_altered = |add: &Add| {
            add.replaced()
                .is_some_and(|key| self.altered.contains(&key))
        };
        todo.adds.retain(|add| !is_altered(add));
        let added = todo.adds.iter().map(|add| Key::of(&add.endpoint));
        let added: Vec<Key> = added.flatten().collect();
        let absent = desired.absent.iter();
        let mut problems: Vec<Problem> = absent
            .map(|of| problem::waiting(self.file, of))
            .chain(conflicts.iter().map(|of| problem::conflict(self.file, of)))
            .collect();
        let undone = carry_out(session, todo, &host, true);
        session.flush()?;
        let undone = undone?;
        if undone.is_empty() && !added.is_empty() {
            problems.extend(self.check(session, &added)?);
        }
        let status = status(&desired, conflicts.len() + undone.len());
        problems.extend(undone_problems(self.file, undone, &host));
        let reported = problems.clone();
        problems.retain(|problem| !self.reported.contains(problem));
        self.reported = reported;
        report_all(problems);
        Ok(status)
    }

    /// Finds those of the endpoints just added that would have to be made anew.
    fn check(&mut self, session: &mut Session, added: &[Key]) -> Result<Vec<Problem>, Failure> {
        let host = observe(session)?;
        let desired = Desired::new(&self.config, &host);
        let (left, _) = plan(&self.config, &desired, &host, self.file.only);
        let mut problems = Vec::new();
        for add in left.adds {
            if let Some(key) = add.replaced().filter(|key| added.contains(key)) {
                self.altered.insert(key);
                problems.push(problem::altered(self.file, add.line));
            }
        }
        Ok(problems)
    }

    /// Removes the endpoints that the file names.
    ///
    /// # Errors
    /// As for [`pass`](Self::pass).
    pub fn clear(&mut self, session: &mut Session) -> Result<(), Failure> {
        let host = observe(session)?;
        let desired = Desired::new(&self.config, &host);
        let named: Vec<Key> = desired
            .endpoints
            .iter()
            .map(|wanted| wanted.key())
            .collect();
        let mut deletes = host.endpoints.clone();
        deletes.retain(|set| {
            let key = Key::of(set);
            desired.owns(set) || key.is_some_and(|key| named.contains(&key) || desired.keeps(key))
        });
        let plan = Plan {
            deletes,
            ..Plan::default()
        };
        let undone = carry_out(session, plan, &host, true)?;
        report_all(undone_problems(self.file, undone, &host));
        Ok(())
    }
}

/// How it stands, for the service manager.
fn status(desired: &Desired, refused: usize) -> String {
    let count = desired.endpoints.len();
    let mut status = format!("{count} endpoint{}", if count == 1 { "" } else { "s" });
    let mut waited = BTreeSet::new();
    waited.extend(desired.absent.iter().map(|absent| &absent.device));
    for (at, device) in waited.into_iter().enumerate() {
        status += if at == 0 { ", waiting for " } else { " and " };
        status += &String::from_utf8_lossy(device);
    }
    if refused > 0 {
        status += &format!(", {refused} refused");
    }
    status
}

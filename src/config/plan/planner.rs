//! A plan in the making: what becomes of each line.

use crate::pm::{AddressAttributes, Endpoint, Flags};
use crate::sorted;

use super::{Add, Conflict, Step};
use crate::config::{Desired, DesiredEndpoint, Host, Key};

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing: the endpoint is as it should be.
    Right,
    /// Its flags are changed.
    Change,
    /// It is added, after the endpoint that it replaces is deleted, if there
    /// is one.
    Add,
    /// It cannot be satisfied.
    Left,
}

/// A plan in the making.
pub(super) struct Planner<'a> {
    desired: &'a Desired,
    host: &'a Host,
    /// What is wanted, the endpoint that is set for it, and what becomes of it.
    lines: Vec<(&'a DesiredEndpoint, Option<&'a Endpoint>, Fate)>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(desired: &'a Desired, host: &'a Host) -> Self {
        let lines = desired.endpoints.iter().map(|wanted| {
            let mut set = host.endpoints.iter();
            let set = set.find(|set| Key::of(set) == wanted.key());
            (wanted, set, fate(wanted, set))
        });
        let lines = lines.collect();
        Planner {
            desired,
            host,
            lines,
        }
    }

    /// Makes room for each id that is wanted: an endpoint of another line has
    /// to move, one that stays is in conflict.
    pub(super) fn assign_ids(&mut self, only: bool) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        let mut found = usize::MAX;
        // A line that is left may hold the id of one before it.
        while found != conflicts.len() {
            found = conflicts.len();
            for at in 0..self.lines.len() {
                conflicts.extend(self.settle_id(at, only));
            }
        }
        conflicts
    }

    fn settle_id(&mut self, at: usize, only: bool) -> Option<Conflict> {
        let (wanted, _, fate) = *self.lines.get(at)?;
        let holder = self.holder(wanted).filter(|_| fate == Fate::Add)?;
        let goes = self.goes(holder, only) || (only && is_implicit(holder));
        let mut lines = self.lines.iter_mut();
        match lines.find(|(_, set, _)| *set == Some(holder)) {
            // It is this line's own, or is made anew with another id.
            Some((_, _, Fate::Add)) => return None,
            // Any other id will do for it.
            Some((other, _, fate @ (Fate::Right | Fate::Change))) if other.id.is_none() => {
                *fate = Fate::Add;
                return None;
            }
            None if goes => return None,
            _ => {}
        }
        if let Some((_, _, fate)) = self.lines.get_mut(at) {
            *fate = Fate::Left;
        }
        Some(Conflict {
            line: wanted.line,
            holder: holder.clone(),
        })
    }

    /// The endpoint that has the id which is wanted.
    fn holder(&self, wanted: &DesiredEndpoint) -> Option<&'a Endpoint> {
        let id = wanted.id?;
        self.host.endpoints.iter().find(|set| set.id == id)
    }

    /// Whether an endpoint that no line wants goes.
    fn goes(&self, set: &Endpoint, only: bool) -> bool {
        let kept = self.desired.keeps(Key::of(set));
        !is_implicit(set) && !kept && (only || self.desired.owns(set))
    }

    pub(super) fn deletes(&self, only: bool) -> Vec<Endpoint> {
        let wanted = |set: &&Endpoint| self.lines.iter().any(|(_, own, _)| *own == Some(*set));
        let endpoints = self.host.endpoints.iter();
        endpoints
            .filter(|set| !wanted(set) && self.goes(set, only))
            .cloned()
            .collect()
    }

    pub(super) fn changes(&self) -> Vec<(usize, Step)> {
        let changes = self.lines.iter().filter_map(|line| match line {
            (wanted, Some(set), Fate::Change) => Some((wanted.line, self.change(wanted, set))),
            _ => None,
        });
        changes.collect()
    }

    /// If asked for an address with a port, the kernel may find the same
    /// address without one, and before Linux 5.19 it accepts no id.
    fn change(&self, wanted: &DesiredEndpoint, set: &Endpoint) -> Step {
        let same = |other: &&Endpoint| other.ip() == set.ip();
        let alone = self.host.endpoints.iter().filter(same).count() == 1;
        let which = match alone {
            true => AddressAttributes {
                address: Some(set.address.into()),
                port: wanted.port,
                ..AddressAttributes::default()
            },
            false => set.which(),
        };
        let flags = Flags(wanted.flags.0 & Flags::CHANGEABLE.0);
        Step::Change { which, flags }
    }

    pub(super) fn adds(&self) -> Vec<Add> {
        let (mut adds, mut deleted): (Vec<Add>, Vec<&Endpoint>) = Default::default();
        let mut lines: Vec<_> = self.lines.iter().collect();
        lines.retain(|(_, _, fate)| *fate == Fate::Add);
        // Those that replace others come first among these: they make room.
        sorted::by_key(&mut lines, |(wanted, set, _)| {
            let replaces = set.is_some() || self.holder(wanted).is_some();
            (wanted.id.is_none().into(), (!replaces).into())
        });
        for (wanted, set, _) in lines {
            // The kernel puts an endpoint in the place of its own by itself.
            let own = set.filter(|set| !is_implicit(set) || wanted.id.is_some());
            let mut before = Vec::new();
            for endpoint in [own, self.holder(wanted)].into_iter().flatten() {
                if !deleted.contains(&endpoint) {
                    deleted.push(endpoint);
                    before.push(endpoint.clone());
                }
            }
            adds.push(Add {
                before,
                line: wanted.line,
                endpoint: wanted.endpoint(),
            });
        }
        adds
    }
}

fn is_implicit(endpoint: &Endpoint) -> bool {
    endpoint.flags.contains(Flags::IMPLICIT)
}

fn fate(wanted: &DesiredEndpoint, set: Option<&Endpoint>) -> Fate {
    let Some(set) = set.filter(|set| !is_implicit(set)) else {
        return Fate::Add;
    };
    let differs = wanted.flags.0 ^ set.flags.0;
    match () {
        () if wanted.id.is_some_and(|id| id != set.id) => Fate::Add,
        // An IPv4-mapped address is the same to this host, and is announced to
        // peers as an IPv6 one.
        () if set.address != wanted.ip => Fate::Add,
        () if set.device != wanted.device || differs & Flags::FIXED.0 != 0 => Fate::Add,
        () if differs & Flags::CHANGEABLE.0 != 0 => Fate::Change,
        () => Fate::Right,
    }
}

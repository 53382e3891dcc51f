//! A plan, carried out.

use std::collections::VecDeque;

use crate::pm::Endpoint;

use super::plan::{Add, Plan, Step};

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<R> {
    /// It succeeded.
    Done,
    /// The kernel has no room for a further endpoint.
    NoRoom(R),
    /// The kernel refused it for another reason.
    Refused(R),
}

/// Steps that were not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone<R> {
    /// The line that asks for them, if one does.
    pub line: Option<usize>,
    /// The one that the kernel refused, and those that depend on it.
    pub steps: Vec<Step>,
    /// Why.
    pub refusal: R,
}

/// Has each step done by `act`, and what can be done without those that the
/// kernel refuses. Where it has no room for an endpoint, the next of those
/// that are to go makes it.
///
/// # Errors
/// The first error of `act`, which ends it.
pub fn run<R, F>(
    plan: Plan,
    act: &mut dyn FnMut(&Step) -> Result<Outcome<R>, F>,
) -> Result<Vec<Undone<R>>, F> {
    let mut run = Run {
        act,
        deletes: plan.deletes.into(),
        undone: Vec::new(),
    };
    let limits_line = Some(plan.limits_line);
    if let Some(limits) = plan.rise {
        run.step(limits_line, Step::Limits(limits))?;
    }
    for add in plan.adds {
        run.add(add)?;
    }
    for (line, change) in plan.changes {
        run.step(Some(line), change)?;
    }
    while let Some(gone) = run.deletes.pop_front() {
        run.step(None, Step::Delete(gone))?;
    }
    if let Some(limits) = plan.fall {
        run.step(limits_line, Step::Limits(limits))?;
    }
    Ok(run.undone)
}

struct Run<'a, R, F> {
    act: &'a mut dyn FnMut(&Step) -> Result<Outcome<R>, F>,
    /// What is to go in the end, or earlier for want of room.
    deletes: VecDeque<Endpoint>,
    undone: Vec<Undone<R>>,
}

impl<R, F> Run<'_, R, F> {
    /// Does one step; false where the kernel refuses.
    fn step(&mut self, line: Option<usize>, step: Step) -> Result<bool, F> {
        Ok(match (self.act)(&step)? {
            Outcome::Done => true,
            Outcome::NoRoom(refusal) | Outcome::Refused(refusal) => {
                self.leave(line, step, refusal);
                false
            }
        })
    }

    fn add(&mut self, add: Add) -> Result<(), F> {
        let line = Some(add.line);
        let step = Step::Add(add.endpoint);
        for before in add.before {
            if !self.step(line, Step::Delete(before))? {
                if let Some(undone) = self.undone.last_mut() {
                    undone.steps.push(step);
                }
                return Ok(());
            }
        }
        let refusal = loop {
            match (self.act)(&step)? {
                Outcome::Done => return Ok(()),
                Outcome::Refused(refusal) => break refusal,
                Outcome::NoRoom(refusal) => match self.deletes.pop_front() {
                    None => break refusal,
                    Some(gone) => {
                        self.step(None, Step::Delete(gone))?;
                    }
                },
            }
        };
        self.leave(line, step, refusal);
        Ok(())
    }

    fn leave(&mut self, line: Option<usize>, step: Step, refusal: R) {
        let steps = vec![step];
        self.undone.push(Undone {
            line,
            steps,
            refusal,
        });
    }
}

//! The list of trials of a test program, and what runs them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::thread;

use libtest_mimic::{Arguments, Failed};

use super::privilege;
use super::sandbox::Sandbox;

/// Set to `1` to leave out, loudly, every trial that needs the kernel.
pub const NO_KERNEL: &str = "MPTCP_TEST_NO_KERNEL";

/// One test of a test program.
pub struct Trial {
    name: String,
    body: Body,
}

enum Body {
    /// Why it is not run.
    Ignored(String),
    Kernel(Box<dyn FnOnce(&mut Sandbox) + Send>),
    Pure(Box<dyn FnOnce() + Send>),
}

/// A trial that runs in namespaces of its own on a kernel with MPTCP.
pub fn kernel(name: impl Into<String>, body: impl FnOnce(&mut Sandbox) + Send + 'static) -> Trial {
    Trial {
        name: name.into(),
        body: Body::Kernel(Box::new(body)),
    }
}

/// A trial that needs nothing from the kernel.
pub fn pure(name: impl Into<String>, body: impl FnOnce() + Send + 'static) -> Trial {
    Trial {
        name: name.into(),
        body: Body::Pure(Box::new(body)),
    }
}

/// A trial that cannot be run here, for this reason. It is listed as ignored,
/// with a warning; `--ignored` makes it fail.
pub fn ignored(name: impl Into<String>, why: impl Into<String>) -> Trial {
    Trial {
        name: name.into(),
        body: Body::Ignored(why.into()),
    }
}

impl Trial {
    /// The same trial, [`ignored`] if there is a reason not to run it.
    pub fn unless(self, why: Option<String>) -> Trial {
        match why {
            Some(why) => ignored(self.name, why),
            None => self,
        }
    }
}

/// Why what a kernel was recorded to say means nothing here.
pub fn other_byte_order() -> Option<String> {
    let big = cfg!(target_endian = "big");
    big.then(|| "the recorded bytes are those of a little-endian kernel".to_owned())
}

/// Lists functions `fn(&mut Sandbox)` as trials named like them.
#[allow(
    unused_macros,
    reason = "some test programs build their list themselves"
)]
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::support::kernel(stringify!($name), $name)),*]
    };
}

/// Runs the trials as `cargo test` expects it, with its usual arguments.
///
/// Must be called before the process starts a thread: a user namespace can
/// be entered by a single-threaded process only.
pub fn main(trials: Vec<Trial>) -> ExitCode {
    let without_kernel = std::env::var_os(NO_KERNEL).is_some_and(|value| value == "1");
    let privilege = if without_kernel {
        Ok(())
    } else {
        privilege::acquire()
    };
    let arguments = Arguments::from_args();
    let mut left_out = 0;
    let trials = trials
        .into_iter()
        .map(|trial| match trial.body {
            Body::Ignored(why) => {
                eprintln!("warning: {} is NOT run: {why}", trial.name);
                let run = move || Err(Failed::from(why));
                libtest_mimic::Trial::test(trial.name, run).with_ignored_flag(true)
            }
            Body::Pure(body) => {
                let name = trial.name.clone();
                libtest_mimic::Trial::test(trial.name, move || in_thread(name, body))
            }
            Body::Kernel(body) => {
                left_out += usize::from(without_kernel);
                let (name, privilege) = (trial.name.clone(), privilege.clone());
                let run = move || {
                    privilege.map_err(|missing| unavailable(&missing))?;
                    in_thread(name, move || {
                        let mut sandbox =
                            Sandbox::enter().unwrap_or_else(|missing| fail(&unavailable(&missing)));
                        body(&mut sandbox);
                    })
                };
                libtest_mimic::Trial::test(trial.name, run).with_ignored_flag(without_kernel)
            }
        })
        .collect();
    if left_out > 0 {
        eprintln!("warning: {NO_KERNEL}=1: {left_out} tests that need the kernel are NOT run");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn unavailable(missing: &str) -> String {
    format!("{missing}; to run the tests that need no kernel, set {NO_KERNEL}=1")
}

/// Ends a trial as failed. Unlike a panic it reports nothing of its own: a
/// long message shows once, as the trial's failure.
pub fn fail(message: &str) -> ! {
    std::panic::resume_unwind(Box::new(message.to_owned()))
}

/// Runs `body` in a thread that ends with it, since libtest-mimic's own
/// threads serve one trial after the other and a namespace would stay.
fn in_thread(name: String, body: impl FnOnce() + Send) -> Result<(), Failed> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name(name)
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(body)))
            .expect("a thread for the trial")
            .join()
            .unwrap_or_else(Err)
            .map_err(|payload| {
                let text = payload
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| payload.downcast_ref::<&str>().copied());
                Failed::from(text.unwrap_or("the test panicked"))
            })
    })
}

//! Trials, and what runs them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use libtest_mimic::{Arguments, Completion, Failed};

use super::privilege;
use super::sandbox::Sandbox;

/// Set to `1` to do without the trials that need the kernel.
const NO_KERNEL: &str = "MPTCP_TEST_NO_KERNEL";

/// One test of the program.
pub struct Trial {
    name: String,
    body: Body,
}

/// What a trial does.
pub enum Body {
    Kernel(Box<dyn FnOnce(&mut Sandbox) + Send>),
    Pure(Box<dyn FnOnce() + Send>),
}

/// A function that a trial is made of: with a parameter, the namespaces it runs
/// in, if it needs the kernel.
pub trait IntoBody<Parameter> {
    fn into_body(self) -> Body;
}

impl<F: FnOnce(&mut Sandbox) + Send + 'static> IntoBody<Sandbox> for F {
    fn into_body(self) -> Body {
        Body::Kernel(Box::new(self))
    }
}

impl<F: FnOnce() + Send + 'static> IntoBody<()> for F {
    fn into_body(self) -> Body {
        Body::Pure(Box::new(self))
    }
}

impl Trial {
    /// A trial with the path of its module before its name.
    pub fn new<P>(module: &str, name: &str, body: impl IntoBody<P>) -> Self {
        let module = module.split_once("::").map_or("", |(_, inside)| inside);
        Trial {
            name: format!("{module}::{name}"),
            body: body.into_body(),
        }
    }
}

/// Makes a trial of a name that is worked out, and a function.
macro_rules! trial {
    ($name:expr, $body:expr) => {
        $crate::support::Trial::new(module_path!(), $name, $body)
    };
}

/// Lists the tests of a module, functions `fn()` or `fn(&mut Sandbox)`, and
/// behind a semicolon lists of more.
macro_rules! trials {
    ($($name:ident),* $(,)? $(; $($more:expr),+)?) => {
        /// The trials of this module.
        pub fn trials() -> Vec<$crate::support::Trial> {
            #[allow(unused_mut, reason = "not every module has more")]
            let mut trials = vec![$(trial!(stringify!($name), $name)),*];
            $($(trials.extend($more);)+)?
            trials
        }
    };
}

/// Why trials were left out, and which.
static LEFT_OUT: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Thrown by a trial that cannot be run here.
struct LeftOut(String);

/// Ends the trial: it cannot be run here, for this reason, which says what
/// would help. That is told at the end, once for all trials with the reason.
pub fn left_out(why: impl Into<String>) -> ! {
    std::panic::resume_unwind(Box::new(LeftOut(why.into())))
}

/// Ends the trial as failed. Unlike a panic it reports nothing of its own: a
/// long message shows once, as the trial's failure.
pub fn fail(message: &str) -> ! {
    std::panic::resume_unwind(Box::new(message.to_owned()))
}

/// Runs the trials as `cargo test` expects it, with its usual arguments.
///
/// Must be called before the process starts a thread: a user namespace can
/// be entered by a single-threaded process only.
pub fn main(trials: Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They wait for most of their time.
    let processors = thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(2 * processors);
    let unwanted = std::env::var_os(NO_KERNEL).is_some_and(|value| value == "1");
    let missing = match arguments.list || unwanted {
        true => None,
        false => no_kernel(),
    };
    let without_kernel = unwanted || missing.is_some();
    let trials = trials.into_iter().map(|Trial { name, body }| {
        let ignored = without_kernel && matches!(body, Body::Kernel(_));
        let trial = name.clone();
        libtest_mimic::Trial::ignorable_test(name, move || run(trial, body))
            .with_ignored_flag(ignored)
    });
    let trials: Vec<_> = trials.collect();
    let ignored = trials.iter().filter(|trial| trial.has_ignored_flag());
    let ignored = ignored.filter(|trial| !arguments.is_filtered_out(trial));
    let ignored = ignored.count();
    let conclusion = libtest_mimic::run(&arguments, trials);

    let left_out = LEFT_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    if !left_out.is_empty() {
        eprintln!("warning: some tests are NOT run:");
    }
    for (why, names) in &*left_out {
        eprintln!("  {why}: {}", names.join(", "));
    }
    if ignored > 0 {
        eprintln!("warning: {ignored} tests that need the kernel are NOT run");
    }
    match missing {
        Some(missing) if ignored > 0 => {
            eprintln!("error: {missing}; to pass without these tests, set {NO_KERNEL}=1");
            ExitCode::FAILURE
        }
        _ => conclusion.exit_code(),
    }
}

/// Why no trial that needs the kernel can be run, if so.
fn no_kernel() -> Option<String> {
    let enter = || Sandbox::enter().map(drop);
    let entered = privilege::acquire().and_then(|()| {
        let entered = thread::scope(|scope| scope.spawn(enter).join());
        entered.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    entered.err().map(|missing| format!("{missing:#}"))
}

/// Runs a trial in a thread that ends with it, since libtest-mimic's own
/// threads serve one after the other and a namespace would stay.
fn run(name: String, body: Body) -> Result<Completion, Failed> {
    let body = || match body {
        Body::Pure(body) => body(),
        Body::Kernel(body) => {
            body(&mut Sandbox::enter().unwrap_or_else(|missing| fail(&format!("{missing:#}"))));
        }
    };
    let ended = thread::scope(|scope| {
        thread::Builder::new()
            .name(name.clone())
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(body)))
            .expect("a thread for the trial")
            .join()
            .unwrap_or_else(Err)
    });
    let Err(payload) = ended else {
        return Ok(Completion::Completed);
    };
    let payload = match payload.downcast::<LeftOut>() {
        Ok(left_out) => {
            let mut list = LEFT_OUT.lock().unwrap_or_else(PoisonError::into_inner);
            list.entry(left_out.0).or_default().push(name);
            return Ok(Completion::Ignored { reason: None });
        }
        Err(payload) => payload,
    };
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    Err(Failed::from(text.unwrap_or("the test panicked")))
}

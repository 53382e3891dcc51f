//! `mptcp`: configure and watch the kernel's Multipath TCP path manager.
//!
//! Arguments in, exit status out; everything else is in the library.
//!
//! The entry point is C's `main` instead of Rust's, for two reasons. Rust's
//! runtime opens `/dev/null` in place of a closed standard output before any
//! code of ours runs, after which lost output goes unnoticed. And it reads
//! `/proc/self/maps` and sets up an alternative signal stack, which costs more
//! system calls than the whole of a `limits show`.
#![no_main]

mod seccomp;

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use mptcp_cli::launch::Refusal;
use nix::libc::{AT_EXECFN, getauxval};

/// The arguments of this process, and how many there are; behind them is the
/// environment.
static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The program's entry, called by the C library.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or_default();
    let argument = |at: usize| {
        // SAFETY: `main` is given `count` pointers to strings that end in NUL
        // and stay as they are (C23, 5.1.2.3.2).
        let text = unsafe { CStr::from_ptr(*arguments.add(at)) };
        OsStr::from_bytes(text.to_bytes())
    };
    let mut words = (0..count).map(argument);
    let name = words.next().unwrap_or_default();
    let words: Vec<&OsStr> = words.collect();
    ARGUMENTS.store(arguments.cast_mut(), Ordering::Relaxed);
    COUNT.store(count, Ordering::Relaxed);
    mptcp_cli::run(file(), name, &words, supervise) as c_int
}

/// Sees to it that this process gets sockets of MPTCP.
fn supervise() -> Result<(), Refusal> {
    seccomp::supervise(&title())
}

/// The memory that ps(1) reads the command line from: the arguments, and the
/// environment right after them.
fn title() -> seccomp::Title {
    let arguments = ARGUMENTS.load(Ordering::Relaxed).cast_const();
    let count = COUNT.load(Ordering::Relaxed);
    // SAFETY: as in `main`; a null pointer ends the arguments, and another one
    // the environment after it. The memory is written to by the supervisor
    // alone, a process of its own that has no use for either.
    unsafe {
        let start = *arguments;
        let mut end = start;
        let environment = arguments.add(count + 1);
        let mut extend = |text: *const c_char| {
            if text == end {
                end = text.add(CStr::from_ptr(text).to_bytes_with_nul().len());
            }
        };
        (0..count).for_each(|at| extend(*arguments.add(at)));
        let variables = (0..).map(|at| *environment.add(at));
        variables
            .take_while(|text| !text.is_null())
            .for_each(extend);
        seccomp::Title::new(start.cast_mut(), end.offset_from(start).unsigned_abs())
    }
}

/// The file that the kernel was told to execute.
fn file() -> &'static OsStr {
    // SAFETY: it has no conditions.
    let text = unsafe { getauxval(AT_EXECFN) } as *const c_char;
    if text.is_null() {
        return OsStr::new("");
    }
    // SAFETY: the kernel put a string there, and it stays (getauxval(3)).
    OsStr::from_bytes(unsafe { CStr::from_ptr(text) }.to_bytes())
}

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

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

use nix::libc::{AT_EXECFN, getauxval};

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
    mptcp_cli::run(file(), name, &words) as c_int
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

//! How the dynamic program is linked, to start in fewer steps.
//!
//! More than half of what a command takes is the dynamic loader's. `-C` flags would
//! say the same, but those of a user (`RUSTFLAGS`) replace the project's.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|of| of == "crt-static");
    if target("OS") != "linux" || target("ENV") != "gnu" || is_static {
        return;
    }
    // What walks the stack for the message of a panic comes along, in place of
    // a second library (libgcc_s): 20,000 instructions and 9 system calls.
    if linker_has("libgcc_eh.a") {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Whether the linker, a C compiler, finds this library. It is part of gcc, which
/// other compilers need not come with.
fn linker_has(library: &str) -> bool {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let found = Command::new(linker)
        .arg(format!("-print-file-name={library}"))
        .output();
    // What is not found is printed as it was given.
    found.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout);
        Path::new(path.trim()).is_absolute()
    })
}

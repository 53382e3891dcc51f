//! How the dynamic program is linked, to start in fewer steps.
//!
//! More than half of what a command takes is the dynamic loader's. `-C` flags would
//! say the same, but those of a user (`RUSTFLAGS`) replace the project's.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|of| of == "crt-static");
    if target("OS") != "linux" || target("ENV") != "gnu" || is_static {
        return;
    }
    // What walks the stack for the message of a panic comes along, in place of
    // a second library (libgcc_s): 25,000 instructions and 9 system calls.
    println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    // At a fixed address, none of the 1,400 pointers in the program's data has
    // to be relocated: 17,000 instructions and 100 KiB of memory. The kernel
    // still randomizes the stack, the heap and the library.
    println!("cargo:rustc-link-arg-bins=-no-pie");
}

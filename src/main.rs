//! `mptcp`: configure and watch the kernel's Multipath TCP path manager.
#![forbid(unsafe_code)]

fn main() {}

//! The kit for tests that touch the kernel.
//!
//! ```ignore
//! trials! { an_endpoint_is_shown }
//!
//! fn an_endpoint_is_shown(_ns: &mut Sandbox) {
//!     mptcp("endpoint add 10.0.0.2 subflow").ok();
//!     mptcp("endpoint show").prints("10.0.0.2 id 1 subflow \n");
//! }
//! ```
//!
//! Every trial runs in a thread of its own, in a network and mount namespace
//! of its own; the programs it starts inherit both. Nothing of the host's
//! configuration is touched, and trials run beside each other. An ordinary
//! user gets these namespaces through a user namespace, entered by
//! [`main`] while the process still has a single thread.

#[macro_use]
mod trial;
mod calls;
mod cases;
mod hosts;
mod json;
mod link;
mod machine;
mod netns;
mod privilege;
mod program;
mod programs;
mod pty;
mod random;
mod running;
mod sandbox;
mod scratch;
mod signals;
mod sockets;
mod sysctl;
mod tools;
mod vt;
mod wait;

pub use cases::cases;
pub use hosts::*;
pub use json::json;
pub use link::*;
pub use machine::{Machine, PLACES, STAND_IN, directories, is_handed_over};
pub use netns::Netns;
pub use privilege::{
    become_the_program, in_user_namespace, without_net_admin, without_sys_admin, without_sys_ptrace,
};
pub use program::{MPTCP, Output, Program, all_fail, mptcp, mptcp_words};
pub use programs::{alone, close_reader, copy_program, write_program};
pub use pty::{Pty, panic_if_asked, panicking_on_a_terminal};
pub use random::Random;
pub use running::Running;
pub use sandbox::Sandbox;
pub use scratch::{Scratch, sources};
pub use signals::heed_signals;
pub use sockets::*;
pub use sysctl::*;
pub use tools::*;
pub use trial::{Trial, fail, left_out, main};
pub use vt::{Cell, Vt};
pub use wait::{SOON, wait_until};

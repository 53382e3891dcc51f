//! The library behind `mptcp`.
#![forbid(unsafe_code)]

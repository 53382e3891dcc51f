//! `address` and `subflow` on live connections between two hosts, under the
//! userspace path manager: what the other host sees of each command, and how
//! each refusal is told.

/// Lists tests `fn(&Sandbox, Plan)`, each to be run over either version of IP.
macro_rules! over_both {
    ($($name:ident),* $(,)?) => {
        [("ipv4", V4), ("ipv6", V6)].into_iter().flat_map(|(version, plan)| {
            [$(trial!(
                &format!("{}_{version}", stringify!($name)),
                move |ns: &mut Sandbox| $name(ns, plan)
            )),*]
        })
    };
}

mod commands;
mod hosts;
mod refusals;
mod words;

trials! {; commands::trials(), refusals::trials(), words::trials() }

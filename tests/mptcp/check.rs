//! `mptcp check` on the real kernel: a set-up that works, about which nothing is
//! reported, and then one change that breaks it.

mod causes;
mod healthy;
mod lab;
mod live;
mod notes;
mod output;
mod paths;
mod rewritten;

trials! {;
    causes::trials(), healthy::trials(), live::trials(), notes::trials(), output::trials(),
    paths::trials(), rewritten::trials()
}

//! `mptcp check` on the real kernel: a set-up that works, of which nothing is
//! said, and then one change that breaks it.

mod causes;
mod healthy;
mod lab;
mod live;
mod notes;
mod output;
mod rewritten;

trials! {;
    causes::trials(), healthy::trials(), live::trials(), notes::trials(), output::trials(),
    rewritten::trials()
}

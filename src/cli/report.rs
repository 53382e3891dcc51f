//! The words of `report`.

use super::Request;
use super::arguments::Arguments;
use super::grammar::{Command, Object, Words, switch};

/// How much of the host a report names.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Addresses and tokens are replaced.
    pub public: bool,
}

impl Arguments for Report {}

/// The object `report`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "report",
    shortest: "rep",
    of_ip: false,
    answers: false,
    about: "all that a bug report needs, in one text",
    commands: &[],
    default: Some(&REPORT),
};

const REPORT: Command = Command {
    name: "",
    shortest: "",
    about: "Print all that a bug report needs, in one text",
    synopsis: "[ public ]",
    example: "\
mptcp report public >report.txt
    a report that can be published: addresses and tokens are replaced

It sends nothing. Some parts require CAP_NET_ADMIN on older kernels.",
    syntax: &Words {
        words: || {
            let help = "replace addresses and tokens, so that it can be published";
            vec![switch("public", help, |report: &mut Report| {
                &mut report.public
            })]
        },
        request: |report| Ok(Request::Report(*report)),
    },
};

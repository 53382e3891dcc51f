//! Under the name `ip`: handles `ip mptcp` here and passes everything else to
//! the real `ip`.

use std::convert::Infallible;
use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;
use nix::unistd::execv;

use crate::cli::{self, CommandLine, Next};
use crate::failure::Failure;

/// Where the real `ip` may be, in this order.
const PLACES: [&str; 4] = ["/usr/sbin/ip", "/usr/bin/ip", "/sbin/ip", "/bin/ip"];

/// How the program was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `mptcp`, under this or any other name but `ip`.
    Mptcp,
    /// `ip [OPTIONS] mptcp …`.
    IpMptcp,
    /// `ip` with anything else.
    Ip {
        /// It is `ip [OPTIONS] -batch …`.
        batch: bool,
    },
}

impl Call {
    /// Determines this from the name that the program was called by (`argv[0]`)
    /// and the command line.
    ///
    /// Options that `ip` would refuse are left to `ip` to refuse.
    pub fn detect(name: &OsStr, line: &Result<CommandLine, cli::Error>) -> Self {
        if name.as_bytes().rsplit(|&byte| byte == b'/').next() != Some(b"ip") {
            return Call::Mptcp;
        }
        match line {
            Ok(line) if line.next == Next::Command => match line.words {
                _ if line.options.batch.is_some() => Call::Ip { batch: true },
                [object, ..] if cli::is_mptcp(object) => Call::IpMptcp,
                _ => Call::Ip { batch: false },
            },
            _ => Call::Ip { batch: false },
        }
    }
}

/// No other `ip` could be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error(
        "this \"ip\" is mptcp, which handles only \"ip mptcp\", and no other ip is in /usr/sbin, /usr/bin, /sbin or /bin"
    )]
    Missing,
    /// There is one, but it cannot be executed.
    #[error("cannot run {place}: {}", crate::errno::text(*.errno as i32))]
    Exec {
        /// The file.
        place: &'static str,
        /// Why it does not.
        errno: Errno,
    },
}

/// Hands a command line of another object over to the real `ip`. Returns an error
/// if that failed, and nothing if the command line is for this program.
pub fn hand_over(call: Call, file: &OsStr, name: &OsStr, words: &[&OsStr]) -> Option<Error> {
    match call {
        Call::Ip { .. } => Some(exec_other_ip(file, name, words)),
        Call::Mptcp | Call::IpMptcp => None,
    }
}

/// The command line, if this program serves it: its own, or a batch without another
/// `ip`.
///
/// # Errors
/// The options are wrong, or it was for another `ip` that could not be run.
pub fn own<'a>(
    call: Call,
    line: Result<CommandLine<'a>, cli::Error>,
    handed_over: Option<Error>,
) -> Result<CommandLine<'a>, Failure> {
    match (call, handed_over) {
        (_, None) | (Call::Ip { batch: true }, Some(Error::Missing)) => Ok(line?),
        // What is wrong with the options matters more than a missing ip.
        (_, Some(Error::Missing)) => Err(line.err().map_or(Error::Missing.into(), Failure::from)),
        (_, Some(error)) => Err(error.into()),
    }
}

/// Replaces this program with the real `ip`, with the same arguments. Returns
/// only if there is none.
///
/// Call this before anything else: the real `ip` must inherit descriptors,
/// signals and environment unchanged.
///
/// This program itself is recognised by device and inode. Where that fails (a
/// second copy of it, no /proc), the search goes on in what was started, and
/// it ends: the `file` that was executed shows how far the search was.
fn exec_other_ip(file: &OsStr, name: &OsStr, words: &[&OsStr]) -> Error {
    let this = identity("/proc/self/exe");
    let mut failed = None;
    for place in &PLACES[searched(file)..] {
        let there = identity(place);
        if there.is_none() || there == this {
            continue;
        }
        let Err(errno) = start(place, name, words);
        failed = failed.or(Some(Error::Exec { place, errno }));
    }
    failed.unwrap_or(Error::Missing)
}

/// How many of the places were searched by what executed this file.
fn searched(file: &OsStr) -> usize {
    let last = PLACES
        .iter()
        .position(|place| file == marked(place).as_str());
    last.map_or(0, |last| last + 1)
}

/// The same file by a name that nobody types.
fn marked(place: &str) -> String {
    format!("/.//.{place}")
}

fn start(place: &str, name: &OsStr, words: &[&OsStr]) -> Result<Infallible, Errno> {
    let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| Errno::EINVAL);
    let mut arguments = vec![text(name.as_bytes())?];
    for word in words {
        arguments.push(text(word.as_bytes())?);
    }
    execv(&text(marked(place).as_bytes())?, &arguments)
}

/// Device and inode of the file that links lead to, if it is an executable one.
fn identity(path: &str) -> Option<(u64, u64)> {
    let file = fs::metadata(path).ok()?;
    let is_executable = file.is_file() && file.mode() & 0o111 != 0;
    is_executable.then(|| (file.dev(), file.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, line: &str) -> Call {
        let words: Vec<&OsStr> = line.split_whitespace().map(OsStr::new).collect();
        Call::detect(OsStr::new(name), &cli::options::parse(&words))
    }

    #[test]
    fn only_the_name_ip_is_another_program() {
        for name in [
            "mptcp",
            "ipmptcp",
            "/usr/bin/ipmptcp",
            "ipx",
            "IP",
            "ip/x",
            "ip/",
            "",
        ] {
            assert_eq!(call(name, "link"), Call::Mptcp, "{name}");
        }
        for name in ["ip", "/sbin/ip", "./ip", "../a b/ip", "//usr/sbin/ip"] {
            assert_eq!(call(name, "link"), Call::Ip { batch: false }, "{name}");
        }
    }

    #[test]
    fn mptcp_is_found_after_the_options_and_from_two_letters_on() {
        for line in [
            "mptcp",
            "mptcp help",
            "mptc endpoint",
            "mpt e",
            "mp",
            "-j mptcp",
            "--json -n left mptcp endpoint",
            "-n mptcp mptcp",
            "-4 -c=always -f inet6 -rc 10 mptcp monitor",
            "-- mptcp",
            "-l -x mp",
            "mptcp -batch",
        ] {
            assert_eq!(call("ip", line), Call::IpMptcp, "{line}");
        }
    }

    #[test]
    fn all_the_rest_is_handed_over() {
        for line in [
            "",
            "-j",
            "m",
            "ma",
            "mptcpx",
            "MPTCP",
            "link",
            "link mptcp",
            "-n left link",
            "-n mptcp",
            "-n left",
            "-c always mptcp",
            "-V",
            "-V mptcp",
            "-help mptcp",
            "--help mptcp",
            "--version mptcp",
            "-nonsense mptcp",
            "-f help mptcp",
            "-rc x mptcp",
        ] {
            assert_eq!(call("ip", line), Call::Ip { batch: false }, "{line}");
        }
        for line in [
            "-b f",
            "-batch - mptcp",
            "-force -b f -j",
            "-n left -b f link",
        ] {
            assert_eq!(call("ip", line), Call::Ip { batch: true }, "{line}");
        }
    }

    #[test]
    fn the_search_goes_on_after_the_place_this_was_started_from() {
        for name in ["ip", "/usr/sbin/ip", "/bin/ip", "//usr/local/bin/ip", ""] {
            assert_eq!(searched(OsStr::new(name)), 0, "{name}");
        }
        for (place, count) in PLACES.iter().zip(1..) {
            assert_eq!(searched(OsStr::new(&marked(place))), count);
        }
    }
}

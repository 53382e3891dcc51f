//! The kernel's counters of this network namespace: the rows of
//! `/proc/net/netstat` and `/proc/net/snmp`.
//!
//! They count since the namespace was created. Newer kernels have more of them,
//! so they are identified by name.

use std::{fs, io, str};

use crate::errno;

/// The rows of MPTCP.
pub const MPTCP: &str = "MPTcpExt";
/// Further rows of TCP, among them `IPReversePathFilter`, which is IP's.
pub const TCP_EXT: &str = "TcpExt";

/// Where they are: those of the thread, as a process may have threads in
/// several namespaces.
const FILES: [&str; 2] = [
    "/proc/thread-self/net/netstat",
    "/proc/thread-self/net/snmp",
];

/// The counters are not available.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of them cannot be read.
    #[error("cannot read {file}: {}", errno::text_of(.source))]
    Read {
        /// The file.
        file: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The kernel counts nothing about MPTCP.
    #[error("this kernel has no counters of MPTCP (CONFIG_MPTCP).")]
    NoMptcp,
}

/// The counters at one moment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counters {
    tables: Vec<Table>,
}

/// The counters of one protocol, in the kernel's order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Table {
    name: String,
    counters: Vec<(String, u64)>,
}

impl Counters {
    /// Reads all of them.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn read() -> Result<Self, Error> {
        let mut counters = Counters::default();
        for file in FILES {
            let text = fs::read(file).map_err(|source| Error::Read { file, source })?;
            counters.take(&text);
        }
        Ok(counters)
    }

    /// Adds the tables of a file: each is a line of names and a line of
    /// values, which begin with its own name. What is neither is left out.
    pub fn take(&mut self, text: &[u8]) {
        let mut lines = text.split(|byte| *byte == b'\n').filter_map(line);
        while let Some((name, names)) = lines.next() {
            let Some((same, values)) = lines.next() else {
                return;
            };
            if name != same {
                continue;
            }
            let pairs = names.split_ascii_whitespace();
            let pairs = pairs.zip(values.split_ascii_whitespace());
            // A few are settings, and may be negative.
            let counter = |(name, value): (&str, &str)| Some((name.into(), value.parse().ok()?));
            self.tables.push(Table {
                name: name.to_owned(),
                counters: pairs.filter_map(counter).collect(),
            });
        }
    }

    /// One counter of a table; `None`: this kernel has none of that name.
    pub fn get(&self, table: &str, name: &str) -> Option<u64> {
        let mut all = self.table(table);
        all.find_map(|(known, value)| (known == name).then_some(value))
    }

    /// One of MPTCP's counters.
    pub fn mptcp(&self, name: &str) -> Option<u64> {
        self.get(MPTCP, name)
    }

    /// MPTCP's counters, in the kernel's order.
    ///
    /// # Errors
    /// [`Error::NoMptcp`].
    pub fn mptcp_table(&self) -> Result<impl Iterator<Item = (&str, u64)>, Error> {
        let mut counters = self.table(MPTCP).peekable();
        match counters.peek() {
            Some(_) => Ok(counters),
            None => Err(Error::NoMptcp),
        }
    }

    /// The counters of a table, in the kernel's order.
    pub fn table(&self, name: &str) -> impl Iterator<Item = (&str, u64)> {
        let tables = self.tables.iter().filter(move |table| table.name == name);
        tables
            .flat_map(|table| &table.counters)
            .map(|(name, value)| (name.as_str(), *value))
    }
}

fn line(line: &[u8]) -> Option<(&str, &str)> {
    str::from_utf8(line).ok()?.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Counters {
        let mut counters = Counters::default();
        counters.take(text.as_bytes());
        counters
    }

    #[test]
    fn counters_are_found_by_table_and_name() {
        let counters = of("Tcp: MaxConn A B\nTcp: -1 7 18446744073709551615\nIp: A\nIp: 3\n");
        assert_eq!(counters.get("Tcp", "A"), Some(7));
        assert_eq!(counters.get("Tcp", "B"), Some(u64::MAX));
        assert_eq!(counters.get("Ip", "A"), Some(3));
        assert_eq!(counters.get("Ip", "B"), None);
        assert_eq!(counters.get("Tcp", "MaxConn"), None);
        assert_eq!(counters.table("Tcp").count(), 2);
    }

    #[test]
    fn what_is_no_table_is_left_out() {
        for text in [
            "",
            "\n\n",
            "Tcp: A",
            "Tcp: A\nIp: 1",
            "A 1\n",
            "Tcp: A\nTcp:\n",
            ":\n:",
        ] {
            assert_eq!(of(text).table("Tcp").count(), 0, "{text:?}");
        }
        let mut counters = Counters::default();
        counters.take(b"\xff: A\n\xff: 1\nTcp: A\nTcp: 1\n\xff");
        assert_eq!(counters.get("Tcp", "A"), Some(1));
    }

    #[test]
    fn this_kernel_has_them() {
        let counters = Counters::read().unwrap();
        assert!(counters.get("Tcp", "AttemptFails").is_some());
        assert!(counters.get("Ip", "OutNoRoutes").is_some());
        assert!(counters.get(TCP_EXT, "IPReversePathFilter").is_some());
    }
}

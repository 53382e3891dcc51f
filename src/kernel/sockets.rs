//! MPTCP connections and their subflows (`linux/sock_diag.h`).

use std::os::fd::{AsFd, BorrowedFd};

use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use nix::libc::{ENOENT, EPROTONOSUPPORT};

use crate::diag::connection::Connection;
use crate::diag::request::{Request, SOCK_DIAG_BY_FAMILY, States};
use crate::diag::select::{Condition, Selector};
use crate::diag::socket::{Family, Info, Protocol, Socket, State};
use crate::diag::tree::Tree;
use crate::netlink::{self, Incoming, Message, Refusal, Transport};

/// Why connections cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel has no `sock_diag`, or none for TCP.
    #[error("this kernel cannot list its sockets (CONFIG_INET_DIAG).")]
    NoSockDiag,
    /// The kernel has `sock_diag`, but not for MPTCP.
    #[error("this kernel cannot list MPTCP connections (CONFIG_INET_MPTCP_DIAG).")]
    NoMptcpDiag,
    /// No connection has this token.
    #[error("no connection has the token {0:08x}.")]
    NoConnection(u32),
    /// The kernel refused, or could not be asked.
    #[error(transparent)]
    Netlink(#[from] netlink::Error),
}

/// What the kernel did not show.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Missing {
    /// The subflows' MPTCP part, as [`Tree::subflows_hidden`] has it.
    pub subflow_info: bool,
}

/// A conversation about sockets.
#[derive(Debug)]
pub struct Sockets<T = netlink::Socket>(netlink::Connection<T>);

impl Sockets {
    /// Opens a socket to the kernel.
    ///
    /// # Errors
    /// [`Error::NoSockDiag`], or that no socket could be opened.
    pub fn open() -> Result<Self, Error> {
        match netlink::Connection::open(NETLINK_SOCK_DIAG) {
            Ok(connection) => Ok(Sockets(connection)),
            Err(netlink::Error::Open(error)) if error.raw_os_error() == Some(EPROTONOSUPPORT) => {
                Err(Error::NoSockDiag)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Its socket can look up devices as well.
impl<T: AsFd> AsFd for Sockets<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl<T: Transport> Sockets<T> {
    /// A conversation over an open transport.
    pub fn over(transport: T) -> Self {
        Sockets(netlink::Connection::over(transport))
    }

    /// Passes the connections that the selector chooses to `each`, one by one
    /// as the kernel reports them: those that listen, then those of the MPTCP
    /// dumps, then those that only the TCP dumps have. If tokens are selected,
    /// only these connections are requested.
    ///
    /// The kernel reports sockets while they change. Connections without subflows
    /// are requested once more, and those that have ended are left out.
    /// `NLM_F_DUMP_INTR` would mean no more than that some changed, and is ignored.
    ///
    /// # Errors
    /// [`Error::NoConnection`] at last for a token that is not known; the first
    /// error of `each`, which ends it.
    pub fn connections<E: From<Error>>(
        &mut self,
        selector: &Selector,
        mut each: impl FnMut(Connection) -> Result<(), E>,
    ) -> Result<Missing, E> {
        let mut tree = Tree::default();
        self.listeners(&mut tree, selector)?;
        let mut chosen = |connection: Connection| {
            if selector.matches(&connection) {
                each(connection)
            } else {
                Ok(())
            }
        };
        for listening in tree.listening() {
            chosen(listening.clone())?;
        }
        let listening = |condition: &Condition| *condition == Condition::Listening;
        if selector.tokens.is_empty()
            && !selector.conditions.is_empty()
            && selector.conditions.iter().all(listening)
        {
            return Ok(Missing::default());
        }
        let mut named = Vec::new();
        for token in &selector.tokens {
            named.push((*token, self.by_token(*token)?));
        }
        self.dump(&Request::SUBFLOWS, |socket| {
            tree.add(socket);
            Ok::<(), Error>(())
        })?;
        let mut incomplete = Vec::new();
        let mut complete = |connection: Connection| {
            if connection.token.is_some() && connection.subflows.is_empty() {
                incomplete.push(connection);
                return Ok(());
            }
            chosen(connection)
        };
        if selector.tokens.is_empty() {
            self.dump(&Request::CONNECTIONS, |socket| {
                complete(tree.connection(socket))
            })?;
        }
        let mut unknown = Vec::new();
        for (token, socket) in named {
            match socket {
                Some(socket) => complete(tree.connection(socket))?,
                None => unknown.push(token),
            }
        }
        let mut missing = Missing {
            subflow_info: tree.subflows_hidden(),
        };
        let mut later = tree.later();
        for connection in tree.rest() {
            unknown.retain(|token| Some(*token) != connection.token);
            chosen(connection)?;
        }
        if !incomplete.is_empty() {
            self.dump(&Request::SUBFLOWS, |socket| {
                later.add(socket);
                Ok::<(), Error>(())
            })?;
            for connection in incomplete {
                let token = connection.token.unwrap_or_default();
                let mut connection = later.complete(connection);
                if connection.subflows.is_empty() {
                    let Some(socket) = self.by_token(token)? else {
                        unknown.extend(Some(token).filter(|token| selector.tokens.contains(token)));
                        continue;
                    };
                    connection = later.connection(socket);
                }
                chosen(connection)?;
            }
            missing.subflow_info |= later.subflows_hidden();
        }
        match unknown.first() {
            Some(token) => Err(self.no_connection(*token).into()),
            None => Ok(missing),
        }
    }

    /// Passes each TCP socket in one of these states to `each`, including
    /// subflows.
    ///
    /// # Errors
    /// As for [`Sockets::connections`].
    pub fn tcp(&mut self, states: States, mut each: impl FnMut(Socket)) -> Result<(), Error> {
        let dump = |family| Request::Dump {
            protocol: Protocol::Tcp,
            family,
            states,
        };
        self.dump(&[dump(Family::V4), dump(Family::V6)], |socket| {
            each(socket);
            Ok::<(), Error>(())
        })
    }

    /// Gives the tree the sockets that listen with MPTCP, as the kernel reports
    /// them with the least effort.
    fn listeners(&mut self, tree: &mut Tree, selector: &Selector) -> Result<(), Error> {
        if !selector.conditions.contains(&Condition::Listening) {
            let (mut has_listeners, mut has_subflows) = (false, false);
            self.dump(&Request::TCP_LISTENING, |socket| {
                has_listeners = true;
                if let Info::Tcp { subflow, .. } = &socket.info
                    && subflow.is_some()
                {
                    has_subflows = true;
                    tree.add(Socket {
                        header: socket.header,
                        info: Info::Mptcp(None),
                    });
                }
                Ok::<(), Error>(())
            })?;
            // Else the kernel may hide which ones they are.
            if has_subflows || !has_listeners {
                return Ok(());
            }
        }
        self.dump(&Request::LISTENING, |socket| {
            tree.add(socket);
            Ok(())
        })
    }

    /// Why there is no connection with that token. For one, a kernel
    /// without `mptcp_diag` answers the same as one that does not know it.
    fn no_connection(&mut self, token: u32) -> Error {
        let request = self.dump(&Request::LISTENING, |_| Ok::<(), Error>(()));
        request.err().unwrap_or(Error::NoConnection(token))
    }

    /// Passes each socket of some dumps to `each`.
    fn dump<E: From<Error>>(
        &mut self,
        requests: &[Request],
        mut each: impl FnMut(Socket) -> Result<(), E>,
    ) -> Result<(), E> {
        for request in requests {
            let protocol = request.protocol();
            let dumped = self.0.dump(&mut message(*request), |entry| {
                each(decode(entry, protocol)?).map_err(Stopped::ByCaller)
            });
            match dumped {
                Ok(_) => {}
                Err(Stopped::ByKernel(error)) => return Err(of_dump(error, protocol).into()),
                Err(Stopped::ByCaller(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// The MPTCP socket with that token. None where it is not known: a subflow
    /// that is still closing may show it all the same.
    fn by_token(&mut self, token: u32) -> Result<Option<Socket>, Error> {
        let request = Request::Connection { token };
        let protocol = request.protocol();
        match self
            .0
            .get(message(request), |entry| decode(entry, protocol))
        {
            Ok(socket) => Ok(Some(socket).filter(|socket| socket.header.state != State::Closed)),
            Err(netlink::Error::Refused(Refusal { errno: ENOENT, .. })) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// What ended a dump early.
enum Stopped<E> {
    ByKernel(netlink::Error),
    ByCaller(E),
}

impl<E> From<netlink::Error> for Stopped<E> {
    fn from(error: netlink::Error) -> Self {
        Stopped::ByKernel(error)
    }
}

fn message(request: Request) -> Message {
    let mut message = Message::new(SOCK_DIAG_BY_FAMILY);
    message.push(&request.to_bytes());
    message
}

fn decode(entry: Incoming, protocol: Protocol) -> Result<Socket, netlink::Error> {
    match entry.kind {
        SOCK_DIAG_BY_FAMILY => Ok(Socket::decode(entry.payload, protocol)?),
        other => Err(netlink::Error::Type(other)),
    }
}

/// A kernel without a handler for a protocol reports that at the end of its dump,
/// or at once where it has none for the family either.
fn of_dump(error: netlink::Error, protocol: Protocol) -> Error {
    match error {
        netlink::Error::Refused(Refusal { errno: ENOENT, .. })
        | netlink::Error::DumpRefused(Refusal { errno: ENOENT, .. }) => match protocol {
            Protocol::Mptcp => Error::NoMptcpDiag,
            Protocol::Tcp => Error::NoSockDiag,
        },
        error => Error::Netlink(error),
    }
}

//! The commands of the path manager.

/// `enum mptcp_pm_cmds`: the commands of the path manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Command {
    /// Adds an endpoint.
    AddAddr = 1,
    /// Removes an endpoint.
    DelAddr = 2,
    /// Asks for one endpoint, or for all as a dump.
    GetAddr = 3,
    /// Removes all endpoints.
    FlushAddrs = 4,
    /// Sets the limits.
    SetLimits = 5,
    /// Asks for the limits.
    GetLimits = 6,
    /// Changes the flags of an endpoint, or the priority of a subflow.
    SetFlags = 7,
    /// Announces an address to the peer of one connection (since Linux 5.19).
    Announce = 8,
    /// Withdraws an announced address (since Linux 5.19).
    Remove = 9,
    /// Opens a subflow of one connection (since Linux 5.19).
    SubflowCreate = 10,
    /// Closes a subflow of one connection (since Linux 5.19).
    SubflowDestroy = 11,
}

//! What MPTCP's counters mean. The names are the kernel's (`net/mptcp/mib.c`);
//! the next edit for a newer kernel is a line here.

use Group::{Addresses, Data, Fallback, Handshake, Joins};

/// What counters are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// The first subflow of a connection.
    Handshake,
    /// Additional subflows.
    Joins,
    /// Announcements.
    Addresses,
    /// Fallback to plain TCP.
    Fallback,
    /// What follows the handshakes.
    Data,
    /// Unknown to this program.
    Other,
}

impl Group {
    pub(super) const ALL: [Self; 6] = [Handshake, Joins, Addresses, Fallback, Data, Group::Other];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Handshake => "handshake",
            Joins => "joins",
            Addresses => "addresses",
            Fallback => "fallback",
            Data => "data",
            Group::Other => "other",
        }
    }
}

/// Each counter with its group and its meaning.
#[rustfmt::skip]
pub(super) const TABLE: [(&str, Group, &str); 76] = [
    ("MPCapableSYNTX", Handshake, "connections that this host opened with MPTCP"),
    ("MPCapableSYNACKRX", Handshake, "of these, answered with MPTCP"),
    ("MPCapableSYNTXDrop", Handshake, "given up with MPTCP, as no SYN that asked for it was answered"),
    ("MPCapableSYNTXDisabled", Handshake, "opened without MPTCP, as a blackhole was found before"),
    ("MPCapableEndpAttempt", Handshake, "opened to a port that an endpoint announced"),
    ("MPCapableSYNRX", Handshake, "SYNs received that asked for MPTCP"),
    ("MPCapableACKRX", Handshake, "connections that this host accepted with MPTCP"),
    ("MPCurrEstab", Handshake, "MPTCP connections that are established now"),

    ("MPJoinSynTx", Joins, "further subflows that this host began to open"),
    ("MPJoinSynTxCreatSkErr", Joins, "not opened: there was no socket for it"),
    ("MPJoinSynTxBindErr", Joins, "not opened: its address or device is not here"),
    ("MPJoinSynTxConnectErr", Joins, "not opened: no route, or the link is down"),
    ("MPJoinSynAckRx", Joins, "of those begun, answered by the peer"),
    ("MPJoinSynAckBackupRx", Joins, "of these, as backups"),
    ("MPJoinSynAckHMacFailure", Joins, "answers with a wrong HMAC: another host, or changed options"),
    ("MPJoinSynRx", Joins, "requests for a further subflow, received"),
    ("MPJoinSynBackupRx", Joins, "of these, as backups"),
    ("MPJoinAckRx", Joins, "further subflows that this host accepted"),
    ("MPJoinAckHMacFailure", Joins, "refused: the HMAC was wrong, so another host, or changed options"),
    ("MPJoinNoTokenFound", Joins, "refused: no connection has that token"),
    ("MPJoinRejected", Joins, "refused: the limit of subflows was reached, or the connection closing"),
    ("MPJoinPortSynRx", Joins, "requests to a port that was announced, received"),
    ("MPJoinPortSynAckRx", Joins, "answers from a port that the peer announced"),
    ("MPJoinPortAckRx", Joins, "further subflows accepted on a port that was announced"),
    ("MismatchPortSynRx", Joins, "requests to a port that nobody announced"),
    ("MismatchPortAckRx", Joins, "last steps of such a request"),

    ("AddAddr", Addresses, "addresses that peers announced (ADD_ADDR)"),
    ("PortAdd", Addresses, "of these, with a port"),
    ("AddAddrDrop", Addresses, "of these, not used: the limit, or the path manager is full"),
    ("AddAddrTx", Addresses, "announcements sent, those sent again included"),
    ("AddAddrTxDrop", Addresses, "announcements not sent: no room in the packet, or another one waits"),
    ("EchoAdd", Addresses, "announcements that peers confirmed"),
    ("EchoAddTx", Addresses, "announcements of peers that this host confirmed"),
    ("EchoAddTxDrop", Addresses, "confirmations not sent: no room in the packet"),
    ("RmAddr", Addresses, "addresses that peers withdrew (REMOVE_ADDR)"),
    ("RmAddrDrop", Addresses, "of these, of no effect: nothing was known of them"),
    ("RmAddrTx", Addresses, "addresses that this host withdrew"),
    ("RmAddrTxDrop", Addresses, "withdrawals not sent: no room in the packet"),
    ("RmSubflow", Addresses, "subflows that ended as an address was withdrawn"),
    ("MPPrioTx", Addresses, "times that a peer was told whether a subflow is a backup"),
    ("MPPrioRx", Addresses, "times that a peer told so"),

    ("MPCapableFallbackSYNACK", Fallback, "answered without MPTCP: a peer without it, or a path that strips it"),
    ("MPCapableFallbackACK", Fallback, "accepted, then without MPTCP from the handshake's last packet on"),
    ("MPFallbackTokenInit", Fallback, "no token could be had for a new connection"),
    ("MPCapableDataFallback", Fallback, "without MPTCP from the first data on"),
    ("MD5SigFallback", Fallback, "no room for MPTCP beside MD5 signatures"),
    ("DssFallback", Fallback, "data came without its mapping, early enough to go on as TCP"),
    ("DSSCorruptionFallback", Fallback, "a mapping was wrong, and the connection went on as TCP"),
    ("DSSCorruptionReset", Fallback, "a mapping was wrong, and the subflow was reset"),
    ("DSSNoMatchTCP", Fallback, "mappings that another one contradicts: something rewrites data"),
    ("DSSNotMatching", Fallback, "data that is not what its mapping tells of"),
    ("InfiniteMapTx", Fallback, "connections that this host turned into TCP for good"),
    ("InfiniteMapRx", Fallback, "connections that peers turned into TCP for good"),
    ("SimultConnectFallback", Fallback, "both ends connected at the same time"),
    ("FallbackFailed", Fallback, "it was too late to go on as TCP"),
    ("Blackhole", Fallback, "times that MPTCP was switched off for a while, as paths drop it"),

    ("MPTCPRetrans", Data, "segments that were sent again on another subflow"),
    ("DataCsumErr", Data, "data with a wrong checksum: something rewrites it"),
    ("OFOQueueTail", Data, "segments that waited for earlier ones, behind all others"),
    ("OFOQueue", Data, "segments that waited for earlier ones"),
    ("OFOMerge", Data, "of these, put together"),
    ("NoDSSInWindow", Data, "segments outside of the window"),
    ("DuplicateData", Data, "segments that came a second time"),
    ("MPFailTx", Data, "times that this host told a peer of a wrong checksum"),
    ("MPFailRx", Data, "times that a peer told so"),
    ("MPFastcloseTx", Data, "connections that this host broke off"),
    ("MPFastcloseRx", Data, "connections that peers broke off"),
    ("MPRstTx", Data, "subflows that this host reset, with a reason"),
    ("MPRstRx", Data, "subflows that peers reset, with a reason"),
    ("SubflowStale", Data, "subflows taken out of use, as nothing came through"),
    ("SubflowRecover", Data, "of these, in use again"),
    ("SndWndShared", Data, "times that a subflow learned of a larger window from another one"),
    ("RcvWndShared", Data, "times that a window announced on one subflow held for another one"),
    ("RcvWndConflictUpdate", Data, "times that two subflows announced windows at once, and one was mended"),
    ("RcvWndConflict", Data, "times that two subflows announced windows at once"),
    ("WinProbe", Data, "probes of a window that is closed"),
];

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
pub(super) const TABLE: [(&str, Group, &str); 86] = [
    ("MPCapableSYNTX", Handshake, "SYNs with MP_CAPABLE sent: connections that this host opened with MPTCP"),
    ("MPCapableSYNACKRX", Handshake, "SYN/ACKs with MP_CAPABLE received: connections that the peer agreed to"),
    ("MPCapableSYNTXDrop", Handshake, "connections that fell back to TCP after unanswered SYNs with MP_CAPABLE"),
    ("MPCapableSYNTXDisabled", Handshake, "connections opened without MPTCP because of a blackhole found earlier"),
    ("MPCapableEndpAttempt", Handshake, "SYNs refused, with or without MPTCP, on a port of an endpoint"),
    ("MPCapableSYNRX", Handshake, "SYNs with MP_CAPABLE received"),
    ("MPCapableACKRX", Handshake, "third ACKs with MP_CAPABLE received: connections that this host accepted"),
    ("MPCurrEstab", Handshake, "connections in the states established and close-wait now, fallbacks included"),

    ("MPJoinSynTx", Joins, "SYNs with MP_JOIN sent: additional subflows that this host began to open"),
    ("MPJoinSynTxCreatSkErr", Joins, "additional subflows not opened: no socket could be created"),
    ("MPJoinSynTxBindErr", Joins, "additional subflows not opened: the address or device is not on this host"),
    ("MPJoinSynTxConnectErr", Joins, "additional subflows not opened: no route, or the link is down"),
    ("MPJoinSynAckRx", Joins, "SYN/ACKs with MP_JOIN received: joins that the peer answered"),
    ("MPJoinSynAckBackupRx", Joins, "SYN/ACKs with MP_JOIN received that ask for a backup subflow"),
    ("MPJoinSynAckHMacFailure", Joins, "SYN/ACKs with a wrong HMAC: another host, or options were changed"),
    ("MPJoinSynAckNoMPJoin", Joins, "SYN/ACKs received without the MP_JOIN asked for: stripped, or another host"),
    ("MPJoinSynRx", Joins, "SYNs with MP_JOIN received: additional subflows that peers began to open"),
    ("MPJoinSynBackupRx", Joins, "SYNs with MP_JOIN received that ask for a backup subflow"),
    ("MPJoinAckRx", Joins, "third ACKs with MP_JOIN received: additional subflows that peers completed"),
    ("MPJoinAckHMacFailure", Joins, "joins refused: the third ACK has a wrong HMAC (NAT, or options were changed)"),
    ("MPJoinAckNoMPJoin", Joins, "joins refused: the third ACK came without MP_JOIN, which was stripped"),
    ("MPJoinAckNoCtx", Joins, "joins refused: no memory for the new subflow"),
    ("MPJoinNoTokenFound", Joins, "joins refused: no connection has that token"),
    ("MPJoinNoIdFound", Joins, "joins refused: the address that they came to got no local id"),
    ("MPJoinRejected", Joins, "joins refused: the limit of subflows was reached, or the connection was closing"),
    ("MPJoinNotEstablished", Joins, "joins reset: the connection was not fully established yet, or closing"),
    ("MPJoinPortSynRx", Joins, "SYNs with MP_JOIN received on a port that this host announced"),
    ("MPJoinPortSynAckRx", Joins, "SYN/ACKs with MP_JOIN received from a port that the peer announced"),
    ("MPJoinPortAckRx", Joins, "third ACKs with MP_JOIN received on a port that this host announced"),
    ("MismatchPortSynRx", Joins, "SYNs with MP_JOIN received on a port that this host did not announce"),
    ("MismatchPortAckRx", Joins, "third ACKs with MP_JOIN received on a port that this host did not announce"),

    ("AddAddr", Addresses, "ADD_ADDRs received, repeated ones included"),
    ("PortAdd", Addresses, "ADD_ADDRs with a port received, announcements and echoes"),
    ("AddAddrDrop", Addresses, "ADD_ADDRs not used: the path manager was busy, or no daemon listens"),
    ("AddAddrTx", Addresses, "ADD_ADDRs sent, repeated ones included"),
    ("AddAddrTxDrop", Addresses, "ADD_ADDRs not sent: no room among the TCP options, or another one waits"),
    ("EchoAdd", Addresses, "ADD_ADDR echoes received: announcements that peers confirmed"),
    ("EchoAddTx", Addresses, "ADD_ADDR echoes sent: announcements that this host confirmed"),
    ("EchoAddTxDrop", Addresses, "ADD_ADDR echoes not sent: no room among the TCP options, or another one waits"),
    ("RmAddr", Addresses, "addresses that peers withdrew (REMOVE_ADDR)"),
    ("RmAddrDrop", Addresses, "REMOVE_ADDRs received and not handled: an earlier one still waits"),
    ("RmAddrTx", Addresses, "addresses that this host withdrew (REMOVE_ADDR)"),
    ("RmAddrTxDrop", Addresses, "REMOVE_ADDRs not sent: another signal waits"),
    ("RmSubflow", Addresses, "subflows that this host closed: their endpoint was deleted, or by command"),
    ("MPPrioTx", Addresses, "MP_PRIOs sent: changes of a subflow's backup flag"),
    ("MPPrioRx", Addresses, "MP_PRIOs received: changes of a subflow's backup flag"),

    ("MPCapableFallbackSYNACK", Fallback, "SYN/ACKs without MP_CAPABLE: the peer has no MPTCP, or it was stripped"),
    ("MPCapableFallbackACK", Fallback, "accepted connections whose third ACK came without MP_CAPABLE"),
    ("MPFallbackTokenInit", Fallback, "connections opened without MPTCP: no token could be allocated"),
    ("MPCapableDataFallback", Fallback, "connections that fell back: the first data came without MPTCP"),
    ("MD5SigFallback", Fallback, "connections opened without MPTCP: TCP MD5 signatures leave no room"),
    ("MD5SigReset", Fallback, "SYNs refused: the listening socket uses TCP MD5 signatures"),
    ("DssFallback", Fallback, "connections that fell back: data with no mapping, or an invalid one"),
    ("DssReset", Fallback, "subflows reset: data with no mapping, or an invalid one, too late to fall back"),
    ("DSSCorruptionFallback", Fallback, "connections that fell back: a mapping was corrupt"),
    ("DSSCorruptionReset", Fallback, "subflows reset: a mapping was corrupt"),
    ("DSSNoMatchTCP", Fallback, "segments that their mapping does not cover: something rewrites the stream"),
    ("DSSNotMatching", Fallback, "mappings that contradict the one in force: something rewrites the stream"),
    ("InfiniteMapTx", Fallback, "connections that this host turned into TCP for good (infinite mapping sent)"),
    ("InfiniteMapRx", Fallback, "connections that the peer turned into TCP for good (infinite mapping received)"),
    ("SimultConnectFallback", Fallback, "connections that fell back: both ends connected at the same time"),
    ("FallbackFailed", Fallback, "subflows reset: it was too late to fall back"),
    ("Blackhole", Fallback, "times that MPTCP was disabled for a while, since SYNs with it are dropped"),

    ("MPTCPRetrans", Data, "segments sent again by MPTCP, mostly on another subflow"),
    ("DataCsumErr", Data, "mappings with a wrong checksum: something rewrites data"),
    ("OFOQueueTail", Data, "segments queued out of order, after all others"),
    ("OFOQueue", Data, "segments queued out of order"),
    ("OFOMerge", Data, "segments merged into others in the out-of-order queue"),
    ("OFOPruned", Data, "times that the out-of-order queue was pruned for lack of buffer space"),
    ("NoDSSInWindow", Data, "segments dropped: outside of the receive window"),
    ("DuplicateData", Data, "segments dropped: their data had been received before"),
    ("RcvPruned", Data, "segments dropped: no receive buffer space"),
    ("BacklogDrop", Data, "segments dropped: the connection's backlog was full"),
    ("MPFailTx", Data, "MP_FAILs sent: checksums that were wrong on arrival"),
    ("MPFailRx", Data, "MP_FAILs received: checksums that were wrong at the peer"),
    ("MPFastcloseTx", Data, "MP_FASTCLOSEs sent, one on each subflow: connections that this host aborted"),
    ("MPFastcloseRx", Data, "MP_FASTCLOSEs received, one on each subflow: connections that peers aborted"),
    ("MPRstTx", Data, "MP_TCPRSTs sent: subflows that this host reset, with a reason"),
    ("MPRstRx", Data, "MP_TCPRSTs received: subflows that peers reset, with a reason"),
    ("SubflowStale", Data, "subflows marked stale: their data timed out, and others carry it"),
    ("SubflowRecover", Data, "stale subflows that are in use again"),
    ("SndWndShared", Data, "times that a subflow took over a larger send window from another one"),
    ("RcvWndShared", Data, "times that a subflow announced the window of another one"),
    ("RcvWndConflictUpdate", Data, "window announcements raised, since another subflow announced more"),
    ("RcvWndConflict", Data, "window announcements that met another subflow's at the same time"),
    ("WinProbe", Data, "probes of a closed window, sent by MPTCP"),
];

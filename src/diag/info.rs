//! What the kernel measures about a connection and its subflows.

/// A connection's state, `struct mptcp_info` of `linux/mptcp.h`.
///
/// The structure grew with the kernel. What a kernel does not report yet is
/// `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MptcpInfo {
    /// Identifies the connection on this host (RFC 8684, section 3.2).
    pub token: u32,
    /// `MPTCP_INFO_FLAG_*`, see [`fell_back`](Self::fell_back) and
    /// [`has_remote_key`](Self::has_remote_key).
    pub flags: u32,
    /// Additional subflows, those still connecting included: the path
    /// manager's count, which leaves out the first subflow.
    pub subflows: u8,
    /// Addresses announced to the peer with ADD_ADDR.
    pub add_addr_signal: u8,
    /// Addresses accepted from the peer.
    pub add_addr_accepted: u8,
    /// Most additional subflows that the path manager opens or accepts.
    pub subflows_max: u8,
    /// Endpoints with the `signal` flag.
    pub add_addr_signal_max: u8,
    /// Most addresses that are accepted from the peer.
    pub add_addr_accepted_max: u8,
    /// Local addresses in use for subflows, since Linux 5.12.
    pub local_addr_used: Option<u8>,
    /// Endpoints with the `subflow` flag, since Linux 5.12.
    pub local_addr_max: Option<u8>,
    /// Whether data is checksummed, since Linux 5.14. Linux 5.12 and 5.13
    /// cannot, and say `false`.
    pub csum_enabled: Option<bool>,
    /// All established subflows, since Linux 6.8.
    pub subflows_total: Option<u8>,
    /// Endpoints with the `laminar` flag, since Linux 6.18. Kernels from 6.10
    /// on say 0.
    pub endp_laminar_max: Option<u8>,
    /// Endpoints with the `fullmesh` flag, in kernels after Linux 6.18. Those
    /// from 6.10 on say 0.
    pub endp_fullmesh_max: Option<u8>,
    /// Data sequence number of the next byte that is sent.
    pub write_seq: u64,
    /// First data sequence number that the peer did not acknowledge yet.
    pub snd_una: u64,
    /// Data sequence number of the next byte that is expected.
    pub rcv_nxt: u64,
    /// What was carried so far, since Linux 6.5.
    pub traffic: Option<Traffic>,
    /// For how long there was none, since Linux 6.10.
    pub idle: Option<Idle>,
}

/// The bytes that a connection carried, each once, on whatever subflow.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Traffic {
    /// How often data was sent again on another subflow.
    pub retransmits: u32,
    /// Bytes that were sent again on another subflow.
    pub bytes_retrans: u64,
    /// Bytes sent for the first time.
    pub bytes_sent: u64,
    /// Bytes received in order.
    pub bytes_received: u64,
    /// Bytes that the peer acknowledged.
    pub bytes_acked: u64,
}

/// Milliseconds since something last happened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Idle {
    pub last_data_sent_ms: u32,
    pub last_data_recv_ms: u32,
    pub last_ack_recv_ms: u32,
}

/// A subflow as TCP sees it: the part of `struct tcp_info` of `linux/tcp.h`
/// that is shown. Every kernel with MPTCP reports all of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TcpInfo {
    /// Timeouts in a row for the segment that waits for its acknowledgement.
    pub retransmits: u8,
    /// Largest segment that is sent, in bytes.
    pub snd_mss: u32,
    /// Congestion window, in segments.
    pub snd_cwnd: u32,
    /// Smoothed round-trip time, in microseconds; 0 before the first
    /// measurement.
    pub rtt_us: u32,
    /// How much the round-trip time varies, in microseconds.
    pub rttvar_us: u32,
    /// Smallest round-trip time of late, in microseconds; all bits set before
    /// the first measurement.
    pub min_rtt_us: u32,
    /// Segments that were sent again, ever.
    pub total_retrans: u32,
    /// Milliseconds since something last happened.
    pub idle: Idle,
    /// Bytes that the peer acknowledged.
    pub bytes_acked: u64,
    /// Bytes received in order.
    pub bytes_received: u64,
    /// Payload bytes sent, those sent again included.
    pub bytes_sent: u64,
    /// Payload bytes sent again.
    pub bytes_retrans: u64,
    /// The latest measured rate of delivery, in bytes a second.
    pub delivery_rate: u64,
}

/// A subflow as MPTCP sees it: `MPTCP_SUBFLOW_ATTR_*` of `linux/mptcp.h`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SubflowInfo {
    /// The peer's token, set on joins that this host made, else 0.
    pub token_rem: u32,
    /// The token of the subflow's connection; 0 where MPTCP was not tried.
    pub token_loc: u32,
    /// Bytes sent on the subflow, as an offset in its own sequence space.
    pub relwrite_seq: u32,
    /// The current mapping of the subflow's bytes to the connection's
    /// (RFC 8684, section 3.3.1): where it starts in the connection.
    pub map_seq: u64,
    /// Where the mapping starts in the subflow.
    pub map_sfseq: u32,
    /// The subflow's first sequence number behind its handshake.
    pub ssn_offset: u32,
    /// How many bytes the mapping covers.
    pub map_datalen: u16,
    /// See [`SubflowFlags`].
    pub flags: SubflowFlags,
    /// The peer's address id (RFC 8684, section 3.2).
    pub id_rem: u8,
    /// Our address id.
    pub id_loc: u8,
}

/// `MPTCP_SUBFLOW_FLAG_*` of `linux/mptcp.h`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SubflowFlags(pub u32);

impl MptcpInfo {
    /// Whether the connection is plain TCP, `MPTCP_INFO_FLAG_FALLBACK`.
    pub const fn fell_back(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether the peer's key arrived, `MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED`:
    /// its answer had MPTCP.
    pub const fn has_remote_key(&self) -> bool {
        self.flags & 1 << 1 != 0
    }
}

impl SubflowFlags {
    /// The handshake agreed on MP_CAPABLE, which makes a new connection.
    pub const fn mp_capable(self) -> bool {
        self.0 & 1 != 0
    }

    /// This host asked for MP_CAPABLE.
    pub const fn mp_capable_requested(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// The handshake agreed on MP_JOIN, which adds to a connection.
    pub const fn mp_join(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// This host asked for MP_JOIN.
    pub const fn mp_join_requested(self) -> bool {
        self.0 & 1 << 3 != 0
    }

    /// Whether the subflow joined, or tries to join, a connection.
    pub const fn is_join(self) -> bool {
        self.mp_join() || self.mp_join_requested()
    }

    /// The peer wants it used as a backup only.
    pub const fn backup_rem(self) -> bool {
        self.0 & 1 << 4 != 0
    }

    /// This host wants it used as a backup only.
    pub const fn backup_loc(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    /// The peer showed that it knows of the subflow's end of the handshake
    /// (RFC 8684, section 3.1).
    pub const fn fully_established(self) -> bool {
        self.0 & 1 << 6 != 0
    }

    /// The three-way handshake is over.
    pub const fn connected(self) -> bool {
        self.0 & 1 << 7 != 0
    }

    /// The current mapping is in use.
    pub const fn map_valid(self) -> bool {
        self.0 & 1 << 8 != 0
    }
}

//! What the kernel measures about a connection, and about TCP below it.

use netlink_packet_core::DecodeError;

use super::fields::Fields;

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
    /// cannot, and report `false`.
    pub csum_enabled: Option<bool>,
    /// All established subflows, since Linux 6.8.
    pub subflows_total: Option<u8>,
    /// Endpoints with the `laminar` flag, since Linux 6.18. Kernels from 6.10
    /// on report 0.
    pub endp_laminar_max: Option<u8>,
    /// Endpoints with the `fullmesh` flag, in kernels after Linux 6.18. Those
    /// from 6.10 on report 0.
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
    /// How often in a row the retransmission timeout was doubled.
    pub backoff: u8,
    /// The retransmission timeout, in microseconds.
    pub rto_us: u32,
    /// Segments sent and not acknowledged yet.
    pub unacked: u32,
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

impl MptcpInfo {
    /// Reads the structure, as long as the kernel gives it.
    ///
    /// # Errors
    ///
    /// If it is shorter than that of Linux 5.9, the first one.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let fields = Fields::new(bytes, "INET_DIAG_INFO of an MPTCP socket");
        let linux_5_12 = fields.reach(48);
        let linux_6_5 = fields.reach(80);
        let linux_6_8 = fields.reach(88);
        let linux_6_10 = fields.reach(96);
        Ok(Self {
            subflows: fields.u8(0)?,
            add_addr_signal: fields.u8(1)?,
            add_addr_accepted: fields.u8(2)?,
            subflows_max: fields.u8(3)?,
            add_addr_signal_max: fields.u8(4)?,
            add_addr_accepted_max: fields.u8(5)?,
            flags: fields.u32(8)?,
            token: fields.u32(12)?,
            write_seq: fields.u64(16)?,
            snd_una: fields.u64(24)?,
            rcv_nxt: fields.u64(32)?,
            local_addr_used: linux_5_12.then(|| fields.u8(40)).transpose()?,
            local_addr_max: linux_5_12.then(|| fields.u8(41)).transpose()?,
            csum_enabled: linux_5_12
                .then(|| fields.u8(42))
                .transpose()?
                .map(|on| on != 0),
            // The retransmits fill what was padding up to Linux 6.4.
            traffic: linux_6_5.then(|| Traffic::decode(fields)).transpose()?,
            subflows_total: linux_6_8.then(|| fields.u8(80)).transpose()?,
            endp_laminar_max: linux_6_10.then(|| fields.u8(81)).transpose()?,
            endp_fullmesh_max: linux_6_10.then(|| fields.u8(82)).transpose()?,
            idle: linux_6_10
                .then(|| Idle::decode(fields, 84, 88, 92))
                .transpose()?,
        })
    }
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

impl Traffic {
    fn decode(fields: Fields) -> Result<Self, DecodeError> {
        Ok(Self {
            retransmits: fields.u32(44)?,
            bytes_retrans: fields.u64(48)?,
            bytes_sent: fields.u64(56)?,
            bytes_received: fields.u64(64)?,
            bytes_acked: fields.u64(72)?,
        })
    }
}

impl Idle {
    fn decode(fields: Fields, sent: usize, recv: usize, ack: usize) -> Result<Self, DecodeError> {
        Ok(Self {
            last_data_sent_ms: fields.u32(sent)?,
            last_data_recv_ms: fields.u32(recv)?,
            last_ack_recv_ms: fields.u32(ack)?,
        })
    }
}

impl TcpInfo {
    /// Reads the structure, which has 216 bytes at least since Linux 4.19.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let fields = Fields::new(bytes, "INET_DIAG_INFO of a TCP socket");
        // All at once, so that no field's place has to be looked at.
        let fields = fields.within::<216>()?;
        Ok(Self {
            retransmits: fields.u8(2)?,
            backoff: fields.u8(4)?,
            rto_us: fields.u32(8)?,
            unacked: fields.u32(24)?,
            snd_mss: fields.u32(16)?,
            idle: Idle::decode(fields, 44, 52, 56)?,
            rtt_us: fields.u32(68)?,
            rttvar_us: fields.u32(72)?,
            snd_cwnd: fields.u32(80)?,
            total_retrans: fields.u32(100)?,
            bytes_acked: fields.u64(120)?,
            bytes_received: fields.u64(128)?,
            min_rtt_us: fields.u32(148)?,
            delivery_rate: fields.u64(160)?,
            bytes_sent: fields.u64(200)?,
            bytes_retrans: fields.u64(208)?,
        })
    }
}

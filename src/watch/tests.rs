use super::synthetic::{connection, counted, sample, subflow};
use super::*;
use crate::diag::connection::Fallback;
use crate::diag::info::TcpInfo;

impl Sampler {
    fn sample(&mut self, sample: Sample) -> Vec<Watched<'_>> {
        self.add(sample);
        self.watched()
    }
}

const fn rates(sent: u64, received: u64) -> Option<Rates> {
    Some(Rates { sent, received })
}

#[test]
fn the_first_look_tells_no_rate_and_marks_nothing() {
    let mut sampler = Sampler::default();
    let seen = sampler.sample(sample(0, vec![connection(1, vec![subflow("::1", 5, 5)])]));
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].rates, seen[0].change), (None, Change::None));
    let of = &seen[0].subflows[0];
    assert_eq!((of.rates, of.share, of.change), (None, None, Change::None));
}

#[test]
fn rates_and_shares_are_of_the_time_between_the_looks() {
    let mut sampler = Sampler::default();
    let of = |at, first, second| {
        let subflows = vec![
            subflow("10.0.1.1", first, 0),
            subflow("10.0.2.1", 0, second),
        ];
        sample(at, vec![connection(1, subflows)])
    };
    sampler.sample(of(1000, 500, 100));
    let seen = sampler.sample(of(1500, 1000, 1600));
    // Without counters of its own it is the sum.
    assert_eq!(seen[0].rates, rates(1000, 3000));
    let shown: Vec<_> = seen[0]
        .subflows
        .iter()
        .map(|of| (of.rates, of.share))
        .collect();
    assert_eq!(
        shown,
        [(rates(0, 3000), Some(750)), (rates(1000, 0), Some(250))]
    );
}

#[test]
fn a_connection_goes_by_its_own_counters() {
    let mut sampler = Sampler::default();
    let of = |own, sent| counted(connection(1, vec![subflow("::1", sent, 0)]), own, 0);
    sampler.sample(sample(0, vec![of(0, 0)]));
    // A part of it was sent twice.
    let seen = sampler.sample(sample(1000, vec![of(100, 120)]));
    assert_eq!(seen[0].rates, rates(100, 0));
    assert_eq!(seen[0].subflows[0].rates, rates(120, 0));
    assert_eq!(seen[0].subflows[0].share, Some(1000));
}

#[test]
fn the_busiest_is_first_and_what_is_idle_keeps_its_order() {
    let mut sampler = Sampler::default();
    let of = |busy| {
        let one = |token, sent| connection(token, vec![subflow("::1", sent, 0)]);
        sample(
            busy,
            vec![one(1, 0), one(2, busy), one(3, 0), one(4, 2 * busy)],
        )
    };
    sampler.sample(of(0));
    let seen = sampler.sample(of(1000));
    let tokens = seen.iter().filter_map(|of| of.connection.token);
    assert_eq!(tokens.collect::<Vec<_>>(), [4, 2, 1, 3]);
}

#[test]
fn what_came_and_went_is_marked_once() {
    let mut sampler = Sampler::default();
    let two = || {
        connection(
            1,
            vec![subflow("10.0.1.1", 9, 9), subflow("10.0.2.1", 9, 9)],
        )
    };
    let moved = || {
        connection(
            1,
            vec![subflow("10.0.1.1", 9, 9), subflow("10.0.3.1", 40, 0)],
        )
    };
    sampler.sample(sample(0, vec![two(), connection(2, vec![])]));
    let seen = sampler.sample(sample(1000, vec![moved(), connection(3, vec![])]));
    let changes: Vec<_> = seen
        .iter()
        .map(|of| (of.connection.token, of.change))
        .collect();
    assert_eq!(
        changes,
        [
            (Some(1), Change::None),
            (Some(3), Change::Came),
            (Some(2), Change::Went)
        ]
    );
    let subflows = seen[0].subflows.iter();
    let subflows: Vec<_> = subflows.map(|of| (of.change, of.rates)).collect();
    // It began after the first look, so that all it did is of this second.
    assert_eq!(
        subflows,
        [
            (Change::Came, rates(40, 0)),
            (Change::Went, None),
            (Change::None, rates(0, 0))
        ]
    );
    let seen = sampler.sample(sample(2000, vec![moved(), connection(3, vec![])]));
    assert!(seen.iter().all(|of| of.change == Change::None));
    assert_eq!(seen.len(), 2);
    let subflows = &seen[0].subflows;
    assert!(subflows.iter().all(|of| of.change == Change::None));
}

#[test]
fn a_subflow_is_its_token_and_its_ends() {
    let mut sampler = Sampler::default();
    let of = |token, sent| connection(token, vec![subflow("10.0.1.1", sent, 0)]);
    sampler.sample(sample(0, vec![of(1, 100)]));
    let seen = sampler.sample(sample(1000, vec![of(2, 300)]));
    assert_eq!(seen[0].subflows[0].rates, None);
    assert_eq!(seen[0].change, Change::Came);
    // Where MPTCP was not tried there is no token.
    let mut sampler = Sampler::default();
    let of = |sent| {
        let fallback = Some(Fallback::NotTried);
        let connection = connection(0, vec![subflow("10.0.1.1", sent, 0)]);
        vec![Connection {
            fallback,
            ..connection
        }]
    };
    sampler.sample(sample(0, of(1)));
    assert_eq!(sampler.sample(sample(1000, of(2)))[0].rates, rates(1, 0));
}

#[test]
fn retransmissions_are_counted_ever_and_since_the_last_look() {
    let mut sampler = Sampler::default();
    let of = |total_retrans| {
        let mut subflow = subflow("10.0.1.1", 0, 0);
        subflow.tcp = Some(TcpInfo {
            total_retrans,
            ..TcpInfo::default()
        });
        vec![connection(1, vec![subflow])]
    };
    let shown = |seen: Vec<Watched>| seen[0].subflows[0].retransmissions;
    let seen = shown(sampler.sample(sample(0, of(3))));
    assert_eq!(seen, Some(Retransmissions { total: 3, new: 0 }));
    let seen = shown(sampler.sample(sample(1000, of(5))));
    assert_eq!(seen, Some(Retransmissions { total: 5, new: 2 }));
}

#[test]
fn what_the_kernel_does_not_count_has_no_rate() {
    let mut sampler = Sampler::default();
    let of = || {
        let untold = Subflow {
            tcp: None,
            ..subflow("10.0.1.1", 0, 0)
        };
        vec![connection(1, vec![untold])]
    };
    sampler.sample(sample(0, of()));
    let seen = sampler.sample(sample(1000, of()));
    assert_eq!(seen[0].rates, None);
    assert_eq!(seen[0].retransmissions, None);
    assert_eq!(seen[0].subflows[0].retransmissions, None);
}

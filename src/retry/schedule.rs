//! When to retry paths that connections lack. Pure: the caller reads the clock,
//! and observes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::network::NextHop;

/// The pause before the first attempt, and after it. It doubles up to
/// [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause between attempts.
const LONGEST: Duration = Duration::from_secs(60);

/// The pause after an attempt that the peer reset at once.
const REFUSED: Duration = Duration::from_secs(600);

/// A subflow that is closed so soon after an attempt was refused.
pub const AT_ONCE: Duration = Duration::from_secs(1);

/// The pause after a change of the network, which seldom comes alone.
const SETTLE: Duration = Duration::from_millis(200);

/// How long a nudge takes to show an effect.
const NUDGE: Duration = Duration::from_millis(300);

/// A path that is lost again so long after an attempt had lasted.
const LASTING: Duration = Duration::from_secs(10);

/// A path that connections lack.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Path {
    /// The id of the endpoint that it would begin at.
    pub endpoint: u8,
    /// The address of the peer.
    pub peer: IpAddr,
}

/// How packets of a path would go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// The result of the lookup; `None`: there is no route.
    pub next_hop: Option<NextHop>,
    /// The next hop does not answer for its link-layer address.
    pub silent: bool,
}

/// The attempts to make now.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attempts {
    /// Make connections try the endpoints that they have not tried.
    pub nudge: bool,
    /// The ids of endpoints to renew.
    pub renew: BTreeSet<u8>,
}

/// The paths that connections lack, and when each is retried.
#[derive(Clone, Debug, Default)]
pub struct Schedule(BTreeMap<Path, Entry>);

#[derive(Clone, Debug)]
struct Entry {
    reach: Reach,
    /// The next pause.
    pause: Duration,
    /// When it is retried; `None` while no connection lacks it.
    due: Option<Instant>,
    /// The last attempt.
    attempted: Option<Instant>,
    /// A nudge was made since it is lacking under these circumstances.
    nudged: bool,
    /// The peer reset the last attempt.
    refused: bool,
}

impl Schedule {
    /// Takes the paths that connections lack now. A path that is new is due
    /// after a pause; one whose circumstances have changed is due soon.
    pub fn observe(&mut self, lacking: &BTreeMap<Path, Reach>, now: Instant) {
        self.0.retain(|path, entry| {
            if !lacking.contains_key(path) {
                entry.due = None;
            }
            let age = entry.attempted.map(|attempted| now - attempted);
            entry.due.is_some() || age.is_some_and(|age| age < REFUSED)
        });
        for (path, reach) in lacking {
            let entry = self.0.entry(*path).or_insert_with(|| Entry::new(*reach));
            entry.observe(*reach, now);
        }
    }

    /// The peer refused the last attempt: its subflow was closed within
    /// [`AT_ONCE`].
    pub fn refuse(&mut self, path: Path) {
        if let Some(entry) = self.0.get_mut(&path)
            && let Some(attempted) = entry.attempted
        {
            entry.refused = true;
            entry.due = entry.due.map(|_| attempted + REFUSED);
        }
    }

    /// When the next path is due.
    pub fn due(&self) -> Option<Instant> {
        self.0.values().filter_map(|entry| entry.due).min()
    }

    /// The attempts for the paths that are due, all of which were just observed
    /// to be lacking. An endpoint that is not `idle` has subflows that a renewal
    /// would close.
    pub fn take(&mut self, now: Instant, idle: &BTreeSet<u8>) -> Attempts {
        let mut attempts = Attempts::default();
        for (path, entry) in &mut self.0 {
            if entry.due.is_none_or(|due| due > now) {
                continue;
            }
            let has_route = entry.reach.next_hop.is_some();
            if has_route && !entry.nudged {
                attempts.nudge = true;
                entry.nudged = true;
                entry.attempted = Some(now);
                entry.due = Some(now + NUDGE);
                continue;
            }
            if has_route && idle.contains(&path.endpoint) {
                attempts.renew.insert(path.endpoint);
                entry.attempted = Some(now);
            }
            entry.refused = false;
            entry.due = Some(now + entry.pause);
            entry.pause = LONGEST.min(2 * entry.pause);
        }
        attempts
    }
}

impl Entry {
    fn new(reach: Reach) -> Self {
        Entry {
            reach,
            pause: FIRST,
            due: None,
            attempted: None,
            nudged: false,
            refused: false,
        }
    }

    fn observe(&mut self, reach: Reach, now: Instant) {
        let is_other = self.reach != reach;
        self.reach = reach;
        let earliest = self.attempted.map_or(now, |attempted| attempted + FIRST);
        let Some(due) = self.due else {
            // Its connections have begun to lack it.
            let lasted = self.attempted.is_none_or(|at| now - at > LASTING);
            if lasted {
                self.pause = FIRST;
            }
            self.nudged = false;
            self.due = Some(match self.attempted {
                Some(attempted) if self.refused => attempted + REFUSED,
                _ => now + self.pause,
            });
            return;
        };
        if is_other && !self.refused {
            self.pause = FIRST;
            self.nudged = false;
            self.due = Some(due.min(earliest.max(now + SETTLE)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: Path = Path {
        endpoint: 2,
        peer: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    };

    fn routed(device: u32) -> Reach {
        let next_hop = NextHop {
            device,
            gateway: None,
            source: None,
            routed: true,
        };
        Reach {
            next_hop: Some(next_hop),
            silent: false,
        }
    }

    /// A schedule with a clock that is played, in milliseconds.
    struct Played {
        schedule: Schedule,
        start: Instant,
        millis: u64,
        /// Other connections have live subflows of the endpoint.
        busy: bool,
    }

    impl Played {
        fn new() -> Self {
            Played {
                schedule: Schedule::default(),
                start: Instant::now(),
                millis: 0,
                busy: false,
            }
        }

        fn now(&self) -> Instant {
            self.start + Duration::from_millis(self.millis)
        }

        fn observe(&mut self, reach: Option<Reach>) {
            let lacking = reach.map(|reach| (PATH, reach)).into_iter().collect();
            self.schedule.observe(&lacking, self.now());
        }

        /// The attempts until that time while the path stays lacking: each with
        /// the time, and whether it is a renewal.
        fn until(&mut self, end: u64, reach: Reach) -> Vec<(u64, bool)> {
            let idle = if self.busy {
                [].into()
            } else {
                [PATH.endpoint].into()
            };
            let mut made = Vec::new();
            self.observe(Some(reach));
            while let Some(due) = self.schedule.due() {
                let due = (due - self.start).as_millis().try_into().unwrap();
                if due > end {
                    break;
                }
                assert!(due >= self.millis, "it does not go back");
                self.millis = due;
                self.observe(Some(reach));
                let attempts = self.schedule.take(self.now(), &idle);
                if attempts.nudge {
                    made.push((due, false));
                }
                if !attempts.renew.is_empty() {
                    made.push((due, true));
                }
            }
            self.millis = end;
            made
        }

        fn refuse(&mut self) {
            self.schedule.refuse(PATH);
        }
    }

    fn renewals(made: &[(u64, bool)]) -> Vec<u64> {
        let renewals = made.iter().filter(|(_, renewal)| *renewal);
        renewals.map(|(at, _)| *at).collect()
    }

    #[test]
    fn a_nudge_comes_first_and_pauses_double() {
        let mut played = Played::new();
        let made = played.until(200_000, routed(3));
        assert_eq!(made[..2], [(1_000, false), (1_300, true)]);
        let expected = [
            1_300, 2_300, 4_300, 8_300, 16_300, 32_300, 64_300, 124_300, 184_300,
        ];
        assert_eq!(renewals(&made), expected);
        assert_eq!(made.len(), expected.len() + 1);
    }

    #[test]
    fn without_a_route_nothing_is_tried_until_it_comes() {
        let mut played = Played::new();
        assert_eq!(played.until(50_000, Reach::default()), []);
        let made = played.until(51_000, routed(3));
        assert_eq!(made, [(50_200, false), (50_500, true)]);
    }

    #[test]
    fn another_route_begins_anew_but_no_sooner_than_a_second_after_the_last_attempt() {
        let mut played = Played::new();
        played.until(20_000, routed(3));
        let made = played.until(20_900, routed(4));
        assert_eq!(made, [(20_200, false), (20_500, true)]);
        // At 20.6 s it changes again.
        let mut changed = Played::new();
        changed.until(20_000, routed(3));
        changed.until(20_600, routed(4));
        assert_eq!(
            changed.until(22_000, routed(3)),
            [(21_500, false), (21_800, true)]
        );
    }

    #[test]
    fn a_live_subflow_on_another_connection_is_never_closed() {
        let mut played = Played::new();
        played.busy = true;
        assert_eq!(played.until(500_000, routed(3)), [(1_000, false)]);
    }

    #[test]
    fn a_path_that_came_back_and_lasted_begins_with_the_first_pause() {
        let mut played = Played::new();
        played.until(5_000, routed(3));
        played.observe(None);
        assert_eq!(played.schedule.due(), None);
        played.millis = 100_000;
        assert_eq!(
            played.until(102_000, routed(3)),
            [(101_000, false), (101_300, true)]
        );
        // Lost again at once, it goes on with longer pauses.
        played.millis = 102_050;
        played.observe(None);
        let made = played.until(200_000, routed(3));
        assert_eq!(made[0], (104_050, false));
    }

    #[test]
    fn a_peer_that_resets_at_once_has_ten_minutes() {
        let mut played = Played::new();
        assert_eq!(renewals(&played.until(1_310, routed(3))), [1_300]);
        for attempt in [1_300, 601_600, 1_201_900] {
            // It was established for a moment.
            played.observe(None);
            played.refuse();
            // A route that changes does not change the peer.
            let next = attempt + 600_000;
            assert_eq!(played.until(next - 1, routed(4)), []);
            let made = played.until(next + 310, routed(3));
            assert_eq!(made, [(next, false), (next + 300, true)]);
        }
    }

    #[test]
    fn fifty_flaps_have_no_more_than_an_attempt_a_second() {
        let mut played = Played::new();
        let mut made = Vec::new();
        for flap in 0..50 {
            let reach = if flap % 2 == 0 {
                routed(3)
            } else {
                Reach::default()
            };
            made.extend(played.until(played.millis + 300, reach));
        }
        let attempts = made.len();
        assert!((5..=20).contains(&attempts), "{attempts}: {made:?}");
        // Then the last state has its attempt.
        assert!(!played.until(played.millis + 2_000, routed(3)).is_empty());
    }

    #[test]
    fn paths_that_nobody_lacks_are_forgotten() {
        let mut played = Played::new();
        played.until(1_310, routed(3));
        played.millis = 700_000;
        played.observe(None);
        assert!(played.schedule.0.is_empty());
    }
}

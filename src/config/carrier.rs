//! Devices without a carrier, and since when. Pure: the caller reads the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::time::{Duration, Instant};

use crate::network::Link;

/// For how long a device may be without a carrier before its endpoints go.
const GRACE: Duration = Duration::from_secs(1);

/// The devices that are down or without a carrier, as of the last observation.
#[derive(Debug, Default)]
pub struct Carriers {
    /// Those whose carrier has been lost for long enough.
    pub lost: BTreeSet<u32>,
    /// Those whose carrier may come back soon.
    pub unsteady: BTreeSet<u32>,
    /// When the next one will have lost its carrier for long enough.
    pub due: Option<Instant>,
    /// All devices.
    known: BTreeSet<u32>,
    /// When the carrier was lost.
    since: BTreeMap<u32, Instant>,
}

impl Carriers {
    /// Takes the devices as they are now.
    pub fn observe(&mut self, links: &[Link], now: Instant) {
        let before = mem::take(self);
        self.known = links.iter().map(|link| link.index).collect();
        for index in links
            .iter()
            .filter(|link| !link.is_usable())
            .map(|link| link.index)
        {
            // One that was never seen with a carrier has nothing to lose.
            let is_new = !before.known.contains(&index);
            let since = before.since.get(&index).copied();
            let since = since
                .or_else(|| now.checked_sub(GRACE).filter(|_| is_new))
                .unwrap_or(now);
            self.since.insert(index, since);
            let end = since + GRACE;
            if end <= now {
                self.lost.insert(index);
            } else {
                self.unsteady.insert(index);
                self.due = Some(self.due.map_or(end, |due| due.min(end)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(carriers: [bool; 2]) -> Vec<Link> {
        let links = carriers.into_iter().zip(1..);
        let link = |(carrier, index)| Link {
            index,
            up: true,
            carrier,
            ..Link::default()
        };
        links.map(link).collect()
    }

    #[test]
    fn a_carrier_is_lost_after_a_second() {
        let start = Instant::now() + GRACE;
        let after = |millis| start + Duration::from_millis(millis);
        let mut carriers = Carriers::default();
        let mut observe = |has_carrier, millis| {
            carriers.observe(&links(has_carrier), after(millis));
            let indices = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
            let (lost, unsteady) = (indices(&carriers.lost), indices(&carriers.unsteady));
            (lost, unsteady, carriers.due)
        };
        // The second one never had it.
        assert_eq!(observe([true, false], 0), (vec![2], vec![], None));
        let due = Some(after(1500));
        assert_eq!(observe([false, false], 500), (vec![2], vec![1], due));
        // Observed again meanwhile, it is lost no later.
        assert_eq!(observe([false, true], 1499), (vec![], vec![1], due));
        assert_eq!(observe([false, true], 1500), (vec![1], vec![], None));
        assert_eq!(observe([true, true], 2000), (vec![], vec![], None));
    }

    #[test]
    fn a_device_that_flaps_is_never_lost() {
        let (start, mut carriers) = (Instant::now(), Carriers::default());
        for flap in 0..50 {
            let now = start + Duration::from_millis(400 * flap);
            carriers.observe(&links([flap % 2 == 0, true]), now);
            assert_eq!(carriers.lost, [].into());
        }
    }

    #[test]
    fn another_device_of_the_same_number_begins_anew() {
        let (start, mut carriers) = (Instant::now() + GRACE, Carriers::default());
        carriers.observe(&links([true, true]), start);
        carriers.observe(&[], start);
        carriers.observe(&links([false, true]), start);
        assert_eq!(carriers.lost, [1].into());
    }
}

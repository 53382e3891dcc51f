//! Any state and any file.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::played::Played;
use super::*;

/// Few values, so that they often meet.
fn any_endpoint() -> impl Strategy<Value = AddressAttributes> {
    let flags = vec![0x1, 0x2, 0x3, 0x4, 0x6, 0xa, 0xe, 0x22];
    let address = select(vec![
        "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fc00::1",
    ]);
    let device = option::of(2..=3u32);
    (
        address,
        option::of(1..=6u8),
        select(flags),
        device,
        any::<bool>(),
    )
        .prop_map(|(ip, id, flags, device, port)| {
            let flags = Flags(flags);
            let port = (port && flags.contains(Flags::SIGNAL)).then_some(80);
            AddressAttributes {
                id,
                port,
                ..(&endpoint(ip, 1, flags, device)).into()
            }
        })
}

fn any_endpoints() -> impl Strategy<Value = Vec<AddressAttributes>> {
    vec(any_endpoint(), 0..6).prop_map(|mut all| {
        let mut keys = Vec::new();
        let mut ids = Vec::new();
        all.retain_mut(|endpoint| {
            let key = Key::new(endpoint.ip().unwrap(), endpoint.port);
            let new = !keys.contains(&key);
            keys.push(key);
            if endpoint.id.is_some() && ids.contains(&endpoint.id) {
                endpoint.id = None;
            }
            ids.push(endpoint.id);
            new
        });
        all
    })
}

fn any_limits() -> impl Strategy<Value = Limits> {
    (0..9u32, 0..9u32).prop_map(|(add_addr_accepted, subflows)| Limits {
        add_addr_accepted: Some(add_addr_accepted),
        subflows: Some(subflows),
    })
}

/// A state as a kernel can have it, with room for one more at least.
fn any_state() -> impl Strategy<Value = Played> {
    (any_limits(), any_endpoints(), 0..4usize).prop_map(|(limits, endpoints, more)| {
        let mut played = Played {
            host: host(&[], &[(2, "10.0.0.1"), (2, "10.0.0.5"), (3, "fc00::1")]),
        };
        played.host.limits = limits;
        let text = as_file(&endpoints, None, &played.host);
        played.host.room = 100;
        played.apply(&only(&text));
        played.host.room = played.host.endpoints.len() + more;
        played
    })
}

fn as_file(endpoints: &[AddressAttributes], limits: Option<Limits>, host: &Host) -> String {
    let limits = limits.map(Step::Limits).into_iter();
    let adds = endpoints.iter().cloned().map(Step::Add);
    let lines = limits.chain(adds).map(|step| typed(&step, host) + "\n");
    lines.collect()
}

/// A file whose endpoints are to be all.
fn only(text: &str) -> Config {
    let only = true;
    Config {
        only,
        ..config(text)
    }
}

fn any_file() -> impl Strategy<Value = String> {
    let device = option::of(select(vec![
        "eth0 subflow",
        "eth1 inet6 signal",
        "eth0 inet",
    ]));
    (option::of(any_limits()), any_endpoints(), device).prop_map(|(limits, endpoints, device)| {
        let mut text = as_file(&endpoints, limits, &host(&[], &[]));
        if let Some(device) = device {
            text += &format!("endpoint add dev {device}\n");
        }
        text
    })
}

/// Endpoints as they are set, without ids that no line gives.
fn set(host: &Host) -> BTreeMap<Key, (Flags, Option<u32>)> {
    let endpoints = host.endpoints.iter();
    let entry = |endpoint: &Endpoint| (Key::of(endpoint), (endpoint.flags, endpoint.device));
    endpoints.map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn from_any_state_to_any_file(mut played in any_state(), file in any_file()) {
        played.host.room = 100;
        let config = only(&file);
        let desired = Desired::new(&config, &played.host);
        let (_, undone) = played.apply(&config);
        prop_assert_eq!(undone, []);
        let wanted: BTreeMap<_, _> = desired.endpoints.iter()
            .map(|wanted| (wanted.key(), (wanted.flags, wanted.device)))
            .collect();
        prop_assert_eq!(set(&played.host), wanted);
        for wanted in desired.endpoints.iter().filter(|wanted| wanted.id.is_some()) {
            let held = played.host.endpoints.iter().find(|set| Some(set.id) == wanted.id);
            prop_assert_eq!(held.map(Key::of), Some(wanted.key()));
        }
        if let Some(subflows) = config.limits.subflows {
            prop_assert_eq!(played.host.limits.subflows, Some(subflows));
        }
        let (again, _) = played.apply(&config);
        prop_assert_eq!(again, []);
    }

    #[test]
    fn what_was_saved_changes_nothing(mut played in any_state()) {
        let before = played.host.clone();
        let mut name = |index: u32| format!("eth{}", index - 2).into_bytes();
        let lines = saved(before.limits, &before.endpoints, &mut name);
        let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
        let file = lines.join("\n");
        let saved = config(&file);
        prop_assert!(saved.only);
        let (done, undone) = played.apply(&saved);
        prop_assert_eq!((done.len(), undone.len()), (0, 0));

        // And from nothing, it is all there, by the same ids.
        played.host.endpoints.clear();
        played.host.room = 100;
        played.apply(&saved);
        let ids = |host: &Host| -> Vec<_> {
            host.endpoints.iter().map(|set| (set.id, Key::of(set))).collect()
        };
        prop_assert_eq!(set(&played.host), set(&before));
        prop_assert_eq!(ids(&played.host), ids(&before));
    }

    #[test]
    fn what_the_file_does_not_name_stays(mut played in any_state(), file in any_file()) {
        let config = config(&file);
        let before = played.host.clone();
        let desired = Desired::new(&config, &before);
        played.apply(&config);
        let wanted: Vec<_> = desired.endpoints.iter().map(DesiredEndpoint::key).collect();
        for endpoint in &before.endpoints {
            let named = wanted.contains(&Key::of(endpoint));
            if !named && !desired.owns(endpoint) {
                prop_assert!(played.host.endpoints.contains(endpoint));
            }
        }
    }

    /// Those that are deleted are in the way of another, or go in the end; and
    /// in a full table they make room.
    #[test]
    fn a_full_table_takes_what_fits(mut played in any_state(), file in any_file()) {
        let config = only(&file);
        let desired = Desired::new(&config, &played.host);
        prop_assume!(desired.endpoints.len() <= played.host.room);
        let (_, undone) = played.apply(&config);
        prop_assert_eq!(undone, []);
        prop_assert_eq!(set(&played.host).len(), desired.endpoints.len());
    }

    /// No more commands than there are differences.
    #[test]
    fn an_endpoint_takes_two_commands_at_most(mut played in any_state(), file in any_file()) {
        played.host.room = 100;
        let config = only(&file);
        let before = played.host.clone();
        let (done, _) = played.apply(&config);
        let names = |step: &&Step| matches!(step, Step::Delete(_));
        prop_assert!(done.iter().filter(names).count() <= before.endpoints.len());
        let after = &played.host.endpoints;
        let kept = before.endpoints.iter().filter(|set| after.contains(set)).count();
        prop_assert!(done.len() <= before.endpoints.len() + after.len() - kept + 2);
    }
}

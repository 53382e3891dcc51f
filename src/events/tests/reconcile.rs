use super::super::synthetic;
use super::*;
use crate::diag::connection::Fallback;
use crate::diag::socket::State;

/// An event of the first subflow, as [`synthetic::connection`] has it.
fn event(command: u8, token: u32) -> Event {
    subflow(command, token, "10.0.1.1:5000", "10.0.1.2:80")
}

fn subflow(command: u8, token: u32, local: &str, remote: &str) -> Event {
    let (local, remote) = (synthetic::end(local), synthetic::end(remote));
    let has_ends = command != CLOSED;
    Event {
        command,
        token: Some(token),
        local4: has_ends.then_some(local.address),
        remote4: has_ends.then_some(remote.address),
        local_port: has_ends.then_some(local.port),
        remote_port: has_ends.then_some(remote.port),
        ..Event::default()
    }
}

fn listed(connections: &[Connection]) -> Account {
    let mut account = Account::default();
    account.begin();
    for connection in connections {
        account.lists(connection);
    }
    account
}

/// Which of these events are printed behind a listing.
fn admitted(account: &mut Account, commands: &[u8], token: u32) -> Vec<u8> {
    let admitted = commands.iter().copied();
    admitted
        .filter(|command| account.admits(&event(*command, token)))
        .collect()
}

/// A reader that takes each event as it is: what is listed, CREATED or
/// ESTABLISHED is there, what is CLOSED is not.
#[derive(Default)]
struct Reader {
    known: HashSet<u32>,
}

impl Reader {
    fn reads(&mut self, event: &Event) {
        let token = event.token.expect("a token");
        match event.command {
            CLOSED => {
                self.known.remove(&token);
            }
            CREATED | ESTABLISHED => {
                self.known.insert(token);
            }
            _ => {}
        }
    }
}

/// One connection lives through all moments of a run: it is created, listed,
/// established and closed, in every order that there can be, and the queue ends
/// anywhere. In the end the reader knows it if it is not closed.
#[test]
fn whatever_the_order_the_reader_knows_what_there_is() {
    const TOKEN: u32 = 7;
    // ESTABLISHED may come behind CLOSED, or not at all.
    let lives: [&[u8]; 6] = [
        &[CREATED],
        &[CREATED, ESTABLISHED],
        &[CREATED, CLOSED],
        &[CREATED, ESTABLISHED, CLOSED],
        &[CREATED, CLOSED, ESTABLISHED],
        &[CREATED, ESTABLISHED, SF_CLOSED, CLOSED, SF_CLOSED],
    ];
    for life in lives {
        for subscribed in 0..=life.len() {
            for dumped in subscribed..=life.len() {
                for caught_up in dumped..=life.len() {
                    let before = &life[..dumped];
                    let is_there = before.contains(&CREATED) && !before.contains(&CLOSED);
                    let there = is_there.then(|| synthetic::connection(TOKEN));
                    let mut account = listed(there.as_slice());
                    let mut reader = Reader::default();
                    if is_there {
                        reader.known.insert(TOKEN);
                    }
                    for (at, command) in life.iter().enumerate().skip(subscribed) {
                        if at == caught_up {
                            account.caught_up();
                        }
                        let event = event(*command, TOKEN);
                        if account.admits(&event) {
                            reader.reads(&event);
                        }
                    }
                    assert_eq!(
                        reader.known.contains(&TOKEN),
                        !life.contains(&CLOSED),
                        "{life:?} from {subscribed}, listed at {dumped}, quiet at {caught_up}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_was_listed_is_not_opened_again() {
    let mut account = listed(&[synthetic::connection(7)]);
    let queued = [CREATED, ESTABLISHED, 6, CLOSED, ESTABLISHED];
    assert_eq!(admitted(&mut account, &queued, 7), [6, CLOSED]);
}

#[test]
fn what_was_over_before_the_listing_is_left_out() {
    let mut account = listed(&[]);
    let queued = [ESTABLISHED, SF_ESTABLISHED, SF_CLOSED, 13, CLOSED];
    assert_eq!(admitted(&mut account, &queued, 7), [0_u8; 0]);
    account.caught_up();
    // The end of another one that was not shown is not held back for ever.
    assert_eq!(admitted(&mut account, &[ESTABLISHED, CLOSED], 8), [CLOSED]);
}

#[test]
fn what_is_closed_is_not_established_after_that() {
    let mut account = listed(&[]);
    let life = [CREATED, CLOSED, ESTABLISHED, SF_CLOSED];
    let printed = [CREATED, CLOSED, SF_CLOSED];
    assert_eq!(admitted(&mut account, &life, 7), printed);
    account.caught_up();
    assert_eq!(admitted(&mut account, &life, 8), printed);
    let usual = [CREATED, ESTABLISHED, CLOSED];
    assert_eq!(admitted(&mut account, &usual, 9), usual);
}

#[test]
fn what_was_about_to_be_established_may_be() {
    let mut pending = synthetic::connection(7);
    pending.state = State::SynSent;
    let mut account = listed(&[pending.clone()]);
    assert_eq!(admitted(&mut account, &[ESTABLISHED], 7), [ESTABLISHED]);
    let mut account = listed(&[pending]);
    account.caught_up();
    let refused = [CLOSED, ESTABLISHED];
    assert_eq!(admitted(&mut account, &refused, 7), [CLOSED]);
}

#[test]
fn what_fell_back_or_is_closing_is_not_shown_and_stays_so() {
    let mut fallen = synthetic::connection(7);
    fallen.fallback = Some(Fallback::PeerOrPath);
    let mut closing = synthetic::connection(8);
    closing.state = State::FinWait2;
    let mut account = listed(&[fallen, closing]);
    account.caught_up();
    assert_eq!(admitted(&mut account, &[CLOSED], 7), [CLOSED]);
    assert_eq!(admitted(&mut account, &[ESTABLISHED], 8), [0_u8; 0]);
}

#[test]
fn a_subflow_is_shown_once() {
    let (local, remote) = ("10.0.2.1:5001", "10.0.2.2:80");
    let mut connection = synthetic::connection(7);
    connection
        .subflows
        .push(synthetic::subflow(local, remote, false));
    let mut account = listed(&[connection]);
    let shown = |command| subflow(command, 7, local, remote);
    let other = |command| subflow(command, 7, "10.0.3.1:5002", remote);
    assert!(!account.admits(&shown(SF_ESTABLISHED)));
    assert!(account.admits(&shown(SF_CLOSED)));
    // It was over before the listing.
    assert!(!account.admits(&other(SF_CLOSED)));
    // It is newer.
    assert!(account.admits(&other(SF_ESTABLISHED)));
    assert!(account.admits(&other(SF_CLOSED)));
    // The first one is shown by its connection.
    assert!(account.admits(&event(SF_CLOSED, 7)));
    account.caught_up();
    assert!(account.admits(&subflow(SF_CLOSED, 7, "10.0.4.1:1", remote)));
}

#[test]
fn a_subflow_of_an_ipv6_socket_is_the_same() {
    let mut account = listed(&[synthetic::connection(7)]);
    let mut mapped = event(SF_CLOSED, 7);
    for (v4, v6) in [
        (&mut mapped.local4, &mut mapped.local6),
        (&mut mapped.remote4, &mut mapped.remote6),
    ] {
        let Some(IpAddr::V4(ip)) = v4.take() else {
            panic!("an IPv4 address");
        };
        *v6 = Some(ip.to_ipv6_mapped().into());
    }
    assert!(account.admits(&mapped));
}

#[test]
fn a_new_listing_forgets_what_was_known() {
    let mut account = listed(&[synthetic::connection(7)]);
    account.caught_up();
    account.begin();
    account.lists(&synthetic::connection(8));
    assert_eq!(admitted(&mut account, &[CLOSED], 7), [0_u8; 0]);
    assert_eq!(admitted(&mut account, &[CLOSED], 8), [CLOSED]);
}

#[test]
fn what_has_no_token_passes() {
    let mut account = listed(&[]);
    let listener = Event {
        command: 15,
        ..Event::default()
    };
    assert!(account.admits(&listener));
    account.caught_up();
    assert!(account.admits(&listener));
}

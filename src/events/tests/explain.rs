use super::*;
use crate::pm::event::{ESTABLISHED, SF_CLOSED};

fn event(command: u8) -> Event {
    Event {
        command,
        token: Some(1),
        ..Event::default()
    }
}

fn text(event: &Event) -> String {
    explain(event, false).text
}

#[test]
fn errors_have_their_names() {
    let explained = |error| {
        let event = Event {
            error: Some(error),
            ..event(SF_CLOSED)
        };
        let explained = explain(&event, false);
        (explained.error_name.unwrap_or_default(), explained.text)
    };
    let refused = "ECONNREFUSED: nothing listens there";
    let errno = u8::try_from(libc::ECONNREFUSED).expect("a byte");
    assert_eq!(explained(errno), ("ECONNREFUSED".into(), refused.into()));
    let errno = u8::try_from(libc::EMFILE).expect("a byte");
    let other = "EMFILE: Too many open files";
    assert_eq!(explained(errno), ("EMFILE".into(), other.into()));
    assert_eq!(explained(0), (String::new(), String::new()));
    assert_eq!(explained(255).0, "error 255");
}

#[test]
fn resets_have_the_reasons_of_the_rfc() {
    let reset = |reason, flags| {
        text(&Event {
            reset_reason: Some(reason),
            reset_flags: Some(flags),
            ..event(SF_CLOSED)
        })
    };
    assert!(reset(0, 0).starts_with("reset reason 0: unspecified error"));
    assert!(reset(6, 0).starts_with("reset reason 6: middlebox interference"));
    assert!(reset(2, 1).ends_with("(temporary: another attempt may succeed)"));
    assert_eq!(reset(7, 0), "reset reason 7: unknown reason");
    assert_eq!(
        reset(u32::MAX, 0),
        "reset reason 4294967295: unknown reason"
    );
}

#[test]
fn a_flag_says_what_to_do() {
    let denied = Event {
        flags: Some(DENY_JOIN_ID0),
        ..event(CREATED)
    };
    assert!(text(&denied).contains("signal"));
    assert_eq!(text(&event(CREATED)), "");
}

#[test]
fn only_the_end_of_what_was_never_met_is_a_lone_one() {
    let mut explainer = Explainer::default();
    // It may be older than the events.
    assert!(!explainer.follow(&event(CLOSED)));
    explainer.begin();
    explainer.caught_up();
    assert!(explainer.follow(&event(CLOSED)));
    explainer.begin();
    explainer.caught_up();
    for command in [CREATED, CLOSED, ESTABLISHED] {
        assert!(!explainer.follow(&event(command)));
    }
}

#[test]
fn of_what_no_name_is_known_nothing_is_said() {
    let unknown = Event {
        error: Some(111),
        reset_reason: Some(1),
        ..event(200)
    };
    assert_eq!(explain(&unknown, true), Explained::default());
}

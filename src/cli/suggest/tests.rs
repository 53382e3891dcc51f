//! What is suggested, and what is not.

use super::*;

#[test]
fn a_slip_of_the_finger_is_mended_and_nothing_is_guessed() {
    let names = ["endpoint", "limits", "monitor"];
    let near = |word: &str| nearest(word.as_ref(), names.into_iter());
    assert_eq!(near("endpont"), Some("endpoint"));
    assert_eq!(near("limtis"), Some("limits"));
    assert_eq!(near("LIMITS"), Some("limits"));
    assert_eq!(near("Mon"), Some("monitor"));
    assert_eq!(near("route"), None);
    assert_eq!(near(""), None);
    assert_eq!(near(&"x".repeat(100 << 20)), None);
}

#[test]
fn the_beginning_of_two_names_is_near_neither() {
    let names = ["signal", "subflow", "Version"];
    let near = |word: &str| nearest(word.as_ref(), names.into_iter());
    assert_eq!(near("sub"), Some("subflow"));
    assert_eq!(near("v"), Some("Version"));
    assert_eq!(near("s"), None);
}

#[test]
fn a_command_of_another_name_is_found() {
    let near = |word: &str, names: &[&'static str]| {
        let hint = command(word.as_ref(), names.iter().copied());
        match hint {
            Hint::Near(near) => near,
            hint => format!("{hint:?}"),
        }
    };
    let endpoint = ["add", "change", "delete", "show", "flush"];
    for (word, meant) in [
        ("remove", "delete"),
        ("rm", "delete"),
        ("list", "show"),
        ("LS", "show"),
        ("replace", "change"),
        ("ADD", "add"),
        ("delte", "delete"),
    ] {
        assert_eq!(near(word, &endpoint), meant, "{word}");
    }
    let address = ["announce", "remove", "show"];
    assert_eq!(near("add", &address), "announce");
    assert_eq!(near("delete", &address), "remove");
    let subflow = ["create", "destroy", "change"];
    assert_eq!(near("add", &subflow), "create");
    assert_eq!(near("del", &subflow), "destroy");
    let all = format!("{:?}", Hint::one_of(subflow.iter().copied()));
    assert_eq!(near("show", &subflow), all);
    assert_eq!(near("", &subflow), all);
}

#[test]
fn a_word_of_the_command_is_not_suggested_for_itself() {
    let names = ["local", "remote"].into_iter();
    let help = |typed: &str| word(typed.as_ref(), names.clone());
    assert!(help("remote").is_some_and(|hint| hint.to_string().contains("needs a value")));
    assert_eq!(help("remot"), Some(Hint::Near("remote".to_owned())));
    assert_eq!(help("10.0.0.1"), None);
}

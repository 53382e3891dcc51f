//! Names of devices, which change.

use super::lab::Lab;
use crate::support::*;

trials! {
    a_renamed_or_deleted_device_is_not_printed_under_its_old_name,
}

fn a_renamed_or_deleted_device_is_not_printed_under_its_old_name(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let mut watch = monitor("monitor");
    let mut json = monitor("-json monitor");
    let listener = lab.listen(V4.far[0], 7000);
    let mut connection = lab.connect(&listener, V4.far[0]);
    let index = link_index("near1");
    let mut says = |event: &str, name: &str| {
        let line = watch.line_with(event);
        let device = format!(" ifindex={index} dev={name}");
        assert!(line.ends_with(&device), "{line}");
        json.wait_for(&format!("\"event\":\"{event}\""));
        json.wait_for(&format!("\"ifindex\":{index},\"dev\":\"{name}\""));
    };
    let add = |device: &str| {
        mptcp(&format!("endpoint add 10.0.2.1 dev {device} id 5 subflow")).ok();
    };

    add("near1");
    connection.talk();
    says("SF_ESTABLISHED", "near1");
    rename_link("near1", "eth9");
    mptcp("endpoint delete id 5").ok();
    connection.talk();
    says("SF_CLOSED", "eth9");

    add("eth9");
    connection.talk();
    says("SF_ESTABLISHED", "eth9");
    delete_link("eth9");
    mptcp("endpoint delete id 5").ok();
    says("SF_CLOSED", &format!("if{index}"));

    watch.interrupt().ok();
    json.interrupt().ok();
}

//! `#! …` lines of a session: what the stage is set with, and how the next
//! command is judged.

/// What a `#!` line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// `device NAME…`: devices that are up.
    Device(Vec<String>),
    /// `address DEVICE ADDRESS/LENGTH`
    Address(String, String),
    /// `rename DEVICE NAME`
    Rename(String, String),
    /// `remove DEVICE`
    Remove(String),
    /// `netns NAME`: a further namespace that `-netns NAME` finds.
    Netns(String),
    /// `host ADDRESS NAME`: the only name the system's resolver knows.
    Host(String, String),
    /// `unprivileged`: the next command runs without CAP_NET_ADMIN.
    Unprivileged,
    /// `exact`: the next command's standard error is compared to the byte
    /// though the kernel did not refuse it itself (a batch).
    Exact,
    /// `differs N`: the next command is the Nth deliberate difference; what is
    /// expected is ours, and recording leaves it alone.
    Differs(u8),
}

impl Directive {
    /// Reads what follows `#! `.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        Some(match words[..] {
            ["device", ref names @ ..] if !names.is_empty() => {
                Directive::Device(names.iter().map(ToString::to_string).collect())
            }
            ["address", device, address] => Directive::Address(device.into(), address.into()),
            ["rename", device, name] => Directive::Rename(device.into(), name.into()),
            ["remove", device] => Directive::Remove(device.into()),
            ["netns", name] => Directive::Netns(name.into()),
            ["host", address, name] => Directive::Host(address.into(), name.into()),
            ["unprivileged"] => Directive::Unprivileged,
            ["exact"] => Directive::Exact,
            ["differs", number] => Directive::Differs(number.parse().ok()?),
            _ => return None,
        })
    }
}

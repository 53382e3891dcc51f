//! `connection` on real connections between two hosts: what it tells of them
//! on either side, in each form, and which ones the words choose.

mod fallback;
mod form;
mod hosts;
mod many;
mod paths;
mod privilege;
mod stalled;
mod words;

trials! {;
    fallback::trials(), form::trials(), many::trials(), paths::trials(), privilege::trials(), stalled::trials(),
    words::trials()
}

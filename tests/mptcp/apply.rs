//! `save`, `apply` and `diff`, and `apply … follow`.

mod files;
mod follow;
mod keep;
mod links;
mod live;
mod random;
mod refusals;
mod reload;
mod revive;
mod setup;

trials! {;
    files::trials(), follow::trials(), keep::trials(), links::trials(), live::trials(), random::trials(),
    refusals::trials(), reload::trials(), revive::trials()
}

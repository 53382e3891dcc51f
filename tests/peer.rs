//! A kernel that misbehaves, played by a peer at the level of datagrams. Each
//! fault ends in a value or in an error that names it, in bounded time.

#[path = "peer/events.rs"]
mod events;
#[path = "peer/exchange.rs"]
mod exchange;
#[path = "peer/script.rs"]
mod script;
#[path = "peer/values.rs"]
mod values;
#[path = "peer/wire.rs"]
mod wire;

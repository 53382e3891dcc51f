//! Pictures for the README, of a real run.

trials! {}

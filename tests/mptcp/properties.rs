//! What holds for any input: encoded is decoded to the same, any bytes end in
//! a value or an error, any arguments in 0, 1, 2 or 255.

mod arguments;
mod corpus;
mod decoders;
mod network;
mod roundtrip;

trials! {;
    arguments::trials(), corpus::trials(), decoders::trials(), network::trials(),
    roundtrip::trials()
}

//! The sections with commands, and how each is run.

use super::blocks::MANUAL;

/// How the commands of a section are run.
pub struct Recipe {
    /// The document and the heading.
    pub section: (&'static str, &'static str),
    pub start: Start,
    pub then: Then,
}

/// What the lab is like before the first command.
pub enum Start {
    /// Wi-Fi is in use, and the mobile link has an address but no route.
    Laptop,
    /// The endpoint and the route of the mobile link are set up.
    Configured,
    /// The same, with a connection that has two paths.
    Connected,
    /// As `Configured`, and the server allows no further subflows.
    Refusing,
    /// The mobile link has an endpoint, but no route.
    WithoutRoute,
    /// As `Laptop`; each block is run on the host given here, in turn.
    On(&'static [Host]),
    /// The commands cannot be run, for this reason.
    NotRun(&'static str),
}

#[derive(Clone, Copy)]
pub enum Host {
    Laptop,
    Server,
}

/// What must hold afterwards.
#[derive(Clone, Copy)]
pub enum Then {
    Nothing,
    /// The next connection gets two paths, and nothing is wrong at either end.
    TwoPaths,
}

pub const RECIPES: &[Recipe] = &[
    recipe("README.md", "Try it", Start::Laptop, Then::Nothing),
    recipe("README.md", "A second path", Start::Laptop, Then::TwoPaths),
    recipe(
        EXAMPLES,
        "Endpoints and limits",
        Start::Laptop,
        Then::Nothing,
    ),
    recipe(EXAMPLES, "Connections", Start::Connected, Then::Nothing),
    recipe(
        EXAMPLES,
        "Why there is only one path",
        Start::WithoutRoute,
        Then::Nothing,
    ),
    recipe(
        EXAMPLES,
        "Whether a server uses MPTCP",
        Start::Refusing,
        Then::Nothing,
    ),
    recipe(EXAMPLES, "Events", Start::Configured, Then::Nothing),
    recipe(
        EXAMPLES,
        "Why a subflow was closed",
        Start::WithoutRoute,
        Then::Nothing,
    ),
    recipe(EXAMPLES, "Counters", Start::Connected, Then::Nothing),
    recipe(
        EXAMPLES,
        "One connection by hand",
        Start::Configured,
        Then::Nothing,
    ),
    recipe(SCRIPTS, "JSON", Start::Connected, Then::Nothing),
    recipe(
        SCRIPTS,
        "Events, one per line",
        Start::Connected,
        Then::Nothing,
    ),
    recipe(SCRIPTS, "Batches", Start::Laptop, Then::Nothing),
    recipe(SCRIPTS, "Network namespaces", Start::Laptop, Then::Nothing),
    recipe(
        SERVICES,
        "A configuration in a file",
        Start::Configured,
        Then::Nothing,
    ),
    recipe(
        SERVICES,
        "Containers and routers",
        Start::Configured,
        Then::Nothing,
    ),
    recipe(
        MANUAL,
        "A client with a second link",
        Start::Laptop,
        Then::TwoPaths,
    ),
    recipe(
        MANUAL,
        "A server with a second address",
        Start::On(&[Host::Server, Host::Laptop]),
        Then::TwoPaths,
    ),
    recipe(MANUAL, "A link in reserve", Start::Laptop, Then::TwoPaths),
    recipe(
        MANUAL,
        "A program that reads the state",
        Start::Configured,
        Then::Nothing,
    ),
    recipe(
        MANUAL,
        "Is the second path used?",
        Start::Connected,
        Then::Nothing,
    ),
    recipe(MANUAL, "Watching", Start::Configured, Then::Nothing),
    recipe(
        MANUAL,
        "The same state after each boot",
        Start::NotRun("a file, and units, which `.ci/boot` tests"),
        Then::Nothing,
    ),
    recipe(
        MANUAL,
        "One connection by hand",
        Start::Laptop,
        Then::Nothing,
    ),
    recipe(
        MANUAL,
        "Routes by source address",
        Start::Laptop,
        Then::TwoPaths,
    ),
    recipe(MANUAL, "Devices and routes", Start::Laptop, Then::TwoPaths),
];

const EXAMPLES: &str = "docs/examples.md";
const SCRIPTS: &str = "docs/scripts.md";
const SERVICES: &str = "docs/services.md";

const fn recipe(document: &'static str, title: &'static str, start: Start, then: Then) -> Recipe {
    Recipe {
        section: (document, title),
        start,
        then,
    }
}

//! `complete`: what may come at the cursor, for a shell.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::cli::complete::{Live, Part, complete};
use crate::cli::selector;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::select as diag;
use crate::failure::{Failure, Status};
use crate::ip::Shown;
use crate::kernel::programs;
use crate::kernel::sockets::Error;
use crate::netns;
use crate::output;

use super::{Session, connection};

/// A word and what it means.
type Offer = (Vec<u8>, String);

/// Prints what may come in place of the last word: a word on a line, behind a
/// tab what it means. Where files may come, the word is empty.
///
/// The status is [`Status::Usage`] where the line is for another object of `ip`,
/// or may be.
///
/// # Errors
/// The output fails.
pub fn run(session: &mut Session, words: &[&OsStr]) -> Result<Status, Failure> {
    let completion = complete(words.strip_prefix(&[OsStr::new("--")]).unwrap_or(words));
    let offers = completion.words.into_iter();
    let mut offers: Vec<Offer> = offers.map(|(word, about)| (word.into(), about)).collect();
    let entered = || {
        completion
            .netns
            .iter()
            .all(|name| netns::enter(name).is_ok())
    };
    if let Some(live) = completion.live
        && (matches!(live, Live::Files | Live::Programs) || entered())
    {
        let typed = completion.typed.as_bytes();
        let mut live = values(session, live, &completion.known);
        live.retain(|(word, _)| word.is_empty() || word.starts_with(typed));
        offers.extend(live);
    }
    session.print(|printer| {
        let out = printer.get_mut();
        for (word, about) in offers {
            out.write_all(&word)?;
            writeln!(out, "\t{about}")?;
        }
        Ok(())
    })?;
    session.flush()?;
    Ok(match completion.is_for_ip {
        true => Status::Usage,
        false => Status::Done,
    })
}

/// Where the kernel cannot be asked, nothing is offered.
fn values(session: &mut Session, live: Live, known: &selector::Words) -> Vec<Offer> {
    match live {
        Live::Files => vec![(Vec::new(), "file".to_owned())],
        Live::Programs => programs(),
        Live::Tokens => tokens(session),
        Live::Subflows(part) => parts(session, part, known),
        Live::Namespaces => namespaces(),
        Live::Counters => counters(),
        Live::Devices => {
            let network = session.kernel.network();
            let links = network.and_then(|network| network.links());
            let links = links.map(|dump| dump.entries).unwrap_or_default();
            let named = links.into_iter().map(|link| (link.name, String::new()));
            named.collect()
        }
        Live::EndpointIds => endpoints(session)
            .into_iter()
            .map(|(id, address)| (id.to_string().into(), address))
            .collect(),
        Live::EndpointAddresses => endpoints(session)
            .into_iter()
            .map(|(id, address)| (address.into(), format!("id {id}")))
            .collect(),
    }
}

fn programs() -> Vec<Offer> {
    programs::names()
        .into_iter()
        .map(|name| (name.into_vec(), String::new()))
        .collect()
}

/// The tokens, with the ends of their connections.
fn tokens(session: &mut Session) -> Vec<Offer> {
    let mut tokens = Vec::new();
    each(session, &selector::Words::default(), |connection, _| {
        let Connection { local, remote, .. } = connection;
        let Some(token) = connection.token else {
            return;
        };
        let about = format!(
            "{} {} to {} {}",
            Shown(local.address),
            local.port,
            Shown(remote.address),
            remote.port
        );
        tokens.push((format!("{token:08x}").into(), about));
    });
    tokens
}

/// What the subflows have that fit what is known, each value once.
fn parts(session: &mut Session, part: Part, known: &selector::Words) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let mut add = |subflow: &Subflow| {
        let id = |id: Option<u8>| id.map(|id| format!("id {id}")).unwrap_or_default();
        let local = Shown(subflow.local.address).to_string();
        let (value, about) = match part {
            Part::Local => (local, id(subflow.local_id())),
            Part::Sport => (subflow.local.port.to_string(), local),
            Part::Remote => {
                let remote = Shown(subflow.remote.address).to_string();
                (remote, id(subflow.remote_id()))
            }
            Part::Dport => (subflow.remote.port.to_string(), String::new()),
            Part::Id => match subflow.local_id() {
                Some(id) => (id.to_string(), local),
                None => return,
            },
        };
        offers.push((value.into_bytes(), about));
    };
    each(session, known, |connection, selector| {
        let subflows = connection.subflows.iter();
        subflows
            .filter(|subflow| selector.matches_subflow(subflow))
            .for_each(&mut add);
    });
    offers.sort_unstable();
    offers.dedup_by(|one, other| one.0 == other.0);
    offers
}

/// Lends each connection that is known in part.
fn each(
    session: &mut Session,
    known: &selector::Words,
    mut take: impl FnMut(&Connection, &diag::Selector),
) {
    let Ok(selector) = connection::selector(session, known) else {
        return;
    };
    if let Ok(sockets) = session.kernel.sockets() {
        let shown = sockets.connections(&selector, |connection| {
            take(&connection, &selector);
            Ok::<(), Error>(())
        });
        drop(shown);
    }
}

/// The ids and addresses of endpoints.
fn endpoints(session: &mut Session) -> Vec<(u8, String)> {
    let path_manager = session.kernel.path_manager();
    let dump = path_manager.and_then(|path_manager| path_manager.endpoints());
    let entries = dump.map(|dump| dump.entries).unwrap_or_default();
    let known = entries.into_iter();
    known
        .map(|endpoint| (endpoint.id, Shown(endpoint.address).to_string()))
        .collect()
}

/// The names of counters, each with what it means.
fn counters() -> Vec<Offer> {
    let names = super::counters::names().into_iter();
    let offer = |name: String| {
        let about = output::meaning(&name).unwrap_or_default();
        (name.into_bytes(), about.to_owned())
    };
    names.map(offer).collect()
}

fn namespaces() -> Vec<Offer> {
    let names = netns::names().map(|name| (name.into_vec(), String::new()));
    let mut names: Vec<Offer> = names.collect();
    names.sort_unstable();
    names
}

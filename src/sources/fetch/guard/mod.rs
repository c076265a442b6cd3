//! Decides whether an address may be fetched, whatever way it is spelt.
//!
//! A feed's address is typed by a stranger, and a redirect is written by one; neither may make this machine talk
//! to itself or to its neighbours. Literal addresses are judged here, before anything is sent, for an HTTP client
//! never asks its resolver about them; names are judged by [`resolve`], when their addresses are known.

mod ranges;
pub mod resolve;

use std::net::IpAddr;

use url::{Host, ParseError, SyntaxViolation, Url};

use crate::domain::{AllowedHost, WEB_PORTS, unrooted};

pub use ranges::inside;
pub use resolve::{Lookup, SystemLookup};

/// The longest address that is read, in bytes; browsers and servers differ above it.
const LONGEST: usize = 2048;

/// Names that only mean something on a local network, or nothing anywhere.
const LOCAL_DOMAINS: [&str; 14] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "localdomain",
    "arpa",
    "test",
    "invalid",
    "onion",
    "alt",
];

/// How an address may be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// As a stranger's: over connections to public addresses only.
    Public,
    /// As the operator has configured it, wherever it leads.
    Configured,
}

/// Why an address is not fetched, in words that complete “is not fetched: …”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody could read it as an address.
    #[error("it is no web address ({0})")]
    Unreadable(ParseError),
    /// A person would read it otherwise than a program.
    #[error("it is written to be misread ({0})")]
    Disguised(&'static str),
    /// It is longer than any honest address.
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    /// It is not of the web.
    #[error("only http and https addresses are")]
    Scheme,
    /// It holds a secret, or something that looks like a host.
    #[error("it carries a user name or password")]
    UserInfo,
    /// Anyone on the way could change what it says.
    #[error("plain http can be read and changed on the way, so it needs to be https")]
    PlainHttp,
    /// It asks for a service that may not be a web server.
    #[error("port {0} is not one of the web’s, 80 and 443")]
    Port(u16),
    /// Its host is not on the public internet.
    #[error("it leads to {0}, not to the public internet")]
    Inside(&'static str),
    /// Its host is a name that only a local network knows.
    #[error("its host is a name of the local network")]
    LocalName,
    /// Its host is a name that leads nowhere public; says no address, which the asker may not know.
    #[error("its host has no address on the public internet")]
    LeadsInside,
}

impl Refusal {
    /// True when an operator who means it can permit the address.
    pub fn can_be_allowed(&self) -> bool {
        matches!(
            self,
            Self::PlainHttp | Self::Port(_) | Self::Inside(_) | Self::LocalName | Self::LeadsInside
        )
    }
}

/// The rules, with the operator's permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    allow: Vec<AllowedHost>,
}

impl Guard {
    /// Makes the rules with these permissions.
    pub fn new(allow: Vec<AllowedHost>) -> Self {
        Self { allow }
    }

    /// Permits the host and port of an address that the operator has configured.
    #[must_use]
    pub fn trusting(mut self, url: &Url) -> Self {
        self.allow.extend(AllowedHost::of(url));
        self
    }

    /// Reads an address that somebody typed.
    pub fn read(&self, text: &str) -> Result<(Url, Passage), Refusal> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(Refusal::TooLong);
        }
        let disguise = std::cell::Cell::new(None);
        let note = |violation| {
            disguise.set(disguise.get().or(disguised(violation)));
        };
        let url = Url::options().syntax_violation_callback(Some(&note)).parse(text);
        let url = url.map_err(Refusal::Unreadable)?;
        let passage = self.vet(&url)?;
        disguise.get().map_or(Ok((url, passage)), |what| Err(Refusal::Disguised(what)))
    }

    /// Judges an address before anything is sent to it; asked anew for every hop.
    pub fn vet(&self, url: &Url) -> Result<Passage, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(Refusal::Unreadable(ParseError::EmptyHost));
        };
        let host = unrooted(host.to_owned());
        if self.allow.iter().any(|allowed| allowed.names(&host, port)) {
            return Ok(Passage::Configured);
        }
        match &host {
            Host::Ipv4(address) => refuse_inside((*address).into())?,
            Host::Ipv6(address) => refuse_inside((*address).into())?,
            Host::Domain(name) => refuse_local(name)?,
        }
        if !self.allow.iter().any(|allowed| allowed.opens(port)) {
            if !WEB_PORTS.contains(&port) {
                return Err(Refusal::Port(port));
            }
            if url.scheme() == "http" {
                return Err(Refusal::PlainHttp);
            }
        }
        Ok(Passage::Public)
    }
}

impl Passage {
    /// Judges the address at the other end of a connection.
    pub(super) fn connected(self, address: Option<IpAddr>) -> Result<(), Refusal> {
        match address.filter(|_| self == Self::Public) {
            Some(address) if inside(address).is_some() => Err(Refusal::LeadsInside),
            _ => Ok(()),
        }
    }
}

fn refuse_inside(address: IpAddr) -> Result<(), Refusal> {
    inside(address).map_or(Ok(()), |what| Err(Refusal::Inside(what)))
}

/// Refuses names without a dot and names under a domain that is not delegated.
fn refuse_local(name: &str) -> Result<(), Refusal> {
    if name.len() > 253 || name.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return Err(Refusal::Unreadable(ParseError::IdnaError));
    }
    match name.rsplit_once('.') {
        Some((_, top)) if !LOCAL_DOMAINS.contains(&top) => Ok(()),
        _ => Err(Refusal::LocalName),
    }
}

/// What in an address's spelling makes people and programs, or two programs, read different hosts.
fn disguised(violation: SyntaxViolation) -> Option<&'static str> {
    match violation {
        SyntaxViolation::Backslash => Some("a backslash stands for a slash"),
        SyntaxViolation::C0SpaceIgnored | SyntaxViolation::TabOrNewlineIgnored => {
            Some("it holds white space or control characters")
        }
        SyntaxViolation::ExpectedDoubleSlash => Some("two slashes are expected before the host"),
        SyntaxViolation::EmbeddedCredentials | SyntaxViolation::UnencodedAtSign => {
            Some("an @ stands before the host")
        }
        _ => None,
    }
}

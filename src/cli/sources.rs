//! `paperwire sources …`

use std::net::IpAddr;

use serde::Serialize;
use url::Host;

use super::args::{CheckUrl, Sources};
use super::exit::CliError;
use super::held;
use super::output::Output;
use super::sources_add;
use crate::config::Config;
use crate::sources::fetch::guard::resolve::checked;
use crate::sources::fetch::{Guard, Lookup as _, Passage, Refusal, SystemLookup};

/// What is said of an address.
#[derive(Serialize)]
struct Checked {
    /// As it would be asked; what was typed, when that is no address.
    url: String,
    allowed: bool,
    /// Why not.
    reason: Option<String>,
    /// True when it is allowed only because the configuration says so.
    configured: bool,
    /// Where its name leads, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<IpAddr>>,
    #[serde(skip)]
    hint: bool,
}

/// Does what is asked about sources.
pub async fn run(config: &Config, command: &Sources, output: Output) -> Result<(), CliError> {
    match command {
        Sources::CheckUrl(args) => check_url(config, args, output).await,
        Sources::Parse(args) => super::sources_parse::run(args, output),
        Sources::Add(args) => sources_add::add(config, args, output).await,
        Sources::List => sources_add::list(config, output).await,
        Sources::Remove(args) => sources_add::remove(config, args, output).await,
        Sources::Release(of) => held::release(config, of, output).await,
        Sources::Drop(of) => held::drop(config, of, output).await,
    }
}

async fn check_url(config: &Config, args: &CheckUrl, output: Output) -> Result<(), CliError> {
    let guard = Guard::new(config.sources.allow.clone());
    let answer = judge(&guard, args).await?;
    output.row(&answer, text)?;
    if answer.allowed { Ok(()) } else { Err(CliError::No) }
}

async fn judge(guard: &Guard, args: &CheckUrl) -> anyhow::Result<Checked> {
    let typed = |refusal: Refusal| Checked::refused(args.url.trim().to_owned(), &refusal);
    let (url, passage) = match guard.read(&args.url) {
        Ok(read) => read,
        Err(refusal) => return Ok(typed(refusal)),
    };
    let mut answer = Checked::allowed(url.to_string(), passage);
    if args.resolve {
        let found = match url.host() {
            Some(Host::Domain(name)) => SystemLookup.lookup(name).await,
            Some(Host::Ipv4(address)) => Ok(vec![address.into()]),
            Some(Host::Ipv6(address)) => Ok(vec![address.into()]),
            None => Ok(Vec::new()),
        };
        let found = found.map_err(|error| anyhow::anyhow!("cannot look up the host of {url}: {error}"))?;
        if let Err(refusal) = checked(found.clone(), passage) {
            answer = Checked::refused(url.to_string(), &refusal);
        }
        answer.addresses = Some(found);
    }
    Ok(answer)
}

impl Checked {
    fn allowed(url: String, passage: Passage) -> Self {
        let configured = passage == Passage::Configured;
        Self { url, allowed: true, reason: None, configured, addresses: None, hint: false }
    }

    fn refused(url: String, refusal: &Refusal) -> Self {
        let (reason, hint) = (Some(refusal.to_string()), refusal.can_be_allowed());
        Self { url, allowed: false, reason, configured: false, addresses: None, hint }
    }
}

fn text(answer: &Checked) -> String {
    let mut out = match &answer.reason {
        None if answer.configured => format!("allowed by sources.allow: {}", answer.url),
        None => format!("allowed: {}", answer.url),
        Some(reason) => format!("refused: {reason}"),
    };
    if let Some(addresses) = &answer.addresses {
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        out = format!("{out}\nit leads to {}", addresses.join(", "));
    }
    if answer.hint {
        out.push_str("\nIf you run this host, name it in sources.allow, as in [\"feeds.lan:8080\"].");
    }
    out
}

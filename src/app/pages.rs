//! Subscribing by e-mail and the pages for it, from the configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use url::Url;

use super::mail;
use crate::clock::Clock;
use crate::config::{Config, Role};
use crate::signup::SignUp;
use crate::store::Store;
use crate::web::Desk;

/// What subscribing needs; `None` when it is switched off or there is no address that letters could lead to.
pub async fn sign_up(
    config: &Config,
    store: &Store,
    clock: Arc<dyn Clock>,
    bound: Option<SocketAddr>,
) -> anyhow::Result<Option<Arc<SignUp>>> {
    let Some(public) = public_address(config, bound) else { return Ok(None) };
    let letters = mail::letters(config)?;
    Ok(Some(Arc::new(SignUp::open(store.clone(), clock, letters, public).await?)))
}

/// The pages of this process, when they are its work.
pub fn desk(config: &Config, store: &Store, sign_up: Option<&Arc<SignUp>>) -> Option<Desk> {
    let sign_up = sign_up.filter(|_| config.serve.has(Role::Web))?.clone();
    let (web, short_text) = (&config.web, config.delivery.short_text);
    Some(Desk::new(store.clone(), sign_up, web.subscribe, web.trusted_proxies.clone(), short_text))
}

/// What the bot may offer people elsewhere: pages that they can reach.
pub fn for_chats(config: &Config, sign_up: Option<&Arc<SignUp>>) -> Option<Arc<SignUp>> {
    sign_up.filter(|_| config.web.subscribe && config.web.public_url.is_some()).cloned()
}

/// The address of the pages: the public one, else the one that is listened on, which this machine can reach.
fn public_address(config: &Config, bound: Option<SocketAddr>) -> Option<Url> {
    if let Some(public) = &config.web.public_url {
        return Some(public.clone());
    }
    let mut address = bound.or(config.web.listen)?;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    Url::parse(&format!("http://{address}/")).ok()
}

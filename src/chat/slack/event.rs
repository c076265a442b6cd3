//! From Slack's events to what happened: one mapping for Socket Mode and HTTP, no I/O.

use serde_json::Value;

use super::arrive::{Arrival, Linked, Unreadable, read, who};
use super::payload::Wrapper;

/// Reads the body of an event.
pub(super) fn event_body(body: &str) -> Result<Arrival, Unreadable> {
    event(serde_json::from_str(body).map_err(|_| Unreadable)?)
}

/// Reads an event with its wrapper.
pub(super) fn event(payload: Value) -> Result<Arrival, Unreadable> {
    let given: Wrapper = read(payload)?;
    match given.kind.as_deref().ok_or(Unreadable)? {
        "url_verification" => return given.challenge.map(Arrival::Challenge).ok_or(Unreadable),
        "event_callback" => {}
        _ => return Ok(Arrival::Other("no event")),
    }
    let event = given.event.ok_or(Unreadable)?;
    let workspace = given.team_id.or(given.enterprise_id);
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let (user, channel) = (text(&event.user), text(&event.channel));
    let own = given.authorizations.unwrap_or_default().into_iter().filter_map(|a| a.user_id);
    let by_an_app = event.bot_id.is_some() || own.into_iter().any(|own| Some(&own) == user.as_ref());
    let lost = |what| Arrival::Lost { what, workspace: workspace.clone().unwrap_or_default() };
    let who = || who(workspace.clone(), channel.as_deref(), user.clone(), None);
    let found = match event.kind.as_deref().ok_or(Unreadable)? {
        "app_home_opened" if event.tab.as_deref().is_none_or(|tab| tab == "home") => {
            who().map(|who| Arrival::Home { who })
        }
        "link_shared" if !by_an_app => {
            let links = event.links.unwrap_or_default().into_iter().filter_map(|link| link.url);
            let links: Vec<_> = links.filter_map(|url| Some((url.clone(), url.parse().ok()?))).collect();
            let message = Linked { ts: event.message_ts, unfurl: event.unfurl_id.zip(event.source) };
            who().filter(|_| !links.is_empty()).map(|who| Arrival::Links { who, links, message })
        }
        "app_uninstalled" => Some(lost("The app was uninstalled")),
        "tokens_revoked" => Some(lost("Tokens of the app were revoked")),
        _ => None,
    };
    Ok(found.unwrap_or(Arrival::Other("an event that is not read")))
}

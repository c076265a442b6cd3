//! From commands and interactions to what was done: one mapping for Socket Mode and HTTP, no I/O.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use super::payload::{Interaction, Named, SlashCommand};
use super::text::typed;
use super::{controls, view};
use crate::chat::Action;
use crate::command::{Topic, parse_line};
use crate::domain::{ChannelId, PaperId, Platform, UserId};

/// The callback id of the message shortcut; the manifest names it.
pub(super) const ABOUT: &str = "about_paper";
/// What the action ids of completed fields start with; the topic follows.
const COMPLETE: &str = "complete:";

/// Something that arrived.
#[derive(Debug, PartialEq)]
pub(super) enum Arrival {
    /// Something for the bot to answer.
    Asked(Box<Asked>),
    /// A half-written field.
    Half { who: Who, topic: Topic, text: String },
    /// Somebody opened the app's own page.
    Home { who: Who },
    /// Links in somebody's message.
    Links { who: Who, links: Vec<(String, PaperId)>, message: Linked },
    /// Slack asks whether the address is ours.
    Challenge(String),
    /// The app was taken out of a workspace, or its tokens were.
    Lost { what: &'static str, workspace: String },
    /// Nothing for us.
    Other(&'static str),
}

/// A request with the ways in which it can be answered.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    /// Slack's id of it.
    pub id: String,
    pub who: Who,
    pub action: Action,
    pub kind: Kind,
    pub place: Place,
    /// The open window.
    pub view: Option<String>,
}

/// What kind of thing was done; each is answered in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Command,
    Press,
    Shortcut,
    Edit,
    Submit,
}

/// Who did it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    pub workspace: Option<String>,
    pub channel: ChannelId,
    pub user: UserId,
    /// The handle, when Slack told it.
    pub name: Option<String>,
}

/// Where an answer can be shown; it travels through a window in its metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// The address for late answers.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub response_url: Option<String>,
    /// The message that was pressed, when everybody sees it.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The thread in which it stands.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// True when the address belongs to a message that was pressed.
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub pressed: bool,
    /// Opens a window, for three seconds.
    #[serde(skip)]
    pub trigger: Option<String>,
}

/// Where the links stand that may be unfurled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Linked {
    pub ts: Option<String>,
    pub unfurl: Option<(String, String)>,
}

/// What arrived cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request of Slack's")]
pub(super) struct Unreadable;

/// Reads the form of a slash command.
pub(super) fn command_form(body: &str) -> Result<Arrival, Unreadable> {
    let fields = form_urlencoded::parse(body.as_bytes());
    let fields = fields.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    command(Value::Object(fields.collect()))
}

/// Reads a slash command.
pub(super) fn command(payload: Value) -> Result<Arrival, Unreadable> {
    let given: SlashCommand = read(payload)?;
    if given.ssl_check.is_some() {
        return Ok(Arrival::Other("a check of the address"));
    }
    let who = who(
        given.team_id.or(given.enterprise_id),
        given.channel_id.as_deref(),
        given.user_id,
        given.user_name,
    );
    let (who, id) = (who.ok_or(Unreadable)?, given.trigger_id.ok_or(Unreadable)?);
    let line = given.text.unwrap_or_default();
    Ok(Arrival::Asked(Box::new(Asked {
        action: Action::Command(parse_line(Platform::Slack, &line)),
        kind: Kind::Command,
        place: Place { response_url: given.response_url, trigger: Some(id.clone()), ..Place::default() },
        view: None,
        id,
        who,
    })))
}

/// Reads the form of an interaction, whose one field holds JSON.
pub(super) fn interaction_form(body: &str) -> Result<Arrival, Unreadable> {
    let payload = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "payload");
    interaction(serde_json::from_str(&payload.ok_or(Unreadable)?.1).map_err(|_| Unreadable)?)
}

/// Reads an interaction.
pub(super) fn interaction(payload: Value) -> Result<Arrival, Unreadable> {
    let given: Interaction = read(payload)?;
    Ok(match given.kind.as_deref().ok_or(Unreadable)? {
        "block_actions" if given.view.is_some() => edit(given),
        "block_actions" => press(given),
        "view_submission" => submit(given),
        "message_action" if given.callback_id.as_deref() == Some(ABOUT) => about(given),
        "block_suggestion" => half(given),
        _ => None,
    }
    .unwrap_or(Arrival::Other("an interaction that is not ours")))
}

fn press(given: Interaction) -> Option<Arrival> {
    let action = given.actions.as_deref()?.first()?;
    let (control, choice) = controls::pressed(action)?;
    let container = given.container.unwrap_or_default();
    let channel = given.channel.and_then(|channel| channel.id).or(container.channel_id);
    let public = container.is_ephemeral == Some(false);
    Some(asked(
        given.trigger_id?,
        who_of(given.team, given.enterprise, channel.as_deref(), given.user)?,
        Action::Press { control, choice },
        Kind::Press,
        Place {
            response_url: given.response_url,
            message: container.message_ts.filter(|_| public),
            thread: container.thread_ts,
            pressed: true,
            trigger: None,
        },
        None,
    ))
}

fn edit(given: Interaction) -> Option<Arrival> {
    let opened = given.view?;
    let meta = view::Meta::read(opened.private_metadata.as_deref()?)?;
    let mut values = view::values(opened.state);
    for action in given.actions.unwrap_or_default() {
        let Some(name) = action.block_id.clone() else { continue };
        let value = action.content().unwrap_or_default().to_owned();
        match values.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => values.push((name, value)),
        }
    }
    Some(asked(
        given.trigger_id?,
        who_of(given.team, given.enterprise, Some(&meta.channel), given.user)?,
        Action::Edit { control: meta.control, values },
        Kind::Edit,
        meta.place,
        Some(opened.id?),
    ))
}

fn submit(given: Interaction) -> Option<Arrival> {
    let sent = given.view?;
    let meta = view::Meta::read(sent.private_metadata.as_deref()?)?;
    Some(asked(
        given.trigger_id?,
        who_of(given.team, given.enterprise, Some(&meta.channel), given.user)?,
        Action::Submit { control: meta.control, values: view::values(sent.state) },
        Kind::Submit,
        meta.place,
        Some(sent.id?),
    ))
}

fn about(given: Interaction) -> Option<Arrival> {
    let channel = given.channel.and_then(|channel| channel.id);
    let message = given.message?;
    let mut lines = vec![typed(message["text"].as_str().unwrap_or_default())];
    addresses(&message, &mut lines);
    Some(asked(
        given.trigger_id?,
        who_of(given.team, given.enterprise, channel.as_deref(), given.user)?,
        Action::About { text: lines.join("\n") },
        Kind::Shortcut,
        Place { response_url: given.response_url, ..Place::default() },
        None,
    ))
}

/// Adds the addresses that a message's blocks and attachments hold and its text does not.
fn addresses(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| addresses(part, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(url) if matches!(name.as_str(), "url" | "from_url" | "title_link") => {
                        if !found.iter().any(|line| line.contains(url)) {
                            found.push(url.to_owned());
                        }
                    }
                    _ => addresses(value, found),
                }
            }
        }
        _ => {}
    }
}

fn half(given: Interaction) -> Option<Arrival> {
    let topic = match given.action_id.as_deref()?.strip_prefix(COMPLETE)? {
        "query" => Topic::Query,
        "paper" => Topic::Paper,
        "subscription" => Topic::Subscription,
        "zone" => Topic::Zone,
        _ => return None,
    };
    let channel = given.channel.and_then(|channel| channel.id).or_else(|| {
        let metadata = given.view.as_ref()?.private_metadata.as_deref()?;
        Some(view::Meta::read(metadata)?.channel)
    });
    let who = who_of(given.team, given.enterprise, channel.as_deref(), given.user)?;
    let text = given.value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Arrival::Half { who, topic, text })
}

/// Reads one of the shapes that Slack sends.
pub(super) fn read<T: for<'a> Deserialize<'a>>(payload: Value) -> Result<T, Unreadable> {
    serde_json::from_value(payload).map_err(|_| Unreadable)
}

fn asked(id: String, who: Who, action: Action, kind: Kind, place: Place, view: Option<String>) -> Arrival {
    let place = Place { trigger: Some(id.clone()), ..place };
    Arrival::Asked(Box::new(Asked { id, who, action, kind, place, view }))
}

fn who_of(
    team: Option<Named>,
    enterprise: Option<Named>,
    channel: Option<&str>,
    user: Option<Named>,
) -> Option<Who> {
    let user = user?;
    let workspace = team.and_then(|team| team.id).or_else(|| enterprise?.id);
    who(workspace, channel, user.id, user.username.or(user.name))
}

/// Somebody in a channel; `None` when Slack does not say who or where.
pub(super) fn who(
    workspace: Option<String>,
    channel: Option<&str>,
    user: Option<String>,
    name: Option<String>,
) -> Option<Who> {
    let channel = ChannelId::parse(Platform::Slack, channel?).ok()?;
    Some(Who { workspace, channel, user: UserId(user?), name })
}

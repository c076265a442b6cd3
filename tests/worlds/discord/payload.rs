//! Interactions as Discord sends them, built from what a person does.

use serde_json::{Value, json};

use super::APPLICATION;

/// The bit of Manage Channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;
/// The bit of Administrator.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// What everybody has: View Channel, Send Messages.
pub const ORDINARY: u64 = 3 << 10;

/// Who does something, and where.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub user: u64,
    pub channel: u64,
    /// `None` is the conversation with the bot.
    pub guild: Option<u64>,
    pub permissions: u64,
}

/// A member who may manage the channel.
pub const ADA: Person =
    Person { user: 71, channel: 100, guild: Some(900), permissions: ORDINARY | MANAGE_CHANNELS };
/// A member who may not.
pub const BOB: Person = Person { user: 72, channel: 100, guild: Some(900), permissions: ORDINARY };

/// What a person does.
#[derive(Debug, Clone)]
pub enum Does {
    /// `/papers NAME`, with values as Discord types them.
    Slash(&'static str, Vec<Value>),
    /// Writes an option; the last one is the focused one.
    Writes(&'static str, Vec<Value>),
    /// Chooses “About this paper” in the menu of a message.
    About(String),
    /// Presses a button.
    Press(String),
    /// Chooses from a menu.
    Choose(String, String),
    /// Sends a form: its id, its fields, and whether it was opened from a message.
    Submit(String, Vec<(String, String)>, bool),
}

/// A text option.
pub fn text(name: &str, value: &str) -> Value {
    json!({"type": 3, "name": name, "value": value})
}

/// A whole number.
pub fn number(name: &str, value: i64) -> Value {
    json!({"type": 4, "name": name, "value": value})
}

/// A channel, of which the person's permissions come along.
pub fn channel(name: &str, id: u64, permissions: u64) -> Value {
    json!({"type": 7, "name": name, "value": id.to_string(), "permissions": permissions.to_string()})
}

impl Does {
    /// True where a message of the bot was used, which a response may replace.
    pub fn on_message(&self) -> bool {
        matches!(self, Self::Press(_) | Self::Choose(..) | Self::Submit(_, _, true))
    }

    /// Number of the interaction's type.
    pub fn kind(&self) -> u64 {
        match self {
            Self::Slash(..) | Self::About(_) => 2,
            Self::Press(_) | Self::Choose(..) => 3,
            Self::Writes(..) => 4,
            Self::Submit(..) => 5,
        }
    }
}

/// The interaction as it is sent.
pub fn interaction(id: u64, token: &str, who: Person, does: &Does) -> Value {
    let (user, private) = (user(who.user), who.guild.is_none());
    let mut body = json!({
        "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": does.kind(), "token": token,
        "version": 1, "channel_id": who.channel.to_string(), "locale": "en-GB", "entitlements": [],
        "app_permissions": "277025704960", "attachment_size_limit": 10_485_760,
        "channel": {"id": who.channel.to_string(), "type": u8::from(private)},
        "data": data(does), "context": u8::from(private),
    });
    if let Some(guild) = who.guild {
        body["guild_id"] = json!(guild.to_string());
        body["guild_locale"] = json!("en-US");
        body["guild"] = json!({"id": guild.to_string(), "locale": "en-US", "features": []});
        body["authorizing_integration_owners"] = json!({"0": guild.to_string()});
        body["member"] = json!({
            "user": user, "roles": [], "joined_at": "2024-01-01T00:00:00.000000+00:00", "deaf": false,
            "mute": false, "flags": 0, "pending": false, "avatar": null, "nick": null, "premium_since": null,
            "permissions": who.permissions.to_string(), "communication_disabled_until": null, "unusual_dm_activity_until": null,
        });
    } else {
        body["user"] = user;
        body["authorizing_integration_owners"] = json!({"0": "0"});
    }
    if does.on_message() {
        body["message"] = message(who.channel, "An answer of the bot");
    }
    body
}

/// A command; one of two words stands in its group.
fn subcommand(name: &str, options: &[Value]) -> Value {
    match name.split_once(' ') {
        None => json!({"type": 1, "name": name, "options": options}),
        Some((group, name)) => json!({"type": 2, "name": group, "options": [subcommand(name, options)]}),
    }
}

fn data(does: &Does) -> Value {
    let slash = |name: &str, options: &[Value]| {
        let mut channels = serde_json::Map::new();
        let options: Vec<Value> = options
            .iter()
            .cloned()
            .map(|mut option| {
                if let Some(permissions) = option.as_object_mut().unwrap().remove("permissions") {
                    let id = option["value"].as_str().unwrap().to_owned();
                    let channel = json!({"id": id, "type": 0, "name": "other", "permissions": permissions});
                    channels.insert(id, channel);
                }
                option
            })
            .collect();
        let mut data = json!({
            "id": "5001", "name": "papers", "type": 1,
            "options": [subcommand(name, &options)],
        });
        if !channels.is_empty() {
            data["resolved"] = json!({"channels": channels});
        }
        data
    };
    match does {
        Does::Slash(name, options) => slash(name, options),
        Does::Writes(name, options) => {
            let mut options = options.clone();
            options.last_mut().unwrap()["focused"] = json!(true);
            slash(name, &options)
        }
        Does::About(content) => json!({
            "id": "5002", "name": "About this paper", "type": 3, "target_id": "6001",
            "resolved": {"messages": {"6001": message(100, content)}},
        }),
        Does::Press(control) => json!({"custom_id": control, "component_type": 2, "id": 2}),
        Does::Choose(control, value) => {
            json!({"custom_id": control, "component_type": 3, "id": 2, "values": [value]})
        }
        Does::Submit(control, fields, _) => json!({
            "custom_id": control,
            "components": fields.iter().map(|(name, value)| json!({
                "type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": name, "value": value}],
            })).collect::<Vec<_>>(),
        }),
    }
}

fn user(id: u64) -> Value {
    json!({
        "id": id.to_string(), "username": format!("user{id}"), "discriminator": "0", "global_name": "A Person",
        "avatar": null, "public_flags": 0, "bot": false,
    })
}

fn message(channel: u64, content: &str) -> Value {
    json!({
        "id": "6001", "channel_id": channel.to_string(), "author": user(80), "type": 0, "tts": false, "pinned": false,
        "content": content, "timestamp": "2026-08-04T06:00:00.000000+00:00", "edited_timestamp": null, "flags": 0,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "components": [],
        "embeds": [{"type": "article", "url": "https://arxiv.org/abs/2608.09999", "title": "A preview"}],
    })
}

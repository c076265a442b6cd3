//! What people do in Slack, as Slack tells apps of it.

use serde_json::{Map, Value, json};

use super::Slack;
use super::desk::{address, trigger};
use super::seen::Posted;

/// Somebody in the workspace.
pub const ADA: &str = "U07ADA";
pub const BEN: &str = "W07BEN";

impl Slack {
    /// Somebody gives a slash command.
    pub fn command(&self, channel: &str, user: &str, text: &str) -> Value {
        let now = self.now();
        let (base, id, url) = self.state(|state| {
            let url = address(state, channel, user, None, now);
            (self.response_base(), trigger(state, user, now), url)
        });
        json!({
            "token": "verification", "team_id": "T1", "team_domain": "fake", "enterprise_id": "E1",
            "enterprise_name": "Fake Org", "is_enterprise_install": "false", "channel_id": channel,
            "channel_name": "general", "user_id": user, "user_name": "ada", "command": "/papers", "text": text,
            "api_app_id": "A1", "response_url": format!("{base}{url}"), "trigger_id": id,
        })
    }

    /// Somebody presses the button with these words below a message.
    pub fn press(&self, message: &Posted, user: &str, words: &str) -> Value {
        let button = element(&message.raw, |element| element["text"]["text"] == words);
        let mut action = button.unwrap_or_else(|| panic!("no button “{words}” in {}", message.raw));
        action["action_ts"] = json!("1700000000.000100");
        self.acted(message, user, &action)
    }

    /// Somebody chooses from the menu below a message.
    pub fn choose(&self, message: &Posted, user: &str, value: &str) -> Value {
        let mut menu = element(&message.raw, |e| e["type"] == "static_select").expect("a menu");
        let options = menu["options"].as_array().cloned().unwrap_or_default();
        let chosen = options.into_iter().find(|option| option["value"] == value).expect("an option");
        menu["selected_option"] = chosen;
        self.acted(message, user, &menu)
    }

    fn acted(&self, message: &Posted, user: &str, action: &Value) -> Value {
        let now = self.now();
        let (base, id, url) = self.state(|state| {
            let url = address(state, &message.channel, user, Some(&message.ts), now);
            (self.response_base(), trigger(state, user, now), url)
        });
        json!({
            "type": "block_actions", "user": person(user), "api_app_id": "A1", "token": "verification",
            "container": {
                "type": "message", "message_ts": message.ts, "channel_id": message.channel,
                "is_ephemeral": message.only.is_some(),
            },
            "trigger_id": id, "team": {"id": "T1", "domain": "fake"}, "enterprise": null,
            "is_enterprise_install": false, "channel": {"id": message.channel, "name": "general"},
            "state": {"values": {}}, "response_url": format!("{base}{url}"), "actions": [action],
        })
    }

    /// Somebody writes into a live field of the open window.
    pub fn write(&self, user: &str, field: &str, text: &str) -> Value {
        let now = self.now();
        let (open, id) = self.state(|state| {
            let open = state.desk.views.last().expect("an open window").clone();
            (open, trigger(state, user, now))
        });
        let block = block(&open.view, field);
        assert_eq!(block["dispatch_action"], true, "{field} is not live");
        let action_id = block["element"]["action_id"].clone();
        json!({
            "type": "block_actions", "user": person(user), "api_app_id": "A1", "token": "verification",
            "container": {"type": "view", "view_id": open.id}, "trigger_id": id, "team": {"id": "T1"},
            "enterprise": null, "is_enterprise_install": false,
            "view": view(&open.id, &open.view, &[(field, text)]),
            "actions": [{
                "type": "plain_text_input", "block_id": field, "action_id": action_id, "value": text,
                "action_ts": "1.1",
            }],
        })
    }

    /// Somebody sends the open window with these fields changed.
    pub fn submit(&self, user: &str, fields: &[(&str, &str)]) -> Value {
        let now = self.now();
        let (open, id) = self.state(|state| {
            let open = state.desk.views.last().expect("an open window").clone();
            (open, trigger(state, user, now))
        });
        json!({
            "type": "view_submission", "team": {"id": "T1", "domain": "fake"}, "user": person(user),
            "api_app_id": "A1", "token": "verification", "trigger_id": id,
            "view": view(&open.id, &open.view, fields), "response_urls": [], "is_enterprise_install": false,
            "enterprise": null,
        })
    }

    /// Somebody uses the shortcut in a message's menu.
    pub fn shortcut(&self, channel: &str, user: &str, message: &Value) -> Value {
        let now = self.now();
        let (base, id, url) = self.state(|state| {
            let url = address(state, channel, user, None, now);
            (self.response_base(), trigger(state, user, now), url)
        });
        json!({
            "type": "message_action", "token": "verification", "action_ts": "1.1", "team": {"id": "T1"},
            "user": {"id": user, "name": "ada"}, "channel": {"id": channel, "name": "general"},
            "callback_id": "about_paper", "trigger_id": id, "message_ts": "1.2", "message": message,
            "response_url": format!("{base}{url}"),
        })
    }

    /// Somebody opens the app's page.
    pub fn open_home(&self, user: &str) -> Value {
        let event = json!({"type": "app_home_opened", "user": user, "channel": "D07ADA", "tab": "home", "event_ts": "1.1"});
        self.event(&event)
    }

    /// Somebody's message holds links.
    pub fn share_links(&self, channel: &str, user: &str, links: &[&str]) -> Value {
        let links: Vec<Value> = links.iter().map(|url| json!({"url": url, "domain": "arxiv.org"})).collect();
        self.event(&json!({
            "type": "link_shared", "user": user, "channel": channel, "message_ts": "5.5",
            "is_bot_user_member": true, "links": links, "event_ts": "5.6",
        }))
    }

    /// An event in its wrapper.
    pub fn event(&self, event: &Value) -> Value {
        let number = self.state(|state| state.desk.number());
        json!({
            "token": "verification", "team_id": "T1", "enterprise_id": null, "context_team_id": null,
            "api_app_id": "A1", "event": event, "type": "event_callback",
            "event_id": format!("Ev{number}"), "event_time": 1_700_000_000, "is_ext_shared_channel": false,
            "authorizations": [{
                "enterprise_id": null, "team_id": "T1", "user_id": "U0BOT", "is_bot": true,
                "is_enterprise_install": false,
            }],
        })
    }
}

fn person(user: &str) -> Value {
    json!({"id": user, "username": "ada", "name": "ada", "team_id": "T1"})
}

/// The first element of a message that fits.
fn element(message: &Value, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let blocks = message["blocks"].as_array()?;
    let actions = blocks.iter().filter(|block| block["type"] == "actions");
    actions.filter_map(|block| block["elements"].as_array()).flatten().find(|element| fits(element)).cloned()
}

fn block(view: &Value, field: &str) -> Value {
    let blocks = view["blocks"].as_array().expect("blocks");
    blocks
        .iter()
        .find(|block| block["block_id"] == field)
        .unwrap_or_else(|| panic!("no field {field}"))
        .clone()
}

/// A window as Slack tells of it: what was sent, and what stands in its fields.
fn view(id: &str, view: &Value, typed: &[(&str, &str)]) -> Value {
    for (field, _) in typed {
        block(view, field);
    }
    let mut values = Map::new();
    for input in view["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input") {
        let name = input["block_id"].as_str().unwrap();
        let element = &input["element"];
        let typed = typed.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
        let state = if element["type"] == "static_select" {
            let options = element["options"].as_array().unwrap();
            let chosen = match typed {
                Some(value) => {
                    options.iter().find(|option| option["value"] == value).cloned().expect("an option")
                }
                None => element["initial_option"].clone(),
            };
            json!({"type": "static_select", "selected_option": chosen})
        } else {
            let text = typed.or(element["initial_value"].as_str()).filter(|text| !text.is_empty());
            json!({"type": "plain_text_input", "value": text})
        };
        values.insert(name.to_owned(), json!({element["action_id"].as_str().unwrap(): state}));
    }
    let mut told = view.clone();
    told["id"] = json!(id);
    told["hash"] = json!("1.abc");
    told["state"] = json!({"values": values});
    told["team_id"] = json!("T1");
    told["previous_view_id"] = Value::Null;
    told
}

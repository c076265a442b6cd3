//! The app's manifest: what has to be set at Slack, so that nobody has to click it together.

use serde_json::{Value, json};
use url::Url;

use super::arrive::ABOUT;
use crate::command::{ABOUT_MESSAGE, COMMANDS, ROOT};

/// The scopes of the bot token; docs/slack.md says of each why.
pub const SCOPES: [&str; 8] = [
    "chat:write",
    "commands",
    "links:read",
    "links:write",
    "users:read",
    "channels:history",
    "groups:history",
    "im:history",
];

/// The domains whose links are shown with what is known of the paper.
const UNFURLED: [&str; 3] = ["arxiv.org", "huggingface.co", "doi.org"];
const EVENTS: [&str; 4] = ["app_home_opened", "link_shared", "app_uninstalled", "tokens_revoked"];

/// Makes the manifest: for HTTP when the public address is given, else for Socket Mode.
pub fn manifest(public_url: Option<&Url>) -> Value {
    let address =
        |path: &str| public_url.map(|url| format!("{}/slack/{path}", url.as_str().trim_end_matches('/')));
    let mut names: Vec<&str> =
        COMMANDS.iter().map(|spec| spec.name.split(' ').next().unwrap_or_default()).collect();
    names.dedup();
    let mut command = json!({
        "command": format!("/{ROOT}"),
        "description": "Find research papers and bring them into this channel",
        "usage_hint": format!("[{}]", names.join(" | ")),
        // Channels come with their ids, which a name alone would not tell.
        "should_escape": true,
    });
    let mut events = json!({"bot_events": EVENTS});
    let mut interactivity = json!({"is_enabled": true});
    if let Some(commands) = address("commands") {
        command["url"] = json!(commands);
        events["request_url"] = json!(address("events"));
        interactivity["request_url"] = json!(address("interactions"));
        interactivity["message_menu_options_url"] = json!(address("interactions"));
    }
    json!({
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Paperwire",
            "description": "New research papers in the right channels, each once, with the reason",
            "background_color": "#24425c",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": true,
            },
            "bot_user": {"display_name": "Paperwire", "always_online": true},
            "shortcuts": [{
                "name": ABOUT_MESSAGE,
                "type": "message",
                "callback_id": ABOUT,
                "description": "Show the paper that a message links to",
            }],
            "slash_commands": [command],
            "unfurl_domains": UNFURLED,
        },
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": public_url.is_none(),
            "token_rotation_enabled": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_an_address_everything_goes_there_and_without_one_nothing_needs_to() {
        let socket = manifest(None);
        assert_eq!(socket["settings"]["socket_mode_enabled"], true);
        assert!(!socket.to_string().contains("http"), "{socket}");
        let http = manifest(Some(&"https://papers.example.org/".parse().unwrap()));
        assert_eq!(http["settings"]["socket_mode_enabled"], false);
        let addresses: Vec<&str> =
            ["/features/slash_commands/0/url", "/settings/event_subscriptions/request_url"]
                .into_iter()
                .chain(["/settings/interactivity/request_url"])
                .map(|pointer| http.pointer(pointer).and_then(Value::as_str).unwrap())
                .collect();
        assert_eq!(
            addresses,
            [
                "https://papers.example.org/slack/commands",
                "https://papers.example.org/slack/events",
                "https://papers.example.org/slack/interactions",
            ]
        );
    }

    #[test]
    fn every_text_is_within_slacks_limits() {
        let manifest = manifest(None);
        for (pointer, most) in [
            ("/display_information/name", 35),
            ("/display_information/description", 140),
            ("/features/shortcuts/0/name", 24),
            ("/features/shortcuts/0/description", 150),
            ("/features/slash_commands/0/description", 2_000),
            ("/features/slash_commands/0/usage_hint", 1_000),
        ] {
            let text = manifest.pointer(pointer).and_then(Value::as_str).unwrap();
            assert!((1..=most).contains(&text.chars().count()), "{pointer}");
        }
        assert!(manifest["features"]["unfurl_domains"].as_array().unwrap().len() <= 5);
    }
}

//! The scenes on Discord, over its signed requests.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::discord::{DiscordConfig, Interactions, Webhook};
use paperwire::domain::Platform;
use serde_json::Value;

use super::corpus;
use super::look::{NOW, Page, ago, list, moment, replaced, text};
use super::scenes::{SCENES, Step, typed};
use crate::worlds::discord::payload::{self, ADA, BOB, Does, Person};
use crate::worlds::discord::{APPLICATION, Discord as World, Interaction, TOKEN, seen};

pub async fn transcript() -> String {
    let (_desk, bot) = corpus::bot(Platform::Discord, "100", "71", "1408000000000000000").await;
    let world = World::start(&["100"]).await;
    let config = DiscordConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        application_id: Some(APPLICATION),
        timeout: Duration::from_secs(15),
    };
    let interactions = Interactions::new(&config, Arc::new(bot)).unwrap();
    let webhook = Webhook::new(World::public_key(), interactions).unwrap();
    let mut page = Page::new("Discord");
    for scene in SCENES {
        page.scene(scene.title);
        let mut last = Value::Null;
        for step in scene.steps {
            let (who, done, does) = deed(step, &last);
            let (interaction, message, only) = taken(&world, &webhook, who, does).await;
            let whose = if who.user == ADA.user { "Ada" } else { "Ben" };
            let audience = match (interaction.response, only) {
                (Some(9), _) => "A window opens:".to_owned(),
                (Some(7), _) => "In its place:".to_owned(),
                (_, true) => format!("Only {whose} sees:"),
                (_, false) => "Everybody in the channel sees:".to_owned(),
            };
            page.step(&done, &audience, &shown(&message));
            last = message;
        }
    }
    webhook.finished().await;
    assert_eq!(world.refusals(), Vec::<String>::new());
    page.text()
}

/// Who does what, and in which words it is told.
fn deed(step: &Step, last: &Value) -> (Person, String, Does) {
    let option = |(name, value): &(&str, &str)| match value.parse() {
        Ok(number) if *name == "size" => payload::number(name, number),
        _ => payload::text(name, value),
    };
    let line = |name, options| format!("`{}`", typed(Platform::Discord, name, options));
    match step {
        Step::Gives(name, options) => {
            let does = Does::Slash(name, options.iter().map(option).collect());
            (ADA, format!("Ada types {}", line(name, options)), does)
        }
        Step::Bens(name, options) => {
            let does = Does::Slash(name, options.iter().map(option).collect());
            (BOB, format!("Ben types {}", line(name, options)), does)
        }
        Step::Presses(label) => {
            let mut parts = list(last, "components").flat_map(|row| list(row, "components"));
            let button = parts.find(|part| text(part, "label") == *label);
            let button = button.unwrap_or_else(|| panic!("no button “{label}” in {last}"));
            let does = Does::Press(text(button, "custom_id").to_owned());
            (ADA, format!("Ada presses **{label}**"), does)
        }
        Step::Fills(changed) => {
            let fields = list(last, "components").flat_map(|row| list(row, "components")).map(|field| {
                let id = text(field, "custom_id");
                let name = id.split_once('=').map_or(id, |(name, _)| name);
                let value = changed.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
                (id.to_owned(), value.unwrap_or_else(|| text(field, "value")).to_owned())
            });
            let does = Does::Submit(text(last, "custom_id").to_owned(), fields.collect(), true);
            (ADA, filled(changed), does)
        }
        Step::About(words) => {
            let done =
                format!("Ada chooses **Apps → About this paper** in the menu of the message “{words}”");
            (ADA, done, Does::About((*words).to_owned()))
        }
    }
}

pub fn filled(changed: &[(&str, &str)]) -> String {
    let fields: Vec<String> =
        changed.iter().map(|(name, value)| format!("`{value}` as the {name}")).collect();
    format!("Ada writes {} and sends the window", fields.join(", "))
}

/// What comes of it: how it was answered, the message or window, and whether only the person sees it.
async fn taken(world: &World, webhook: &Webhook, who: Person, does: Does) -> (Interaction, Value, bool) {
    let mut begun = world.begins(who, does);
    // The message that is asked about has its own words alone.
    if let Some(asked) = begun.sent.pointer_mut("/data/resolved/messages/6001") {
        asked["embeds"] = Value::Array(Vec::new());
    }
    let (body, now) = (begun.sent.to_string(), NOW.parse().unwrap());
    let headers = World::signed(body.as_bytes(), now);
    let received = webhook.receive(&headers, body.as_bytes(), now).await;
    world.takes(begun.id, received.status, &received.body);
    let there =
        |one: &Interaction| one.response == Some(9) || one.message.is_some() || !one.follow_ups.is_empty();
    let done = world.until(begun.id, there).await;
    let (message, only) = match (done.response, &done.message, done.follow_ups.last()) {
        (Some(9), ..) => (done.data.clone(), true),
        (_, _, Some((message, only))) => (message.clone(), *only),
        (_, message, None) => (message.clone().unwrap_or_default(), done.ephemeral),
    };
    (done, message, only)
}

/// A message or a window as its reader sees it.
fn shown(message: &Value) -> String {
    let mut lines = Vec::new();
    let mut says = |words: &str| {
        let words: Vec<String> = words.lines().map(fact).collect();
        let words = seen(&replaced(&words.join("\n"), sign)).text;
        let words = words.lines().map(|line| line.strip_prefix("-# ").unwrap_or(line));
        lines.push(words.collect::<Vec<_>>().join("\n"));
    };
    for embed in list(message, "embeds") {
        for part in
            [&embed["title"], &embed["author"]["name"], &embed["description"], &embed["footer"]["text"]]
        {
            if let Some(words) = part.as_str() {
                says(words);
                says("");
            }
        }
    }
    says(text(message, "title"));
    for row in list(message, "components") {
        let parts = list(row, "components").map(|part| match part["type"].as_u64() {
            Some(4) => format!("{}: {}", text(part, "label"), text(part, "value")),
            Some(3) => {
                let choices: Vec<&str> = list(part, "options").map(|choice| text(choice, "label")).collect();
                format!("<{}> {}", text(part, "placeholder"), choices.join(" / "))
            }
            _ => format!("[{}]", text(part, "label")),
        });
        lines.push(parts.collect::<Vec<_>>().join(" "));
    }
    if !text(message, "title").is_empty() {
        lines.push("[Cancel] [Submit]".to_owned());
    }
    lines.join("\n")
}

/// A bold name at the start of a line stands apart from what follows; a number does not.
fn fact(line: &str) -> String {
    match line.strip_prefix("**").and_then(|rest| rest.split_once("** ")) {
        Some((name, value)) if !name.ends_with('.') => format!("{name}  {value}"),
        _ => line.to_owned(),
    }
}

/// What stands for a moment, a person or a channel.
fn sign(inside: &str) -> Option<String> {
    if let Some(time) = inside.strip_prefix("t:") {
        let (seconds, style) = time.split_once(':').unwrap_or((time, "f"));
        let seconds = seconds.parse().ok()?;
        return Some(if style == "R" { ago(seconds) } else { moment(seconds) });
    }
    match inside {
        "@71" => Some("@Ada".to_owned()),
        "@72" => Some("@Ben".to_owned()),
        "#100" => Some("#papers".to_owned()),
        _ => None,
    }
}

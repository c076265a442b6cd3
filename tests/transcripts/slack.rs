//! The scenes on Slack, over Socket Mode.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::slack::{Managers, SlackConfig, run_socket};
use paperwire::domain::{Platform, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::corpus;
use super::discord::filled;
use super::look::{NOW, Page, ago, list, moment, replaced, text};
use super::scenes::{SCENES, Step, typed};
use crate::worlds::clock::FakeClock;
use crate::worlds::slack::{ADA, APP_TOKEN, BEN, Posted, Slack as World, Sort, TOKEN, Via};

pub async fn transcript() -> String {
    let (_desk, bot) = corpus::bot(Platform::Slack, "C1", ADA, "1787335200.000100").await;
    let world = World::at(&["C1"], Arc::new(FakeClock::at(NOW))).await;
    paperwire::chat::install_tls_provider();
    let config = SlackConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        timeout: Duration::from_secs(5),
    };
    let managers = Managers::Users([UserId(ADA.to_owned())].into());
    let stop = CancellationToken::new();
    let running = tokio::spawn(run_socket(config, APP_TOKEN.into(), managers, Arc::new(bot), stop.clone()));
    world.socket().until(|links, _| links > 0).await;
    let mut page = Page::new("Slack");
    for scene in SCENES {
        page.scene(scene.title);
        let mut last = None;
        for step in scene.steps {
            let before = world.all();
            let (done, sort, payload) = deed(&world, step, last.as_ref());
            let windows = world.windows().len();
            world.tell(&Via::Socket, sort, &payload).await;
            let changed = world.until(|world| changed(world, &before, windows)).await;
            match changed {
                Comes::Message(message) => {
                    let replaces = before.iter().any(|old| old.ts == message.ts);
                    let who = match (replaces, &message.only) {
                        (true, _) => "In its place:",
                        (_, Some(user)) if user == BEN => "Only Ben sees:",
                        (_, Some(_)) => "Only Ada sees:",
                        (_, None) => "Everybody in the channel sees:",
                    };
                    page.step(&done, who, &shown(&message.raw));
                    last = Some(*message);
                }
                Comes::Window => {
                    page.step(&done, "A window opens:", &window(&world.windows().last().unwrap().view));
                }
            }
        }
    }
    stop.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(world.refusals(), [""; 0]);
    page.text()
}

/// What comes of something that was done.
enum Comes {
    /// A message that is new, or another one than before.
    Message(Box<Posted>),
    /// A window that opened.
    Window,
}

fn changed(world: &World, before: &[Posted], windows: usize) -> Option<Comes> {
    let news = world.all().into_iter().rfind(|message| !before.contains(message));
    let opened = || (world.windows().len() > windows).then_some(Comes::Window);
    news.map(|message| Comes::Message(Box::new(message))).or_else(opened)
}

/// In which words it is told, and how Slack tells it.
fn deed(world: &World, step: &Step, last: Option<&Posted>) -> (String, Sort, Value) {
    let gives = |name: &str, options: &[(&str, &str)], who: &str, user: &str| {
        let line = typed(Platform::Slack, name, options);
        let rest = line.split_once(' ').map_or("", |(_, rest)| rest);
        let payload = world.command("C1", user, &rest.replace('&', "&amp;").replace('<', "&lt;"));
        (format!("{who} types `{line}`"), Sort::Command, payload)
    };
    match step {
        Step::Gives(name, options) => gives(name, options, "Ada", ADA),
        Step::Bens(name, options) => gives(name, options, "Ben", BEN),
        Step::Presses(label) => {
            let payload = world.press(last.expect("an answer"), ADA, label);
            (format!("Ada presses **{label}**"), Sort::Interaction, payload)
        }
        Step::Fills(changed) => (filled(changed), Sort::Interaction, world.submit(ADA, changed)),
        Step::About(words) => {
            let message = json!({"type": "message", "user": BEN, "ts": "1.2", "text": format!("<{words}>").replace("<Worth reading: ", "Worth reading: <")});
            let done = format!(
                "Ada chooses **More actions → About this paper** in the menu of the message “{words}”"
            );
            (done, Sort::Interaction, world.shortcut("C1", ADA, &message))
        }
    }
}

/// A message as its reader sees it.
fn shown(raw: &Value) -> String {
    let message = Posted::of("", "C1", &timed(raw));
    let mut lines = vec![message.title.clone()];
    lines.extend(message.text.lines().map(str::to_owned));
    lines.push(String::new());
    for actions in list(raw, "blocks").filter(|block| block["type"] == "actions") {
        let parts = list(actions, "elements").map(|part| {
            if !part["options"].is_array() {
                return format!("[{}]", text(&part["text"], "text"));
            }
            let choices: Vec<&str> =
                list(part, "options").map(|choice| text(&choice["text"], "text")).collect();
            format!("<{}> {}", text(&part["placeholder"], "text"), choices.join(" / "))
        });
        lines.push(parts.collect::<Vec<_>>().join(" "));
    }
    named(&lines.join("\n"))
}

/// A window as its reader sees it.
fn window(view: &Value) -> String {
    let (fields, said): (Vec<&Value>, Vec<&Value>) =
        list(view, "blocks").partition(|block| block["type"] == "input");
    let mut lines = vec![text(&view["title"], "text").to_owned(), shown(&json!({"blocks": said}))];
    for field in fields {
        let element = &field["element"];
        let chosen = || text(&element["initial_option"]["text"], "text");
        let value = element["initial_value"].as_str().unwrap_or_else(chosen);
        lines.push(format!("{}: {value}", text(&field["label"], "text")));
    }
    lines.push(format!("[{}] [{}]", text(&view["submit"], "text"), text(&view["close"], "text")));
    lines.join("\n")
}

/// The same with moments in the words that Slack shows for them.
fn timed(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(timed).collect(),
        Value::Object(fields) => {
            let mut fields: serde_json::Map<_, _> =
                fields.iter().map(|(name, value)| (name.clone(), timed(value))).collect();
            if let Some(seconds) = fields.get("timestamp").and_then(Value::as_i64) {
                let near = fields.get("format").is_some_and(|format| format == "{ago}");
                fields
                    .insert("fallback".to_owned(), json!(if near { ago(seconds) } else { moment(seconds) }));
            }
            // Marks such as `*` make words bold; those in somebody's words are other signs.
            let marked = fields.get("type").is_some_and(|kind| kind == "mrkdwn");
            if let Some(Value::String(words)) = fields.get_mut("text").filter(|_| marked) {
                words.retain(|sign| !matches!(sign, '*' | '`'));
            }
            Value::Object(fields)
        }
        Value::String(words) => json!(replaced(words, |inside| {
            let (seconds, format) = inside.strip_prefix("!date^")?.split_once('^')?;
            let seconds = seconds.parse().ok()?;
            Some(if format.starts_with("{ago}") { ago(seconds) } else { moment(seconds) })
        })),
        other => other.clone(),
    }
}

fn named(text: &str) -> String {
    text.replace(&format!("@{ADA}"), "@Ada").replace(&format!("@{BEN}"), "@Ben").replace("#C1", "#papers")
}

//! Connections of Socket Mode: acknowledged at once, renewed when Slack wants it, ended in order.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::Answer;

use super::script::{said, with_buttons};
use super::{App, Script, World};
use crate::worlds::slack::{ADA, Sort};

async fn app() -> (World, Arc<Script>, App) {
    let world = World::start(&["C1"]).await;
    let script = Arc::new(Script::default());
    let app = App::socket(&world, &script).await;
    (world, script, app)
}

#[tokio::test]
async fn a_slow_command_holds_up_no_other() {
    let (world, script, app) = app().await;
    let held: Vec<_> = (0..6).map(|_| script.answers_late(said("Slow"))).collect();
    for _ in &held {
        let acked = world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        assert!(acked.after < Duration::from_secs(1), "{:?}", acked.after);
    }
    script.request(6).await;
    script.answers(said("Quick"));
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    assert_eq!(world.message("C1", 1).await.title, "Quick", "while six others wait");
    held.iter().for_each(crate::worlds::loopback::Held::release);
    world.message("C1", 7).await;
    app.end(&world).await;
}

#[tokio::test]
async fn connections_are_renewed_when_slack_asks_for_it() {
    let (world, _, app) = app().await;
    world.socket().until(|links, greeted| links == 2 && greeted == 2).await;
    world.socket().refresh();
    world.socket().until(|links, greeted| links == 2 && greeted == 4).await;
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    world.message("C1", 1).await;
    app.end(&world).await;
}

#[tokio::test]
async fn broken_connections_come_back_and_what_was_pressed_before_still_works() {
    let (world, script, app) = app().await;
    script.answers(Answer::Reply { reply: with_buttons("Page 1", &["Next"]) });
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "latest")).await;
    let list = world.message("C1", 1).await;
    let before = world.socket().greeted();
    world.socket().cut();
    world.socket().until(|links, greeted| links > 0 && greeted > before).await;
    world.tell(&app.via, Sort::Interaction, &world.press(&list, ADA, "Next")).await;
    world.message("C1", 2).await;
    app.end(&world).await;
}

#[tokio::test]
async fn an_answer_on_its_way_is_shown_when_the_connection_is_lost_meanwhile() {
    let (world, script, app) = app().await;
    let held = script.answers_late(said("All the same"));
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    held.reached().await;
    world.socket().cut();
    held.release();
    assert_eq!(world.message("C1", 1).await.title, "All the same");
    app.end(&world).await;
}

#[tokio::test]
async fn stopping_waits_for_the_answers_on_their_way() {
    let (world, script, app) = app().await;
    let held = script.answers_late(said("Before the end"));
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    held.reached().await;
    app.stop.cancel();
    world.socket().until(|links, _| links == 0).await;
    assert!(world.messages("C1").is_empty());
    held.release();
    app.end(&world).await;
    assert_eq!(world.messages("C1").len(), 1);
}

#[tokio::test]
async fn an_envelope_that_comes_again_is_acknowledged_again_and_shown_once() {
    let (world, script, app) = app().await;
    let payload = world.command("C1", ADA, "status");
    world.socket().send_as("same", "slash_commands", &payload).await.expect("acknowledged");
    world.message("C1", 1).await;
    world.socket().send_as("same", "slash_commands", &payload).await.expect("acknowledged again");
    let ids: Vec<String> = [script.request(2).await, script.requests()[0].clone()].map(|r| r.id).into();
    assert_eq!(ids[0], ids[1]);
    app.end(&world).await;
    assert_eq!(world.messages("C1").len(), 1);
}

#[tokio::test]
async fn frames_that_cannot_be_read_break_nothing() {
    let (world, script, app) = app().await;
    for frame in ["nonsense", "[1]", "{}", r#"{"type":5}"#, r#"{"type":"of_tomorrow"}"#] {
        world.socket().say(frame);
    }
    for (kind, payload) in
        [("slash_commands", "{}"), ("interactive", "[]"), ("events_api", "7"), ("of_tomorrow", "{}")]
    {
        let payload = serde_json::from_str(payload).unwrap();
        let acked =
            world.socket().send(kind, &payload).await.expect("acknowledged, as it reads no better later");
        assert!(acked.0["payload"].is_null());
    }
    assert!(script.requests().is_empty());
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    world.message("C1", 1).await;
    app.end(&world).await;
}

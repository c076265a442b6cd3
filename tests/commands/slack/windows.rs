//! Forms in windows: opened, written in, sent, and what becomes of them when it takes long.

use std::time::Duration;

use paperwire::chat::{Action, Answer};
use paperwire::message::{Block, Choice, Field, Form, Input, Piece};

use super::script::{said, with_buttons};
use super::{App, Script, World};
use crate::worlds::loopback::{Answer as Raw, Fault};
use crate::worlds::slack::{ADA, Posted, Sort, Via};

pub fn form(note: &str) -> Answer {
    let choice = |value: &str| Choice { label: value.to_uppercase(), value: value.to_owned() };
    let query = Field {
        name: "query".to_owned(),
        label: "Query".to_owned(),
        value: "robots".to_owned(),
        input: Input::Text { max: 300, long: true, live: true },
        required: true,
    };
    let when = Field {
        name: "when".to_owned(),
        label: "When".to_owned(),
        value: "daily".to_owned(),
        input: Input::One(vec![choice("instant"), choice("daily")]),
        required: false,
    };
    Answer::Form {
        form: Box::new(Form {
            control: "narrow:1".to_owned(),
            title: "Narrow it".to_owned(),
            blocks: vec![Block::Text { line: vec![Piece::from(note)] }],
            fields: vec![query, when],
            submit: "Look again".to_owned(),
        }),
    }
}

/// Gets a proposal with a button, and opens the window behind it.
async fn opened(world: &World, script: &Script, via: &Via) -> Posted {
    script.answers(Answer::Reply { reply: with_buttons("41 papers", &["Narrow"]) });
    world.tell(via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
    let proposal = world.message("C1", 1).await;
    script.answers(form("41 papers in 30 days"));
    world.tell(via, Sort::Interaction, &world.press(&proposal, ADA, "Narrow")).await;
    world.until(|world| world.windows().first().cloned()).await;
    proposal
}

fn note(world: &World) -> String {
    let view = world.windows().last().map(|open| open.view.clone()).unwrap_or_default();
    view["blocks"][0]["elements"][0]["elements"][0]["text"].as_str().unwrap_or_default().to_owned()
}

fn values(query: &str, when: &str) -> Vec<(String, String)> {
    vec![("query".to_owned(), query.to_owned()), ("when".to_owned(), when.to_owned())]
}

#[tokio::test]
async fn a_form_is_written_in_with_a_live_answer_and_its_result_replaces_the_proposal() {
    for (world, script, app) in App::both().await {
        let proposal = opened(&world, &script, &app.via).await;
        assert_eq!(note(&world), "41 papers in 30 days");

        script.answers(form("7 papers in 30 days"));
        world.tell(&app.via, Sort::Interaction, &world.write(ADA, "query", "legged robots")).await;
        let edit = script.request(3).await;
        assert_eq!(edit.asker.channel.as_str(), "C1");
        let control = "narrow:1".to_owned();
        assert_eq!(
            edit.action,
            Action::Edit { control: control.clone(), values: values("legged robots", "daily") }
        );
        world.until(|world| (note(world) == "7 papers in 30 days").then_some(())).await;

        script.answers(Answer::Replace { reply: with_buttons("7 papers", &["Subscribe"]) });
        let sent = world.submit(ADA, &[("query", "legged robots"), ("when", "instant")]);
        world.tell(&app.via, Sort::Interaction, &sent).await;
        let submit = script.request(4).await.action;
        assert_eq!(submit, Action::Submit { control, values: values("legged robots", "instant") });
        let now = world.until(|w| w.messages("C1").into_iter().find(|m| m.title == "7 papers")).await;
        assert_eq!(now.ts, proposal.ts, "in the place of the proposal");
        assert!(world.windows().is_empty());
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_form_that_is_sent_back_stays_open_with_what_is_wrong() {
    for (world, script, app) in App::both().await {
        opened(&world, &script, &app.via).await;
        script.answers(form("This quote is never closed"));
        let sent = world.submit(ADA, &[("query", "\"robots")]);
        let acked = world.tell(&app.via, Sort::Interaction, &sent).await;
        assert_eq!(acked.body["response_action"], "update");
        assert_eq!(note(&world), "This quote is never closed");
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_field_that_was_emptied_comes_as_an_empty_value() {
    for (world, script, app) in App::both().await {
        opened(&world, &script, &app.via).await;
        script.answers(form("Empty"));
        world.tell(&app.via, Sort::Interaction, &world.write(ADA, "query", "")).await;
        let Action::Edit { values: given, .. } = script.request(3).await.action else { panic!() };
        assert_eq!(given, values("", "daily"));
        world.until(|world| (note(world) == "Empty").then_some(())).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_answer_to_what_was_written_before_never_hides_the_latest_one() {
    for (world, script, app) in App::both().await {
        opened(&world, &script, &app.via).await;
        let slow = script.answers_late(form("for “r”"));
        world.tell(&app.via, Sort::Interaction, &world.write(ADA, "query", "r")).await;
        slow.reached().await;
        script.answers(form("for “ro”"));
        world.tell(&app.via, Sort::Interaction, &world.write(ADA, "query", "ro")).await;
        world.until(|world| (note(world) == "for “ro”").then_some(())).await;
        slow.release();
        app.end(&world).await;
        assert_eq!(note(&world), "for “ro”");
    }
}

#[tokio::test]
async fn a_form_whose_answer_takes_long_says_so_and_is_answered_in_the_channel() {
    for (world, script, app) in App::both().await {
        opened(&world, &script, &app.via).await;
        let held = script.answers_late(Answer::Replace { reply: with_buttons("At last", &["Subscribe"]) });
        let sent = world.submit(ADA, &[]);
        let acked = world.tell(&app.via, Sort::Interaction, &sent).await;
        assert_eq!(acked.body["response_action"], "update");
        assert_eq!(note(&world), "One moment…");
        held.release();
        world.until(|w| w.messages("C1").into_iter().find(|m| m.title == "At last")).await;
        world.until(|world| (note(world) == "Done. The answer is in the channel.").then_some(())).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_form_that_comes_too_late_for_its_trigger_says_that_nothing_has_changed() {
    for (world, script, app) in App::both().await {
        script.answers(Answer::Reply { reply: with_buttons("41 papers", &["Narrow"]) });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
        let proposal = world.message("C1", 1).await;
        let held = script.answers_late(form("41 papers in 30 days"));
        world.tell(&app.via, Sort::Interaction, &world.press(&proposal, ADA, "Narrow")).await;
        held.reached().await;
        world.advance(Duration::from_secs(3));
        held.release();
        let told = world.message("C1", 2).await;
        assert_eq!(told.title, "That took too long to open a window. Nothing has changed: try it again.");
        assert_eq!(told.only.as_deref(), Some(ADA));
        assert!(world.windows().is_empty());
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_window_that_was_closed_meanwhile_is_no_trouble() {
    for (world, script, app) in App::both().await {
        opened(&world, &script, &app.via).await;
        let held = script.answers_late(form("too late"));
        world.tell(&app.via, Sort::Interaction, &world.write(ADA, "query", "x")).await;
        held.reached().await;
        world.close_window();
        held.release();
        world
            .until(|w| w.calls().contains(&("views.update".to_owned(), "not_found".to_owned())).then_some(()))
            .await;
        assert_eq!(world.messages("C1").len(), 1);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_window_that_slack_fails_to_open_is_told_of() {
    for (world, script, app) in App::both().await {
        world.faults().on("views.open", Fault::Refuse(Raw::html(500)));
        script.answers(form("never seen"));
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
        let told = world.message("C1", 1).await;
        assert!(told.title.starts_with("That took too long"), "{}", told.title);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_form_can_be_sent_after_a_restart() {
    let world = World::start(&["C1"]).await;
    let before = std::sync::Arc::new(Script::default());
    let app = App::http(&world, &before).await;
    let proposal = opened(&world, &before, &app.via).await;
    app.end(&world).await;

    let after = std::sync::Arc::new(Script::default());
    let app = App::http(&world, &after).await;
    after.answers(Answer::Replace { reply: with_buttons("Found again", &[]) });
    world.tell(&app.via, Sort::Interaction, &world.submit(ADA, &[])).await;
    let replaced = world.until(|w| w.messages("C1").into_iter().find(|m| m.title == "Found again")).await;
    assert_eq!(replaced.ts, proposal.ts);
    after.answers(said("Pressed after the restart"));
    world.tell(&app.via, Sort::Interaction, &world.press(&proposal, ADA, "Narrow")).await;
    world.message("C1", 2).await;
    app.end(&world).await;
}

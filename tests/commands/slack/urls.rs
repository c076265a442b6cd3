//! Late answers: the address that Slack gives for them, and what is left when it serves no more.

use std::time::Duration;

use paperwire::chat::Answer;
use paperwire::message::{Audience, Reply};
use serde_json::json;

use super::App;
use super::script::{public, said, with_buttons};
use crate::worlds::loopback::{Answer as Raw, Fault};
use crate::worlds::slack::{ADA, Sort, Via};

fn errors(world: &super::World, method: &str) -> Vec<String> {
    world.calls().into_iter().filter(|(name, _)| name == method).map(|(_, code)| code).collect()
}

#[tokio::test]
async fn a_slow_answer_is_acknowledged_in_time_and_comes_by_the_address() {
    for (world, script, app) in App::both().await {
        let held = script.answers_late(said("At last"));
        let acked = world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        assert!(acked.body.is_null() && acked.after < Duration::from_millis(2_500), "{acked:?}");
        held.release();
        let answer = world.message("C1", 1).await;
        assert_eq!((answer.title.as_str(), answer.only.as_deref()), ("At last", Some(ADA)));
        assert_eq!(errors(&world, "response_url"), [""]);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_address_that_has_expired_is_followed_by_a_message_to_the_asker() {
    for (world, script, app) in App::both().await {
        let held = script.answers_late(said("After an hour"));
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        held.reached().await;
        world.advance(Duration::from_mins(30));
        held.release();
        let answer = world.message("C1", 1).await;
        assert_eq!((answer.title.as_str(), answer.only.as_deref()), ("After an hour", Some(ADA)));
        assert_eq!(errors(&world, "response_url"), ["expired_url"]);
        assert_eq!(errors(&world, "chat.postEphemeral"), [""]);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_address_that_is_used_up_is_not_asked_a_sixth_time() {
    for (world, script, app) in App::both().await {
        script.answers(Answer::Reply { reply: with_buttons("Press me", &["More"]) });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "latest")).await;
        let list = world.message("C1", 1).await;
        let mut press = world.press(&list, ADA, "More");
        for number in 2..=7 {
            script.answers(said(&format!("More {number}")));
            // The same address under a new trigger, as a form that was opened from the message gives it.
            press["trigger_id"] = json!(format!("{number}.{ADA}.x"));
            world.tell(&app.via, Sort::Interaction, &press).await;
            world.message("C1", number).await;
        }
        let used = errors(&world, "response_url");
        let own = usize::from(matches!(app.via, Via::Socket));
        assert_eq!(used.len(), 5 + own, "{used:?}");
        assert!(used.iter().all(String::is_empty));
        assert_eq!(errors(&world, "chat.postEphemeral"), [""]);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn without_its_address_a_public_message_is_replaced_by_name() {
    for (world, script, app) in App::both().await {
        let reply = Reply { audience: Audience::Channel, ..with_buttons("Page 1", &["Next"]) };
        script.answers(Answer::Reply { reply });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "latest")).await;
        let first = world.message("C1", 1).await;
        let reply = Reply { audience: Audience::Channel, ..with_buttons("Page 2", &[]) };
        let held = script.answers_late(Answer::Replace { reply });
        world.tell(&app.via, Sort::Interaction, &world.press(&first, ADA, "Next")).await;
        held.reached().await;
        world.advance(Duration::from_mins(30));
        held.release();
        let second = world.until(|w| w.messages("C1").into_iter().find(|m| m.title == "Page 2")).await;
        assert_eq!(second.ts, first.ts);
        assert_eq!(errors(&world, "chat.update"), [""]);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_answer_that_nothing_can_show_ends_in_the_log_and_disturbs_nobody() {
    for (world, script, app) in App::both().await {
        world.remove_bot("C2");
        let held = script.answers_late(said("Nobody sees this"));
        world.tell(&app.via, Sort::Command, &world.command("C2", ADA, "search x")).await;
        held.reached().await;
        world.advance(Duration::from_mins(30));
        held.release();
        world.until(|w| (errors(w, "chat.postEphemeral") == ["not_in_channel"]).then_some(())).await;
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
        world.message("C1", 1).await;
        assert!(world.messages("C2").is_empty());
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_answer_for_everybody_whose_receipt_was_lost_is_not_shown_again() {
    for (world, script, app) in App::both().await {
        let held = script.answers_late(public("Once for all"));
        world.faults().on("response_url", Fault::CutAfter);
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        held.release();
        world.message("C1", 1).await;
        let before = world.calls();
        app.end(&world).await;
        assert_eq!(world.messages("C1").len(), 1, "{before:?}");
        assert_eq!(errors(&world, "chat.postMessage"), [""; 0]);
    }
}

#[tokio::test]
async fn an_answer_for_one_person_is_rather_shown_twice_than_never() {
    for (world, script, app) in App::both().await {
        let held = script.answers_late(said("For you"));
        world.faults().on("response_url", Fault::Refuse(Raw::html(502)));
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        held.release();
        let answer = world.message("C1", 1).await;
        assert_eq!(answer.only.as_deref(), Some(ADA));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn an_address_that_is_none_of_slacks_is_never_asked() {
    for (world, script, app) in App::both().await {
        let mut payload = world.command("C1", ADA, "search x");
        let inside = super::World::start(&[]).await;
        payload["response_url"] = json!(inside.base_url().replace("/api/", "/response/r1"));
        let held = script.answers_late(said("By another way"));
        world.tell(&app.via, Sort::Command, &payload).await;
        held.release();
        world.message("C1", 1).await;
        assert_eq!(errors(&world, "chat.postEphemeral"), [""]);
        assert_eq!(inside.calls(), [], "another service of the same machine hears nothing");
        app.end(&world).await;
    }
}

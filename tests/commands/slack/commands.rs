//! Every command, button and menu, in both ways.

use paperwire::chat::{Action, Answer};
use paperwire::command::{COMMANDS, parse_line};
use paperwire::domain::Platform;
use paperwire::message::{Audience, Choice, Menu, Piece, Reply};
use serde_json::json;

use super::App;
use super::script::{public, said, with_buttons};
use crate::worlds::slack::{ADA, BEN, Sort};

#[tokio::test]
async fn every_command_of_the_table_arrives_as_it_was_written_and_is_answered_to_the_asker() {
    for (world, script, app) in App::both().await {
        for (number, spec) in (1..).zip(COMMANDS) {
            script.answers(said(&format!("Answer {number}")));
            let payload = world.command("C1", ADA, spec.example);
            world.tell(&app.via, Sort::Command, &payload).await;
            let request = script.request(number).await;
            assert_eq!(request.id, payload["trigger_id"].as_str().unwrap());
            assert_eq!(request.action, Action::Command(parse_line(Platform::Slack, spec.example)));
            let asker = request.asker;
            assert_eq!((asker.platform, asker.user.0.as_str()), (Platform::Slack, ADA));
            assert_eq!((asker.channel.as_str(), asker.workspace.as_deref()), ("C1", Some("T1")));
            assert!(asker.may_manage, "members may by default");
            let answer = world.message("C1", number).await;
            assert_eq!((answer.title, answer.only.as_deref()), (format!("Answer {number}"), Some(ADA)));
        }
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_command_is_read_without_slacks_own_signs() {
    for (world, script, app) in App::both().await {
        world.promote(ADA);
        for (number, (text, typed)) in (1..).zip([
            ("subscribe R&amp;D upvotes&gt;=50 channel:<#C2|lab>", "subscribe R&D upvotes>=50 channel:<#C2>"),
            ("show <https://arxiv.org/abs/2608.01234|x>", "show https://arxiv.org/abs/2608.01234"),
            ("search cat:<http://cs.AI|cs.AI>", "search cat:cs.AI"),
        ]) {
            world.tell(&app.via, Sort::Command, &world.command("C1", ADA, text)).await;
            let read = parse_line(Platform::Slack, typed);
            assert!(read.is_ok(), "{typed}: {read:?}");
            assert_eq!(script.request(number).await.action, Action::Command(read));
            world.message("C1", number).await;
        }
        app.end(&world).await;
    }
}

#[tokio::test]
async fn signs_that_somebody_typed_are_not_taken_for_slacks_own() {
    for (world, script, app) in App::both().await {
        let text = "search \"&amp;lt;b&amp;gt;\"";
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, text)).await;
        let read = parse_line(Platform::Slack, text);
        assert_ne!(
            read,
            parse_line(Platform::Slack, "search \"&lt;b&gt;\""),
            "reading twice reads something else"
        );
        assert_eq!(script.request(1).await.action, Action::Command(read));
        world.message("C1", 1).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_press_replaces_what_was_pressed_and_share_shows_it_to_everybody() {
    for (world, script, app) in App::both().await {
        script.answers(Answer::Reply { reply: with_buttons("Page 1", &["Next", "Share"]) });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "latest")).await;
        let first = world.message("C1", 1).await;
        assert_eq!(first.pressable(), ["Next", "Share"]);

        script.answers(Answer::Replace { reply: with_buttons("Page 2", &["Share"]) });
        world.tell(&app.via, Sort::Interaction, &world.press(&first, ADA, "Next")).await;
        let pressed = script.request(2).await.action;
        assert_eq!(pressed, Action::Press { control: "control:next".to_owned(), choice: None });
        let second = world.until(|w| w.messages("C1").into_iter().find(|m| m.title == "Page 2")).await;
        assert_eq!((second.ts.as_str(), second.only.as_deref()), (first.ts.as_str(), Some(ADA)));

        let line = vec![Piece::from("Shared by "), Piece::User(script.requests()[0].asker.user.clone())];
        let shared = Reply { audience: Audience::Channel, ..Reply::text(line) };
        script.answers(Answer::Reply { reply: shared });
        world.tell(&app.via, Sort::Interaction, &world.press(&second, ADA, "Share")).await;
        let shared = world.message("C1", 2).await;
        assert_eq!((shared.title.as_str(), shared.only.as_deref()), ("Shared by ada", None));
        assert_eq!(shared.controls, [""; 0], "nobody is notified");
        assert!(!shared.unfurls);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_choice_from_a_menu_says_what_was_chosen() {
    for (world, script, app) in App::both().await {
        let choices =
            ["one", "two"].map(|value| Choice { label: value.to_uppercase(), value: value.to_owned() });
        let menu =
            Menu { control: "k:0".to_owned(), placeholder: "End one".to_owned(), choices: choices.to_vec() };
        let reply = Reply { menu: Some(menu), ..Reply::text(Piece::from("Two subscriptions")) };
        script.answers(Answer::Reply { reply });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscriptions")).await;
        let list = world.message("C1", 1).await;
        assert_eq!(list.pressable(), ["ONE", "TWO"]);
        world.tell(&app.via, Sort::Interaction, &world.choose(&list, ADA, "two")).await;
        let chosen = script.request(2).await.action;
        assert_eq!(chosen, Action::Press { control: "k:0".to_owned(), choice: Some("two".to_owned()) });
        world.message("C1", 2).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_button_below_a_public_message_serves_everybody() {
    for (world, script, app) in App::both().await {
        let reply = Reply { audience: Audience::Channel, ..with_buttons("For all", &["More"]) };
        script.answers(Answer::Reply { reply });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "search x")).await;
        let all = world.message("C1", 1).await;
        assert_eq!(all.only, None);
        world.tell(&app.via, Sort::Interaction, &world.press(&all, BEN, "More")).await;
        assert_eq!(script.request(2).await.asker.user.0, BEN);
        let more = world.message("C1", 2).await;
        assert_eq!(more.only.as_deref(), Some(BEN));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_request_that_comes_again_shows_nothing_twice() {
    for (world, script, app) in App::both().await {
        script.answers(Answer::Reply { reply: with_buttons("Page 1", &["Share"]) });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
        world.message("C1", 1).await;
        let press = world.press(&world.messages("C1")[0], ADA, "Share");
        script.answers(public("Shared"));
        for number in [2, 3] {
            world.tell(&app.via, Sort::Interaction, &press).await;
            script.request(number).await;
            world.message("C1", 2).await;
        }
        app.end(&world).await;
        assert_eq!(world.messages("C1").len(), 2);
    }
}

#[tokio::test]
async fn an_organisation_wide_installation_without_a_team_is_answered() {
    for (world, script, app) in App::both().await {
        let mut payload = world.command("C1", ADA, "help");
        payload.as_object_mut().unwrap().remove("team_id");
        world.tell(&app.via, Sort::Command, &payload).await;
        assert_eq!(script.request(1).await.asker.workspace.as_deref(), Some("E1"));
        world.message("C1", 1).await;

        let mut event = world.open_home(ADA);
        (event["team_id"], event["enterprise_id"]) = (json!(null), json!("E1"));
        world.tell(&app.via, Sort::Event, &event).await;
        world.until(|world| world.home(ADA).map(drop)).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_direct_message_is_a_channel_like_any_other() {
    for (world, script, app) in App::both().await {
        world.open("D07ADA");
        world.tell(&app.via, Sort::Command, &world.command("D07ADA", ADA, "help")).await;
        assert_eq!(script.request(1).await.asker.channel.as_str(), "D07ADA");
        world.message("D07ADA", 1).await;
        app.end(&world).await;
    }
}

//! Who may change a channel: the operator's rule.

use std::sync::Arc;

use paperwire::chat::Answer;
use paperwire::chat::slack::Managers;
use paperwire::domain::UserId;
use serde_json::json;

use super::script::with_buttons;
use super::windows::form;
use super::{App, Script, World};
use crate::worlds::loopback::{Answer as Raw, Fault};
use crate::worlds::slack::{ADA, BEN, Sort};

async fn both(managers: Managers) -> Vec<(World, Arc<Script>, App)> {
    let mut all = Vec::new();
    for socket in [false, true] {
        let (world, script) = (World::start(&["C1"]).await, Arc::new(Script::default()));
        let app = if socket {
            App::socket_for(&world, script.clone(), managers.clone()).await
        } else {
            App::http_for(&world, script.clone(), managers.clone()).await
        };
        all.push((world, script, app));
    }
    all
}

async fn may(world: &World, script: &Script, app: &App, user: &str) -> bool {
    let asked = script.requests().len();
    world.tell(&app.via, Sort::Command, &world.command("C1", user, "status")).await;
    let may = script.request(asked + 1).await.asker.may_manage;
    world.message("C1", asked + 1).await;
    may
}

#[tokio::test]
async fn admins_are_asked_for_once_and_others_may_not() {
    for (world, script, app) in both(Managers::Admins).await {
        world.promote(ADA);
        assert!(may(&world, &script, &app, ADA).await);
        assert!(!may(&world, &script, &app, BEN).await);
        assert!(may(&world, &script, &app, ADA).await);
        let asked = world.calls().into_iter().filter(|(method, _)| method == "users.info").count();
        assert_eq!(asked, 2, "the answer holds for ten minutes");
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_list_of_people_is_the_whole_rule() {
    for (world, script, app) in both(Managers::Users([UserId(BEN.to_owned())].into())).await {
        world.promote(ADA);
        assert!(!may(&world, &script, &app, ADA).await);
        assert!(may(&world, &script, &app, BEN).await);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn while_slack_does_not_say_who_is_an_admin_nothing_is_changed_and_the_asker_is_told() {
    for (world, script, app) in both(Managers::Admins).await {
        world.promote(ADA);
        let silent = || Fault::Refuse(Raw::json(200, &json!({"ok": false, "error": "missing_scope"})));
        world.faults().on("users.info", silent());
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
        let told = world.message("C1", 1).await;
        assert!(told.title.starts_with("Slack did not say whether you are an admin"), "{}", told.title);
        assert!(script.requests().is_empty(), "the bot was not even asked");

        world.faults().on("users.info", silent());
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
        assert!(!script.request(1).await.asker.may_manage, "what changes nothing is answered all the same");
        world.message("C1", 2).await;

        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
        assert!(script.request(2).await.asker.may_manage, "the failure was not remembered");
        world.message("C1", 3).await;
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_pasted_command_is_checked_like_a_written_one() {
    for (world, script, app) in both(Managers::Admins).await {
        for (number, line) in
            ["/papers subscribe robots", "`subscribe robots`", "SUBSCRIBE robots"].iter().enumerate()
        {
            let silent = Raw::json(200, &json!({"ok": false, "error": "ratelimited"}));
            world.faults().on("users.info", Fault::Refuse(silent));
            world.tell(&app.via, Sort::Command, &world.command("C1", ADA, line)).await;
            let told = world.message("C1", number + 1).await;
            assert!(
                told.title.starts_with("Slack did not say whether you are an admin"),
                "{line}: {}",
                told.title
            );
        }
        assert!(script.requests().is_empty());
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_member_of_one_channel_manages_no_other_unless_an_admin() {
    let elsewhere = "subscribe robots channel:<#C2|board>";
    for (world, script, app) in both(Managers::Members).await {
        world.promote(ADA);
        world.tell(&app.via, Sort::Command, &world.command("C1", BEN, elsewhere)).await;
        let told = world.message("C1", 1).await;
        assert!(told.title.contains("Give the command in that channel"), "{}", told.title);
        let silent = Raw::json(200, &json!({"ok": false, "error": "missing_scope"}));
        world.faults().on("users.info", Fault::Refuse(silent));
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, elsewhere)).await;
        let told = world.message("C1", 2).await;
        assert!(told.title.starts_with("Slack did not say whether you are an admin"), "{}", told.title);
        assert!(script.requests().is_empty(), "the bot was asked for neither");

        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, elsewhere)).await;
        world.message("C1", 3).await;
        let here = "subscribe robots channel:<#C1|general>";
        world.tell(&app.via, Sort::Command, &world.command("C1", BEN, here)).await;
        world.message("C1", 4).await;
        assert!(script.request(2).await.asker.may_manage, "the channel in which he is may be named");
        app.end(&world).await;
    }
}

#[tokio::test]
async fn people_of_the_list_manage_every_channel_and_slack_is_not_asked() {
    for (world, script, app) in both(Managers::Users([UserId(BEN.to_owned())].into())).await {
        let elsewhere = "subscribe robots channel:<#C2|board>";
        world.tell(&app.via, Sort::Command, &world.command("C1", BEN, elsewhere)).await;
        assert!(script.request(1).await.asker.may_manage);
        world.message("C1", 1).await;
        assert!(!world.calls().iter().any(|(method, _)| method == "users.info"));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_form_keeps_what_was_typed_when_slack_does_not_say_who_is_an_admin() {
    let (world, script) = (World::start(&["C1"]).await, Arc::new(Script::default()));
    let app = App::http_for(&world, script.clone(), Managers::Members).await;
    script.answers(Answer::Reply { reply: with_buttons("41 papers", &["Narrow"]) });
    world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "subscribe robots")).await;
    let proposal = world.message("C1", 1).await;
    script.answers(form("41 papers"));
    world.tell(&app.via, Sort::Interaction, &world.press(&proposal, ADA, "Narrow")).await;
    world.until(|world| world.windows().first().cloned()).await;
    app.end(&world).await;

    // After a restart under another rule, so that nothing is known of her.
    let app = App::http_for(&world, script.clone(), Managers::Admins).await;
    let silent = Raw::json(200, &json!({"ok": false, "error": "ratelimited"}));
    world.faults().on("users.info", Fault::Refuse(silent));
    let acked = world.tell(&app.via, Sort::Interaction, &world.submit(ADA, &[])).await;
    assert_eq!(acked.body["response_action"], "errors");
    assert!(world.windows()[0].view["errors"]["query"].is_string());
    assert_eq!(script.requests().len(), 2);
    app.end(&world).await;
}

//! What is answered is what people see: in time and late, to one and to all, and when Discord no longer listens.

use paperwire::chat::Answer;
use paperwire::message::{Choice, Field, Form, Input};
use serde_json::json;

use super::{Bench, Way, public, reply, with_button};
use crate::worlds::discord::payload::{ADA, Does};
use crate::worlds::discord::words;
use crate::worlds::loopback::{Answer as Http, Fault};

fn slash() -> Does {
    Does::Slash("status", vec![])
}

fn press() -> Does {
    Does::Press("c1:0".to_owned())
}

fn form() -> Answer {
    let choice = |value: &str| Choice { label: value.to_owned(), value: value.to_owned() };
    let field = |name: &str, input| Field {
        name: name.to_owned(),
        label: name.to_owned(),
        value: "daily".to_owned(),
        input,
        required: true,
    };
    Answer::Form {
        form: Box::new(Form {
            control: "f1:0".to_owned(),
            title: "Narrow it".to_owned(),
            blocks: Vec::new(),
            fields: vec![
                field("query", Input::Text { max: 1_000, long: true, live: true }),
                field("when", Input::One(vec![choice("instant"), choice("daily")])),
            ],
            submit: "Look again".to_owned(),
        }),
    }
}

#[tokio::test]
async fn an_answer_in_time_is_the_first_response() {
    for bench in Bench::both().await {
        for (does, answer, response, ephemeral) in [
            (slash(), Answer::Reply { reply: with_button("one", "c1:0") }, 4, true),
            (slash(), Answer::Reply { reply: public("one") }, 4, false),
            (slash(), Answer::Replace { reply: reply("one") }, 4, true),
            (press(), Answer::Replace { reply: reply("one") }, 7, false),
            (press(), Answer::Reply { reply: reply("one") }, 4, true),
            (press(), Answer::Reply { reply: public("one") }, 4, false),
            (Does::Submit("f".to_owned(), vec![], true), Answer::Replace { reply: reply("one") }, 7, false),
            (Does::Submit("f".to_owned(), vec![], false), Answer::Replace { reply: reply("one") }, 4, true),
        ] {
            bench.script.says(answer);
            let seen = bench.asks(ADA, does.clone()).await;
            assert_eq!((seen.response, seen.ephemeral), (Some(response), ephemeral), "{does:?}");
            assert_eq!(seen.words(), "one");
        }
        assert_eq!(bench.world.public().len(), 2);
        bench.ends().await;
    }
}

#[tokio::test]
async fn a_form_opens_a_window_and_says_so_where_none_can_open() {
    for bench in Bench::both().await {
        bench.script.says(form());
        let seen = bench.asks(ADA, press()).await;
        assert_eq!((seen.response, &seen.data["title"]), (Some(9), &json!("Narrow it")));
        assert_eq!(seen.data["components"][1]["components"][0]["custom_id"], "when=instant|daily");
        bench.script.says(form());
        let seen = bench.asks(ADA, Does::Submit("f1:0".to_owned(), vec![], true)).await;
        assert!(seen.words().starts_with("No window can be opened from here"), "{}", seen.words());
        bench.ends().await;
    }
}

/// Lets the time run on to the deferral, and the answer come after it.
async fn late(bench: &Bench, does: Does, answer: Answer) -> u64 {
    bench.script.says(answer);
    let begun = bench.world.begins(ADA, does);
    if matches!(bench.way, Way::Http(_)) {
        tokio::time::pause();
    }
    bench.sends(&begun).await;
    if matches!(bench.way, Way::Http(_)) {
        tokio::time::resume();
    }
    bench.world.until(begun.id, |one| one.response.is_some()).await;
    bench.script.let_go();
    begun.id
}

#[tokio::test]
async fn a_late_answer_takes_the_place_of_the_deferral() {
    for bench in Bench::both().await {
        bench.script.hold();
        let id = late(&bench, slash(), Answer::Reply { reply: reply("late") }).await;
        let seen = bench.world.until(id, |one| one.message.is_some()).await;
        assert_eq!((seen.response, seen.words().as_str(), seen.ephemeral), (Some(5), "late", true));

        let id = late(&bench, press(), Answer::Replace { reply: reply("changed") }).await;
        let seen = bench.world.until(id, |one| one.message.is_some()).await;
        assert_eq!((seen.response, seen.words().as_str()), (Some(6), "changed"));
        assert!(seen.follow_ups.is_empty() && bench.world.public().is_empty());
        bench.ends().await;
    }
}

#[tokio::test]
async fn a_late_answer_for_everybody_is_a_message_of_its_own() {
    let bench = Bench::http().await;
    bench.script.hold();
    let id = late(&bench, slash(), Answer::Reply { reply: public("for all") }).await;
    let seen = bench.world.until(id, |one| !one.follow_ups.is_empty()).await;
    assert_eq!((seen.words().as_str(), seen.ephemeral), ("Shown below to everybody.", true));
    assert_eq!(words(&seen.follow_ups[0].0), "for all");

    let id = late(&bench, press(), Answer::Reply { reply: public("shared") }).await;
    let seen = bench.world.until(id, |one| !one.follow_ups.is_empty()).await;
    assert_eq!(seen.message, None, "the message that was pressed stays as it is");
    assert!(!seen.follow_ups[0].1);

    let id = late(&bench, press(), Answer::Reply { reply: reply("for one") }).await;
    let seen = bench.world.until(id, |one| !one.follow_ups.is_empty()).await;
    assert!(seen.follow_ups[0].1, "only who pressed sees it");
    assert_eq!(bench.world.public().len(), 2);
    bench.ends().await;
}

#[tokio::test]
async fn a_late_answer_that_cannot_be_shown_to_all_is_at_least_shown_to_who_asked() {
    let bench = Bench::http().await;
    bench.script.hold();
    bench
        .world
        .faults()
        .on("follow-up", Fault::Refuse(Http::json(403, &json!({"code": 50013, "message": "Missing"}))));
    let id = late(&bench, slash(), Answer::Reply { reply: public("for all") }).await;
    bench.world.until(id, |one| one.words() == "for all").await;
    assert!(bench.world.public().is_empty());
    bench.ends().await;
}

#[tokio::test]
async fn a_late_form_or_a_late_nothing_leaves_no_promise_behind() {
    let bench = Bench::http().await;
    bench.script.hold();
    let id = late(&bench, slash(), form()).await;
    let seen = bench.world.until(id, |one| one.message.is_some()).await;
    assert!(seen.words().starts_with("That took too long"), "{}", seen.words());
    let id = late(&bench, press(), form()).await;
    let seen = bench.world.until(id, |one| !one.follow_ups.is_empty()).await;
    assert!(seen.follow_ups[0].1);
    let id = late(&bench, slash(), Answer::Nothing).await;
    assert_eq!(bench.world.until(id, |one| one.deleted).await.message, None);
    bench.ends().await;
}

#[tokio::test]
async fn the_second_of_two_equal_interactions_says_nothing_of_its_own() {
    for bench in Bench::both().await {
        bench.script.says(Answer::Nothing);
        let begun = bench.world.begins(ADA, slash());
        let received = bench.sends(&begun).await;
        assert!(received.is_none_or(|received| (received.status, received.body.len()) == (202, 0)));
        // The next answer comes on the same way, so that the first would be there by now.
        bench.asks(ADA, slash()).await;
        let seen = bench.world.interaction(begun.id);
        assert_eq!((seen.response, seen.refused), (None, vec![]));
        bench.ends().await;
    }
}

#[tokio::test]
async fn an_answer_after_the_fifteen_minutes_is_dropped_and_the_next_one_works() {
    let bench = Bench::http().await;
    bench.script.hold();
    bench.script.says(Answer::Reply { reply: reply("too late") });
    let begun = bench.world.begins(ADA, slash());
    tokio::time::pause();
    bench.sends(&begun).await;
    tokio::time::resume();
    bench.world.expire();
    bench.script.let_go();
    let seen = bench.world.until(begun.id, |one| !one.refused.is_empty()).await;
    assert_eq!((seen.refused, seen.message), (vec![50027], None));
    bench.script.let_go();
    assert_eq!(bench.asks(ADA, slash()).await.words(), "Answered");
    bench.ends().await;
}

#[tokio::test]
async fn an_interaction_that_discord_has_given_up_takes_no_second_try() {
    let bench = Bench::gateway().await;
    let begun = bench.world.begins(ADA, slash());
    bench.world.advance(std::time::Duration::from_secs(4));
    bench.sends(&begun).await;
    let seen = bench.world.until(begun.id, |one| !one.refused.is_empty()).await;
    assert_eq!((seen.refused, seen.response), (vec![10062], None));
    assert_eq!(bench.asks(ADA, slash()).await.words(), "Answered");
    assert_eq!(bench.world.interaction(begun.id).refused.len(), 1);
    bench.ends().await;
}

#[tokio::test]
async fn a_short_429_is_waited_for_once() {
    let bench = Bench::gateway().await;
    let limited = json!({"message": "You are being rate limited.", "retry_after": 0.02, "global": false});
    bench.world.faults().on("callback", Fault::Refuse(Http::json(429, &limited)));
    assert_eq!(bench.asks(ADA, slash()).await.words(), "Answered");
    bench.ends().await;
}

#[tokio::test]
async fn a_press_after_a_restart_reaches_the_handler_of_then() {
    let bench = Bench::http().await;
    bench.script.says(Answer::Reply { reply: with_button("before", "kept:0") });
    let control = bench.asks(ADA, slash()).await.controls().remove(0);
    let Bench { world, way: Way::Http(webhook), .. } = bench else { panic!() };
    webhook.finished().await;
    drop(webhook);
    let after = Bench::connecting(world, std::sync::Arc::default());
    after.world.gateway_until(|gateway| gateway.up).await;
    after.script.says(Answer::Replace { reply: reply("after") });
    let seen = after.asks(ADA, Does::Press(control)).await;
    assert_eq!((seen.response, seen.words().as_str()), (Some(7), "after"));
    after.ends().await;
}

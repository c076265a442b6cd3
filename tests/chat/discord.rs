//! The Discord adapter against the fake Discord.

mod edits;

use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::chat::discord::{Discord, DiscordConfig};
use paperwire::domain::SendOutcome;
use serde_json::json;

use super::{TIMEOUT, card, message_id, post, post_as};
use crate::worlds::discord::{Discord as World, TOKEN};
use crate::worlds::loopback::{Answer, Fault, Held};

pub fn adapter(base: &str, timeout: Duration) -> Discord {
    let config = DiscordConfig {
        api_base: base.parse().unwrap(),
        token: TOKEN.into(),
        application_id: Some(1),
        timeout,
    };
    Discord::new(&config).unwrap()
}

async fn world() -> (World, Discord) {
    let world = World::start(&["100", "200"]).await;
    let discord = adapter(&world.base_url(), TIMEOUT);
    (world, discord)
}

#[tokio::test]
async fn a_card_arrives_as_one_embed_that_reads_as_it_should() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    let [posted] = &world.messages("100")[..] else { panic!("one message") };
    assert_eq!(posted.id, id);
    assert_eq!(posted.title.as_deref(), Some("Flow Matching for *Everyone* & <Robots>"));
    assert_eq!(posted.url.as_deref(), Some("https://arxiv.org/abs/2608.01234"));
    assert_eq!(posted.author.as_deref(), Some("Ada Lovelace, Charles Babbage and 3 more"));
    assert_eq!(posted.footer, Some(card().why));
    insta::assert_snapshot!(posted.text, @"
    Robots learn to walk_fast. Then they talk.
    -# Summary by Qwen2.5
    cs.RO · 4 Aug 2026 · 12 upvotes · code (340 stars) · project page
    ");
    assert_eq!(posted.links.len(), 2);
    assert!(!posted.notifies && posted.mentions.is_empty());
    assert!(world.refusals().is_empty());
}

#[tokio::test]
async fn the_answer_is_a_whole_message_that_serenity_reads() {
    let (world, discord) = world().await;
    post(&discord, "100", 1, card()).await;
    world.grant_history();
    let url = format!("{}/channels/100/messages", world.base_url());
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(url)
        .header("authorization", format!("Bot {TOKEN}"))
        .header("user-agent", "DiscordBot (test, 1)")
        .send()
        .await
        .unwrap();
    let messages: Vec<serenity::all::Message> = answer.json().await.unwrap();
    assert_eq!(messages[0].embeds[0].title.as_deref().map(|t| t.starts_with("Flow")), Some(true));
}

#[tokio::test]
async fn the_plain_rendering_is_a_message_of_its_own_without_an_embed() {
    let (world, discord) = world().await;
    let rich = message_id(post(&discord, "100", 1, card()).await);
    let plain = message_id(post_as(&discord, "100", 1, card(), true).await);
    assert_ne!(rich, plain, "the two never share a nonce");
    let posted = &world.messages("100")[1];
    assert_eq!(posted.title, None);
    assert_eq!(
        posted.links,
        [("https://arxiv.org/abs/2608.01234".to_owned(), "https://arxiv.org/abs/2608.01234".to_owned())]
    );
    assert!(posted.text.starts_with("Flow Matching for *Everyone* & <Robots>\n"), "{}", posted.text);
    assert!(!posted.notifies);
}

#[tokio::test]
async fn a_repeated_post_gives_one_message_and_the_same_id() {
    let (world, discord) = world().await;
    let first = message_id(post(&discord, "100", 1, card()).await);
    let again = message_id(post(&adapter(&world.base_url(), TIMEOUT), "100", 1, card()).await);
    assert_eq!(first, again, "also from a restarted process");
    let other_channel = message_id(post(&discord, "200", 1, card()).await);
    assert_ne!(first, other_channel);
    assert_eq!(world.all().len(), 2);
}

#[tokio::test]
async fn after_a_lost_answer_the_repeat_finds_the_message() {
    let (world, discord) = world().await;
    for (number, fault) in [
        (1, Fault::CutAfter),
        (2, Fault::DoThenAnswer(Answer::html(502))),
        (3, Fault::DoThenAnswer(Answer::json(200, &json!({"unreadable": true})))),
        (4, Fault::CutBefore),
        (5, Fault::Refuse(Answer::html(500))),
    ] {
        world.faults().next(fault);
        let lost = post(&discord, "100", number, card()).await;
        assert!(matches!(lost, SendOutcome::Lost { .. }), "{number}: {lost:?}");
        message_id(post(&discord, "100", number, card()).await);
    }
    assert_eq!(world.messages("100").len(), 5);
    assert_eq!(world.faults().left(), 0);
}

#[tokio::test]
async fn a_nonce_protects_for_two_minutes_only() {
    let (world, discord) = world().await;
    message_id(post(&discord, "100", 1, card()).await);
    world.advance(Duration::from_secs(119));
    message_id(post(&discord, "100", 1, card()).await);
    assert_eq!(world.messages("100").len(), 1);
    world.advance(Duration::from_secs(2));
    message_id(post(&discord, "100", 1, card()).await);
    assert_eq!(world.messages("100").len(), 2);
}

#[tokio::test]
async fn a_repeat_after_somebody_deleted_the_message_does_not_bring_it_back() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    world.delete_message(&id);
    assert!(matches!(post(&discord, "100", 1, card()).await, SendOutcome::Sent { .. }));
    assert!(world.messages("100").is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_lost() {
    let world = World::start(&["100"]).await;
    let discord = adapter(&world.base_url(), Duration::from_millis(300));
    let held = Held::new();
    world.faults().next(Fault::Hold(held.clone()));
    let lost = post(&discord, "100", 1, card()).await;
    assert_eq!(lost, SendOutcome::Lost { reason: "Discord did not answer in time".to_owned() });
    held.reached().await;
    held.release();
    assert_eq!(world.messages("100").len(), 1, "it was posted all the same");
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let (world, discord) = world().await;
    message_id(post(&discord, "100", 1, card()).await);
    world.stop().await;
    let refused = post(&discord, "100", 2, card()).await;
    assert_eq!(refused, SendOutcome::NotSent { reason: "no connection to Discord".to_owned() });
    world.restart().await;
    message_id(post(&discord, "100", 2, card()).await);
    assert_eq!(world.messages("100").len(), 2);
}

#[tokio::test]
async fn a_channel_that_refuses_says_what_to_do() {
    let (world, discord) = world().await;
    for (change, words) in [
        (World::forbid as fn(&World, &str), "Embed Links"),
        (World::hide, "View Channel"),
        (World::delete_channel, "was deleted"),
    ] {
        change(&world, "100");
        let SendOutcome::ChannelRefused { reason } = post(&discord, "100", 1, card()).await else { panic!() };
        assert!(reason.contains(words) && reason.contains("paperwire subscriptions resume"), "{reason}");
    }
    world.open("100");
    message_id(post(&discord, "100", 1, card()).await);
}

#[tokio::test]
async fn a_revoked_token_is_tried_once_and_never_again_until_a_restart() {
    let (world, discord) = world().await;
    world.revoke_token();
    for channel in ["100", "200", "100"] {
        let SendOutcome::AccountRefused { reason } = post(&discord, channel, 1, card()).await else {
            panic!()
        };
        assert!(reason.contains("PAPERWIRE__DISCORD__TOKEN"), "{reason}");
    }
    assert_eq!(world.requests(), [401]);
    world.restore_token();
    message_id(post(&adapter(&world.base_url(), TIMEOUT), "100", 1, card()).await);
}

#[tokio::test]
async fn a_429_is_kept_without_asking_again() {
    let (world, discord) = world().await;
    let body = json!({"message": "You are being rate limited.", "retry_after": 1.5, "global": false});
    world.faults().on("100", Fault::Refuse(Answer::json(429, &body).header("retry-after", "9")));
    let first = post(&discord, "100", 1, card()).await;
    let SendOutcome::Wait { after, .. } = first else { panic!("{first:?}") };
    assert_eq!(after, Duration::from_millis(1_500));
    assert!(matches!(post(&discord, "100", 1, card()).await, SendOutcome::Wait { .. }));
    assert!(world.requests().is_empty(), "the second try made no request");
    message_id(post(&discord, "200", 2, card()).await);
}

#[tokio::test]
async fn a_global_429_holds_every_channel() {
    let (world, discord) = world().await;
    let body = json!({"message": "You are being rate limited.", "retry_after": 2.0, "global": true});
    world.faults().on("100", Fault::Refuse(Answer::json(429, &body)));
    assert!(matches!(post(&discord, "100", 1, card()).await, SendOutcome::Wait { .. }));
    assert!(matches!(post(&discord, "200", 2, card()).await, SendOutcome::Wait { .. }));
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn the_channels_own_limit_is_never_run_into() {
    let (world, discord) = world().await;
    world.limit_channels();
    let mut waited = 0;
    for number in 0..8 {
        match post(&discord, "100", number, card()).await {
            SendOutcome::Sent { .. } => {}
            SendOutcome::Wait { .. } => waited += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(world.requests(), [200; 5]);
    assert_eq!(waited, 3);
}

#[tokio::test]
async fn content_that_discord_refuses_is_reported_as_such() {
    let (world, discord) = world().await;
    let channel = paperwire::domain::ChannelId::parse(discord.platform(), "100").unwrap();
    for body in [
        json!({"content": "x".repeat(2_001)}),
        json!({"content": " ", "embeds": []}),
        json!({"content": "x", "surplus": 1}),
        json!({"embeds": [{"title": "x".repeat(257)}]}),
        json!({"embeds": [{"title": "x", "surplus": 1}]}),
        json!({"embeds": [{"description": "x".repeat(4_000)}, {"description": "x".repeat(2_001)}]}),
    ] {
        let body = body.to_string();
        let delivery = super::delivery(1);
        let post = paperwire::chat::Post { channel: &channel, delivery, body: &body, plain: false };
        let outcome = discord.send(post).await;
        assert!(matches!(outcome, SendOutcome::BadPayload { .. }), "{outcome:?}");
    }
    let not_json =
        paperwire::chat::Post { channel: &channel, delivery: super::delivery(1), body: "?", plain: false };
    assert!(matches!(discord.send(not_json).await, SendOutcome::BadPayload { .. }));
    assert_eq!(world.requests(), [400; 6]);
    assert!(world.all().is_empty());
}

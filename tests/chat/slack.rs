//! The Slack adapter against the fake Slack.

use std::time::Duration;

use paperwire::chat::slack::{Slack, SlackConfig};
use paperwire::chat::{ChatPlatform, Edit, Edited, Post};
use paperwire::domain::{ChannelId, SendOutcome};
use paperwire::message::Message;
use serde_json::json;

use super::{TIMEOUT, card, delivery, message_id, post, post_as};
use crate::worlds::loopback::{Answer, Fault, Held};
use crate::worlds::slack::{Slack as World, TOKEN};

pub fn adapter(base: &str, timeout: Duration) -> Slack {
    Slack::new(&SlackConfig { api_base: base.parse().unwrap(), token: TOKEN.into(), timeout }).unwrap()
}

async fn world() -> (World, Slack) {
    let world = World::start(&["C1", "C2"]).await;
    let slack = adapter(&world.base_url(), TIMEOUT);
    (world, slack)
}

#[tokio::test]
async fn a_card_arrives_as_blocks_that_read_as_they_should() {
    let (world, slack) = world().await;
    let ts = message_id(post(&slack, "C1", 1, card()).await);
    let [posted] = &world.messages("C1")[..] else { panic!("one message") };
    assert_eq!(posted.ts, ts);
    assert_eq!(posted.title, "Flow Matching for *Everyone* & <Robots>");
    assert_eq!(posted.url.as_deref(), Some("https://arxiv.org/abs/2608.01234"));
    insta::assert_snapshot!(posted.text, @r#"
    Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes
    Robots learn to walk_fast. Then they talk.
    Summary by Qwen2.5
    code (340 stars) · project page
    Matches “robots OR "flow matching"”: “robots” in the title
    "#);
    assert_eq!(posted.links.len(), 3);
    assert_eq!(posted.delivery, Some(delivery(1).to_string()));
    assert!(!posted.unfurls && posted.controls.is_empty());
    assert!(posted.fallback.starts_with("Flow Matching for ∗Everyone∗ & <Robots>\n"), "{}", posted.fallback);
    assert!(world.refusals().is_empty());
}

#[tokio::test]
async fn the_plain_rendering_is_text_alone() {
    let (world, slack) = world().await;
    message_id(post_as(&slack, "C1", 1, card(), true).await);
    let posted = &world.messages("C1")[0];
    assert_eq!(posted.raw.get("blocks"), None);
    assert_eq!(posted.url.as_deref(), Some("https://arxiv.org/abs/2608.01234"));
    assert!(posted.text.contains("Matches “robots"), "{}", posted.text);
}

#[tokio::test]
async fn a_paper_in_a_line_is_one_line() {
    let (world, slack) = world().await;
    let rendered = slack.render(&Message::Line(card()));
    let channel = ChannelId::parse(slack.platform(), "C1").unwrap();
    let post = Post { channel: &channel, delivery: delivery(1), body: &rendered.rich, plain: false };
    message_id(slack.send(post).await);
    let posted = &world.messages("C1")[0];
    insta::assert_snapshot!(posted.title, @"Flow Matching for *Everyone* & <Robots> · Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes");
    assert_eq!((posted.text.as_str(), posted.links.len()), ("", 1));
    assert!(world.refusals().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_lost_is_never_called_unsent() {
    let (world, slack) = world().await;
    for fault in [
        Fault::CutAfter,
        Fault::CutBefore,
        Fault::DoThenAnswer(Answer::html(502)),
        Fault::DoThenAnswer(Answer::html(200)),
        Fault::DoThenAnswer(Answer::json(200, &json!({"ok": true}))),
        Fault::DoThenAnswer(Answer::json(200, &json!({"ok": false, "error": "fatal_error"}))),
        Fault::Refuse(Answer::json(200, &json!({"ok": false, "error": "internal_error"}))),
    ] {
        world.faults().next(fault);
        let world_channel = format!("C{}", world.faults().left() + world.all().len() + 10);
        world.open(&world_channel);
        let lost = post(&adapter(&world.base_url(), TIMEOUT), &world_channel, 1, card()).await;
        assert!(matches!(lost, SendOutcome::Lost { .. }), "{lost:?}");
    }
    assert!(!slack.enforces_nonce(), "so nothing may repeat it");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_lost() {
    let world = World::start(&["C1"]).await;
    let slack = adapter(&world.base_url(), Duration::from_millis(300));
    let held = Held::new();
    world.faults().next(Fault::Hold(held.clone()));
    let lost = post(&slack, "C1", 1, card()).await;
    assert_eq!(lost, SendOutcome::Lost { reason: "Slack did not answer in time".to_owned() });
    held.reached().await;
    assert_eq!(world.messages("C1").len(), 1, "it was posted all the same");
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let (world, slack) = world().await;
    message_id(post(&slack, "C1", 1, card()).await);
    world.stop().await;
    let refused = post(&slack, "C2", 2, card()).await;
    assert_eq!(refused, SendOutcome::NotSent { reason: "no connection to Slack".to_owned() });
    world.restart().await;
    message_id(post(&slack, "C2", 2, card()).await);
    assert_eq!(world.all().len(), 2);
}

#[tokio::test]
async fn a_channel_that_refuses_says_what_to_do() {
    let (world, slack) = world().await;
    for (change, words) in [
        (World::remove_bot as fn(&World, &str), "/invite @Paperwire"),
        (World::archive, "unarchive it"),
        (World::delete_channel, "no such channel"),
    ] {
        change(&world, "C1");
        let SendOutcome::ChannelRefused { reason } = post(&slack, "C1", 1, card()).await else { panic!() };
        assert!(reason.contains(words) && reason.contains("paperwire subscriptions resume"), "{reason}");
    }
}

#[tokio::test]
async fn a_revoked_token_names_the_setting() {
    let (world, slack) = world().await;
    world.revoke_token();
    let SendOutcome::AccountRefused { reason } = post(&slack, "C1", 1, card()).await else { panic!() };
    assert!(reason.contains("PAPERWIRE__SLACK__BOT_TOKEN"), "{reason}");
    assert_eq!(world.requests(), ["token_revoked"]);
    assert!(matches!(post(&slack, "C2", 1, card()).await, SendOutcome::AccountRefused { .. }));
    assert_eq!(world.requests().len(), 1, "it is not asked again so soon");
    world.restore_token();
    message_id(post(&adapter(&world.base_url(), TIMEOUT), "C1", 1, card()).await);
}

#[tokio::test]
async fn a_429_holds_the_workspace_for_as_long_as_slack_says() {
    let (world, slack) = world().await;
    let limited = Answer::json(429, &json!({"ok": false, "error": "ratelimited"})).header("retry-after", "7");
    world.faults().on("C1", Fault::Refuse(limited));
    let first = post(&slack, "C1", 1, card()).await;
    assert!(matches!(first, SendOutcome::Wait { after, .. } if after == Duration::from_secs(7)), "{first:?}");
    assert!(matches!(post(&slack, "C2", 2, card()).await, SendOutcome::Wait { .. }));
    assert!(world.requests().is_empty(), "the second try made no request");
}

#[tokio::test]
async fn a_channel_gets_one_message_a_second_and_another_does_not_wait_for_it() {
    let (world, slack) = world().await;
    world.limit_channels();
    message_id(post(&slack, "C1", 1, card()).await);
    let second = post(&slack, "C1", 2, card()).await;
    let SendOutcome::Wait { after, .. } = second else { panic!("{second:?}") };
    assert!(after <= Duration::from_secs(1));
    message_id(post(&slack, "C2", 3, card()).await);
    assert_eq!(world.requests(), ["", ""], "no request ran into the limit");
    let restarted = adapter(&world.base_url(), TIMEOUT);
    let limited = post(&restarted, "C1", 2, card()).await;
    assert!(
        matches!(limited, SendOutcome::Wait { after, .. } if after == Duration::from_secs(1)),
        "{limited:?}"
    );
    world.advance(Duration::from_secs(1));
    message_id(post(&adapter(&world.base_url(), TIMEOUT), "C1", 2, card()).await);
}

#[tokio::test]
async fn content_that_slack_refuses_is_reported_as_such() {
    let (world, slack) = world().await;
    let channel = ChannelId::parse(slack.platform(), "C1").unwrap();
    let long = json!({"type": "plain_text", "text": "x".repeat(3_001)});
    let texts = vec![json!({"type": "plain_text", "text": "x"}); 11];
    for body in [
        json!({"text": ""}),
        json!({"text": "x", "surplus": 1}),
        json!({"text": "x".repeat(4_001)}),
        json!({"text": "x", "blocks": [{"type": "section", "text": long}]}),
        json!({"text": "x", "blocks": [{"type": "context", "elements": texts}]}),
        json!({"text": "x", "blocks": vec![json!({"type": "divider"}); 51]}),
        json!({"text": "x", "blocks": [{"type": "unheard_of"}]}),
    ] {
        let body = body.to_string();
        let outcome =
            slack.send(Post { channel: &channel, delivery: delivery(1), body: &body, plain: false }).await;
        assert!(matches!(outcome, SendOutcome::BadPayload { .. }), "{outcome:?}");
    }
    assert_eq!(world.refusals().len(), 7);
    assert!(world.all().is_empty());
}

#[tokio::test]
async fn a_posted_card_is_changed_where_it_stands_and_a_missing_one_given_up() {
    let (world, slack) = world().await;
    let ts = message_id(post(&slack, "C1", 1, card()).await);
    // Another client, since this one waits a second between two messages of a channel.
    let slack = adapter(&world.base_url(), TIMEOUT);
    let mut changed = card();
    changed.badges = vec!["v2".to_owned()];
    let body = slack.render(&Message::Paper(changed)).rich;
    let channel = ChannelId::parse(paperwire::domain::Platform::Slack, "C1").unwrap();
    let edit = Edit { channel: &channel, delivery: delivery(1), message_id: &ts, body: &body };
    assert_eq!(slack.edit(edit).await, Edited::Done);
    let [posted] = &world.messages("C1")[..] else { panic!("one message") };
    assert!(posted.text.contains("12 upvotes · v2"), "{}", posted.text);
    let missing = slack.edit(Edit { message_id: "1.000001", ..edit }).await;
    assert!(matches!(missing, Edited::Refused { .. }), "{missing:?}");
}

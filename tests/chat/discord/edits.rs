//! Editing a posted message through the real client.

use std::time::Duration;

use paperwire::chat::{ChatPlatform, Edit, Edited};
use paperwire::domain::{ChannelId, Platform};
use paperwire::message::Message;
use serde_json::json;

use super::super::{TIMEOUT, card, delivery, message_id, post, post_as};
use super::{adapter, world};
use crate::worlds::loopback::{Answer, Fault};

const UNCHANGED: &str = "cs.RO · 4 Aug 2026 · 12 upvotes · code (340 stars) · project page";
const GONE: &str = "it is not in its channel any more";

/// Makes the card in a channel that of a second version.
async fn edited(platform: &dyn ChatPlatform, channel: &str, message_id: &str) -> Edited {
    edited_as(platform, channel, message_id, false).await
}

async fn edited_as(platform: &dyn ChatPlatform, channel: &str, message_id: &str, plain: bool) -> Edited {
    let mut changed = card();
    changed.badges = vec!["v2".to_owned()];
    let rendered = platform.render(&Message::Paper(changed));
    let body = if plain { &rendered.plain } else { &rendered.rich };
    let channel = ChannelId::parse(Platform::Discord, channel).unwrap();
    platform.edit(Edit { channel: &channel, delivery: delivery(1), message_id, body }).await
}

fn refused(edited: Edited) -> String {
    match edited {
        Edited::Refused { reason } => reason,
        other => panic!("not refused: {other:?}"),
    }
}

fn put_off(edited: Edited) -> Option<Duration> {
    match edited {
        Edited::Later { after, .. } => after,
        other => panic!("not put off: {other:?}"),
    }
}

#[tokio::test]
async fn a_posted_card_is_changed_where_it_stands_and_notifies_nobody() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    let [before] = &world.messages("100")[..] else { panic!("one message") };
    assert!(before.text.ends_with(UNCHANGED), "{}", before.text);
    for _ in 0..2 {
        assert_eq!(edited(&discord, "100", &id).await, Edited::Done);
        let [after] = &world.messages("100")[..] else { panic!("one message") };
        assert!(after.text.contains("12 upvotes · v2"), "{}", after.text);
        assert_eq!((&after.id, &after.title, &after.footer), (&before.id, &before.title, &before.footer));
        assert!(!after.notifies && after.mentions.is_empty());
    }
    assert_eq!(world.edits(), [(id.clone(), 200), (id, 200)]);
    assert_eq!((world.refusals(), world.requests()), (vec![], vec![200]), "nothing was posted anew");
}

#[tokio::test]
async fn a_message_without_an_embed_is_changed_without_one() {
    let (world, discord) = world().await;
    let id = message_id(post_as(&discord, "100", 1, card(), true).await);
    assert_eq!(edited_as(&discord, "100", &id, true).await, Edited::Done);
    let [after] = &world.messages("100")[..] else { panic!("one message") };
    assert!(after.title.is_none() && after.text.contains("v2") && !after.notifies, "{}", after.text);
}

#[tokio::test]
async fn what_cannot_be_changed_any_more_is_given_up_with_the_reason() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    let foreign = world.written_by_another("100", "Hello");
    assert_eq!(refused(edited(&discord, "100", "77").await), GONE);
    assert_eq!(refused(edited(&discord, "200", &id).await), GONE, "it stands in another channel");
    let reason = refused(edited(&discord, "100", &foreign).await);
    assert_eq!(reason, "it was posted by another bot, so this one may not change it");
    world.hide("100");
    assert!(refused(edited(&discord, "100", &id).await).contains("View Channel"));
    world.open("100");
    world.delete_message(&id);
    assert_eq!(refused(edited(&discord, "100", &id).await), GONE);
    world.delete_channel("100");
    assert_eq!(refused(edited(&discord, "100", &id).await), GONE);
    let statuses: Vec<u16> = world.edits().into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, [404, 404, 403, 403, 404, 404]);
    assert_eq!(refused(edited(&discord, "100", "x").await), "its id is none of Discord's");
    assert_eq!(world.messages("100")[0].text, "Hello", "nobody else's message was touched");
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_was_done_is_done_again_to_the_same_end() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    for fault in [
        Fault::Refuse(Answer::html(502)),
        Fault::DoThenAnswer(Answer::html(500)),
        Fault::CutBefore,
        Fault::CutAfter,
    ] {
        world.faults().next(fault);
        assert_eq!(put_off(edited(&discord, "100", &id).await), None);
    }
    assert_eq!(edited(&discord, "100", &id).await, Edited::Done);
    let limited = Answer::json(429, &json!({"message": "wait", "retry_after": 30.0, "global": false}));
    world.faults().next(Fault::Refuse(limited));
    assert_eq!(put_off(edited(&discord, "100", &id).await), Some(Duration::from_secs(30)));
    let (before, wait) = (world.edits().len(), put_off(edited(&discord, "100", &id).await).unwrap());
    assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(1), "{wait:?}");
    assert_eq!(world.edits().len(), before, "a channel that is to rest is not asked");
    assert_eq!(world.messages("100").len(), 1);
}

#[tokio::test]
async fn an_account_that_is_refused_keeps_its_edits_for_later() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    world.revoke_token();
    assert_eq!(put_off(edited(&discord, "100", &id).await), None);
    assert_eq!(put_off(edited(&discord, "100", &id).await), Some(Duration::from_hours(1)));
    assert_eq!(world.edits().len(), 1, "a token that was refused is not tried again");
    world.restore_token();
    let restarted = adapter(&world.base_url(), TIMEOUT);
    assert_eq!(edited(&restarted, "100", &id).await, Edited::Done);
}

#[tokio::test]
async fn an_edit_that_discord_refuses_changes_nothing_and_is_given_up() {
    let (world, discord) = world().await;
    let id = message_id(post(&discord, "100", 1, card()).await);
    let channel = ChannelId::parse(Platform::Discord, "100").unwrap();
    for body in [
        json!({"content": "hello"}),
        json!({"content": "hello", "allowed_mentions": {"parse": ["everyone"]}}),
        json!({"content": "hello", "allowed_mentions": {"parse": []}, "flags": 4096}),
        json!({"content": "x".repeat(2_001), "allowed_mentions": {"parse": []}}),
    ] {
        let body = body.to_string();
        let edit = Edit { channel: &channel, delivery: delivery(1), message_id: &id, body: &body };
        assert!(matches!(discord.edit(edit).await, Edited::Refused { .. }), "{body}");
    }
    assert_eq!(world.refusals().len(), 4);
    assert!(world.messages("100")[0].text.ends_with(UNCHANGED));
}

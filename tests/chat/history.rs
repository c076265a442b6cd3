//! Looking for a message in a channel's history, and deleting one, against the fake platforms.

use std::time::Duration;

use jiff::Timestamp;
use paperwire::chat::{ChatPlatform, Edited, Post};
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::{Found, SendOutcome};
use paperwire::message::{Message, RoundupCard, RoundupLine, RoundupSection};

use super::wire::{Frozen, channel_of};
use super::{TIMEOUT, card, delivery, discord, message_id, post, slack};
use crate::worlds::discord::Discord;
use crate::worlds::slack::Slack;

/// Looks for a message that was to be posted about now.
async fn find(platform: &dyn ChatPlatform, channel: &str, number: u128, message: &Message) -> Found {
    let (channel, body) = (channel_of(platform, channel), platform.render(message).rich);
    let post = Post { channel: &channel, delivery: delivery(number), body: &body, plain: false };
    platform.find(post, SystemClock.now()).await
}

async fn send(platform: &dyn ChatPlatform, channel: &str, number: u128, message: &Message) -> String {
    let (channel, body) = (channel_of(platform, channel), platform.render(message).rich);
    message_id(
        platform
            .send(Post { channel: &channel, delivery: delivery(number), body: &body, plain: false })
            .await,
    )
}

fn paper(number: u32) -> Message {
    Message::Paper(paperwire::message::PaperCard {
        url: format!("https://arxiv.org/abs/2608.{number:05}"),
        ..card()
    })
}

fn roundup(papers: u32) -> Message {
    let line = |number| RoundupLine {
        paper: "2608.01234".parse().unwrap(),
        title: "Robots".to_owned(),
        url: format!("https://arxiv.org/abs/2608.{number:05}"),
        facts: vec!["Ada".to_owned()],
        posted: None,
    };
    let section = RoundupSection { label: "robots".to_owned(), lines: (1..=papers).map(line).collect() };
    Message::Roundup(RoundupCard {
        heading: "Roundup of Tue, 4 Aug 2026".to_owned(),
        sections: vec![section],
        note: String::new(),
        details: Some("roundup:matches:2026-08-04".to_owned()),
    })
}

async fn discord_world() -> (Discord, impl ChatPlatform) {
    let world = Discord::start(&["100", "200"]).await;
    world.grant_history();
    let discord = discord::adapter(&world.base_url(), TIMEOUT);
    (world, discord)
}

#[tokio::test]
async fn a_paper_a_line_and_a_roundup_are_each_found_and_not_taken_for_another() {
    let (world, discord) = discord_world().await;
    let messages = [paper(1), Message::Line(card()), roundup(3), roundup(1)];
    for (number, message) in (1..).zip(&messages) {
        assert_eq!(find(&discord, "100", number, message).await, Found::Absent);
        let message_id = send(&discord, "100", number, message).await;
        assert_eq!(find(&discord, "100", number, message).await, Found::Posted { message_id });
    }
    assert_eq!(find(&discord, "100", 9, &paper(2)).await, Found::Absent, "only a roundup holds it");
    assert_eq!(find(&discord, "200", 9, &paper(1)).await, Found::Absent, "it is in another channel");
    assert!(world.refusals().is_empty());
}

#[tokio::test]
async fn words_of_others_are_no_message_of_ours_however_many_they_are() {
    let (world, discord) = discord_world().await;
    for n in 0..230 {
        world.chatter("100", &format!("see https://arxiv.org/abs/2608.00001 ({n})"));
    }
    assert_eq!(find(&discord, "100", 1, &paper(1)).await, Found::Absent);
    let message_id = send(&discord, "100", 1, &paper(1)).await;
    assert_eq!(find(&discord, "100", 1, &paper(1)).await, Found::Posted { message_id });
    for n in 0..300 {
        world.chatter("100", &n.to_string());
    }
    let found = find(&discord, "100", 2, &paper(2)).await;
    assert!(matches!(&found, Found::CannotTell { reason } if reason.contains("too many")), "{found:?}");
}

#[tokio::test]
async fn of_two_messages_the_earlier_is_found() {
    let (world, discord) = discord_world().await;
    let first = send(&discord, "100", 1, &paper(1)).await;
    let second = send(&discord, "100", 2, &paper(1)).await;
    assert_ne!(first, second);
    assert_eq!(find(&discord, "100", 1, &paper(1)).await, Found::Posted { message_id: first.clone() });
    assert_eq!(discord.delete(&channel_of(&discord, "100"), &first).await, Edited::Done);
    assert_eq!(find(&discord, "100", 1, &paper(1)).await, Found::Posted { message_id: second });
    assert_eq!(world.deletions(), [first]);
}

#[tokio::test]
async fn a_message_that_lost_its_embed_is_neither_found_nor_absent() {
    let (world, discord) = discord_world().await;
    let id = send(&discord, "100", 1, &paper(1)).await;
    world.suppress_embeds(&id);
    let found = find(&discord, "100", 1, &paper(1)).await;
    assert!(matches!(found, Found::CannotTell { .. }), "{found:?}");
}

#[tokio::test]
async fn what_the_bot_may_is_asked_once_for_all_channels_of_a_server() {
    let (world, discord) = discord_world().await;
    for channel in ["100", "200", "100", "200"] {
        assert_eq!(find(&discord, channel, 1, &paper(1)).await, Found::Absent);
    }
    // Who it is, the server, its roles there; and for each channel what it is.
    assert_eq!(world.asked(), 3 + 2 + 4);
    world.hide("100");
    let found = find(&discord, "100", 1, &paper(1)).await;
    assert!(matches!(&found, Found::CannotTell { reason } if reason.contains("50001")), "{found:?}");
}

#[tokio::test]
async fn a_forum_is_refused_with_what_to_do_and_has_no_history() {
    let (world, discord) = discord_world().await;
    world.forum("300");
    let outcome = post(&discord, "300", 1, card()).await;
    let SendOutcome::ChannelRefused { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("subscribe a text channel or a thread"), "{reason}");
    assert!(matches!(find(&discord, "300", 1, &paper(1)).await, Found::CannotTell { .. }));
}

#[tokio::test]
async fn a_deleted_message_is_gone_and_deleting_it_again_is_as_good() {
    let (world, discord) = discord_world().await;
    let channel = channel_of(&discord, "100");
    let id = send(&discord, "100", 1, &paper(1)).await;
    for _ in 0..3 {
        assert_eq!(discord.delete(&channel, &id).await, Edited::Done);
    }
    assert!(world.messages("100").is_empty());
    world.chatter("100", "x");
    let other = world.messages("100")[0].id.clone();
    assert!(!matches!(discord.delete(&channel, &other).await, Edited::Done));

    let world = Slack::start(&["C1"]).await;
    let slack = slack::adapter(&world.base_url(), TIMEOUT);
    let channel = channel_of(&slack, "C1");
    let ts = message_id(post(&slack, "C1", 1, card()).await);
    for _ in 0..3 {
        assert_eq!(slack.delete(&channel, &ts).await, Edited::Done);
    }
    assert_eq!((world.messages("C1").len(), world.deletions()), (0, vec![ts]));
}

#[tokio::test(start_paused = true)]
async fn with_one_read_a_minute_and_fifteen_messages_in_it_a_look_goes_on_where_it_was() {
    let _frozen = Frozen::new();
    let clock = std::sync::Arc::new(crate::worlds::clock::FakeClock::at("2026-08-04T06:00:00Z"));
    let world = Slack::at(&["C1"], clock.clone()).await;
    world.grant_history();
    world.limit_history(1, 15);
    let slack = slack::adapter(&world.base_url(), TIMEOUT).with_history_per_minute(1);
    let since: Timestamp = clock.now();
    let ts = message_id(post(&slack, "C1", 1, card()).await);
    for n in 0..40 {
        clock.advance(Duration::from_secs(2));
        world.chatter("C1", &n.to_string());
    }
    let channel = channel_of(&slack, "C1");
    let looked = Post { channel: &channel, delivery: delivery(1), body: "{}", plain: false };
    let mut looks = 0;
    let found = loop {
        looks += 1;
        match slack.find(looked, since).await {
            Found::Later { after, .. } => {
                assert!(after <= Duration::from_mins(1), "{after:?}");
                clock.advance(after);
                tokio::time::advance(after).await;
            }
            found => break found,
        }
    };
    assert_eq!(found, Found::Posted { message_id: ts });
    assert_eq!((looks, world.reads()), (3, (3, 0)), "no read ran into the limit");
}

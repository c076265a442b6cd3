//! Limits and refusals by the hundred: what is told once is not asked again.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::domain::{DeliveryState, PauseCause, Platform};

use super::doubts::{discord_at, slack_at};
use super::wire::{Wire, channels, names, urls};
use crate::worlds::discord::Discord;
use crate::worlds::loopback::{Answer, Fault};
use crate::worlds::slack::Slack;

#[tokio::test(start_paused = true)]
async fn in_a_storm_of_429_no_channel_is_asked_before_its_time_and_the_order_is_kept() {
    let wire = Wire::new().await;
    let channels = channels("10", 20);
    let world = Discord::at(&names(&channels), wire.clock.clone()).await;
    world.limit_channels();
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels, 8).await;
    world.storm(Duration::from_mins(10), 3);
    wire.send_all(&discord).await;
    for channel in &channels {
        let seen: Vec<_> = world.messages(channel).into_iter().map(|message| message.url).collect();
        assert_eq!(seen, urls(8), "channel {channel}");
    }
    assert_eq!(world.early(), 0, "posts before the time that the last 429 named");
    // A wait is half a minute on average, and half of the answers are of the shared kind.
    assert!((50..500).contains(&world.invalid()), "{}", world.invalid());
    assert_eq!(wire.count(DeliveryState::Sent).await, 160);
}

#[tokio::test(start_paused = true)]
async fn without_a_storm_no_limit_is_run_into_at_all() {
    let wire = Wire::new().await;
    let channels = channels("10", 10);
    let world = Discord::at(&names(&channels), wire.clock.clone()).await;
    world.limit_channels();
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels, 12).await;
    wire.send_all(&discord).await;
    assert_eq!((world.invalid(), world.all().len()), (0, 120));
}

#[tokio::test(start_paused = true)]
async fn slacks_429_is_met_once_and_kept() {
    let wire = Wire::new().await;
    let channels = channels("C", 10);
    let world = Slack::at(&names(&channels), wire.clock.clone()).await;
    world.limit_channels();
    let slack = slack_at(&world);
    wire.fill(&*slack, &channels, 3).await;
    let limited = Answer::json(429, &serde_json::json!({"ok": false, "error": "ratelimited"}));
    world.faults().next(Fault::Refuse(limited.header("retry-after", "600")));
    wire.send_all(&slack).await;
    assert_eq!(world.requests(), vec![String::new(); 30], "and nothing else was refused");
}

/// Revokes the token at the fiftieth of 200 posts, and returns who is paused and why.
async fn revoked(wire: &Wire, platform: Platform) -> Vec<String> {
    assert_eq!(wire.count(DeliveryState::Sent).await, 50);
    assert_eq!(wire.count(DeliveryState::Pending).await, 150);
    let destinations = wire.deliveries().await.into_iter().map(|delivery| delivery.destination);
    let reasons = destinations.map(|destination| {
        let pause = destination.pause.expect("every channel is paused");
        assert_eq!((destination.platform, pause.cause), (platform, PauseCause::Account));
        pause.reason
    });
    reasons.collect()
}

#[tokio::test(start_paused = true)]
async fn a_token_revoked_between_two_posts_is_tried_a_few_times_more_on_discord() {
    let wire = Wire::new().await;
    let channels = channels("10", 20);
    let world = Discord::at(&names(&channels), wire.clock.clone()).await;
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels, 10).await;
    world.revoke_after(50);
    wire.send_all(&discord).await;
    let refused = world.requests().iter().filter(|status| **status == 401).count();
    assert!((1..=4).contains(&refused), "{refused}: the first refusal, and what was on its way");
    let reasons = revoked(&wire, Platform::Discord).await;
    assert!(reasons[0].contains("PAPERWIRE__DISCORD__TOKEN"), "{}", reasons[0]);
    world.restore_token();
    wire.db.store.resume_platform(Platform::Discord).await.unwrap();
    wire.send_all(&discord_at(&world)).await;
    for channel in &channels {
        let seen: Vec<_> = world.messages(channel).into_iter().map(|message| message.url).collect();
        assert_eq!(seen, urls(10), "channel {channel}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_revoked_between_two_posts_is_tried_a_few_times_more_on_slack() {
    let wire = Wire::new().await;
    let channels = channels("C", 20);
    let world = Slack::at(&names(&channels), wire.clock.clone()).await;
    let slack: Arc<dyn ChatPlatform> = slack_at(&world);
    wire.fill(&*slack, &channels, 10).await;
    world.revoke_after(50);
    wire.send_all(&slack).await;
    let refused = world.requests().iter().filter(|code| *code == "token_revoked").count();
    assert!((1..=4).contains(&refused), "{refused}: the first refusal, and what was on its way");
    let reasons = revoked(&wire, Platform::Slack).await;
    assert!(reasons[0].contains("PAPERWIRE__SLACK__BOT_TOKEN"), "{}", reasons[0]);
}

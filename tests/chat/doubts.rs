//! Answers that are lost after the message is there: nobody sees a paper twice.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::domain::DeliveryState;

use super::wire::{Wire, channels, names, urls};
use super::{TIMEOUT, discord, slack};
use crate::worlds::discord::Discord;
use crate::worlds::loopback::{Answer, Fault};
use crate::worlds::slack::Slack;

const CHANNELS: usize = 50;
const PAPERS: usize = 20;

/// The ways in which an answer is lost although the message is there.
fn lost() -> Vec<Fault> {
    vec![
        Fault::CutAfter,
        Fault::DoThenAnswer(Answer::html(500)),
        Fault::DoThenAnswer(Answer::html(502)),
        Fault::DoThenAnswer(Answer::html(503)),
    ]
}

/// A client that keeps no pace of its own, since time stands still here.
pub fn discord_at(world: &Discord) -> Arc<dyn ChatPlatform> {
    world.allow_per_second(usize::MAX);
    Arc::new(discord::adapter(&world.base_url(), TIMEOUT).with_per_second(u32::MAX))
}

pub fn slack_at(world: &Slack) -> Arc<dyn ChatPlatform> {
    Arc::new(slack::adapter(&world.base_url(), TIMEOUT))
}

fn seen_once(world: &Discord, channels: &[String], papers: usize) {
    for channel in channels {
        let seen: Vec<_> = world.messages(channel).into_iter().map(|message| message.url).collect();
        assert_eq!(seen, urls(papers), "channel {channel}");
    }
}

async fn on_slack(history: bool) -> (Wire, Slack) {
    let wire = Wire::new().await;
    let channels = channels("C", CHANNELS);
    let world = Slack::at(&names(&channels), wire.clock.clone()).await;
    world.limit_channels();
    if history {
        world.grant_history();
    }
    let slack = slack_at(&world);
    wire.fill(&*slack, &channels, PAPERS).await;
    world.faults().share(0.2, 7, &lost());
    wire.send_all(&slack).await;
    assert!(world.faults().met() > 150, "{}", world.faults().met());
    for channel in &channels {
        let seen: Vec<_> = world.messages(channel).into_iter().map(|message| message.url).collect();
        assert_eq!(seen, urls(PAPERS), "channel {channel}");
    }
    assert!(world.requests().iter().all(String::is_empty), "no limit was run into");
    (wire, world)
}

#[tokio::test(start_paused = true)]
async fn of_a_thousand_posts_with_a_fifth_of_the_answers_lost_each_is_seen_once_on_discord() {
    let wire = Wire::new().await;
    let channels = channels("10", CHANNELS);
    let world = Discord::at(&names(&channels), wire.clock.clone()).await;
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels, PAPERS).await;
    world.faults().share(0.2, 7, &lost());
    wire.send_all(&discord).await;
    assert!(world.faults().met() > 150, "{}", world.faults().met());
    seen_once(&world, &channels, PAPERS);
    assert_eq!(wire.count(DeliveryState::Sent).await, CHANNELS * PAPERS);
    assert_eq!(world.reads(), 0, "the nonce settles it");
}

#[tokio::test(start_paused = true)]
async fn where_no_nonce_protects_the_history_settles_it_on_discord() {
    let mut wire = Wire::new().await;
    wire.policy.nonce_window = Duration::ZERO;
    let channels = channels("10", 20);
    let world = Discord::at(&names(&channels), wire.clock.clone()).await;
    world.remember_nonces(Duration::ZERO);
    world.grant_history();
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels, 10).await;
    let mut faults = lost();
    faults.extend([Fault::CutBefore, Fault::Refuse(Answer::html(500))]);
    world.faults().share(0.2, 11, &faults);
    wire.send_all(&discord).await;
    assert!(world.faults().met() > 25, "{}", world.faults().met());
    seen_once(&world, &channels, 10);
    assert_eq!(wire.count(DeliveryState::Sent).await, 200);
}

#[tokio::test(start_paused = true)]
async fn of_a_thousand_posts_with_a_fifth_of_the_answers_lost_each_is_seen_once_on_slack() {
    let (wire, world) = on_slack(true).await;
    assert_eq!(wire.count(DeliveryState::Sent).await, CHANNELS * PAPERS);
    assert!(world.reads().0 > 150, "{:?}", world.reads());
}

#[tokio::test(start_paused = true)]
async fn on_slack_without_the_right_to_look_each_is_seen_once_or_shown_as_unconfirmed() {
    let (wire, world) = on_slack(false).await;
    let ambiguous = wire.count(DeliveryState::Ambiguous).await;
    assert_eq!(ambiguous, world.faults().met());
    assert_eq!(wire.count(DeliveryState::Sent).await, CHANNELS * PAPERS - ambiguous);
}

#[tokio::test(start_paused = true)]
async fn without_the_right_to_read_absence_proves_nothing_on_discord() {
    let mut wire = Wire::new().await;
    wire.policy.nonce_window = Duration::ZERO;
    let world = Discord::at(&["101", "102"], wire.clock.clone()).await;
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels("10", 2), 1).await;
    world.faults().on("101", Fault::CutBefore);
    world.faults().on("102", Fault::CutAfter);
    wire.send_all(&discord).await;
    let ends: Vec<_> = wire.deliveries().await.into_iter().map(|d| (d.state, d.reason.unwrap())).collect();
    for (state, reason) in ends {
        assert_eq!(state, DeliveryState::Ambiguous);
        assert!(reason.contains("Read Message History"), "{reason}");
    }
    assert_eq!((world.all().len(), world.reads()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_discord_shows_late_is_kept_and_the_second_one_deleted() {
    let mut wire = Wire::new().await;
    wire.policy.nonce_window = Duration::ZERO;
    let world = Discord::at(&["101"], wire.clock.clone()).await;
    world.remember_nonces(Duration::ZERO);
    world.grant_history();
    world.lag_history(Duration::from_mins(5));
    let discord = discord_at(&world);
    wire.fill(&*discord, &channels("10", 1), 1).await;
    world.faults().next(Fault::CutAfter);
    wire.send_all(&discord).await;
    let twice: Vec<String> = world.messages("101").into_iter().map(|message| message.id).collect();
    assert_eq!(twice.len(), 2, "nothing was seen for so long that it was posted again");
    assert_eq!(wire.tidy(&discord).await, 0, "it is too early to look");
    wire.pass(Duration::from_mins(11)).await;
    assert_eq!(wire.tidy(&discord).await, 1);
    assert_eq!(world.deletions(), [twice[1].clone()]);
    assert_eq!(wire.deliveries().await[0].message_id.as_ref(), Some(&twice[0]));
    wire.pass(Duration::from_mins(11)).await;
    assert_eq!(wire.tidy(&discord).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_slack_shows_late_is_kept_and_the_second_one_deleted() {
    let wire = Wire::new().await;
    let world = Slack::at(&["C1"], wire.clock.clone()).await;
    world.grant_history();
    world.lag_history(Duration::from_mins(5));
    let slack = slack_at(&world);
    wire.fill(&*slack, &channels("C", 1), 1).await;
    world.faults().next(Fault::CutAfter);
    wire.send_all(&slack).await;
    let twice: Vec<String> = world.messages("C1").into_iter().map(|message| message.ts).collect();
    assert_eq!(twice.len(), 2, "nothing was seen for so long that it was posted again");
    wire.pass(Duration::from_mins(11)).await;
    assert_eq!(wire.tidy(&slack).await, 1);
    assert_eq!(world.deletions(), [twice[1].clone()]);
    assert_eq!(wire.deliveries().await[0].message_id.as_ref(), Some(&twice[0]));
}

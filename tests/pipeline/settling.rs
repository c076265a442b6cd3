//! What becomes of a Slack post whose answer was lost.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::{ChatPlatform, slack as adapter};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryState, Platform};
use paperwire::pipeline::{Router, Sender, step_until_idle};
use paperwire::store::DeliveryFilter;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::sending::{MAX_AGE, settings};
use super::{Bench, TODAY};
use crate::worlds::hub::paper;
use crate::worlds::loopback::{Answer, Fault};
use crate::worlds::slack::{self, Slack};

const CHANNEL: &str = "C0ROBOTS01";
/// By then a lost answer is settled, one way or the other; the adapter's own pauses run on real time.
const HOURS: u32 = 12;

/// One paper on its way to a Slack channel that meets this fault, and what came of it in the end.
async fn after(fault: Fault, reads_history: bool) -> (Vec<String>, DeliveryState) {
    paperwire::chat::install_tls_provider();
    let bench = Bench::new().await;
    let slack = Slack::at(&[CHANNEL], bench.clock.clone()).await;
    if reads_history {
        slack.grant_history();
    }
    slack.faults().next(fault);
    let adapter: Arc<dyn ChatPlatform> = Arc::new(
        adapter::Slack::new(&adapter::SlackConfig {
            api_base: slack.base_url().parse().unwrap(),
            token: slack::TOKEN.into(),
            timeout: Duration::from_secs(5),
        })
        .unwrap(),
    );
    let (store, clock) = (bench.store.clone(), bench.clock.clone());
    let channel = ChannelId::parse(Platform::Slack, CHANNEL).unwrap();
    let query = "robot".parse().unwrap();
    store.subscribe(Platform::Slack, &channel, &query, "test", clock.now()).await.unwrap();
    bench.hub.list(TODAY, [paper("2608.00001").title("Robots at work")]);
    bench.poller(0).poll().await.unwrap();
    let router = Router::new(store.clone(), clock.clone(), [adapter.clone()], MAX_AGE, 300);
    step_until_idle(&router).await.unwrap();
    let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let sender = Sender::new(store.clone(), clock.clone(), [adapter], settings("one"), wake, stop);
    let mut state = DeliveryState::Pending;
    for _ in 0..HOURS * 3600 {
        step_until_idle(&sender).await.unwrap();
        clock.advance(Duration::from_secs(1));
        state = store.deliveries(&DeliveryFilter::default()).await.unwrap()[0].state;
        if state.is_final() {
            break;
        }
    }
    (slack.messages(CHANNEL).into_iter().map(|message| message.url.unwrap()).collect(), state)
}

fn failing() -> Answer {
    Answer::html(500)
}

const URL: &str = "https://arxiv.org/abs/2608.00001";

#[tokio::test]
async fn with_history_a_post_that_failed_is_made_again_and_one_that_was_made_is_not() {
    assert_eq!(after(Fault::Refuse(failing()), true).await, (vec![URL.to_owned()], DeliveryState::Sent));
    assert_eq!(
        after(Fault::DoThenAnswer(failing()), true).await,
        (vec![URL.to_owned()], DeliveryState::Sent)
    );
    assert_eq!(after(Fault::CutBefore, true).await, (vec![URL.to_owned()], DeliveryState::Sent));
    assert_eq!(after(Fault::CutAfter, true).await, (vec![URL.to_owned()], DeliveryState::Sent));
}

#[tokio::test]
async fn without_history_it_is_shown_as_unconfirmed_and_never_made_again() {
    assert_eq!(after(Fault::Refuse(failing()), false).await, (vec![], DeliveryState::Ambiguous));
    assert_eq!(after(Fault::CutAfter, false).await, (vec![URL.to_owned()], DeliveryState::Ambiguous));
}

//! Letters on their way through the outbox to a server that has its bad moments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::chat::ChatPlatform;
use paperwire::chat::email::{AddressBook, Email, EmailConfig, LetterLinks, Route, Security, SmtpConfig};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryState, MailAddress, Platform};
use paperwire::pipeline::{Router, Sender, step_until_idle};
use paperwire::store::{DeliveryFilter, DeliveryRecord, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::sending::{MAX_AGE, settings};
use super::{Bench, TODAY};
use crate::worlds::clock::FakeClock;
use crate::worlds::hub::paper;
use crate::worlds::smtp::{Peer, Taken};

const CHANNEL: &str = "m-0123456789abcdefghijkl";
const MINUTE: Duration = Duration::from_mins(1);

/// The only subscriber, who has been refused so often.
#[derive(Default)]
struct Book(Mutex<u32>);

#[async_trait]
impl AddressBook for Book {
    async fn address(&self, _: &ChannelId) -> anyhow::Result<Option<MailAddress>> {
        Ok(Some("ada@example.net".parse().unwrap()))
    }

    async fn links(&self, _: &ChannelId, _: Timestamp) -> anyhow::Result<LetterLinks> {
        Ok(LetterLinks::default())
    }

    async fn bounced(&self, _: &ChannelId, _: &str) -> anyhow::Result<u32> {
        let mut bounces = self.0.lock().unwrap();
        *bounces += 1;
        Ok(*bounces)
    }

    async fn taken(&self, _: &ChannelId) -> anyhow::Result<()> {
        *self.0.lock().unwrap() = 0;
        Ok(())
    }
}

/// A store with papers for the subscriber, and the server.
struct Post {
    bench: Bench,
    peer: Peer,
    email: Arc<dyn ChatPlatform>,
}

impl Post {
    /// With so many papers on their way, each a letter.
    async fn new(papers: u32, patience: Duration) -> Self {
        paperwire::chat::install_tls_provider();
        let (bench, peer) = (Bench::new().await, Peer::start(Security::Plain));
        let route = Route::Smtp(SmtpConfig { data_timeout: patience, ..peer.config() });
        let from = "papers@example.org".parse().unwrap();
        let clock = bench.clock.clone();
        let email =
            Email::new(EmailConfig { from, route, per_second: 50 }, Arc::<Book>::default(), move || {
                clock.now()
            });
        let email: Arc<dyn ChatPlatform> = Arc::new(email.unwrap());
        let channel = ChannelId::parse(Platform::Email, CHANNEL).unwrap();
        let (store, clock) = (&bench.store, &bench.clock);
        store
            .subscribe(Platform::Email, &channel, &"robot".parse().unwrap(), "test", clock.now())
            .await
            .unwrap();
        let rows = (1..=papers).map(|n| paper(&format!("2608.0000{n}")).title("Robots at work"));
        bench.hub.list(TODAY, rows);
        bench.poller(0).poll().await.unwrap();
        let router = Router::new(store.clone(), clock.clone(), [email.clone()], MAX_AGE, 300);
        step_until_idle(&router).await.unwrap();
        Self { bench, peer, email }
    }

    fn sender(&self, owner: &str) -> Sender {
        let (store, clock): (Store, Arc<FakeClock>) = (self.bench.store.clone(), self.bench.clock.clone());
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        Sender::new(store, clock, [self.email.clone()], settings(owner), wake, stop)
    }

    /// Lets a sender work for so long, looking once a minute.
    async fn work(&self, sender: &Sender, minutes: u32) {
        for _ in 0..=minutes {
            step_until_idle(sender).await.unwrap();
            self.bench.clock.advance(MINUTE);
        }
    }

    async fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.bench.store.deliveries(&DeliveryFilter::default()).await.unwrap()
    }

    async fn states(&self) -> BTreeMap<DeliveryState, usize> {
        let mut states = BTreeMap::new();
        for delivery in self.deliveries().await {
            *states.entry(delivery.state).or_default() += 1;
        }
        states
    }
}

fn ids(letters: &[Taken]) -> Vec<&str> {
    letters.iter().map(|letter| letter.headers["Message-ID"].as_str()).collect()
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_goes_once_more_under_the_same_name_half_an_hour_later() {
    let post = Post::new(1, 20 * MINUTE).await;
    post.peer.fault("drop");
    let sender = post.sender("one");
    post.work(&sender, 28).await;
    assert_eq!(post.peer.letters().len(), 1, "it waits until the first try is surely over");
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Unknown, 1)]));
    post.work(&sender, 3).await;
    let letters = post.peer.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].raw, letters[1].raw, "a mailbox can tell that both are one");
    assert_eq!(ids(&letters)[0], ids(&letters)[1]);
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Sent, 1)]));
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_twice_is_unconfirmed_and_never_sent_again() {
    let post = Post::new(1, Duration::from_millis(300)).await;
    post.peer.fault("silence");
    post.peer.fault("drop");
    post.work(&post.sender("one"), 24 * 60).await;
    assert_eq!(post.peer.letters().len(), 2);
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Ambiguous, 1)]));
}

#[tokio::test]
async fn a_sender_that_stopped_in_the_middle_leaves_the_letter_to_the_next_for_half_an_hour() {
    let post = Post::new(1, 20 * MINUTE).await;
    let (store, now) = (&post.bench.store, post.bench.clock.now());
    let claimed = store.claim("dead", &Platform::ALL, 1, MINUTE, now).await.unwrap();
    assert_eq!(store.intents(&claimed, now).await.unwrap(), [true]);
    let next = post.sender("next");
    post.work(&next, 28).await;
    assert!(post.peer.letters().is_empty(), "the first may still be on its way");
    post.work(&next, 5).await;
    assert_eq!(post.peer.letters().len(), 1);
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Sent, 1)]));
}

#[tokio::test]
async fn a_grey_list_is_waited_out() {
    let post = Post::new(1, 20 * MINUTE).await;
    post.peer.fault("rcpt 450 4.2.0 greylisted");
    let sender = post.sender("one");
    post.work(&sender, 28).await;
    assert!(post.peer.letters().is_empty(), "RFC 5321 asks for 30 minutes");
    post.work(&sender, 3).await;
    assert_eq!(post.peer.letters().len(), 1);
}

#[tokio::test]
async fn after_three_refusals_the_subscriber_is_paused_with_words() {
    let post = Post::new(4, 20 * MINUTE).await;
    for _ in 0..3 {
        post.peer.fault("rcpt 550 5.1.1 <ADDRESS> unknown");
    }
    post.work(&post.sender("one"), 60).await;
    assert!(post.peer.letters().is_empty(), "the fourth letter is not tried any more");
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Pending, 2), (DeliveryState::Dead, 2)]));
    let subscription = post.bench.store.subscriptions().await.unwrap().remove(0);
    let pause = subscription.destination.pause.unwrap();
    assert!(
        pause.reason.contains("refused 3 times") && pause.reason.contains("subscribe again"),
        "{pause:?}"
    );
    assert!(!format!("{:?} {pause:?}", post.deliveries().await).contains("ada@"), "addresses stay masked");
}

#[tokio::test]
async fn content_that_is_refused_goes_once_more_in_plain_words() {
    let post = Post::new(1, 20 * MINUTE).await;
    post.peer.fault("data 554 5.6.0 no HTML here");
    post.work(&post.sender("one"), 1).await;
    let letters = post.peer.letters();
    assert_eq!(letters.iter().map(|letter| letter.kind.as_str()).collect::<Vec<_>>(), ["text/plain"]);
    assert_eq!(post.states().await, BTreeMap::from([(DeliveryState::Sent, 1)]));
}

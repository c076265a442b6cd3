//! The sandbox: a platform inside the process, for trying Paperwire without any account.
//!
//! Its messages are kept by whoever owns a store; this folder knows only how they look.

mod lines;
pub mod reply;
#[cfg(test)]
mod seen;
pub mod terminal;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ChatPlatform, Edit, Edited, Post, Rendered};
use crate::domain::{ChannelId, DeliveryId, Found, Platform, SendOutcome};
use crate::message::Message;

/// Waits before a ledger that failed is asked again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Keeps the sandbox's messages.
#[async_trait]
pub trait SandboxLedger: Send + Sync {
    /// Keeps a message and returns its number; the same delivery again returns the same number.
    async fn post(&self, delivery: DeliveryId, channel: &ChannelId, body: &str) -> anyhow::Result<i64>;

    /// Changes a delivery's message; false when there is none, as in a ledger that keeps nothing.
    async fn edit(&self, _delivery: DeliveryId, _body: &str) -> anyhow::Result<bool> {
        Ok(false)
    }

    /// Deletes a message by its number; that there is none is as good.
    async fn delete(&self, _number: i64) -> anyhow::Result<()> {
        Ok(())
    }

    /// The number of a delivery's message, if it was kept.
    async fn find(&self, channel: &ChannelId, delivery: DeliveryId) -> anyhow::Result<Option<i64>>;
}

/// The sandbox as a platform to post to.
#[derive(Clone)]
pub struct Sandbox {
    ledger: Arc<dyn SandboxLedger>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Posts into the ledger.
    pub fn new(ledger: Arc<dyn SandboxLedger>) -> Self {
        Self { ledger }
    }
}

/// Reads a message back from what was posted; `None` for a plain rendering.
pub fn read(body: &str) -> Option<Message> {
    serde_json::from_str(body).ok()
}

#[async_trait]
impl ChatPlatform for Sandbox {
    fn platform(&self) -> Platform {
        Platform::Sandbox
    }

    fn enforces_nonce(&self) -> bool {
        true
    }

    fn render(&self, message: &Message) -> Rendered {
        let rich = serde_json::to_string(message).expect("a message of strings and numbers is always JSON");
        let plain = match message {
            Message::Paper(card) | Message::Line(card) => card.plain_text(),
            Message::Roundup(roundup) => roundup.plain_text(),
            Message::Group(group) => group.plain_text(),
        };
        Rendered { rich, plain }
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        match self.ledger.post(post.delivery, post.channel, post.body).await {
            Ok(number) => SendOutcome::Sent { message_id: number.to_string() },
            // The ledger takes a delivery once, so trying again is safe whatever happened.
            Err(error) => SendOutcome::NotSent { reason: format!("{error:#}") },
        }
    }

    async fn edit(&self, edit: Edit<'_>) -> Edited {
        match self.ledger.edit(edit.delivery, edit.body).await {
            Ok(true) => Edited::Done,
            Ok(false) => Edited::Refused { reason: "the sandbox has no such message".to_owned() },
            Err(error) => Edited::Later { after: None, reason: format!("{error:#}") },
        }
    }

    async fn find(&self, post: Post<'_>, _: Timestamp) -> Found {
        match self.ledger.find(post.channel, post.delivery).await {
            Ok(Some(number)) => Found::Posted { message_id: number.to_string() },
            Ok(None) => Found::Absent,
            Err(error) => Found::Later { after: LOOK_AGAIN, reason: format!("{error:#}") },
        }
    }

    async fn delete(&self, _: &ChannelId, message_id: &str) -> Edited {
        let Ok(number) = message_id.parse() else {
            return Edited::Refused { reason: "its id is none of the sandbox's".to_owned() };
        };
        match self.ledger.delete(number).await {
            Ok(()) => Edited::Done,
            Err(error) => Edited::Later { after: Some(LOOK_AGAIN), reason: format!("{error:#}") },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::message::PaperCard;

    #[derive(Default)]
    struct Memory(Mutex<Vec<(String, String)>>);

    #[async_trait]
    impl SandboxLedger for Memory {
        async fn post(&self, _: DeliveryId, channel: &ChannelId, body: &str) -> anyhow::Result<i64> {
            anyhow::ensure!(channel.as_str() != "broken", "the disk is full");
            let mut kept = self.0.lock().expect("no test panics while it holds the lock");
            kept.push((channel.to_string(), body.to_owned()));
            Ok(i64::try_from(kept.len())?)
        }

        async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
            Ok(None)
        }
    }

    fn message() -> Message {
        Message::Paper(PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: "A “quoted” title".to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: String::new(),
            category: None,
            day: date(2026, 8, 4),
            text: "Text".to_owned(),
            text_credit: None,
            why: "Matches “x”".to_owned(),
            thumbnail: None,
            repository: None,
            project_page: None,
            upvotes: None,
            stars: None,
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        })
    }

    async fn send(sandbox: &Sandbox, channel: &str, body: &str) -> SendOutcome {
        let channel = ChannelId::parse(Platform::Sandbox, channel).unwrap();
        sandbox.send(Post { channel: &channel, delivery: DeliveryId(Uuid::nil()), body, plain: false }).await
    }

    #[tokio::test]
    async fn a_posted_message_can_be_read_back() {
        let ledger = Arc::new(Memory::default());
        let sandbox = Sandbox::new(Arc::clone(&ledger) as Arc<dyn SandboxLedger>);
        let rendered = sandbox.render(&message());
        let sent = send(&sandbox, "robotics", &rendered.rich).await;
        assert_eq!(sent, SendOutcome::Sent { message_id: "1".to_owned() });
        let kept = ledger.0.lock().unwrap();
        assert_eq!(kept[0].0, "robotics");
        assert_eq!(read(&kept[0].1), Some(message()));
        assert_eq!(read(&rendered.plain), None);
    }

    #[tokio::test]
    async fn a_ledger_that_fails_is_tried_again_later() {
        let sandbox = Sandbox::new(Arc::new(Memory::default()));
        let outcome = send(&sandbox, "broken", "{}").await;
        assert_eq!(outcome, SendOutcome::NotSent { reason: "the disk is full".to_owned() });
    }
}

//! E-mail: letters to people who subscribed, over SMTP or into a folder.
//!
//! A subscriber is a channel with an id that says nothing; the address is looked up when a letter leaves, so that
//! it stands in no table of deliveries and in no log.

mod failure;
mod html;
mod mime;
mod parts;
mod smtp;
mod spool;
mod text;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;
use tracing::warn;
use url::Url;
use uuid::Uuid;

use super::{ChatPlatform, Edit, Edited, Letter, Letters, Post, Rendered};
use crate::domain::{ChannelId, Correspondent, Found, MailAddress, Platform, SendOutcome};
use crate::message::Message;
use failure::{Failure, Fate, LATER};
use mime::Stamp;
use parts::Parts;
use smtp::Smtp;
use spool::Spool;

pub use smtp::{Security, SmtpConfig};

/// So many refusals of an address, one after the other, end its letters.
pub const BOUNCES_MAX: u32 = 3;

/// Where a letter leads its reader beside the papers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterLinks {
    /// Where one click or one POST ends the letters.
    pub unsubscribe: Option<Url>,
    /// Where what comes can be changed.
    pub manage: Option<Url>,
}

/// Knows who stands behind a subscriber's id.
#[async_trait]
pub trait AddressBook: Send + Sync {
    /// The address; `None` when nobody wants letters under this id, now or any more.
    async fn address(&self, channel: &ChannelId) -> anyhow::Result<Option<MailAddress>>;

    /// The pages that a letter leads to; for the same time of making always the same, so that every try sends the
    /// same bytes.
    async fn links(&self, channel: &ChannelId, made_at: Timestamp) -> anyhow::Result<LetterLinks>;

    /// Counts a refusal of the address and returns how many there have been since the last letter that was taken;
    /// at [`BOUNCES_MAX`] the subscriber gets no more letters.
    async fn bounced(&self, channel: &ChannelId, reason: &str) -> anyhow::Result<u32>;

    /// Forgets refusals: a letter was taken.
    async fn taken(&self, channel: &ChannelId) -> anyhow::Result<()>;
}

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Route {
    /// Into a folder, as files.
    Spool(PathBuf),
    /// To a server.
    Smtp(SmtpConfig),
}

/// How letters leave.
#[derive(Debug, Clone)]
pub struct EmailConfig {
    /// Whom they come from.
    pub from: Correspondent,
    /// Where they go.
    pub route: Route,
    /// Letters in a second.
    pub per_second: u32,
}

enum Way {
    Spool(Spool),
    Smtp(Box<Smtp>),
}

/// E-mail as a platform to post to.
#[derive(Clone)]
pub struct Email {
    inner: Arc<Inner>,
}

struct Inner {
    from: Correspondent,
    way: Way,
    per_second: u32,
    book: Arc<dyn AddressBook>,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("from", &self.inner.from).finish_non_exhaustive()
    }
}

impl Email {
    /// Prepares the way; nothing is sent yet. `now` dates the letters that are no deliveries.
    pub fn new(
        config: EmailConfig,
        book: Arc<dyn AddressBook>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let EmailConfig { from, route, per_second } = config;
        let way = match route {
            Route::Spool(folder) => Way::Spool(Spool::new(folder)),
            Route::Smtp(config) => Way::Smtp(Box::new(Smtp::new(config, from.address.domain())?)),
        };
        Ok(Self { inner: Arc::new(Inner { from, way, per_second, book, now: Box::new(now) }) })
    }

    /// Sends a letter that tells that letters arrive, and returns what the server said or where the file lies.
    pub async fn test(&self, to: MailAddress) -> anyhow::Result<String> {
        const SUBJECT: &str = "Letters from Paperwire arrive";
        const LINES: [&str; 2] = [
            "This is a test, sent with “paperwire mail test”.",
            "If you read this, the settings in [mail] are right. Nothing was subscribed.",
        ];
        let (text, html) = (format!("{}\n\n{}\n", LINES[0], LINES[1]), html::simple(SUBJECT, &LINES));
        self.hand_over(Letter { to, subject: SUBJECT.to_owned(), text, html, list_unsubscribe: None }).await
    }

    async fn hand_over(&self, letter: Letter) -> anyhow::Result<String> {
        let Inner { from, way, now, .. } = &*self.inner;
        let Letter { to, subject, text, html, list_unsubscribe } = letter;
        let id = new_id((now)());
        let links = LetterLinks { unsubscribe: list_unsubscribe, manage: None };
        let stamp = Stamp { from, to: &to, id, plain: false, links: &links, bulk: false };
        let bytes = mime::assemble(&stamp, &subject, text, Some(html))?;
        match way {
            Way::Spool(spool) => Ok(spool.put(&stamp.message_id(), bytes).await?.display().to_string()),
            Way::Smtp(smtp) => {
                let sent = smtp.send(&from.address, &to, &bytes).await;
                sent.map_err(|failure| anyhow::anyhow!(failure.sentence(&smtp.name())))
            }
        }
    }

    async fn deliver(&self, post: Post<'_>) -> anyhow::Result<SendOutcome> {
        let Inner { from, way, book, .. } = &*self.inner;
        let Some(parts) = Parts::read(post.body) else {
            let reason = "the stored message is not a letter".to_owned();
            return Ok(SendOutcome::BadPayload { reason });
        };
        let book_closed = "the subscriber's address cannot be looked up";
        let Some(to) = book.address(post.channel).await.context(book_closed)? else {
            let reason = "Nobody gets letters under this id any more.".to_owned();
            return Ok(SendOutcome::ChannelRefused { reason });
        };
        let links = book.links(post.channel, made_at(post.delivery.0)).await.context(book_closed)?;
        let stamp =
            Stamp { from, to: &to, id: post.delivery.0, plain: post.plain, links: &links, bulk: true };
        let message_id = stamp.message_id();
        let bytes = match mime::delivery(&stamp, &parts) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(SendOutcome::BadPayload { reason: format!("{error:#}") }),
        };
        match way {
            Way::Spool(spool) => {
                spool.put(&message_id, bytes).await?;
            }
            Way::Smtp(smtp) => {
                if let Err(failure) = smtp.send(&from.address, &to, &bytes).await {
                    return self.failed(post.channel, &failure, &smtp.name()).await;
                }
            }
        }
        // The letter is out: what follows must not make it a second one.
        if let Err(error) = book.taken(post.channel).await {
            warn!(channel = %post.channel, "Earlier refusals could not be forgotten: {error:#}");
        }
        Ok(SendOutcome::Sent { message_id })
    }

    async fn failed(
        &self,
        channel: &ChannelId,
        failure: &Failure,
        server: &str,
    ) -> anyhow::Result<SendOutcome> {
        let reason = match failure.fate(server) {
            Fate::Outcome(outcome) => return Ok(outcome),
            Fate::Bounce { reason } => reason,
        };
        let bounces =
            self.inner.book.bounced(channel, &reason).await.context("a refusal cannot be counted")?;
        Ok(if bounces >= BOUNCES_MAX {
            SendOutcome::ChannelRefused {
                reason: format!(
                    "The address was refused {bounces} times, so no more letters go there: {reason}. Its owner can \
                     subscribe again."
                ),
            }
        } else {
            SendOutcome::Refused { reason }
        })
    }
}

/// When a delivery was made.
fn made_at(delivery: Uuid) -> Timestamp {
    let (seconds, nanos) = delivery.get_timestamp().map_or((0, 0), |at| at.to_unix());
    let (seconds, nanos) = (i64::try_from(seconds).unwrap_or(0), i32::try_from(nanos).unwrap_or(0));
    Timestamp::new(seconds, nanos).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A letter's own id, with the time in it as a delivery's has.
fn new_id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let mut random = [0; 10];
    fastrand::fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[async_trait]
impl Letters for Email {
    async fn send(&self, letter: Letter) -> anyhow::Result<()> {
        self.hand_over(letter).await.map(drop)
    }
}

#[async_trait]
impl ChatPlatform for Email {
    fn platform(&self) -> Platform {
        Platform::Email
    }

    fn enforces_nonce(&self) -> bool {
        false
    }

    fn repeats_after(&self) -> Option<Duration> {
        Some(match self.inner.way {
            // The same letter takes its own place.
            Way::Spool(_) => Duration::ZERO,
            Way::Smtp(_) => LATER,
        })
    }

    fn per_second(&self) -> Option<u32> {
        Some(self.inner.per_second)
    }

    fn render(&self, message: &Message) -> Rendered {
        parts::render(message)
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        // Whatever fails beside the conversation fails before the letter is out.
        let outcome = self.deliver(post).await;
        outcome.unwrap_or_else(|error| SendOutcome::NotSent { reason: format!("{error:#}") })
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Refused { reason: "a letter that was sent cannot be changed".to_owned() }
    }

    async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
        Found::CannotTell { reason: "nobody can look into a mailbox".to_owned() }
    }
}

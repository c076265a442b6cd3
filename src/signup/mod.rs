//! Subscribing by e-mail, the same from the web form and from a chat: asked, confirmed by letter, changed, ended.
//!
//! Nothing but the letter that asks is sent before its link is used, and no answer tells whether an address was known.

mod letters;
mod links;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use tracing::info;

use crate::chat::Letters;
use crate::clock::Clock;
use crate::domain::mail::{TokenFault, hashed, random_token};
use crate::domain::{ChannelId, MailAddress, MailKey, MailPurpose, MailWish};
use crate::store::{Confirmed, Store, Subscriber, SubscriberState};

pub use links::Links;

/// For so long what was asked for can be confirmed.
const CONFIRM_WITHIN: Duration = Duration::from_hours(48);
/// Letters that are sent to one address, and for one asker, in an hour.
const PER_HOUR: u32 = 5;
const HOUR: Duration = Duration::from_hours(1);

/// What subscribing needs.
pub struct SignUp {
    store: Store,
    clock: Arc<dyn Clock>,
    letters: Arc<dyn Letters>,
    links: Links,
    key: MailKey,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A letter is on its way.
    Sent,
    /// The address, or who asks, has had enough of them for now.
    TooOften {
        /// How long to wait.
        wait: Duration,
    },
}

impl SignUp {
    /// Prepares for subscribers; `links` are made with the installation's own key.
    pub async fn open(
        store: Store,
        clock: Arc<dyn Clock>,
        letters: Arc<dyn Letters>,
        public: url::Url,
    ) -> anyhow::Result<Self> {
        let key = store.mail_key().await.context("cannot read the key of the letters' links")?;
        Ok(Self { store, clock, letters, links: Links::new(public, key.clone()), key })
    }

    /// The addresses of the pages.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Keeps a wish and sends the letter that asks for its confirmation. `asker` is the network or the person that the
    /// wish comes from, whose wishes are counted.
    pub async fn ask(&self, address: &MailAddress, wish: &MailWish, asker: &str) -> anyhow::Result<Asked> {
        let now = self.clock.now();
        let to = format!("letters to {}", self.key.pseudonym("address", &address.folded()));
        let from = format!("letters from {}", self.key.pseudonym("asker", asker));
        let scopes = [(to.as_str(), PER_HOUR), (from.as_str(), PER_HOUR)];
        if let Err(wait) = self.store.allow_all(&scopes, HOUR, now).await? {
            return Ok(Asked::TooOften { wait });
        }
        let token = random_token();
        let expires_at = now + CONFIRM_WITHIN;
        let subscriber = self.store.request_mail(address, wish, &hashed(&token), expires_at, now).await?;
        let active =
            (subscriber.state == SubscriberState::Active).then_some(subscriber.wish.as_ref()).flatten();
        let confirm = self.links.confirm(&token);
        // The address as the subscriber once confirmed it, where there is one.
        let manage = self.links.manage(&subscriber.channel, now);
        let active = active.map(|active| (active, &manage));
        let letter = letters::confirm(subscriber.address.clone(), wish, active, &confirm)?;
        self.letters.send(letter).await.context("cannot send a letter")?;
        info!(to = %subscriber.address, "Sent the letter that asks for a confirmation");
        Ok(Asked::Sent)
    }

    /// What the bearer of a letter's token was asked to confirm, and whether that was done.
    pub async fn request(&self, token: &str) -> anyhow::Result<Option<(Subscriber, MailWish, bool)>> {
        Ok(self.store.mail_request(&hashed(token), self.clock.now()).await?)
    }

    /// Begins or changes what the bearer of a letter's token gets.
    pub async fn confirm(&self, token: &str) -> anyhow::Result<Confirmed> {
        let confirmed = self.store.confirm_mail(&hashed(token), self.clock.now()).await?;
        if let Confirmed::Now(subscriber) = &confirmed {
            info!(subscriber = %subscriber.channel, "A subscription by e-mail is confirmed");
        }
        Ok(confirmed)
    }

    /// The id of the subscriber whom a token of a letter speaks for, who may have been erased.
    pub fn speaks_for(&self, purpose: MailPurpose, token: &str) -> Result<ChannelId, TokenFault> {
        self.key.read(purpose, token, self.clock.now())
    }

    /// The subscriber of an id.
    pub async fn subscriber(&self, channel: &ChannelId) -> anyhow::Result<Option<Subscriber>> {
        Ok(self.store.mail_subscriber(channel).await?)
    }

    /// Changes what a subscriber gets; false when there is nobody to change it for.
    pub async fn change(&self, channel: &ChannelId, wish: &MailWish) -> anyhow::Result<bool> {
        Ok(self.store.change_mail(channel, wish, self.clock.now()).await?)
    }

    /// Ends a subscriber's letters; a second time changes nothing.
    pub async fn end(&self, channel: &ChannelId) -> anyhow::Result<()> {
        self.store.end_mail(channel, self.clock.now()).await?;
        info!(subscriber = %channel, "A subscriber wants no more letters");
        Ok(())
    }

    /// Forgets a subscriber.
    pub async fn erase(&self, channel: &ChannelId) -> anyhow::Result<()> {
        if self.store.erase_mail(channel, self.clock.now()).await? {
            info!(subscriber = %channel, "A subscriber was erased");
        }
        Ok(())
    }
}

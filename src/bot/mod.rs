//! Does what people ask for, the same for every platform: one file a command.

mod about;
mod backtest;
mod begun;
mod categories;
mod community;
mod complete;
mod controls;
mod email;
mod entry;
mod explain;
mod finder;
mod help;
mod home;
mod latest;
mod limits;
mod list;
mod mentions;
mod once;
mod pause;
mod remove;
mod roundup;
mod search;
mod show;
mod similar;
mod source;
mod status;
mod submit;
mod subscribe;
mod subscriptions;
mod trending;
mod unsubscribe;
mod vote;
mod zones;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::chat::{Answer, Asker};
use crate::clock::Clock;
use crate::command::Command;
use crate::search::Search;
use crate::signup::SignUp;
use crate::store::Store;

pub use finder::{Finder, Finding};
pub use source::{FeedDesk, FeedRules};
pub use submit::Submitting;

/// What the bot works with.
#[derive(Clone)]
pub struct Bot {
    store: Store,
    /// `None` when the index cannot be opened: what needs it says so.
    search: Option<Arc<Search>>,
    clock: Arc<dyn Clock>,
    settings: BotSettings,
    polled: Vec<String>,
    /// `None` when feeds are switched off.
    feeds: Option<Arc<dyn FeedDesk>>,
    feed_rules: FeedRules,
    /// `None` when nobody can subscribe by e-mail.
    sign_up: Option<Arc<SignUp>>,
    /// `None` where nothing can be posted.
    submitting: Option<Submitting>,
    /// When old requests were last forgotten, in microseconds; all clones share it.
    tidied_at: Arc<AtomicI64>,
}

/// Old requests, controls and allowances are forgotten so often.
const TIDY: Duration = Duration::from_hours(1);

/// What the operator can set.
#[derive(Debug, Clone)]
pub struct BotSettings {
    /// Commands that one person may give in a minute.
    pub per_user: u32,
    /// Commands that one server or workspace may give in a minute.
    pub per_workspace: u32,
    /// The longest short text of a paper, in characters.
    pub short_text: usize,
}

impl Bot {
    /// Makes the bot.
    pub fn new(
        store: Store,
        search: Option<Arc<Search>>,
        clock: Arc<dyn Clock>,
        settings: BotSettings,
    ) -> Self {
        Self {
            store,
            search,
            clock,
            settings,
            polled: Vec::new(),
            feeds: None,
            feed_rules: source::NOBODY,
            sign_up: None,
            submitting: None,
            tidied_at: Arc::default(),
        }
    }

    /// Tells which sources are polled, so that people are told of those that were never read, too.
    #[must_use]
    pub fn polling(mut self, polled: Vec<String>) -> Self {
        self.polled = polled;
        self
    }

    /// Lets people follow feeds, which are read at this desk before.
    #[must_use]
    pub fn following(mut self, desk: Option<Arc<dyn FeedDesk>>, rules: FeedRules) -> Self {
        (self.feeds, self.feed_rules) = (desk, rules);
        self
    }

    /// Lets people subscribe by e-mail.
    #[must_use]
    pub fn mailing(mut self, sign_up: Option<Arc<SignUp>>) -> Self {
        self.sign_up = sign_up;
        self
    }

    /// Lets people put papers before channels.
    #[must_use]
    pub fn submitting(mut self, submitting: Submitting) -> Self {
        self.submitting = Some(submitting);
        self
    }

    /// True once in a while, for one of the callers.
    fn tidy_is_due(&self, now: Timestamp) -> bool {
        let last = self.tidied_at.load(Ordering::Relaxed);
        let due =
            last.saturating_add(i64::try_from(TIDY.as_micros()).expect("an hour")) <= now.as_microsecond();
        let swap = || {
            self.tidied_at.compare_exchange(last, now.as_microsecond(), Ordering::Relaxed, Ordering::Relaxed)
        };
        due && swap().is_ok()
    }

    /// Does one command, whose asker has been let through.
    async fn command(&self, asker: &Asker, command: Command) -> anyhow::Result<Answer> {
        match command {
            Command::Search { query, order, since } => search::first(self, asker, query, order, since).await,
            Command::Show { paper } => show::answer(self, asker, &paper).await,
            Command::Latest { query } => latest::answer(self, asker, query).await,
            Command::Trending { window, scope } => trending::answer(self, asker, window, scope).await,
            Command::Similar { paper } => similar::answer(self, asker, &paper).await,
            Command::Subscribe { query, when, style, channel } => {
                subscribe::proposed(self, asker, query, when, style, channel).await
            }
            Command::Subscriptions => subscriptions::answer(self, asker).await,
            Command::Unsubscribe { subscription } => unsubscribe::answer(self, asker, subscription).await,
            Command::Pause { subscription, until } => pause::pause(self, asker, subscription, until).await,
            Command::Resume { subscription } => pause::resume(self, asker, subscription).await,
            Command::Explain { paper } => explain::answer(self, asker, &paper).await,
            Command::Status => status::answer(self, asker).await,
            Command::SourceAdd { feed, query } => source::add(self, asker, &feed, query.as_ref()).await,
            Command::SourceList => source::list(self, asker).await,
            Command::SourceRemove { feed } => source::remove(self, asker, &feed).await,
            Command::Roundup { wanted } => roundup::answer(self, asker, &wanted).await,
            Command::Email { address, every } => email::answer(self, asker, address, every).await,
            Command::Limits { change } => limits::answer(self, asker, change).await,
            Command::Submit { paper, note } => submit::answer(self, asker, &paper, note).await,
            Command::Remove { paper } => remove::answer(self, asker, &paper).await,
            Command::Community { submit } => community::answer(self, asker, submit).await,
            Command::Help { about } => Ok(help::answer(asker, about)),
        }
    }
}

//! Does what people ask for, the same for every platform: one file a command.

mod about;
mod backtest;
mod begun;
mod categories;
mod complete;
mod controls;
mod entry;
mod explain;
mod help;
mod home;
mod latest;
mod limits;
mod list;
mod mentions;
mod once;
mod pause;
mod roundup;
mod search;
mod show;
mod similar;
mod status;
mod subscribe;
mod subscriptions;
mod trending;
mod unsubscribe;
mod zones;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::chat::{Answer, Asker};
use crate::clock::Clock;
use crate::command::Command;
use crate::search::Search;
use crate::store::Store;

/// What the bot works with.
#[derive(Clone)]
pub struct Bot {
    store: Store,
    /// `None` when the index cannot be opened: what needs it says so.
    search: Option<Arc<Search>>,
    clock: Arc<dyn Clock>,
    settings: BotSettings,
    polled: Vec<(String, Duration)>,
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
        Self { store, search, clock, settings, polled: Vec::new(), tidied_at: Arc::default() }
    }

    /// Tells which sources are polled and how often, so that people are told when the next poll is due.
    #[must_use]
    pub fn polling(mut self, polled: Vec<(String, Duration)>) -> Self {
        self.polled = polled;
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
            Command::Trending { window } => trending::answer(self, asker, window).await,
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
            Command::Roundup { at, zone, every, size } => {
                roundup::answer(self, asker, at, zone, every, size).await
            }
            Command::Limits { change } => limits::answer(self, asker, change).await,
            Command::Help { about } => Ok(help::answer(asker, about)),
        }
    }
}

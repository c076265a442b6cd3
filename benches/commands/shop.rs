//! A store of many papers whose numbers have moved, the index beside it, and a bot that answers from both.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use paperwire::bot::{Bot, BotSettings};
use paperwire::chat::Asker;
use paperwire::clock::Clock;
use paperwire::domain::{ChannelId, Counters, Listing, Paper, PaperId, Platform, SourceName, UserId};
use paperwire::search::Search;
use paperwire::store::Store;
use tempfile::TempDir;

use super::TODAY;

const HUB: SourceName = SourceName("huggingface");
/// Papers that are stored with one commit.
const BATCH: usize = 2_000;
/// Times at which numbers are taken after the first, one each day.
const LOOKS: u32 = 30;

pub struct Shop {
    pub bot: Bot,
    pub store: Store,
    pub ids: Vec<PaperId>,
    _folder: TempDir,
}

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl Shop {
    pub async fn fill(papers: &[Paper]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/paperwire.db", folder.path().display());
        let store = Store::open(&url).await.expect("a store");
        store.migrate().await.expect("tables");
        let now = TODAY.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a time").timestamp();
        let begin = now - Duration::from_hours(24 * u64::from(LOOKS + 1));
        let listings: Vec<Listing> = papers.iter().enumerate().map(listing).collect();
        let never = TODAY.saturating_add(1.days());
        for batch in listings.chunks(BATCH) {
            store.record(HUB, batch, never, begin).await.expect("papers are stored");
        }
        for look in 1..=LOOKS {
            // Each day another twentieth of the papers moves.
            let moved = listings.iter().enumerate().filter(|(at, _)| (at + look as usize).is_multiple_of(20));
            let moved: Vec<Listing> = moved.map(|(_, listing)| risen(listing, look)).collect();
            let at = begin + Duration::from_hours(24 * u64::from(look)) + Duration::from_hours(6);
            for batch in moved.chunks(BATCH) {
                store.record(HUB, batch, never, at).await.expect("numbers are stored");
            }
        }
        let search = Arc::new(Search::open(&folder.path().join("search")).expect("an index"));
        let mut position = 0;
        loop {
            let (changed, reached) =
                store.papers_changed_since(position, 2_000).await.expect("papers are read");
            if changed.is_empty() {
                break;
            }
            search.upsert(&changed).expect("papers are taken in");
            search.commit(reached).expect("papers are taken in");
            position = reached;
        }
        let channel = channel();
        for query in ["diffusion", "\"flow matching\"", "cat:cs.RO", "llm agent", "upvotes>=50"] {
            let query = query.parse().expect("a query");
            store
                .subscribe(Platform::Sandbox, &channel, &query, "bench", begin)
                .await
                .expect("it subscribes");
        }
        let settings = BotSettings { per_user: u32::MAX, per_workspace: u32::MAX, short_text: 300 };
        let bot = Bot::new(store.clone(), Some(search), Arc::new(Still(now)), settings);
        Self { bot, store, ids: listings.into_iter().map(|listing| listing.paper).collect(), _folder: folder }
    }
}

pub fn asker() -> Asker {
    Asker {
        platform: Platform::Sandbox,
        workspace: None,
        channel: channel(),
        user: UserId("bench".to_owned()),
        name: None,
        may_post: true,
        may_manage: true,
    }
}

fn channel() -> ChannelId {
    ChannelId::parse(Platform::Sandbox, "bench").expect("a channel")
}

fn listing((at, paper): (usize, &Paper)) -> Listing {
    let (month, number) = (at / 10_000, at % 10_000);
    let id = format!("{:02}{:02}.{number:05}", 24 + month / 12, month % 12 + 1);
    Listing {
        also: Vec::new(),
        announced: None,
        paper: id.parse().expect("an arXiv id"),
        day: paper.day,
        facts: paper.facts.clone(),
        counters: Counters { stars: Some(10), ..paper.counters },
    }
}

fn risen(listing: &Listing, look: u32) -> Listing {
    let Counters { upvotes, stars, comments } = listing.counters;
    let counters =
        Counters { upvotes: upvotes.map(|n| n + look), stars: stars.map(|n| n + 3 * look), comments };
    Listing { counters, ..listing.clone() }
}

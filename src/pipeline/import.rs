//! Takes a dump of papers into the store and into the search index, as fast as both can.
//!
//! A thread unpacks and reads, the store writes batches, and the index follows them at the same time. What is taken in
//! is found by searching and never posted; taking the same dump in again changes nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::sync::mpsc;
use tracing::debug;

use super::Indexer;
use crate::clock::Clock;
use crate::domain::{Listing, SourceName};
use crate::sources::dump::{BadLine, Lines};
use crate::store::Store;

/// Lines that are stored with one transaction.
const BATCH: usize = 2_000;
/// Batches that wait between the reader and the store.
const WAITING: usize = 2;
/// Bad lines that are kept with their reasons; the others are only counted.
const NAMED_BAD_LINES: usize = 100;

/// What an import has come to so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lines that hold a paper.
    pub papers: u64,
    /// Papers that were not in the store before.
    pub new: u64,
    /// Listings that added something to a known paper.
    pub changed: u64,
    /// Lines that hold none.
    pub bad: u64,
    /// The first hundred of them.
    pub bad_lines: Vec<BadLine>,
    /// Why the dump ended before its end, and after which line.
    pub cut_short: Option<String>,
}

/// An import that is about to begin.
pub struct Import {
    store: Store,
    clock: Arc<dyn Clock>,
    indexer: Indexer,
    source: SourceName,
}

/// What the reader hands to the store.
struct Batch {
    listings: Vec<Listing>,
    papers: u64,
    bad: Vec<BadLine>,
    cut_short: Option<String>,
}

impl Import {
    /// Makes it; `source` is the name under which the papers are kept as listed.
    pub fn new(store: Store, clock: Arc<dyn Clock>, indexer: Indexer, source: SourceName) -> Self {
        Self { store, clock, indexer, source }
    }

    /// Takes everything in; `tell` hears after every batch how far it is.
    pub async fn run(&self, lines: Lines, mut tell: impl FnMut(&Imported)) -> anyhow::Result<Imported> {
        let (batches, mut read) = mpsc::channel(WAITING);
        let today = self.clock.today();
        let reader = tokio::task::spawn_blocking(move || read_all(lines, today, &batches));
        let (stored, mut more) = mpsc::channel::<()>(1);
        let store = async {
            let mut imported = Imported::default();
            let mut spent = Duration::ZERO;
            while let Some(batch) = read.recv().await {
                let begun = Instant::now();
                self.take(batch, &mut imported).await?;
                spent += begun.elapsed();
                tell(&imported);
                // A message that waits already says the same.
                let _ = stored.try_send(());
            }
            drop(stored);
            debug!("Storing took {} ms", spent.as_millis());
            anyhow::Ok(imported)
        };
        let index = async {
            let mut spent = Duration::ZERO;
            while more.recv().await.is_some() {
                let begun = Instant::now();
                self.indexer.catch_up().await?;
                spent += begun.elapsed();
            }
            let begun = Instant::now();
            let taken = self.indexer.catch_up().await;
            let (during, after) = (spent.as_millis(), begun.elapsed().as_millis());
            debug!("Indexing took {during} ms beside storing and {after} ms after it");
            taken
        };
        let (imported, indexed) = tokio::join!(store, index);
        let imported = imported?;
        indexed.context("the papers are stored, but not all of them can be searched yet")?;
        reader.await.context("the reading of the dump was broken off")?;
        Ok(imported)
    }

    async fn take(&self, batch: Batch, imported: &mut Imported) -> anyhow::Result<()> {
        let now = self.clock.now();
        let recorded = self.store.record(self.source, &batch.listings, NEVER_POSTED, now).await;
        let recorded = recorded.context("cannot store the papers")?;
        imported.papers += batch.papers;
        imported.new += recorded.new as u64;
        imported.changed += recorded.changed as u64;
        imported.bad += batch.bad.len() as u64;
        let room = NAMED_BAD_LINES - imported.bad_lines.len();
        imported.bad_lines.extend(batch.bad.into_iter().take(room));
        imported.cut_short = batch.cut_short;
        Ok(())
    }
}

/// From the end of time on: what is imported or read back is stored and not posted.
pub(super) const NEVER_POSTED: jiff::civil::Date = jiff::civil::Date::MAX;

/// Reads to the end, or until nobody listens any more.
fn read_all(mut lines: Lines, today: jiff::civil::Date, batches: &mpsc::Sender<Batch>) {
    let empty = || Batch { listings: Vec::new(), papers: 0, bad: Vec::new(), cut_short: None };
    let mut batch = empty();
    loop {
        match lines.next(today) {
            Ok(Some(Ok(listings))) => {
                batch.papers += 1;
                batch.listings.extend(listings);
            }
            Ok(Some(Err(bad))) => batch.bad.push(bad),
            Ok(None) => break,
            Err(error) => {
                batch.cut_short = Some(format!("after line {}: {error}", lines.number()));
                break;
            }
        }
        let full = batch.listings.len() + batch.bad.len() >= BATCH;
        if full && batches.blocking_send(std::mem::replace(&mut batch, empty())).is_err() {
            return;
        }
    }
    // Nobody listens when the store has failed, which tells so itself.
    let _ = batches.blocking_send(batch);
}

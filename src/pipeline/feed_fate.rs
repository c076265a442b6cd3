//! What the answers of a feed say of its future: that it is gone, that it has moved, that nobody wants us there.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use crate::sources::{FetchError, Source, SourceError};
use crate::store::{FeedId, Store};

/// The wait after a first refusal, doubled by each further one.
const FIRST_REFUSAL: Duration = Duration::from_hours(2);
/// The longest wait after refusals.
const MAX_REFUSAL: Duration = Duration::from_hours(24);
/// After so many refusals in a row, about a week of them, a feed is not read any more.
const REFUSALS: u32 = 11;
/// However often somebody starts the program anew, refusals count for so long before they end a feed.
const REFUSED_FOR: Duration = Duration::from_hours(6 * 24);

/// The status with which a server will not let us read a feed, however often we ask.
fn refused(error: &SourceError) -> Option<u16> {
    match &error.cause {
        FetchError::Rejected { status, .. } => {
            Some(status.as_u16()).filter(|s| matches!(s, 401 | 403 | 404 | 410))
        }
        FetchError::Barred { .. } => Some(403),
        _ => None,
    }
}

/// How long a feed that refuses us is left alone; `None` when it does not.
pub(super) fn wait(source: &dyn Source, error: &SourceError, failures: u32) -> Option<Duration> {
    FeedId::of_source(source.name().0)?;
    refused(error)?;
    let doublings = 2_u32.saturating_pow(failures.saturating_sub(1));
    let asked = error.retry_after().unwrap_or_default();
    Some(FIRST_REFUSAL.saturating_mul(doublings).min(MAX_REFUSAL).max(asked))
}

/// Keeps where a feed that was read says that it has moved.
pub(super) async fn went_well(store: &Store, source: &dyn Source) -> anyhow::Result<()> {
    let Some(feed) = FeedId::of_source(source.name().0) else { return Ok(()) };
    let moved = source.moved_to();
    if store.note_feed_move(feed, moved.as_deref()).await? {
        info!(feed = feed.0, "Feed {} has moved for good and is read at its new address from now on", feed.0);
    }
    Ok(())
}

/// Ends a feed that is gone, and one that has refused us for a week.
pub(super) async fn went_wrong(
    store: &Store,
    source: &dyn Source,
    error: &SourceError,
    failures: u32,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some((feed, status)) = FeedId::of_source(source.name().0).zip(refused(error)) else { return Ok(()) };
    if status == 410 {
        store.end_feed(feed, "its server says that it is gone for good (410)", now).await?;
        warn!(feed = feed.0, "Feed {} is gone for good (410) and is not read any more", feed.0);
    } else if failures >= REFUSALS {
        let why = format!("its server has refused it for a week ({status})");
        if store.end_feed_refused_for(feed, REFUSED_FOR, &why, now).await? {
            warn!(feed = feed.0, "Feed {} is not read any more: {why}", feed.0);
        }
    }
    Ok(())
}

//! Folds what waited too long into one catch-up roundup for each channel.
//!
//! A platform that was away for a day would otherwise get a day's messages at once. A channel that is paused, or whose
//! platform this process is not connected to, keeps what waits until it is back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::{info, warn};

use super::roundup_make::ranked;
use crate::chat::ChatPlatform;
use crate::domain::{Cadence, Destination, PaperKey, Platform, RoundupSettings};
use crate::message::{Message, PaperCard, RoundupPaper, catch_up, paper_card};
use crate::store::{Collected, NewRoundup, Overdue, Store};
use crate::summary::short_text;

/// A catch-up that could not be posted for so long gives its papers to the channel's next roundup.
const GIVEN_UP: Duration = Duration::from_hours(7 * 24);
/// Stands over papers whose query is not known any more.
const ANY_QUERY: &str = "Papers";

/// Lets go of everything that waited too long: papers are folded, other messages skipped.
pub(super) async fn let_go(
    store: &Store,
    platforms: &HashMap<Platform, Arc<dyn ChatPlatform>>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let skipped = store.skip_expired(now).await?;
    if skipped > 0 {
        warn!(skipped, "Skipped {skipped} messages that waited too long");
    }
    let connected: Vec<Platform> = platforms.keys().copied().collect();
    for channel in store.overdue_channels(&connected, now).await? {
        let Some(platform) = platforms.get(&channel.platform) else { continue };
        fold(store, &**platform, &channel, now)
            .await
            .with_context(|| format!("cannot make the catch-up roundup of {}", channel.channel))?;
    }
    Ok(())
}

async fn fold(
    store: &Store,
    platform: &dyn ChatPlatform,
    channel: &Destination,
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut papers: Vec<Collected> =
        store.overdue(channel.id, now).await?.into_iter().flat_map(collected).collect();
    ranked(&mut papers, now);
    if papers.is_empty() {
        return Ok(());
    }
    let settings = store.roundup_settings(channel.id).await?;
    let zone = settings.schedule().map_or(TimeZone::UTC, |rhythm| rhythm.zone);
    let date = now.to_zoned(zone).date();
    let cards: Vec<PaperCard> =
        papers.iter().map(|one| paper_card(&one.paper, &short_text(&one.paper.facts, 0), &[])).collect();
    let lines: Vec<RoundupPaper<'_>> =
        cards.iter().zip(&papers).map(|(card, one)| RoundupPaper { card, query: &one.query }).collect();
    let size = settings.size.unwrap_or(RoundupSettings::SIZE);
    let rendered = platform.render(&Message::Roundup(catch_up(date, &lines, size.into())));
    let keys: Vec<PaperKey> = papers.iter().map(|one| one.paper.key).collect();
    let (count, name) = (keys.len(), &channel.channel);
    let roundup = NewRoundup {
        papers: keys,
        reasons: Vec::new(),
        rich: rendered.rich,
        plain: rendered.plain,
        expires_at: now + GIVEN_UP,
    };
    let reason = format!("folded into the catch-up roundup of {date}, as it could not be posted in time");
    if store.fold(channel.id, &roundup, &reason, now).await? {
        info!(papers = count, channel = %name, "Folded {count} papers into a catch-up roundup of {name}");
    }
    Ok(())
}

/// A paper once for each subscription that asked; the best of them is kept when they are ranked.
fn collected(overdue: Overdue) -> Vec<Collected> {
    let Overdue { paper, why, first_upvotes, first_stars } = overdue;
    let one = |query: String, terms| Collected {
        paper: paper.clone(),
        query,
        cadence: Cadence::Instant,
        terms,
        first_upvotes,
        first_stars,
        posted: None,
        kept: None,
        here: 0,
    };
    if why.is_empty() {
        return vec![one(ANY_QUERY.to_owned(), Vec::new())];
    }
    why.into_iter().map(|why| one(why.query, why.terms)).collect()
}

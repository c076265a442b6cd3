//! What happened to a paper after it was first listed: written once, however often sources repeat it.

use super::db::{query_as, reading};
use super::heard::News;
use super::values::{parsed, timestamp};
use super::{Store, StoreError};
use crate::domain::precedence::SourceClass;
use crate::domain::{Event, EventKind, Facts, PaperKey, SourceName};

pub(super) const HAPPENED: &str = "INSERT INTO paper_event (paper_id, kind, value, source, happened_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (paper_id, kind, value) DO NOTHING";

/// What a listing makes happen to a paper that was known before.
pub(super) fn happened(
    known: &Facts,
    now: &Facts,
    news: News,
    source: SourceName,
) -> Vec<(EventKind, Option<u16>)> {
    let mut events = Vec::new();
    // Without an earlier number nobody knows whether the version is newer.
    if let (Some(before), Some(after)) = (known.version, now.version)
        && after > before
    {
        events.push((EventKind::Version, Some(after)));
    }
    if known.withdrawn_at.is_none() && now.withdrawn_at.is_some() {
        events.push((EventKind::Withdrawn, None));
    }
    if known.repository.is_none() && now.repository.is_some() {
        events.push((EventKind::Code, None));
    }
    if news.new_source && SourceClass::of(source.0) == SourceClass::HuggingFace {
        events.push((EventKind::Daily, None));
    }
    events
}

/// The value in its row.
pub(super) fn value(version: Option<u16>) -> String {
    version.map(|version| version.to_string()).unwrap_or_default()
}

impl Store {
    /// What happened to a paper, the earliest first.
    pub async fn events_of(&self, paper: PaperKey) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT kind, value, source, happened_at FROM paper_event
            WHERE paper_id = $1 ORDER BY happened_at, kind, value";
        let rows: Vec<(String, String, String, i64)> =
            reading!(self, |tx| query_as(sql).bind(paper.0).fetch_all(&mut *tx).await?);
        let event = |(kind, value, source, at): (String, String, String, i64)| {
            let version = Some(value).filter(|value| !value.is_empty());
            Ok(Event {
                kind: parsed(&kind, "the kind of an event")?,
                version: version.map(|value| parsed(&value, "the version of an event")).transpose()?,
                source,
                at: timestamp(at, "the time of an event")?,
            })
        };
        rows.into_iter().map(event).collect()
    }
}

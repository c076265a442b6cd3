//! Papers of many days, in portions, and what is known of those days.

use jiff::civil::Date;

use super::db::{query_as, query_scalar, reading};
use super::heard::announcement;
use super::papers::PaperRow;
use super::values::{day, parsed};
use super::{Store, StoreError};
use crate::domain::query::Announcement;
use crate::domain::{Paper, PaperKey};

impl Store {
    /// Papers of a day and later after a place, in the order of days and of their numbers; the place of the last
    /// one is where to go on.
    pub async fn papers_listed_since(
        &self,
        since: Date,
        after: Option<(Date, PaperKey)>,
        limit: u32,
    ) -> Result<Vec<Paper>, StoreError> {
        let sql = "SELECT * FROM paper WHERE day >= $1 AND (day, id) > ($2, $3) ORDER BY day, id LIMIT $4";
        let (from, key) = after.map_or((since, i64::MIN), |(from, key)| (from, key.0));
        let rows: Vec<PaperRow> = reading!(self, |tx| {
            query_as(sql)
                .bind(day(since))
                .bind(day(from))
                .bind(key)
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?
        });
        rows.into_iter().map(Paper::try_from).collect()
    }

    /// The earliest day of which there are papers.
    pub async fn first_day(&self) -> Result<Option<Date>, StoreError> {
        let first: Option<String> =
            reading!(self, |tx| query_scalar("SELECT MIN(day) FROM paper").fetch_one(&mut *tx).await?);
        first.map(|first| parsed(&first, "the day of a paper")).transpose()
    }

    /// Which sources listed the papers of a day and later, and how they announced them.
    pub async fn sources_since(
        &self,
        since: Date,
    ) -> Result<Vec<(PaperKey, String, Option<Announcement>)>, StoreError> {
        let sql = "SELECT DISTINCT l.paper_id, l.source, l.announced FROM listing l JOIN paper p ON p.id = l.paper_id
            WHERE p.day >= $1";
        let rows: Vec<(i64, String, Option<String>)> =
            reading!(self, |tx| query_as(sql).bind(day(since)).fetch_all(&mut *tx).await?);
        let known = |(paper, source, kind): (i64, String, Option<String>)| {
            Ok((PaperKey(paper), source, announcement(kind.as_deref())?))
        };
        rows.into_iter().map(known).collect()
    }

    /// True when some paper of a day and later was announced as a newer version and never as new: only
    /// subscriptions that ask for such are asked about it.
    pub async fn has_only_replaced_since(&self, since: Date) -> Result<bool, StoreError> {
        let sql = "SELECT CAST(1 AS BIGINT) FROM listing l JOIN paper p ON p.id = l.paper_id
            WHERE p.day >= $1 AND l.announced IN ('replace', 'replace-cross')
                AND NOT EXISTS (SELECT 1 FROM listing o WHERE o.paper_id = l.paper_id
                    AND (o.announced IS NULL OR o.announced IN ('new', 'cross'))) LIMIT 1";
        let found: Option<i64> =
            reading!(self, |tx| query_scalar(sql).bind(day(since)).fetch_optional(&mut *tx).await?);
        Ok(found.is_some())
    }
}

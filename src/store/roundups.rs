//! Roundups: which channels have one, what goes into it, and that each local date is dealt with once.

use jiff::Timestamp;
use jiff::civil::Date;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::{DestinationRow, destination_columns};
use super::outbox::queue::refresh;
use super::papers::PaperRow;
use super::roundup_settings::SettingsRow;
use super::values::{day, from_json, micros, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::query::MatchedTerm;
use crate::domain::{Cadence, DeliveryId, Destination, DestinationId, Paper, PaperKey, RoundupSettings};

/// A channel that may have a roundup.
#[derive(Debug, Clone)]
pub struct RoundupPlan {
    /// The channel.
    pub destination: Destination,
    /// What was chosen there.
    pub settings: RoundupSettings,
    /// True when it has subscriptions whose papers come daily.
    pub daily: bool,
    /// True when it has subscriptions whose papers come weekly.
    pub weekly: bool,
    /// Since when the channel has subscriptions or settings; no earlier date is dealt with.
    pub since: Timestamp,
    /// The last local date that was dealt with.
    pub done: Option<Date>,
}

/// A paper that waits for a channel's roundup.
#[derive(Debug, Clone)]
pub struct Collected {
    /// The paper.
    pub paper: Paper,
    /// The canonical query of the subscription that asked.
    pub query: String,
    /// When that subscription's papers come; instant: its own post failed or cannot be confirmed.
    pub cadence: Cadence,
    /// What of the query the paper holds.
    pub terms: Vec<MatchedTerm>,
    /// Votes when it was first seen.
    pub first_upvotes: Option<i64>,
    /// Stars when they were first seen.
    pub first_stars: Option<i64>,
}

/// A roundup that is ready for the outbox.
#[derive(Debug, Clone)]
pub struct NewRoundup {
    /// Its papers, the best first; never empty.
    pub papers: Vec<PaperKey>,
    /// The platform's bytes.
    pub rich: String,
    /// The platform's bytes in plain words.
    pub plain: String,
    /// When it is too old to be posted.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    #[sqlx(flatten)]
    settings: SettingsRow,
    daily: i64,
    weekly: i64,
    since: i64,
    done: Option<String>,
    #[sqlx(flatten)]
    destination: DestinationRow,
}

impl TryFrom<PlanRow> for RoundupPlan {
    type Error = StoreError;
    fn try_from(row: PlanRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of a roundup");
        Ok(Self {
            destination: row.destination.try_into()?,
            settings: row.settings.try_into()?,
            daily: row.daily > 0,
            weekly: row.weekly > 0,
            since: timestamp(row.since, &of("beginning"))?,
            done: row.done.map(|date| parsed(&date, &of("date"))).transpose()?,
        })
    }
}

const PLANS: &str = concat!(
    "SELECT r.local_time, r.zone, r.every, r.size,
        (SELECT COUNT(*) FROM subscription s WHERE s.destination_id = destination.id AND s.cadence = 'daily') AS daily,
        (SELECT COUNT(*) FROM subscription s WHERE s.destination_id = destination.id AND s.cadence = 'weekly') AS weekly,
        COALESCE((SELECT MIN(s.created_at) FROM subscription s WHERE s.destination_id = destination.id),
            r.changed_at) AS since,
        (SELECT MAX(u.local_date) FROM roundup u WHERE u.destination_id = destination.id) AS done, ",
    destination_columns!(),
    " FROM destination LEFT JOIN roundup_setting r ON r.destination_id = destination.id
    WHERE destination.paused_at IS NULL AND (r.every IS NULL OR r.every <> 'off')
        AND EXISTS (SELECT 1 FROM subscription s WHERE s.destination_id = destination.id)
    ORDER BY destination.id"
);

// An instant paper comes only when its own post failed or cannot be confirmed. A paper whose roundup was
// never posted is free for the next one.
const COLLECTED: &str = "SELECT paper.*, s.query AS asked, s.cadence, m.terms,
        (SELECT c.upvotes FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.upvotes IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_upvotes,
        (SELECT c.stars FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.stars IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_stars
    FROM paper_match m
        JOIN subscription s ON s.id = m.subscription_id
        JOIN paper ON paper.id = m.paper_id
    WHERE s.destination_id = $1 AND m.matched_at > $2
        AND NOT EXISTS (SELECT 1 FROM removal v WHERE v.destination_id = $1 AND v.paper_id = m.paper_id)
        AND (s.cadence <> 'instant' OR EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = m.paper_id AND d.kind = 'paper'
                AND d.state IN ('ambiguous', 'dead', 'skipped')))
        AND NOT EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = m.paper_id AND d.kind = 'paper'
                AND d.state IN ('pending', 'leased', 'unknown', 'sent'))
        AND NOT EXISTS (SELECT 1 FROM roundup_paper p
            JOIN roundup u ON u.destination_id = p.destination_id AND u.local_date = p.local_date
            JOIN delivery d ON d.id = u.delivery_id
            WHERE p.destination_id = $1 AND p.paper_id = m.paper_id AND d.state NOT IN ('dead', 'skipped'))
    ORDER BY m.matched_at, s.id";

#[derive(sqlx::FromRow)]
struct CollectedRow {
    asked: String,
    cadence: String,
    terms: String,
    first_upvotes: Option<i64>,
    first_stars: Option<i64>,
    #[sqlx(flatten)]
    paper: PaperRow,
}

impl TryFrom<CollectedRow> for Collected {
    type Error = StoreError;
    fn try_from(row: CollectedRow) -> Result<Self, StoreError> {
        Ok(Self {
            paper: row.paper.try_into()?,
            query: row.asked,
            cadence: parsed(&row.cadence, "the cadence of a subscription")?,
            terms: from_json(&row.terms, "the matched terms of a paper")?,
            first_upvotes: row.first_upvotes,
            first_stars: row.first_stars,
        })
    }
}

const DONE: &str = "INSERT INTO roundup (destination_id, local_date, fired_at, delivery_id, note)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

const DELIVER: &str = "INSERT INTO delivery
        (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, next_at, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $6, '[]', $7, $7, $8)";

const HOLD_PAPER: &str =
    "INSERT INTO roundup_paper (destination_id, local_date, paper_id) VALUES ($1, $2, $3)";

impl Store {
    /// The channels that may have a roundup: not paused, subscribed to something, and not switched off.
    pub async fn roundup_plans(&self) -> Result<Vec<RoundupPlan>, StoreError> {
        let rows: Vec<PlanRow> = reading!(self, |tx| query_as(PLANS).fetch_all(&mut *tx).await?);
        rows.into_iter().map(RoundupPlan::try_from).collect()
    }

    /// The papers that wait for a channel's roundup, matched since a time; one entry for each
    /// subscription that asked.
    pub async fn collected(
        &self,
        destination: DestinationId,
        since: Timestamp,
    ) -> Result<Vec<Collected>, StoreError> {
        let rows: Vec<CollectedRow> = reading!(self, |tx| {
            query_as(COLLECTED).bind(destination.0).bind(micros(since)).fetch_all(&mut *tx).await?
        });
        rows.into_iter().map(Collected::try_from).collect()
    }

    /// Deals with a channel's roundup of a local date: puts it into the outbox, or with `None` notes why there is none.
    ///
    /// False when the date was dealt with before, by this process or another; then nothing changed.
    pub async fn commit_roundup(
        &self,
        destination: DestinationId,
        date: Date,
        made: Result<&NewRoundup, &str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let date = day(date);
        writing!(self, |tx| {
            // The row of the destination is the place in the line: of two replicas one waits here.
            query("UPDATE destination SET platform = platform WHERE id = $1")
                .bind(destination.0)
                .execute(&mut *tx)
                .await?;
            let done: Option<i64> = query_scalar(
                "SELECT CAST(1 AS BIGINT) FROM roundup WHERE destination_id = $1 AND local_date = $2",
            )
            .bind(destination.0)
            .bind(&date)
            .fetch_optional(&mut *tx)
            .await?;
            if done.is_some() {
                return Ok(false);
            }
            let id: Option<DeliveryId> = made.is_ok().then(|| self.ids.next(now));
            if let (Ok(roundup), Some(id)) = (made, id) {
                query(DELIVER)
                    .bind(id.to_string())
                    .bind(destination.0)
                    .bind(roundup.papers.first().map(|paper| paper.0))
                    .bind(format!("roundup {date}"))
                    .bind(text(&roundup.rich))
                    .bind(text(&roundup.plain))
                    .bind(micros(now))
                    .bind(micros(roundup.expires_at))
                    .execute(&mut *tx)
                    .await?;
                refresh!(self, tx, [destination.0]);
            }
            query(DONE)
                .bind(destination.0)
                .bind(&date)
                .bind(micros(now))
                .bind(id.map(|id| id.to_string()))
                .bind(made.err())
                .execute(&mut *tx)
                .await?;
            for paper in made.map(|roundup| roundup.papers.as_slice()).unwrap_or_default() {
                query(HOLD_PAPER).bind(destination.0).bind(&date).bind(paper.0).execute(&mut *tx).await?;
            }
            crashpoint!("roundup_pre_commit");
            Ok(true)
        })
    }
}

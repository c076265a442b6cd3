//! Roundups: what goes into them, what stood in them, and that each local date of a kind is dealt with once.

use std::iter::repeat;

use jiff::Timestamp;
use jiff::civil::Date;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::outbox::queue::refresh;
use super::papers::PaperRow;
use super::roundup_plans::without_own;
use super::values::{day, from_json, json, micros, parsed, text};
use super::{Store, StoreError};
use crate::domain::budget::Cause;
use crate::domain::query::MatchedTerm;
use crate::domain::ranking::Rank;
use crate::domain::{Cadence, DeliveryId, DestinationId, Paper, PaperKey, RoundupKind, Why};

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
    /// The platform's id of the message in which it was posted on its own.
    pub posted: Option<String>,
    /// The channel's votes on it, those against it taken off; for who ranks it to fill in.
    pub here: i64,
    /// Why it was not posted at once; `None` where that was not kept from it.
    pub kept: Option<Cause>,
}

/// A roundup that is ready for the outbox.
#[derive(Debug, Clone)]
pub struct NewRoundup {
    /// Its papers, the best first; none on a quiet day of which one line is said.
    pub papers: Vec<PaperKey>,
    /// Why each of them has its place, in the same order; kept for who asks.
    pub reasons: Vec<(Option<Why>, Rank)>,
    /// The platform's bytes.
    pub rich: String,
    /// The platform's bytes in plain words.
    pub plain: String,
    /// When it is too old to be posted.
    pub expires_at: Timestamp,
}

// An instant paper comes only when its own post failed or cannot be confirmed, was posted after `$3`, or when the
// channel's limits gave it to the roundup; what is still to be decided on is not for it. A paper whose
// roundup or catch-up was never posted is free for the next one; what was trending is no less a match.
const COLLECTED: &str = concat!(
    "SELECT paper.*, s.query AS asked, s.cadence, m.terms,
        (SELECT c.upvotes FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.upvotes IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_upvotes,
        (SELECT c.stars FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.stars IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_stars,
        (SELECT MIN(d.message_id) FROM delivery d WHERE d.destination_id = $1 AND d.paper_id = paper.id
            AND d.kind = 'paper' AND d.state = 'sent') AS posted,
        CASE WHEN s.cadence = 'instant' THEN (SELECT k.cause FROM kept_paper k
            WHERE k.destination_id = $1 AND k.paper_id = m.paper_id) END AS kept
    FROM paper_match m
        JOIN subscription s ON s.id = m.subscription_id
        JOIN paper ON paper.id = m.paper_id
    WHERE s.destination_id = $1 AND m.matched_at > $2
        AND NOT EXISTS (SELECT 1 FROM removal v WHERE v.destination_id = $1 AND v.paper_id = m.paper_id)
        AND (s.id = $4 OR ($4 = 0 AND (s.cadence = 'instant' OR ",
    without_own!(),
    ")))
        AND (s.cadence <> 'instant' OR EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = m.paper_id AND d.kind = 'paper'
                AND (d.state IN ('ambiguous', 'dead', 'skipped') OR (d.state = 'sent' AND d.sent_at > $3)))
            OR EXISTS (SELECT 1 FROM kept_paper k
                WHERE k.destination_id = $1 AND k.paper_id = m.paper_id AND k.cause IS NOT NULL))
        AND NOT EXISTS (SELECT 1 FROM kept_paper k
            WHERE k.destination_id = $1 AND k.paper_id = m.paper_id AND k.cause IS NULL)
        AND NOT EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = m.paper_id AND d.kind = 'paper'
                AND (d.state IN ('pending', 'leased', 'unknown') OR (d.state = 'sent' AND d.sent_at <= $3)))
        AND NOT EXISTS (SELECT 1 FROM roundup_paper p
            JOIN roundup u ON u.destination_id = p.destination_id AND u.kind = p.kind
                AND u.local_date = p.local_date
            JOIN delivery d ON d.id = u.delivery_id
            WHERE p.destination_id = $1 AND p.paper_id = m.paper_id AND p.kind <> 'trending'
                AND d.state NOT IN ('dead', 'skipped'))
        AND NOT EXISTS (SELECT 1 FROM delivery f JOIN delivery c ON c.id = f.folded_into
            WHERE f.destination_id = $1 AND f.paper_id = m.paper_id AND c.state NOT IN ('dead', 'skipped'))
    ORDER BY m.matched_at, s.id"
);

#[derive(sqlx::FromRow)]
pub(super) struct CollectedRow {
    asked: String,
    cadence: String,
    terms: String,
    first_upvotes: Option<i64>,
    first_stars: Option<i64>,
    posted: Option<String>,
    kept: Option<String>,
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
            posted: row.posted,
            here: 0,
            kept: row.kept.map(|cause| parsed(&cause, "why a paper is kept")).transpose()?,
        })
    }
}

const DONE: &str = "INSERT INTO roundup (destination_id, kind, local_date, fired_at, delivery_id, note)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

pub(super) const DELIVER: &str = "INSERT INTO delivery
        (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, next_at, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $6, '[]', $7, $7, $8)";

// Another date's roundup may have taken the paper while this one was made.
const HOLD_PAPER: &str = "INSERT INTO roundup_paper
        (destination_id, kind, local_date, paper_id, place, why, standing)
    SELECT $1, $2, $3, $4, $5, $6, $7 WHERE $2 = 'trending' OR NOT EXISTS (SELECT 1 FROM roundup_paper p
        JOIN roundup u ON u.destination_id = p.destination_id AND u.kind = p.kind
            AND u.local_date = p.local_date
        JOIN delivery d ON d.id = u.delivery_id
        WHERE p.destination_id = $1 AND p.paper_id = $4 AND p.kind <> 'trending'
            AND d.state NOT IN ('dead', 'skipped'))";

const HELD: &str = "SELECT paper.*, p.why AS asked, p.standing FROM roundup_paper p
        JOIN paper ON paper.id = p.paper_id
    WHERE p.destination_id = $1 AND p.kind = $2 AND p.local_date = $3
    ORDER BY p.place, paper.id";

/// A paper of a roundup that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct InRoundup {
    /// The paper as it is now.
    pub paper: Paper,
    /// What the subscription asked for and found.
    pub why: Option<Why>,
    /// Why it has its place; `None` in a roundup of an earlier version.
    pub rank: Option<Rank>,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    asked: Option<String>,
    standing: Option<String>,
    #[sqlx(flatten)]
    paper: PaperRow,
}

impl Store {
    /// The papers that wait for a channel's roundup of a kind, matched since a time; one entry for each subscription
    /// that asked. What was posted on its own after `posted_since` is among them, with its message.
    pub async fn collected(
        &self,
        destination: DestinationId,
        kind: RoundupKind,
        since: Timestamp,
        posted_since: Option<Timestamp>,
    ) -> Result<Vec<Collected>, StoreError> {
        let subscription = match kind {
            RoundupKind::Subscription(id) => id.0,
            RoundupKind::Matches => 0,
            RoundupKind::Trending => return Ok(Vec::new()),
        };
        let rows: Vec<CollectedRow> = reading!(self, |tx| {
            query_as(COLLECTED)
                .bind(destination.0)
                .bind(micros(since))
                .bind(posted_since.map_or(i64::MAX, micros))
                .bind(subscription)
                .fetch_all(&mut *tx)
                .await?
        });
        rows.into_iter().map(Collected::try_from).collect()
    }

    /// The papers of a roundup that was made, in its order.
    pub async fn roundup_papers(
        &self,
        destination: DestinationId,
        kind: RoundupKind,
        date: Date,
    ) -> Result<Vec<InRoundup>, StoreError> {
        let rows: Vec<HeldRow> = reading!(self, |tx| {
            query_as(HELD)
                .bind(destination.0)
                .bind(kind.to_string())
                .bind(day(date))
                .fetch_all(&mut *tx)
                .await?
        });
        let held = |row: HeldRow| {
            let why = row.asked.map(|why| from_json(&why, "the reason of a roundup’s paper")).transpose()?;
            let rank =
                row.standing.map(|rank| from_json(&rank, "the rank of a roundup’s paper")).transpose()?;
            Ok(InRoundup { paper: row.paper.try_into()?, why, rank })
        };
        rows.into_iter().map(held).collect()
    }

    /// Deals with a channel's roundup of a kind and a local date: puts it into the outbox, or with `None` notes why there is none.
    ///
    /// False when the date was dealt with before, by this process or another, or when a paper stands in the roundup of
    /// another date by now; then nothing changed.
    pub async fn commit_roundup(
        &self,
        destination: DestinationId,
        kind: RoundupKind,
        date: Date,
        made: Result<&NewRoundup, &str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (date, kind) = (day(date), kind.to_string());
        writing!(self, |tx| {
            // The row of the destination is the place in the line: of two replicas one waits here.
            query("UPDATE destination SET platform = platform WHERE id = $1")
                .bind(destination.0)
                .execute(&mut *tx)
                .await?;
            let done: Option<i64> = query_scalar(
                "SELECT CAST(1 AS BIGINT) FROM roundup WHERE destination_id = $1 AND kind = $2 AND local_date = $3",
            )
            .bind(destination.0)
            .bind(&kind)
            .bind(&date)
            .fetch_optional(&mut *tx)
            .await?;
            if done.is_some() {
                return Ok(false);
            }
            // A delivery is of a paper: the newest stands for a quiet day.
            let newest: Option<i64> = query_scalar("SELECT MAX(id) FROM paper").fetch_one(&mut *tx).await?;
            let first = |roundup: &NewRoundup| roundup.papers.first().map(|paper| paper.0).or(newest);
            let made = made.and_then(|roundup| {
                first(roundup).map(|paper| (roundup, paper)).ok_or("there is no paper yet")
            });
            let id: Option<DeliveryId> = made.is_ok().then(|| self.ids.next(now));
            if let (Ok((roundup, paper)), Some(id)) = (made, id) {
                query(DELIVER)
                    .bind(id.to_string())
                    .bind(destination.0)
                    .bind(paper)
                    .bind(if kind == "matches" {
                        format!("roundup {date}")
                    } else {
                        format!("roundup {kind} {date}")
                    })
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
                .bind(&kind)
                .bind(&date)
                .bind(micros(now))
                .bind(id.map(|id| id.to_string()))
                .bind(made.err())
                .execute(&mut *tx)
                .await?;
            let papers = made.map(|(roundup, _)| roundup.papers.as_slice()).unwrap_or_default();
            let reasons = made.map(|(roundup, _)| roundup.reasons.as_slice()).unwrap_or_default();
            for ((place, paper), reason) in
                (1_i64..).zip(papers).zip(reasons.iter().map(Some).chain(repeat(None)))
            {
                let held = query(HOLD_PAPER)
                    .bind(destination.0)
                    .bind(&kind)
                    .bind(&date)
                    .bind(paper.0)
                    .bind(place)
                    .bind(reason.and_then(|(why, _)| why.as_ref()).map(json))
                    .bind(reason.map(|(_, rank)| json(rank)))
                    .execute(&mut *tx)
                    .await?;
                if held.rows_affected() == 0 {
                    return Ok(false);
                }
            }
            crashpoint!("roundup_pre_commit");
            Ok(true)
        })
    }
}

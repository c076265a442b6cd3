//! The votes of a channel's people: one of each person on each paper, which can be changed and taken back.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::values::{count, micros, text};
use super::{Store, StoreError};
use crate::domain::{Ballot, ChannelId, DeliveryId, DestinationId, PaperKey, Platform, Tally, UserId};

/// The same press again within this time is a double click.
const DOUBLE_CLICK: Duration = Duration::from_secs(2);
/// A press that somebody began and did not end is brought again by its platform within this time.
const BROUGHT_AGAIN: Duration = Duration::from_mins(10);

/// A press on the message that a delivery brought into a channel.
#[derive(Debug, Clone, Copy)]
pub struct NewVote<'a> {
    /// The platform of the channel.
    pub platform: Platform,
    /// The channel.
    pub channel: &'a ChannelId,
    /// The delivery.
    pub message: DeliveryId,
    /// Who pressed.
    pub voter: &'a UserId,
    /// What.
    pub ballot: Ballot,
    /// True when somebody began with it and went away, so that it may be counted already.
    pub again: bool,
}

/// What came of a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voted {
    /// It was counted.
    Counted {
        /// How the person votes now; `None`: the vote was taken back.
        mine: Option<Ballot>,
        /// All votes of the channel on the paper.
        tally: Tally,
    },
    /// The paper was taken out of the channel.
    Removed,
    /// The message is none of this channel's.
    NotHere,
}

const MESSAGE: &str = "SELECT d.destination_id, d.paper_id,
        (SELECT COUNT(*) FROM removal r
            WHERE r.destination_id = d.destination_id AND r.paper_id = d.paper_id) AS removed
    FROM delivery d JOIN destination x ON x.id = d.destination_id
    WHERE d.id = $1 AND x.platform = $2 AND x.channel = $3 AND d.kind LIKE 'paper%'";

// A vote for what one votes for already takes it back; a double click is one press.
const PRESS: &str = "INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (destination_id, paper_id, voter) DO UPDATE SET
        value = CASE WHEN vote.value <> excluded.value THEN excluded.value
            WHEN excluded.voted_at - vote.voted_at < $6 THEN vote.value ELSE 0 END,
        voted_at = CASE WHEN vote.value = excluded.value AND excluded.voted_at - vote.voted_at < $6
            THEN vote.voted_at ELSE excluded.voted_at END
    RETURNING value";

const COUNTED: &str = "SELECT value FROM vote
    WHERE destination_id = $1 AND paper_id = $2 AND voter = $3 AND voted_at > $4";

/// The votes of a destination on a paper.
pub(super) const TALLY: &str =
    "SELECT paper_id, COUNT(CASE WHEN value > 0 THEN 1 END), COUNT(CASE WHEN value < 0 THEN 1 END)
    FROM vote WHERE destination_id = $1 AND paper_id = $2 GROUP BY paper_id";

const NET_SINCE: &str = "SELECT v.paper_id, CAST(SUM(v.value) AS BIGINT)
    FROM vote v JOIN destination x ON x.id = v.destination_id
    WHERE x.platform = $1 AND x.channel = $2 AND v.voted_at > $3 AND v.voted_at <= $4
        AND NOT EXISTS (SELECT 1 FROM removal r
            WHERE r.destination_id = v.destination_id AND r.paper_id = v.paper_id)
    GROUP BY v.paper_id HAVING SUM(v.value) <> 0";

/// Lets the message of a paper in a channel show votes that were just cast: destination and paper.
pub(super) const TO_RECOUNT: &str = "INSERT INTO card (delivery_id, covered_at, next_at, votes_cast)
    SELECT id, 0, 0, 1 FROM delivery WHERE destination_id = $1 AND paper_id = $2 AND kind = 'paper'
    ON CONFLICT (delivery_id) DO UPDATE SET votes_cast = card.votes_cast + 1";

/// Reads the votes of a destination on a paper inside a transaction.
macro_rules! tally {
    ($tx:ident, $destination:expr, $paper:expr) => {{
        let row: Option<(i64, i64, i64)> = query_as($crate::store::votes::TALLY)
            .bind($destination)
            .bind($paper)
            .fetch_optional(&mut *$tx)
            .await?;
        $crate::store::votes::tally_of(row)?
    }};
}
pub(super) use tally;

/// Reads a row of [`TALLY`].
pub(super) fn tally_of(row: Option<(i64, i64, i64)>) -> Result<Tally, StoreError> {
    let Some((_, up, down)) = row else { return Ok(Tally::default()) };
    Ok(Tally { up: count(up, "the votes for a paper")?, down: count(down, "the votes against a paper")? })
}

impl Store {
    /// Counts a person's press.
    pub async fn vote(&self, vote: &NewVote<'_>, now: Timestamp) -> Result<Voted, StoreError> {
        let double_click = i64::try_from(DOUBLE_CLICK.as_micros()).expect("two seconds");
        let voter = text(&vote.voter.0);
        writing!(self, |tx| {
            let found: Option<(i64, i64, i64)> = query_as(MESSAGE)
                .bind(vote.message.to_string())
                .bind(vote.platform.name())
                .bind(vote.channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let Some((destination, paper, removed)) = found else { return Ok(Voted::NotHere) };
            if removed > 0 {
                return Ok(Voted::Removed);
            }
            let counted: Option<i64> = query_scalar(COUNTED)
                .bind(destination)
                .bind(paper)
                .bind(&voter)
                .bind(micros(now - BROUGHT_AGAIN))
                .fetch_optional(&mut *tx)
                .await?;
            let value: i64 = match counted.filter(|_| vote.again) {
                Some(value) => value,
                None => {
                    query_scalar(PRESS)
                        .bind(destination)
                        .bind(paper)
                        .bind(&voter)
                        .bind(vote.ballot.value())
                        .bind(micros(now))
                        .bind(double_click)
                        .fetch_one(&mut *tx)
                        .await?
                }
            };
            query(TO_RECOUNT).bind(destination).bind(paper).execute(&mut *tx).await?;
            let tally = tally!(tx, destination, paper);
            let mine = Ballot::ALL.into_iter().find(|ballot| ballot.value() == value);
            Ok(Voted::Counted { mine, tally })
        })
    }

    /// The votes of a channel that were cast in a time and stand, those against a paper taken off; papers that were
    /// taken out of the channel are left out.
    pub async fn votes_since(
        &self,
        platform: Platform,
        channel: &ChannelId,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<HashMap<PaperKey, i64>, StoreError> {
        let rows: Vec<(i64, i64)> = reading!(self, |tx| {
            query_as(NET_SINCE)
                .bind(platform.name())
                .bind(channel.as_str())
                .bind(micros(start))
                .bind(micros(now))
                .fetch_all(&mut *tx)
                .await?
        });
        Ok(rows.into_iter().map(|(paper, net)| (PaperKey(paper), net)).collect())
    }

    /// All votes of a channel on each of these papers, those against it taken off.
    pub async fn votes_on(
        &self,
        destination: DestinationId,
        papers: &[PaperKey],
    ) -> Result<HashMap<PaperKey, i64>, StoreError> {
        let mut net = HashMap::new();
        reading!(self, |tx| {
            for paper in papers {
                let tally = tally!(tx, destination.0, paper.0);
                net.insert(*paper, tally.net());
            }
        });
        Ok(net)
    }
}

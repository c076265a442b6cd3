//! What a channel's people did with a paper, as its card shows it, and who may put papers before the channel.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::open_destination;
use super::subscriptions::RAISE_VERSION;
use super::values::{micros, parsed, text};
use super::votes::tally;
use super::{Store, StoreError};
use crate::domain::{ChannelId, Community, PaperKey, Platform, Submitted, Submitters, UserId};

const SUBMITTED: &str =
    "SELECT submitted_by, name, note FROM submission WHERE destination_id = $1 AND paper_id = $2";

const SUBMITTERS: &str = "SELECT c.submitters FROM community_setting c
    JOIN destination x ON x.id = c.destination_id WHERE x.platform = $1 AND x.channel = $2";

const PUT: &str = "INSERT INTO community_setting (destination_id, submitters, changed_by, changed_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (destination_id) DO UPDATE SET submitters = excluded.submitters,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at";

/// The number of a channel's destination.
pub(super) const DESTINATION: &str = "SELECT id FROM destination WHERE platform = $1 AND channel = $2";

impl Store {
    /// What the people of a channel did with a paper.
    pub async fn community(
        &self,
        platform: Platform,
        channel: &ChannelId,
        paper: PaperKey,
    ) -> Result<Community, StoreError> {
        reading!(self, |tx| {
            let destination: Option<i64> = query_scalar(DESTINATION)
                .bind(platform.name())
                .bind(channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let Some(destination) = destination else { return Ok(Community::default()) };
            let tally = tally!(tx, destination, paper.0);
            let submitted: Option<(String, String, String)> =
                query_as(SUBMITTED).bind(destination).bind(paper.0).fetch_optional(&mut *tx).await?;
            let submitted = submitted.map(|(by, name, note)| Submitted { by: UserId(by), name, note });
            Ok(Community { tally, submitted })
        })
    }

    /// Who may put papers before a channel.
    pub async fn submitters(
        &self,
        platform: Platform,
        channel: &ChannelId,
    ) -> Result<Submitters, StoreError> {
        let set: Option<String> = reading!(self, |tx| {
            query_scalar(SUBMITTERS)
                .bind(platform.name())
                .bind(channel.as_str())
                .fetch_optional(&mut *tx)
                .await?
        });
        set.map_or(Ok(Submitters::default()), |set| parsed(&set, "who may submit to a channel"))
    }

    /// Says who may put papers before a channel.
    pub async fn put_submitters(
        &self,
        platform: Platform,
        channel: &ChannelId,
        workspace: Option<&str>,
        submitters: Submitters,
        by: &UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let destination: i64 = open_destination!(tx, platform, channel, workspace);
            query(PUT)
                .bind(destination)
                .bind(submitters.name())
                .bind(text(&by.0))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}

//! Which channels follow which feeds: each feed is read once, however many channels ask for it.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::open_destination;
use super::feeds::{FeedRow, canonical, forget_feed, select_feeds};
use super::routing::HOLD_VERSION;
use super::values::{micros, text, timestamp};
use super::{FeedId, FollowedFeed, Store, StoreError};
use crate::domain::{ChannelId, Platform, SubscriptionId, UserId};

/// A feed that a channel wishes to follow.
#[derive(Debug, Clone, Copy)]
pub struct FeedWish<'a> {
    /// The platform.
    pub platform: Platform,
    /// The channel on it.
    pub channel: &'a ChannelId,
    /// Its server or workspace; without one the channel stands for itself.
    pub workspace: Option<&'a str>,
    /// The feed's address.
    pub url: &'a str,
    /// What it calls itself.
    pub title: &'a str,
    /// Who wishes it.
    pub owner: &'a UserId,
    /// The most feeds that one channel may follow.
    pub per_channel: u32,
    /// The most feeds that all channels of a workspace may follow together.
    pub per_workspace: u32,
}

/// What the wish came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// The channel follows it from now on.
    Now(FollowedFeed),
    /// It did already.
    Already(FollowedFeed),
    /// The channel follows as many as it may.
    ChannelFull,
    /// The workspace follows as many as it may.
    WorkspaceFull,
}

/// A feed that a channel follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHere {
    /// The feed.
    pub feed: FollowedFeed,
    /// The subscription that was made with it, while it lasts.
    pub subscription: Option<SubscriptionId>,
    /// Who added it here.
    pub added_by: UserId,
    /// When.
    pub added_at: Timestamp,
}

/// Feeds of the same workspace; a channel without one is alone.
const IN_WORKSPACE: &str = "SELECT COUNT(DISTINCT o.feed_id) FROM feed_follower o
    JOIN destination d ON d.id = o.destination_id
    WHERE d.id = $3 OR (d.platform = $1 AND d.workspace = $2)";

const IN_CHANNEL: &str = "SELECT COUNT(*) FROM feed_follower WHERE destination_id = $1";

/// A feed that people know by name in a query stays, and so does the operator's.
const UNWANTED: &str = "SELECT COUNT(*) FROM feed WHERE id = $1 AND added_by <> 'cli'
    AND NOT EXISTS (SELECT 1 FROM feed_follower o WHERE o.feed_id = feed.id)
    AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.query LIKE '%src:feed-' || feed.id || '%')";

#[derive(sqlx::FromRow)]
struct HereRow {
    #[sqlx(flatten)]
    feed: FeedRow,
    subscription_id: Option<i64>,
    follower: String,
    followed_at: i64,
}

impl Store {
    /// Lets a channel follow a feed, unless it or its workspace follows as many as it may.
    ///
    /// A feed that had ended is read again: whoever asks has just read it.
    pub async fn follow_feed(&self, wish: &FeedWish<'_>, now: Timestamp) -> Result<Followed, StoreError> {
        const INSERT: &str = "INSERT INTO feed (url, canonical_url, title, added_by, added_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (canonical_url) DO UPDATE SET ended_at = NULL, ended_why = NULL";
        const FOLLOWS: &str = "SELECT COUNT(*) FROM feed_follower o JOIN feed f ON f.id = o.feed_id
            WHERE f.canonical_url = $1 AND o.destination_id = $2";
        const FOLLOW: &str = "INSERT INTO feed_follower (feed_id, destination_id, added_by, added_at)
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let canonical = canonical(wish.url);
        let by = format!("{} {}", wish.platform.name(), wish.owner.0);
        writing!(self, |tx| {
            // Two wishes of one workspace take turns, so that neither goes past the limit.
            query(HOLD_VERSION).execute(&mut *tx).await?;
            let destination: i64 = open_destination!(tx, wish.platform, wish.channel, wish.workspace);
            let follows: i64 =
                query_scalar(FOLLOWS).bind(&canonical).bind(destination).fetch_one(&mut *tx).await?;
            if follows == 0 {
                let here: i64 = query_scalar(IN_CHANNEL).bind(destination).fetch_one(&mut *tx).await?;
                if here >= i64::from(wish.per_channel) {
                    return Ok(Followed::ChannelFull);
                }
                let all: i64 = query_scalar(IN_WORKSPACE)
                    .bind(wish.platform.name())
                    .bind(wish.workspace)
                    .bind(destination)
                    .fetch_one(&mut *tx)
                    .await?;
                if all >= i64::from(wish.per_workspace) {
                    return Ok(Followed::WorkspaceFull);
                }
            }
            query(INSERT)
                .bind(wish.url)
                .bind(&canonical)
                .bind(text(wish.title))
                .bind(text(&by))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            let sql = select_feeds!("WHERE f.canonical_url = $1");
            let feed: FeedRow = query_as(sql).bind(&canonical).fetch_one(&mut *tx).await?;
            let feed: FollowedFeed = feed.try_into()?;
            query(FOLLOW)
                .bind(feed.id.0)
                .bind(destination)
                .bind(text(&wish.owner.0))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            Ok(if follows == 0 { Followed::Now(feed) } else { Followed::Already(feed) })
        })
    }

    /// Remembers which subscription of a channel brings a feed's papers.
    pub async fn note_feed_subscription(
        &self,
        platform: Platform,
        channel: &ChannelId,
        feed: FeedId,
        subscription: SubscriptionId,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE feed_follower SET subscription_id = $4 WHERE feed_id = $3
            AND destination_id = (SELECT id FROM destination WHERE platform = $1 AND channel = $2)";
        writing!(self, |tx| {
            query(sql)
                .bind(platform.name())
                .bind(channel.as_str())
                .bind(feed.0)
                .bind(subscription.0)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// The feeds that a channel follows, in the order in which it was made to.
    pub async fn feeds_here(
        &self,
        platform: Platform,
        channel: &ChannelId,
    ) -> Result<Vec<FeedHere>, StoreError> {
        let sql = "SELECT f.id, f.url, f.title, f.added_by, f.added_at, f.paused_at, f.ended_at, f.ended_why,
                s.polled_at AS read_at, s.failure, s.failures, o.added_by AS follower, o.added_at AS followed_at,
                (SELECT u.id FROM subscription u
                    WHERE u.id = o.subscription_id AND u.destination_id = o.destination_id) AS subscription_id
            FROM feed_follower o JOIN feed f ON f.id = o.feed_id JOIN destination d ON d.id = o.destination_id
            LEFT JOIN source_state s ON s.source = 'feed-' || f.id
            WHERE d.platform = $1 AND d.channel = $2 ORDER BY o.added_at, f.id";
        let rows: Vec<HereRow> = reading!(self, |tx| {
            query_as(sql).bind(platform.name()).bind(channel.as_str()).fetch_all(&mut *tx).await?
        });
        let here = |row: HereRow| {
            Ok(FeedHere {
                feed: row.feed.try_into()?,
                subscription: row.subscription_id.map(SubscriptionId),
                added_by: UserId(row.follower),
                added_at: timestamp(row.followed_at, "the start of following a feed")?,
            })
        };
        rows.into_iter().map(here).collect()
    }

    /// Ends that a channel follows a feed; `None` when it does not, else whether the feed is forgotten.
    ///
    /// That is so of a feed that no channel and no query asks for, unless it is the operator's.
    pub async fn unfollow_feed(
        &self,
        platform: Platform,
        channel: &ChannelId,
        feed: FeedId,
    ) -> Result<Option<bool>, StoreError> {
        const ENDED: &str = "DELETE FROM feed_follower WHERE feed_id = $3
            AND destination_id = (SELECT id FROM destination WHERE platform = $1 AND channel = $2)";
        writing!(self, |tx| {
            let ended = query(ENDED).bind(platform.name()).bind(channel.as_str()).bind(feed.0);
            if ended.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(None);
            }
            let forgotten: i64 = query_scalar(UNWANTED).bind(feed.0).fetch_one(&mut *tx).await?;
            if forgotten > 0 {
                forget_feed!(tx, feed);
            }
            Ok(Some(forgotten > 0))
        })
    }
}

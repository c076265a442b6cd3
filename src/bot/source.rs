//! `source add`, `source list` and `source remove`: the feeds that a channel follows.

use async_trait::async_trait;

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::command::FeedText;
use crate::domain::{Query, Subscription};
use crate::message::Reply;
use crate::message::replies::source::{self as words, Added, Health, Listed, Looked, NotHere, NotLooked};
use crate::store::{FeedHere, FeedId, FeedWish, Followed, FollowedFeed, NewSubscription};

/// Reads feeds for people who would like to follow them: the bot itself knows no network.
#[async_trait]
pub trait FeedDesk: Send + Sync {
    /// Reads a feed once, as a stranger's.
    async fn look(&self, address: &str) -> Result<Looked, NotLooked>;
}

/// Who may add feeds, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedRules {
    /// True when those who may manage a channel may; else only the operator.
    pub managers: bool,
    /// The most feeds of one channel.
    pub per_channel: u32,
    /// The most feeds of one server or workspace.
    pub per_workspace: u32,
}

/// Who adds feeds where nobody has said it.
pub(super) const NOBODY: FeedRules = FeedRules { managers: true, per_channel: 0, per_workspace: 0 };

/// Reads a feed and lets the channel follow it.
pub(super) async fn add(
    bot: &Bot,
    asker: &Asker,
    feed: &FeedText,
    query: Option<&Query>,
) -> anyhow::Result<Answer> {
    let reply = match allowed(bot) {
        Err(why) => words::not_here(why),
        Ok(desk) => match desk.look(&feed.0).await {
            Err(why) => words::not_looked(&why),
            Ok(looked) => follow(bot, asker, looked, query).await?,
        },
    };
    Ok(Answer::Reply { reply })
}

fn allowed(bot: &Bot) -> Result<&dyn FeedDesk, NotHere> {
    if !bot.feed_rules.managers {
        return Err(NotHere::Operator);
    }
    bot.feeds.as_deref().ok_or(NotHere::Off)
}

async fn follow(bot: &Bot, asker: &Asker, looked: Looked, query: Option<&Query>) -> anyhow::Result<Reply> {
    let rules = bot.feed_rules;
    let wish = FeedWish {
        platform: asker.platform,
        channel: &asker.channel,
        workspace: asker.workspace.as_deref(),
        url: &looked.url,
        title: &looked.title,
        owner: &asker.user,
        per_channel: rules.per_channel,
        per_workspace: rules.per_workspace,
    };
    let (feed, already) = match bot.store.follow_feed(&wish, bot.clock.now()).await? {
        Followed::Now(feed) => (feed, false),
        Followed::Already(feed) => (feed, true),
        Followed::ChannelFull => return Ok(words::not_here(NotHere::ChannelFull(rules.per_channel))),
        Followed::WorkspaceFull => return Ok(words::not_here(NotHere::WorkspaceFull(rules.per_workspace))),
    };
    let wanted = match query {
        None => format!("src:feed-{}", feed.id.0),
        Some(query) => format!("src:feed-{} ({query})", feed.id.0),
    };
    let wanted = Query::for_subscription(&wanted)?;
    let before = subscription_of(bot, asker, feed.id).await?;
    let wish = NewSubscription {
        platform: asker.platform,
        channel: &asker.channel,
        workspace: asker.workspace.as_deref(),
        query: &wanted,
        when: before.as_ref().map(|before| before.cadence),
        style: before.as_ref().map(|before| before.style),
        owner: &asker.user.0,
    };
    let subscribed = bot.store.subscribe_as(&wish, bot.clock.now()).await?;
    let subscription = subscribed.subscription().id;
    bot.store.note_feed_subscription(asker.platform, &asker.channel, feed.id, subscription).await?;
    // Another query takes the place of the one before: beside it, it would narrow nothing.
    if let Some(before) = before.filter(|before| before.id != subscription) {
        bot.store.unsubscribe(before.id).await?;
    }
    let (number, query) = (feed.id.0, query.map(ToString::to_string));
    Ok(words::added(&Added { looked, number, already, subscription, query }))
}

/// The subscription by which a feed's papers have come so far.
async fn subscription_of(bot: &Bot, asker: &Asker, feed: FeedId) -> anyhow::Result<Option<Subscription>> {
    let here = bot.store.feeds_here(asker.platform, &asker.channel).await?;
    let id = here.into_iter().find(|here| here.feed.id == feed).and_then(|here| here.subscription);
    let mut all = bot.store.subscriptions_in(asker.platform, &asker.channel).await?;
    all.retain(|one| Some(one.id) == id);
    Ok(all.pop())
}

/// Lists the feeds of the channel.
pub(super) async fn list(bot: &Bot, asker: &Asker) -> anyhow::Result<Answer> {
    let here = bot.store.feeds_here(asker.platform, &asker.channel).await?;
    let listed: Vec<Listed> = here
        .into_iter()
        .map(|FeedHere { feed, subscription, added_by, .. }| Listed {
            number: feed.id.0,
            health: health(&feed),
            title: feed.title,
            url: feed.url,
            owner: added_by,
            subscription,
        })
        .collect();
    Ok(Answer::Reply { reply: words::list(&listed) })
}

/// How reading a feed goes.
pub(super) fn health(feed: &FollowedFeed) -> Health {
    match (&feed.ended, feed.paused_at, &feed.failure, feed.read_at) {
        (Some((at, why)), ..) => Health::Ended(*at, why.clone()),
        (_, Some(at), ..) => Health::Paused(at),
        (_, _, Some(why), read_at) if feed.failures > 0 => {
            Health::Fails { read_at, times: feed.failures, why: why.clone() }
        }
        (.., Some(at)) => Health::Read(at),
        _ => Health::Waiting,
    }
}

/// Ends that the channel follows a feed, and the subscription that was made with it.
pub(super) async fn remove(bot: &Bot, asker: &Asker, named: &FeedText) -> anyhow::Result<Answer> {
    let mut here = bot.store.feeds_here(asker.platform, &asker.channel).await?;
    here.retain(|here| is_named(&here.feed, &named.0));
    let reply = match here.as_slice() {
        [] => words::unknown(&named.0),
        [one] => {
            if let Some(subscription) = one.subscription {
                bot.store.unsubscribe(subscription).await?;
            }
            bot.store.unfollow_feed(asker.platform, &asker.channel, one.feed.id).await?;
            words::removed(&one.feed.title, one.subscription)
        }
        several => {
            let numbers: Vec<i64> = several.iter().map(|here| here.feed.id.0).collect();
            words::several(&named.0, &numbers)
        }
    };
    Ok(Answer::Reply { reply })
}

/// True when somebody who writes this means the feed: its number, `feed-7`, its address or its name.
fn is_named(feed: &FollowedFeed, named: &str) -> bool {
    let number = named.trim_start_matches('#');
    let number = number.strip_prefix("feed-").unwrap_or(number);
    number.parse() == Ok(feed.id.0)
        || bare(&feed.url) == bare(named)
        || feed.title.to_lowercase() == named.to_lowercase()
}

/// An address without what people leave out.
fn bare(url: &str) -> &str {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/')
}

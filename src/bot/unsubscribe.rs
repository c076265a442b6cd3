//! `unsubscribe`, and taking it back.

use anyhow::Context as _;

use super::controls::{self, Deed, Wanted};
use super::{Bot, subscribe, subscriptions};
use crate::chat::{Answer, Asker};
use crate::domain::{Query, SubscriptionId, UserId};
use crate::message::Reply;
use crate::message::replies::{subscriptions as lists, unsubscribe as words};

pub(super) async fn answer(bot: &Bot, asker: &Asker, subscription: SubscriptionId) -> anyhow::Result<Answer> {
    let reply = end(bot, asker, subscription).await?.unwrap_or_else(|| lists::unknown(subscription));
    Ok(Answer::Reply { reply })
}

/// Ends one by a button or a menu; it may have been ended since those were shown.
pub(super) async fn pressed(
    bot: &Bot,
    asker: &Asker,
    subscription: SubscriptionId,
) -> anyhow::Result<Answer> {
    let reply = end(bot, asker, subscription).await?.unwrap_or_else(words::gone);
    Ok(Answer::Replace { reply })
}

async fn end(bot: &Bot, asker: &Asker, id: SubscriptionId) -> anyhow::Result<Option<Reply>> {
    if subscriptions::here(bot, asker, id).await?.is_none() {
        return Ok(None);
    }
    let Some(ended) = bot.store.unsubscribe(id).await? else { return Ok(None) };
    let wanted = Wanted {
        query: ended.query.to_string(),
        when: Some(ended.cadence),
        style: Some(ended.style),
        channel: ended.destination.channel,
    };
    let again = Deed::SubscribeAgain { wanted, owner: UserId(ended.created_by) };
    let undo = controls::keep(bot, asker, vec![again]).await?.remove(0);
    Ok(Some(words::ended(ended.query.as_str(), ended.posted.unsigned_abs(), &undo)))
}

/// Makes an ended subscription anew, for who had made it.
pub(super) async fn undone(
    bot: &Bot,
    asker: &Asker,
    wanted: &Wanted,
    owner: &UserId,
) -> anyhow::Result<Answer> {
    let query = Query::for_subscription(&wanted.query).context("the query of an ended subscription")?;
    subscribe::make(bot, asker, &query, wanted, &owner.0).await?;
    Ok(Answer::Replace { reply: words::undone(query.as_str()) })
}

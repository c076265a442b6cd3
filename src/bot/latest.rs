//! `latest`: the papers listed last, of all or of those that match a query.

use super::Bot;
use super::controls::Deed;
use super::list::{PER_PAGE, Pages, Row, controlled, entries, first_of};
use super::search;
use crate::chat::{Answer, Asker};
use crate::command::Order;
use crate::domain::{Paper, PaperKey, Query};
use crate::message::Reply;
use crate::message::replies::latest::latest;
use crate::message::replies::words::marked;
use crate::summary::short_text;

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, query: Option<Query>) -> anyhow::Result<Answer> {
    match query {
        Some(query) => search::first(bot, asker, query, Order::Date, None).await,
        None => Ok(Answer::Reply { reply: listed(bot, asker, None, 1).await? }),
    }
}

/// Shows another page in place of the one that was pressed.
pub(super) async fn page(
    bot: &Bot,
    asker: &Asker,
    query: Option<String>,
    before: Option<i64>,
    number: u32,
) -> anyhow::Result<Answer> {
    match query {
        Some(query) => search::page(bot, asker, query, Order::Date, None, None, 1).await,
        None => Ok(Answer::Replace { reply: listed(bot, asker, before.map(PaperKey), number).await? }),
    }
}

async fn listed(bot: &Bot, asker: &Asker, before: Option<PaperKey>, number: u32) -> anyhow::Result<Reply> {
    let found = bot.store.latest(before, PER_PAGE).await?;
    let deed = |before: Option<PaperKey>, number| Deed::LatestPage {
        query: None,
        before: before.map(|key| key.0),
        number,
    };
    let previous = before.map(|_| deed(found.in_front, number.saturating_sub(1).max(1)));
    let last = found.papers.last().map(|paper| paper.key);
    let next = last.filter(|_| found.more).map(|last| deed(Some(last), number + 1));
    let rows = found.papers.into_iter().map(|paper| row(bot, paper)).collect();
    let reply = latest(entries(bot, asker, rows, first_of(number)).await?, number);
    controlled(bot, asker, reply, Pages { previous, next }).await
}

/// A paper with its short text, nothing of it marked.
pub(super) fn row(bot: &Bot, paper: Paper) -> (Paper, Row) {
    let text = marked(&short_text(&paper.facts, bot.settings.short_text).text, &[]);
    (paper, Row { text, ..Row::default() })
}

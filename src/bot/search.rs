//! `search`: a query to a page of papers, each with the reason, and the way to the other pages.

use jiff::civil::Date;

use super::Bot;
use super::controls::Deed;
use super::list::{PER_PAGE, Pages, Row, controlled, entries, first_of, searching};
use crate::chat::{Answer, Asker};
use crate::command::Order;
use crate::domain::query::{Condition, Day, Expr, Number, Pattern, Term};
use crate::domain::{Paper, Query, Why};
use crate::matcher::{Document, matches_query};
use crate::message::Reply;
use crate::message::replies::search::{Found, found, no_index, not_askable, page_gone};
use crate::message::replies::words::marked;
use crate::search::{Ask, Cursor, SearchPage, SearchRequest, Sort, snippet};

/// The index is told to be filling when it has not seen so many changes of papers.
const BEHIND: i64 = 500;

/// A search as one page of it asks.
struct Asked {
    query: Query,
    order: Order,
    since: Option<String>,
    /// Where each page before this one ended.
    cursors: Vec<String>,
    number: u32,
}

/// Answers the command.
pub(super) async fn first(
    bot: &Bot,
    asker: &Asker,
    query: Query,
    order: Order,
    since: Option<Day>,
) -> anyhow::Result<Answer> {
    bot.store.note_query(asker.platform, &asker.user.0, query.as_str(), bot.clock.now()).await?;
    let since = since.map(|day| day.to_string());
    let question = Asked { query, order, since, cursors: Vec::new(), number: 1 };
    Ok(Answer::Reply { reply: answered(bot, asker, question).await? })
}

/// Shows another page in place of the one that was pressed; `cursor` holds where each page before it ended, in order
/// and apart by spaces, so that the way back is known too.
pub(super) async fn page(
    bot: &Bot,
    asker: &Asker,
    query: String,
    order: Order,
    since: Option<String>,
    cursor: Option<String>,
    number: u32,
) -> anyhow::Result<Answer> {
    let Ok(query) = query.parse() else { return Ok(Answer::Replace { reply: page_gone() }) };
    let cursors = cursor.iter().flat_map(|cursors| cursors.split(' ')).map(str::to_owned).collect();
    let question = Asked { query, order, since, cursors, number };
    Ok(Answer::Replace { reply: answered(bot, asker, question).await? })
}

async fn answered(bot: &Bot, asker: &Asker, question: Asked) -> anyhow::Result<Reply> {
    let Some(search) = &bot.search else { return Ok(no_index()) };
    let Asked { query, order, since, cursors, number } = question;
    let narrowed = match narrowed(&query, since.as_deref()) {
        Ok(query) => query,
        Err(reason) => return Ok(not_askable(&reason)),
    };
    let cursor: Option<Cursor> = match cursors.last().map(|cursor| cursor.parse()).transpose() {
        Ok(cursor) => cursor,
        Err(_) => return Ok(page_gone()),
    };
    let today = bot.clock.today();
    let (page, meant) = {
        let query = query.clone();
        searching(search, move |search| {
            let request = SearchRequest {
                ask: Ask::Query(&narrowed),
                sort: sort(order),
                limit: PER_PAGE as usize,
                cursor,
                today,
            };
            let page = search.search(&request)?;
            let meant = if page.total == 0 || page.relaxed { search.suggest(&query, today)? } else { None };
            Ok((page, meant))
        })
        .await?
    };
    let keys: Vec<_> = page.hits.iter().map(|hit| hit.key).collect();
    let papers = bot.store.papers_by_key(&keys).await?;
    let rows = papers.into_iter().map(|paper| row(&query, &page, paper, today)).collect();
    let nothing_stored = page.total == 0 && bot.store.paper_count().await? == 0;
    let filling = if number == 1 { filling(bot).await? } else { None };
    let reply = found(Found {
        query: query.to_string(),
        order,
        since: since.clone(),
        entries: entries(bot, asker, rows, first_of(number)).await?,
        total: page.total,
        page: number,
        per_page: PER_PAGE,
        relaxed: page.relaxed,
        meant,
        unsearchable: unsearchable(&query),
        phrases: has_phrases(&query),
        nothing_stored,
        filling,
    });
    let deed = |cursors: &[String], number| Deed::SearchPage {
        query: query.to_string(),
        order,
        since: since.clone(),
        cursor: (!cursors.is_empty()).then(|| cursors.join(" ")),
        number,
    };
    let previous = cursors.split_last().map(|(_, before)| deed(before, number.saturating_sub(1).max(1)));
    let next = page.next.map(|next| {
        let mut cursors = cursors.clone();
        cursors.push(next.to_string());
        deed(&cursors, number + 1)
    });
    controlled(bot, asker, reply, Pages { previous, next }).await
}

fn sort(order: Order) -> Sort {
    match order {
        Order::Relevance => Sort::Relevance,
        Order::Date => Sort::Date,
        Order::Upvotes => Sort::Upvotes,
    }
}

/// The query of papers listed since a day.
fn narrowed(query: &Query, since: Option<&str>) -> Result<Query, String> {
    let Some(since) = since else { return Ok(query.clone()) };
    Query::parse(&format!("({query}) listed>={since}")).map_err(|error| error.to_string())
}

fn row(query: &Query, page: &SearchPage, paper: Paper, today: Date) -> (Paper, Row) {
    let shown = snippet(Ask::Query(query), page.relaxed, &paper.facts);
    // A paper that holds a part only does not match: there is no reason to give.
    let terms = matches_query(query, &Document::of(&paper).asked_on(today));
    let row = Row {
        why: terms.map(|terms| Why { query: query.to_string(), terms }).into_iter().collect(),
        title: marked(&shown.title.text, &shown.title.spans),
        text: marked(&shown.excerpt.text, &shown.excerpt.spans),
        ..Row::default()
    };
    (paper, row)
}

/// The parts of a query that only subscriptions know an answer to.
fn unsearchable(query: &Query) -> Vec<String> {
    let mut parts = Vec::new();
    query.expr().for_each_leaf(&mut |leaf, _| {
        let Expr::Condition(condition) = leaf else { return };
        if matches!(condition, Condition::Type(_) | Condition::Number(Number { rise: Some(_), .. })) {
            parts.push(condition.to_string());
        }
    });
    parts
}

fn has_phrases(query: &Query) -> bool {
    let mut found = false;
    query.expr().for_each_leaf(&mut |leaf, denied| {
        if let Expr::Term(Term { pattern: Pattern::Words(words) | Pattern::Exact(words), .. }) = leaf {
            found |= !denied && words.len() > 1;
        }
    });
    found
}

/// How many papers can be found and how many there are, while the index is far behind the store.
async fn filling(bot: &Bot) -> anyhow::Result<Option<(u64, u64)>> {
    let Some(search) = &bot.search else { return Ok(None) };
    let (reached, held) = searching(search, |search| Ok((search.position()?, search.len()))).await?;
    if bot.store.paper_position().await? - reached < BEHIND {
        return Ok(None);
    }
    let stored = bot.store.paper_count().await?;
    Ok((held < stored).then_some((held, stored)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_narrows_every_part_of_a_query() {
        let query: Query = "gan OR diffusion".parse().unwrap();
        assert_eq!(narrowed(&query, Some("7d")).unwrap().to_string(), "(diffusion OR gan) listed>=7d");
        assert_eq!(narrowed(&query, None).unwrap(), query);
    }

    #[test]
    fn parts_that_no_search_can_answer_are_named() {
        let query: Query = "llm src:arxiv stars+24h>=100 upvotes>=5".parse().unwrap();
        assert_eq!(unsearchable(&query), ["stars+24h>=100"]);
        assert!(has_phrases(&"flow-matching".parse().unwrap()));
        assert!(!has_phrases(&"flow -\"a survey\"".parse().unwrap()));
    }
}

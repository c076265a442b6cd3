//! What a query would have brought in the last days, before anybody subscribes to it.
//!
//! The search index counts each day without reading a paper. Where it cannot (it is missing or behind, or the query
//! asks what it does not know) the papers of the window are read in portions and asked one by one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Bot;
use crate::domain::query::{Announcement, Condition, Expr};
use crate::domain::{Paper, PaperKey, Query, Subscription, SubscriptionId};
use crate::matcher::{Document, Matcher, Scratch};
use crate::message::replies::subscribe::{Backtest, Counted, WINDOW};
use crate::search::{Ask, Search, SearchError, SearchRequest, Sort};

/// Papers that are shown as examples.
const EXAMPLES: usize = 3;
/// Subscriptions of the channel that are asked what comes already, the newest.
const COMPARED: usize = 20;
/// Overlaps that are told.
const TOLD: usize = 2;
/// Papers that are read at a time.
const PORTION: u32 = 1_000;
/// The index may be behind by one change for so many of its papers and still be asked.
const PAPERS_PER_CHANGE: u64 = 100;

/// A back-test with the latest papers that it counted.
pub(super) struct Tested {
    pub backtest: Backtest,
    pub examples: Vec<Paper>,
}

/// What was counted, however it was.
#[derive(Default)]
struct Tally {
    days: BTreeMap<Date, u64>,
    overlaps: Vec<(String, u64)>,
    /// The latest papers, the newest first.
    latest: Vec<PaperKey>,
}

/// Asks a query of the papers of the last days, and which of them come by other subscriptions of the channel already.
pub(super) async fn run(bot: &Bot, query: &Query, others: &[Subscription]) -> anyhow::Result<Tested> {
    let nothing = |backtest| Ok(Tested { backtest, examples: Vec::new() });
    if asks(query, |condition| matches!(condition, Condition::Number(number) if number.rise.is_some())) {
        return nothing(Backtest::Unknown);
    }
    let today = bot.clock.today();
    let Some(first) = bot.store.first_day().await?.filter(|first| *first <= today) else {
        return nothing(Backtest::NoPapers);
    };
    let since = first.max(today.saturating_sub(i64::from(WINDOW - 1).days()));
    let days = (today - since).get_days().unsigned_abs() + 1;
    let others: Vec<Query> = others
        .iter()
        .take(COMPARED)
        .map(|other| other.query.clone())
        .filter(|other| other != query)
        .collect();
    let tally = match from_index(bot, query, &others, since, today).await? {
        Some(tally) => tally,
        None => from_papers(bot, query, &others, since).await?,
    };
    let mut overlaps = tally.overlaps;
    overlaps.retain(|(_, papers)| *papers > 0);
    overlaps.sort_by_key(|(_, papers)| std::cmp::Reverse(*papers));
    overlaps.truncate(TOLD);
    let counted = Counted {
        days,
        papers: tally.days.values().sum(),
        most: tally.days.values().copied().max().unwrap_or(0),
        overlaps,
    };
    Ok(Tested {
        backtest: Backtest::Counted(counted),
        examples: bot.store.papers_by_key(&tally.latest).await?,
    })
}

fn asks(query: &Query, what: impl Fn(&Condition) -> bool) -> bool {
    let mut found = false;
    query.expr().for_each_leaf(&mut |leaf, _| {
        found |= matches!(leaf, Expr::Condition(condition) if what(condition));
    });
    found
}

/// True when the index knows all that a query asks for.
fn is_indexed(query: &Query) -> bool {
    !asks(query, |condition| match condition {
        Condition::Source(_) | Condition::Type(_) => true,
        Condition::Number(number) => number.rise.is_some(),
        _ => false,
    })
}

async fn from_index(
    bot: &Bot,
    query: &Query,
    others: &[Query],
    since: Date,
    today: Date,
) -> anyhow::Result<Option<Tally>> {
    let Some(search) = bot.search.as_ref().filter(|_| is_indexed(query)) else { return Ok(None) };
    // The index does not know how papers were announced.
    if bot.store.has_only_replaced_since(since).await? {
        return Ok(None);
    }
    let behind = bot.store.paper_position().await?.saturating_sub(search.position()?).unsigned_abs();
    if behind * PAPERS_PER_CHANGE > search.len() {
        return Ok(None);
    }
    let (search, query) = (Arc::clone(search), query.clone());
    let others: Vec<Query> = others.iter().filter(|other| is_indexed(other)).cloned().collect();
    let work = move || count(&search, &query, &others, since, today);
    Ok(tokio::task::spawn_blocking(work).await.context("the back-test was broken off")??)
}

/// Counts by the index, a question for each day; `None` when a question would be longer than a query may be.
fn count(
    search: &Search,
    query: &Query,
    others: &[Query],
    since: Date,
    today: Date,
) -> Result<Option<Tally>, SearchError> {
    let ask = |text: String, limit: usize| -> Result<Option<(u64, Vec<PaperKey>)>, SearchError> {
        let Ok(query) = Query::parse(&text) else { return Ok(None) };
        let page = search.search(&SearchRequest {
            ask: Ask::Query(&query),
            sort: Sort::Date,
            limit,
            cursor: None,
            today,
        })?;
        // When nothing matches, papers come that hold a part.
        let found = if page.relaxed { (0, Vec::new()) } else { (page.total, page.hits) };
        Ok(Some((found.0, found.1.into_iter().map(|hit| hit.key).collect())))
    };
    let mut tally = Tally::default();
    let Some((mut left, latest)) = ask(format!("({query}) listed:{since}..{today}"), EXAMPLES)? else {
        return Ok(None);
    };
    tally.latest = latest;
    let total = left;
    let mut day = today;
    while left > 0 && day >= since {
        let Some((papers, _)) = ask(format!("({query}) listed:{day}..{day}"), 1)? else { return Ok(None) };
        if papers > 0 {
            tally.days.insert(day, papers);
        }
        left = left.saturating_sub(papers);
        day = day.saturating_sub(1.day());
    }
    if total > 0 {
        for other in others {
            if let Some((papers, _)) = ask(format!("({query}) ({other}) listed:{since}..{today}"), 1)? {
                tally.overlaps.push((other.to_string(), papers));
            }
        }
    }
    Ok(Some(tally))
}

/// Who listed a paper, and how.
#[derive(Default)]
struct Listed {
    sources: Vec<String>,
    /// The newest-sounding announcement: new before cross before replaced.
    announced: Option<Announcement>,
    /// True when a source listed it without saying how.
    silent: bool,
}

impl Listed {
    fn is_only_replaced(&self) -> bool {
        !self.silent && matches!(self.announced, Some(Announcement::Replace | Announcement::ReplaceCross))
    }
}

/// Counts by reading the papers; the matcher looks only at words that are asked for.
async fn from_papers(bot: &Bot, query: &Query, others: &[Query], since: Date) -> anyhow::Result<Tally> {
    const WANTED: SubscriptionId = SubscriptionId(-1);
    let mut matcher = Matcher::default();
    matcher.insert(WANTED, query);
    for (id, other) in (0..).zip(others) {
        matcher.insert(SubscriptionId(id), other);
    }
    let mut listed: HashMap<PaperKey, Listed> = HashMap::new();
    for (paper, source, announced) in bot.store.sources_since(since).await? {
        let listed = listed.entry(paper).or_default();
        listed.sources.push(source);
        listed.silent |= announced.is_none();
        listed.announced = listed.announced.into_iter().chain(announced).min();
    }
    let mut tally =
        Tally { overlaps: others.iter().map(|q| (q.to_string(), 0)).collect(), ..Tally::default() };
    let (mut after, mut scratch) = (None, Scratch::default());
    loop {
        let papers = bot.store.papers_listed_since(since, after, PORTION).await?;
        let Some(last) = papers.last() else { break };
        after = Some((last.day, last.key));
        for paper in &papers {
            let known = listed.get(&paper.key);
            if known.is_some_and(Listed::is_only_replaced) && !query.has_types() {
                continue;
            }
            let document = || {
                let document = Document::of(paper).sources(known.into_iter().flat_map(|l| l.sources.clone()));
                match known.and_then(|listed| listed.announced) {
                    Some(kind) => document.announced(kind),
                    None => document,
                }
            };
            let mut asked: Vec<SubscriptionId> = Vec::new();
            matcher.search(&paper.facts, document, &mut scratch, |found| asked.extend(found.subscribers()));
            if !asked.contains(&WANTED) {
                continue;
            }
            *tally.days.entry(paper.day).or_default() += 1;
            tally.latest.insert(0, paper.key);
            tally.latest.truncate(EXAMPLES);
            for id in asked.into_iter().filter(|id| *id != WANTED) {
                let index = usize::try_from(id.0).expect("the others are numbered from 0");
                tally.overlaps[index].1 += 1;
            }
        }
        // Work without a pause for the papers of many days must not hold up others on this thread.
        tokio::task::yield_now().await;
    }
    Ok(tally)
}

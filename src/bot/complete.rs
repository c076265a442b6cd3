//! Ways to go on writing an option: queries, papers, subscriptions and zones.

use std::collections::HashSet;

use super::Bot;
use super::begun::begun;
use super::categories::CATEGORIES;
use super::list::searching;
use super::zones::{offset, zones};
use crate::chat::{Asker, Completion};
use crate::command::Topic;
use crate::domain::{Paper, PaperId, Query};
use crate::message::replies::words::subscription_label;
use crate::message::{Choice, clean, cut};
use crate::search::{Completion as Completed, CompletionKind};

/// More are not shown on any platform.
const CHOICES_MAX: usize = 25;
/// The longest words of a choice, in characters.
const LABEL_MAX: usize = 75;
/// The longest value of a choice, in characters.
const VALUE_MAX: usize = 100;
/// Queries of earlier that are offered before anything else.
const EARLIER_MAX: usize = 10;

/// What is offered, each value once and none that a platform would refuse.
#[derive(Default)]
struct Choices(Vec<Choice>);

impl Choices {
    fn add(&mut self, label: &str, value: String) {
        let label = cut(&clean(label), LABEL_MAX);
        let fits = !label.is_empty() && (1..=VALUE_MAX).contains(&value.chars().count());
        if self.0.len() < CHOICES_MAX && fits && self.0.iter().all(|choice| choice.value != value) {
            self.0.push(Choice { label, value });
        }
    }

    /// Adds a query when it can be asked.
    fn add_query(&mut self, label: &str, query: String) {
        if Query::parse(&query).is_ok() {
            self.add(label, query);
        }
    }
}

/// At most 25 ways to go on.
pub(super) async fn choices(bot: &Bot, completion: &Completion) -> anyhow::Result<Vec<Choice>> {
    let Completion { asker, topic, text } = completion;
    let mut choices = Choices::default();
    match topic {
        Topic::Query => queries(bot, asker, text, &mut choices).await?,
        Topic::Paper => papers(bot, text.trim(), &mut choices).await?,
        Topic::Subscription => subscriptions(bot, asker, text.trim(), &mut choices).await?,
        Topic::Feed => feeds(bot, asker, text.trim(), &mut choices).await?,
        Topic::Zone => {
            let now = bot.clock.now();
            for name in zones(text, CHOICES_MAX) {
                let label = match offset(name, now) {
                    Some(offset) if offset != name => format!("{name} ({offset})"),
                    _ => name.to_owned(),
                };
                choices.add(&label, name.to_owned());
            }
        }
    }
    Ok(choices.0)
}

async fn queries(bot: &Bot, asker: &Asker, text: &str, choices: &mut Choices) -> anyhow::Result<()> {
    let begun = begun(text);
    if begun.field == "cat:" {
        let stem = begun.stem.to_lowercase();
        let by_id = CATEGORIES.iter().filter(|(id, _)| id.to_lowercase().starts_with(&stem));
        let by_name = CATEGORIES.iter().filter(|(_, name)| name.to_lowercase().contains(&stem));
        for (id, name) in by_id.chain(by_name) {
            choices.add_query(&format!("{id} · {name}"), format!("{}cat:{id}", begun.head));
        }
        return Ok(());
    }
    let written = text.trim().to_lowercase();
    let earlier = earlier(bot, asker).await?;
    for query in earlier.into_iter().filter(|query| query.to_lowercase().contains(&written)).take(EARLIER_MAX)
    {
        choices.add_query(&query, query.clone());
    }
    let Some(search) = bot.search.as_ref().filter(|_| !begun.stem.trim().is_empty()) else { return Ok(()) };
    let stem = begun.stem.to_owned();
    let completed = searching(search, move |search| search.complete(&stem, CHOICES_MAX * 2)).await?;
    for Completed { text, kind } in completed {
        let field = match (begun.field, kind) {
            ("" | "au:", CompletionKind::Author) => "au:",
            ("" | "ti:", CompletionKind::Title) => "ti:",
            ("", CompletionKind::Keyword) => "",
            ("kw:", CompletionKind::Keyword) => "kw:",
            _ => continue,
        };
        let query = format!("{}{field}{}", begun.head, leaf(&text));
        choices.add_query(&query, query.clone());
    }
    Ok(())
}

/// Writes a text as a word or phrase of a query.
fn leaf(text: &str) -> String {
    let text = clean(&text.replace(['"', '“', '”'], " "));
    if text.chars().all(char::is_alphanumeric) { text } else { format!("\"{text}\"") }
}

/// Recent and popular queries that are offered at most.
const EARLIER: u32 = 15;

/// Queries that were used before, what the asker is most likely to want again first.
async fn earlier(bot: &Bot, asker: &Asker) -> anyhow::Result<Vec<String>> {
    let own = bot.store.subscriptions_here(asker.platform, &asker.channel).await?;
    let mut queries = bot.store.recent_queries(asker.platform, &asker.user.0, EARLIER).await?;
    queries.extend(own.into_iter().rev().map(|subscription| subscription.query.to_string()));
    queries.extend(bot.store.popular_queries(asker.platform, EARLIER).await?);
    let mut seen = HashSet::new();
    queries.retain(|query| seen.insert(query.clone()));
    Ok(queries)
}

async fn papers(bot: &Bot, text: &str, choices: &mut Choices) -> anyhow::Result<()> {
    let mut add = |paper: &Paper| choices.add(&paper.readable_title(), paper.id.to_string());
    if text.is_empty() {
        let most = u32::try_from(CHOICES_MAX).unwrap_or(u32::MAX);
        bot.store.latest(None, most).await?.papers.iter().for_each(add);
        return Ok(());
    }
    if let Ok(id) = text.parse::<PaperId>()
        && let Some(paper) = bot.store.paper(&id).await?
    {
        add(&paper);
    }
    if let Some(search) = &bot.search {
        let text = text.to_owned();
        let keys = searching(search, move |search| search.papers_begun(&text, CHOICES_MAX)).await?;
        bot.store.papers_by_key(&keys).await?.iter().for_each(add);
    }
    Ok(())
}

async fn subscriptions(bot: &Bot, asker: &Asker, text: &str, choices: &mut Choices) -> anyhow::Result<()> {
    let text = text.to_lowercase();
    for subscription in bot.store.subscriptions_here(asker.platform, &asker.channel).await? {
        let label = subscription_label(subscription.id, subscription.query.as_str(), subscription.cadence);
        if label.to_lowercase().contains(&text) {
            choices.add(&label, subscription.id.0.to_string());
        }
    }
    Ok(())
}

async fn feeds(bot: &Bot, asker: &Asker, text: &str, choices: &mut Choices) -> anyhow::Result<()> {
    let text = text.to_lowercase();
    for here in bot.store.feeds_here(asker.platform, &asker.channel).await? {
        let number = here.feed.id.0.to_string();
        let label = format!("{number} · {}", here.feed.title);
        if label.to_lowercase().contains(&text) || here.feed.url.contains(&text) {
            choices.add(&label, number);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_leaf_that_can_be_read_back() {
        for (text, written) in [
            ("diffusion", "diffusion"),
            ("flow matching", "\"flow matching\""),
            ("C++", "\"C++\""),
            ("The \"best\" model", "\"The best model\""),
        ] {
            assert_eq!(leaf(text), written, "{text}");
            assert!(Query::parse(&leaf(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn nothing_is_offered_that_a_platform_would_refuse() {
        let mut choices = Choices::default();
        (0..40).for_each(|n| choices.add(&"word ".repeat(40), n.to_string()));
        choices.add("again", "1".to_owned());
        assert_eq!(choices.0.len(), CHOICES_MAX);
        assert!(choices.0.iter().all(|choice| choice.label.chars().count() <= LABEL_MAX));
        let mut none = Choices::default();
        none.add("too long", "x".repeat(101));
        none.add_query("no query", "(".to_owned());
        assert_eq!(none.0, []);
    }

    #[test]
    fn every_category_is_one_that_a_query_can_ask_for() {
        for (id, name) in CATEGORIES {
            let query = Query::parse(&format!("cat:{id}")).unwrap();
            assert_eq!(query.to_string(), format!("cat:{id}"), "{name}");
        }
    }
}

//! `trending`: the papers whose votes and stars rise, by our own snapshots. `docs/trending.md` explains the formula.

use std::time::Duration;

use super::Bot;
use super::controls::Deed;
use super::list::{PER_PAGE, Pages, controlled, entries, first_of};
use super::{latest, list::Row};
use crate::chat::{Answer, Asker};
use crate::command::Window;
use crate::domain::{Paper, PaperKey};
use crate::message::Reply;
use crate::message::replies::trending::{gained, trending};
use crate::store::Risen;

/// Papers that can be paged through.
const MOST: usize = 50;

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, window: Window) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: listed(bot, asker, window, 1).await? })
}

/// Shows another page in place of the one that was pressed.
pub(super) async fn page(bot: &Bot, asker: &Asker, window: Window, number: u32) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: listed(bot, asker, window, number).await? })
}

async fn listed(bot: &Bot, asker: &Asker, window: Window, number: u32) -> anyhow::Result<Reply> {
    let now = bot.clock.now();
    let start = now - span(window);
    let mut risen = bot.store.risen(start - span(window), start, now).await?;
    let total = risen.len() as u64;
    risen.sort_unstable_by(Risen::before);
    risen.truncate(MOST);
    let skipped = first_of(number) as usize - 1;
    let shown: Vec<Risen> = risen.iter().skip(skipped).take(PER_PAGE as usize).copied().collect();
    let keys: Vec<PaperKey> = shown.iter().map(|risen| risen.paper).collect();
    let papers = bot.store.papers_by_key(&keys).await?;
    let rows = papers.into_iter().map(|paper| row(bot, paper, &shown)).collect();
    let reply = trending(window, entries(bot, asker, rows, first_of(number)).await?, total, number);
    let deed = |number| Deed::TrendingPage { window, number };
    let pages = Pages {
        previous: (number > 1).then(|| deed(number - 1)),
        next: (risen.len() > skipped + shown.len()).then(|| deed(number + 1)),
    };
    controlled(bot, asker, reply, pages).await
}

fn row(bot: &Bot, paper: Paper, shown: &[Risen]) -> (Paper, Row) {
    let (paper, mut row) = latest::row(bot, paper);
    if let Some(risen) = shown.iter().find(|risen| risen.paper == paper.key) {
        row.remark = gained(risen.upvotes, risen.stars);
    }
    (paper, row)
}

fn span(window: Window) -> Duration {
    Duration::from_hours(match window {
        Window::Day => 24,
        Window::Week => 7 * 24,
        Window::Month => 30 * 24,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_the_documentation_is_right() {
        let risen = |paper, upvotes, stars| Risen { paper: PaperKey(paper), upvotes, stars };
        let mut all = [risen(1, 41, 0), risen(2, 12, 100), risen(3, 0, 900), risen(4, 41, 0)];
        let momenta = all.map(|risen| risen.momentum().to_string());
        assert_eq!(momenta, ["41", "52", "120", "41"]);
        all.sort_unstable_by(Risen::before);
        assert_eq!(all.map(|risen| risen.paper.0), [3, 2, 4, 1]);
    }
}

//! `trending`: the papers whose votes and stars rise, by our own snapshots. `docs/trending.md` explains the formula.

use std::collections::HashMap;
use std::time::Duration;

use super::Bot;
use super::controls::Deed;
use super::list::{PER_PAGE, Pages, controlled, entries, first_of};
use super::{latest, list::Row};
use crate::chat::{Answer, Asker};
use crate::command::{Scope, Window};
use crate::domain::{Paper, PaperKey};
use crate::message::Reply;
use crate::message::replies::trending::{gained, trending};
use crate::store::Rising;

/// Papers that can be paged through.
const MOST: usize = 50;

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, window: Window, scope: Scope) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: listed(bot, asker, window, scope, 1).await? })
}

/// Shows another page in place of the one that was pressed.
pub(super) async fn page(
    bot: &Bot,
    asker: &Asker,
    window: Window,
    scope: Scope,
    number: u32,
) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: listed(bot, asker, window, scope, number).await? })
}

async fn listed(
    bot: &Bot,
    asker: &Asker,
    window: Window,
    scope: Scope,
    number: u32,
) -> anyhow::Result<Reply> {
    let now = bot.clock.now();
    let start = now - span(window);
    let risen = bot.store.risen(start - span(window), start, now).await?;
    let here = match scope {
        Scope::Here => bot.store.votes_since(asker.platform, &asker.channel, start, now).await?,
        Scope::World => HashMap::new(),
    };
    let mut rising = Rising::together(risen, here);
    let total = rising.len() as u64;
    rising.sort_unstable_by(Rising::before);
    rising.truncate(MOST);
    let skipped = first_of(number) as usize - 1;
    let shown: Vec<Rising> = rising.iter().skip(skipped).take(PER_PAGE as usize).copied().collect();
    let keys: Vec<PaperKey> = shown.iter().map(|rising| rising.risen.paper).collect();
    let papers = bot.store.papers_by_key(&keys).await?;
    let rows = papers.into_iter().map(|paper| row(bot, paper, &shown)).collect();
    let reply = trending(window, scope, entries(bot, asker, rows, first_of(number)).await?, total, number);
    let deed = |number| Deed::TrendingPage { window, scope, number };
    let pages = Pages {
        previous: (number > 1).then(|| deed(number - 1)),
        next: (rising.len() > skipped + shown.len()).then(|| deed(number + 1)),
    };
    controlled(bot, asker, reply, pages).await
}

fn row(bot: &Bot, paper: Paper, shown: &[Rising]) -> (Paper, Row) {
    let (paper, mut row) = latest::row(bot, paper);
    if let Some(Rising { risen, here }) = shown.iter().find(|rising| rising.risen.paper == paper.key) {
        row.remark = gained(risen.upvotes, risen.stars, *here);
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
    use crate::store::Risen;

    #[test]
    fn the_worked_example_of_the_documentation_is_right() {
        let rising = |paper, upvotes, stars, here| Rising {
            risen: Risen { paper: PaperKey(paper), upvotes, stars },
            here,
        };
        let mut all = [
            rising(1, 41, 0, 0),
            rising(2, 12, 100, 0),
            rising(3, 0, 900, 0),
            rising(4, 41, 0, 0),
            rising(5, 3, 0, 4),
        ];
        let momenta = all.map(|rising| rising.momentum().to_string());
        assert_eq!(momenta, ["41", "52", "120", "41", "43"]);
        all.sort_unstable_by(Rising::before);
        assert_eq!(all.map(|rising| rising.risen.paper.0), [3, 2, 5, 4, 1]);
    }

    #[test]
    fn what_a_channel_likes_rises_by_itself_and_what_it_votes_down_does_not() {
        let risen = |paper, upvotes| Risen { paper: PaperKey(paper), upvotes, stars: 0 };
        let here = HashMap::from([(PaperKey(1), -1), (PaperKey(2), -1), (PaperKey(3), 2)]);
        let mut all = Rising::together(vec![risen(1, 10), risen(2, 11), risen(4, 5)], here);
        all.sort_unstable_by(Rising::before);
        let ranked: Vec<_> = all.iter().map(|rising| (rising.risen.paper.0, rising.momentum())).collect();
        assert_eq!(ranked, [(3, 20.0), (4, 5.0), (2, 1.0)]);
    }
}

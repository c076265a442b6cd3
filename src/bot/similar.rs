//! `similar`: papers that share the words that tell most about one.

use super::Bot;
use super::latest::row;
use super::list::{PER_PAGE, Pages, controlled, entries, searching};
use super::show::unknown;
use crate::chat::{Answer, Asker};
use crate::domain::PaperId;
use crate::message::replies::{search::no_index, similar::similar};

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, id: &PaperId) -> anyhow::Result<Answer> {
    let Some(paper) = bot.store.paper(id).await? else {
        return Ok(Answer::Reply { reply: unknown(bot, id).await? });
    };
    let Some(search) = &bot.search else { return Ok(Answer::Reply { reply: no_index() }) };
    let title = paper.readable_title();
    let today = bot.clock.today();
    let (page, words) = searching(search, move |search| {
        Ok((search.similar(&paper, PER_PAGE as usize, today)?, search.telling_words(&paper)?))
    })
    .await?;
    let keys: Vec<_> = page.hits.iter().map(|hit| hit.key).collect();
    let papers = bot.store.papers_by_key(&keys).await?;
    let rows = papers.into_iter().map(|paper| row(bot, paper)).collect();
    let reply = similar(&title, entries(bot, asker, rows, 1).await?, &words);
    Ok(Answer::Reply { reply: controlled(bot, asker, reply, Pages::default()).await? })
}

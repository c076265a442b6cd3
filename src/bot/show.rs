//! `show`: one paper in full, and where it was posted here.

use super::Bot;
use super::controls::{self, Deed};
use super::list::stands;
use super::status::sources;
use crate::chat::{Answer, Asker};
use crate::domain::{Paper, PaperId, ShortText};
use crate::message::replies::show::{self, Controls, Shown};
use crate::message::replies::words::shared;
use crate::message::{PaperCard, Reply, paper_card};

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, id: &PaperId) -> anyhow::Result<Answer> {
    let Some(paper) = bot.store.paper(id).await? else {
        return Ok(Answer::Reply { reply: unknown(bot, id).await? });
    };
    let facts = facts(bot, asker, &paper).await?;
    let public = show::shown(facts.clone(), Controls::default());
    let deeds =
        vec![Deed::Similar { paper: paper.id.clone() }, Deed::Share { reply: shared(&public, &asker.user) }];
    let mut ids = controls::keep(bot, asker, deeds).await?.into_iter();
    let controls =
        Controls { similar: ids.next().unwrap_or_default(), share: ids.next().unwrap_or_default() };
    Ok(Answer::Reply { reply: show::shown(facts, controls) })
}

/// Says of a paper that nobody knows what it is.
pub(super) async fn unknown(bot: &Bot, id: &PaperId) -> anyhow::Result<Reply> {
    Ok(show::unknown(id, &sources(bot).await?))
}

/// The card with the whole abstract.
pub(super) fn full_card(paper: &Paper) -> PaperCard {
    paper_card(paper, &ShortText { text: paper.readable_abstract(), model: None }, &[])
}

async fn facts(bot: &Bot, asker: &Asker, paper: &Paper) -> anyhow::Result<Shown> {
    let listed = bot.store.sources_of(paper.key).await?;
    let stand = stands(bot, asker, &[paper.key]).await?.remove(&paper.key);
    let facts = &paper.facts;
    Ok(Shown {
        card: full_card(paper),
        authors: facts.authors.clone(),
        categories: facts.categories.clone(),
        organization: facts.organization.as_ref().map(|organization| {
            let full = &organization.full_name;
            if full.is_empty() { &organization.name } else { full }.clone()
        }),
        counters: paper.counters,
        seen_at: listed.iter().map(|listed| listed.last_seen_at).max(),
        listings: listed.into_iter().map(|listed| (listed.source, listed.day)).collect(),
        published_at: facts.published_at,
        withdrawn_at: facts.withdrawn_at,
        stand,
    })
}

//! Lists of papers: what stands beside each, and what can be pressed below.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;

use super::Bot;
use super::controls::{self, Deed};
use crate::chat::Asker;
use crate::domain::{Paper, PaperKey, Why};
use crate::message::replies::words::{Controls, Stand, pressable, shared};
use crate::message::{Block, Entry, Line, Reply, paper_card};
use crate::search::{Search, SearchError};
use crate::store::Here;
use crate::summary::short_text;

/// Papers on a page.
pub(super) const PER_PAGE: u32 = 5;

/// A paper of a list, and what is said of it there.
#[derive(Default)]
pub(super) struct Row {
    /// Why it is in the list.
    pub why: Vec<Why>,
    /// The title with what was found marked.
    pub title: Line,
    /// A short text with what was found marked.
    pub text: Line,
    /// What is said of it, before where it stands in the channel.
    pub remark: Line,
}

/// The other pages of a list.
#[derive(Default)]
pub(super) struct Pages {
    pub previous: Option<Deed>,
    pub next: Option<Deed>,
}

/// The first number of a page's list.
pub(super) fn first_of(page: u32) -> u32 {
    page.saturating_sub(1) * PER_PAGE + 1
}

/// Makes the entries of a list, each with where it stands in the asker's channel.
pub(super) async fn entries(
    bot: &Bot,
    asker: &Asker,
    rows: Vec<(Paper, Row)>,
    first: u32,
) -> anyhow::Result<Vec<Entry>> {
    let keys: Vec<PaperKey> = rows.iter().map(|(paper, _)| paper.key).collect();
    let stands = stands(bot, asker, &keys).await?;
    let entry = |(number, (paper, row)): (u32, (Paper, Row))| {
        let mut remark = row.remark;
        let here = stands.get(&paper.key).map(Stand::remark).unwrap_or_default();
        if !remark.is_empty() && !here.is_empty() {
            remark.push(" · ".into());
        }
        remark.extend(here);
        let card = paper_card(&paper, &short_text(&paper.facts, bot.settings.short_text), &row.why);
        Entry { number: Some(number), card, title: row.title, text: row.text, remark }
    };
    Ok((first..).zip(rows).map(entry).collect())
}

/// Where the deliveries of papers to the asker's channel stand.
pub(super) async fn stands(
    bot: &Bot,
    asker: &Asker,
    papers: &[PaperKey],
) -> anyhow::Result<HashMap<PaperKey, Stand>> {
    let here = bot.store.deliveries_here(asker.platform, &asker.channel, papers).await?;
    let open = here.iter().any(|here| !here.state.is_final());
    let pause = if open {
        let destination = bot.store.destination(asker.platform, &asker.channel).await?;
        destination.and_then(|destination| destination.pause).map(|pause| pause.reason)
    } else {
        None
    };
    let stand = |here: Here| {
        let stand = Stand {
            platform: asker.platform,
            state: here.state,
            reason: here.reason,
            created_at: here.created_at,
            next_at: here.next_at,
            sent_at: here.sent_at,
            message: here.message_id.map(|message| (asker.channel.clone(), message)),
            channel_pause: pause.clone(),
        };
        (here.paper, stand)
    };
    Ok(here.into_iter().map(stand).collect())
}

/// Puts the controls of a list under it: other pages, sharing, and a menu of its papers.
pub(super) async fn controlled(
    bot: &Bot,
    asker: &Asker,
    reply: Reply,
    pages: Pages,
) -> anyhow::Result<Reply> {
    let has_entries = reply.blocks.iter().any(|block| matches!(block, Block::Entry(_)));
    let share = Deed::Share { reply: shared(&reply, &asker.user) };
    let deeds =
        [pages.previous, pages.next, has_entries.then_some(share), has_entries.then_some(Deed::ShowChosen)];
    let offered = deeds.each_ref().map(Option::is_some);
    let deeds: Vec<Deed> = deeds.into_iter().flatten().collect();
    if deeds.is_empty() {
        return Ok(reply);
    }
    let mut ids = controls::keep(bot, asker, deeds).await?.into_iter();
    let [previous, next, share, show] = offered.map(|offered| if offered { ids.next() } else { None });
    Ok(pressable(reply, Controls { previous, next, share, show }))
}

/// Asks the index on a thread of its own: it computes and reads files.
pub(super) async fn searching<T: Send + 'static>(
    search: &Arc<Search>,
    ask: impl FnOnce(&Search) -> Result<T, SearchError> + Send + 'static,
) -> anyhow::Result<T> {
    let search = Arc::clone(search);
    let done = tokio::task::spawn_blocking(move || ask(&search)).await;
    done.context("the search was interrupted")?.context("the search index cannot be read")
}

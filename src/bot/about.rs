//! The entry in a message's menu: the papers behind its links and ids.

use super::Bot;
use super::controls::{self, Deed};
use super::list::stands;
use super::mentions::mentioned;
use crate::chat::{Answer, Asker};
use crate::domain::{Paper, PaperKey};
use crate::message::paper_card;
use crate::message::replies::about::{about, buttons};
use crate::summary::short_text;

/// Papers that are shown; further ones are counted.
const SHOWN_MAX: usize = 3;
/// Papers of one message that are looked up.
const LOOKED_UP_MAX: usize = 50;

/// Answers the entry in a message's menu.
pub(super) async fn answer(bot: &Bot, asker: &Asker, text: &str) -> anyhow::Result<Answer> {
    let mut ids = mentioned(text, bot.clock.today());
    ids.truncate(LOOKED_UP_MAX);
    let (mut known, mut unknown): (Vec<Paper>, Vec<_>) = (Vec::new(), Vec::new());
    for id in ids {
        match bot.store.paper(&id).await? {
            Some(paper) => known.push(paper),
            None => unknown.push(id),
        }
    }
    let more = known.len().saturating_sub(SHOWN_MAX);
    known.truncate(SHOWN_MAX);
    let keys: Vec<PaperKey> = known.iter().map(|paper| paper.key).collect();
    let mut stands = stands(bot, asker, &keys).await?;
    let card = |paper: &Paper| {
        let card = paper_card(paper, &short_text(&paper.facts, bot.settings.short_text), &[]);
        (card, stands.remove(&paper.key))
    };
    let mut reply = about(known.iter().map(card).collect(), more as u64, &unknown);
    if let [only] = known.as_slice() {
        let deeds = vec![Deed::Show { paper: only.id.clone() }, Deed::Similar { paper: only.id.clone() }];
        reply.buttons = buttons(controls::keep(bot, asker, deeds).await?);
    }
    Ok(Answer::Reply { reply })
}

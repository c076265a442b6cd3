//! Makes one message of several papers that wait for a channel.

use jiff::Timestamp;

use crate::chat::ChatPlatform;
use crate::domain::DeliveryId;
use crate::message::{GROUP_MAX, Message, PaperCard, group, paper_card};
use crate::store::{Claimed, Store};
use crate::summary::short_text;

/// The longest short text of a paper in a group, in characters.
const TEXT_MAX: usize = 240;

/// Lets a claimed delivery take along up to `most - 1` papers that wait right behind it, in one message.
///
/// Only what was never tried goes together; without company the delivery stays as it is.
pub(super) async fn gather(
    store: &Store,
    platform: &dyn ChatPlatform,
    claimed: &mut Claimed,
    most: usize,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Claimed { tries, plain, bundled, unsettled_since, .. } = *claimed;
    if most < 2 || tries > 0 || plain || bundled || unsettled_since.is_some() {
        return Ok(());
    }
    let together = store.bundling(claimed, most.min(GROUP_MAX), now).await?;
    let keys: Vec<_> = together.iter().map(|one| one.paper).collect();
    let papers = store.papers_by_key(&keys).await?;
    let cards: Vec<PaperCard> = together
        .iter()
        .filter_map(|one| {
            let paper = papers.iter().find(|paper| paper.key == one.paper)?;
            Some(paper_card(paper, &short_text(&paper.facts, TEXT_MAX), &one.why))
        })
        .collect();
    // A paper that was joined with another one meanwhile: its delivery is somewhere else now.
    if cards.len() < 2 || cards.len() < together.len() {
        return Ok(());
    }
    let rendered = platform.render(&Message::Group(group(&cards)));
    let others: Vec<DeliveryId> = together.iter().skip(1).map(|one| one.id).collect();
    if store.form_bundle(claimed, &others, &rendered.rich, &rendered.plain, now).await? {
        claimed.bundled = true;
        claimed.body = rendered.rich;
    }
    Ok(())
}

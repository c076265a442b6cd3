//! Edits posted messages when something happens to their paper: a newer version, code, Daily Papers, a withdrawal.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tracing::{debug, info, warn};

use super::{Stage, Step};
use crate::chat::{ChatPlatform, Edit, Edited};
use crate::clock::Clock;
use crate::domain::{Paper, Platform, Style};
use crate::message::{Message, badges, paper_card};
use crate::store::{CardEdit, DueCard, Store};
use crate::summary::{short_text, whole_text};

/// Messages that are taken at a time.
const BATCH: u32 = 8;
/// How often it looks whether anything happened.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long one process may take for a batch before another takes it over.
const LEASE: Duration = Duration::from_mins(5);

/// The stage that keeps posted messages up to date.
pub struct Cards {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    pub(super) owner: String,
    short_text_chars: usize,
}

impl Cards {
    /// Makes the stage; only messages of these platforms are edited.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        owner: String,
        short_text_chars: usize,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, owner, short_text_chars }
    }

    async fn edit(&self, due: &DueCard) -> anyhow::Result<()> {
        if let Some(edited) = self.edited(due).await? {
            crashpoint!("card_edit");
            self.store.finish_card(due, &edited, self.clock.now()).await?;
            crashpoint!("card_edited");
        }
        Ok(())
    }

    /// Edits a message to what is known now; `None` when there is nobody or nothing to ask.
    pub(super) async fn edited(&self, due: &DueCard) -> anyhow::Result<Option<CardEdit>> {
        let Some(platform) = self.platforms.get(&due.platform) else { return Ok(None) };
        let Some(paper) = self.store.papers_by_key(&[due.paper]).await?.pop() else { return Ok(None) };
        let rendered = platform.render(&self.message(due, &paper).await?);
        let body = if due.plain { &rendered.plain } else { &rendered.rich };
        let DueCard { delivery, channel, message_id, .. } = due;
        let edit = Edit { channel, delivery: *delivery, message_id, body };
        Ok(Some(match platform.edit(edit).await {
            Edited::Done => {
                info!(delivery.id = %delivery, paper.id = %paper.id, "Edited the message of {}", paper.id);
                CardEdit::Done
            }
            Edited::Refused { reason } => {
                warn!(delivery.id = %delivery, reason, "A message is not edited any more: {reason}");
                CardEdit::Stopped(reason)
            }
            Edited::Later { after, reason } => {
                debug!(delivery.id = %delivery, reason, "A message is not edited yet: {reason}");
                CardEdit::Later(after)
            }
        }))
    }

    async fn message(&self, due: &DueCard, paper: &Paper) -> anyhow::Result<Message> {
        let text = match due.style {
            Style::Full => whole_text(&paper.facts),
            Style::Line | Style::Card => short_text(&paper.facts, self.short_text_chars),
        };
        let mut card = paper_card(paper, &text, &due.why);
        card.badges = badges(&self.store.events_of(paper.key).await?);
        card.community = Some(self.store.community(due.platform, &due.channel, paper.key).await?);
        Ok(if due.style == Style::Line { Message::Line(card) } else { Message::Paper(card) })
    }
}

#[async_trait]
impl Stage for Cards {
    fn name(&self) -> &'static str {
        "cards"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let platforms: Vec<Platform> = self.platforms.keys().copied().collect();
        let now = self.clock.now();
        let due = self.store.claim_cards(&self.owner, &platforms, BATCH, LEASE, now).await?;
        for card in &due {
            self.edit(card).await?;
        }
        Ok(if due.is_empty() { Step::Idle { until: Some(now + LOOK_EVERY) } } else { Step::Worked })
    }
}

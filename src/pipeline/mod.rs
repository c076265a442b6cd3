//! The way of a paper, stage by stage: poll, route, send; and index.
//!
//! A stage does one piece of work per [`Stage::step`], so that tests drive it by hand and `app`
//! runs it in a loop. Stages share nothing but the store.

mod backfill;
mod cards;
mod catch_up;
mod curation;
mod feed_fate;
mod grouping;
mod import;
mod indexer;
mod interest;
mod jitter;
mod keeper;
mod outcomes;
mod poller;
mod poster;
mod recorder;
mod roundup;
mod roundup_make;
mod roundup_sources;
mod router;
mod sender;
mod surplus;
mod turn;
mod view;

use async_trait::async_trait;
use jiff::Timestamp;

pub use backfill::{Advance, Backfill, Span};
pub use cards::Cards;
pub use curation::Curation;
pub use import::{Import, Imported};
pub use indexer::Indexer;
pub use jitter::next_poll;
pub use keeper::Keeper;
pub use outcomes::OutcomeLog;
pub use poller::{PollReport, PollSettings, Poller};
pub use roundup::Roundups;
pub use roundup_make::{RankedPaper, explain_roundup, preview_roundup};
pub use roundup_sources::{Resting, SourceClock, SourceDay, StoredSources};
pub use router::Router;
pub use sender::{SendSettings, Sender};
pub use surplus::Surplus;
pub use turn::Turn;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something was done; there may be more.
    Worked,
    /// Nothing to do before this time, or before somebody wakes the stage.
    Idle {
        /// When to look again; `None` when only a wake-up can bring work.
        until: Option<Timestamp>,
    },
}

/// A stage of the pipeline.
#[async_trait]
pub trait Stage: Send + Sync {
    /// Its name in logs.
    fn name(&self) -> &'static str;

    /// Does one piece of work.
    async fn step(&self) -> anyhow::Result<Step>;
}

/// Steps a stage until it has nothing left to do.
pub async fn step_until_idle(stage: &dyn Stage) -> anyhow::Result<()> {
    while stage.step().await? == Step::Worked {}
    Ok(())
}

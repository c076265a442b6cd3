//! Brings outcomes into the database, also into one that is away for a while.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{error, warn};

use super::sender::Sender;
use crate::domain::Verdict;
use crate::store::{Ended, SentFact, StoreError};

/// How long a commit may take before it counts as failed; the database may still make it.
const COMMIT_WITHIN: Duration = Duration::from_secs(10);
/// Pauses between tries: doubled from the first to the last.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

impl Sender {
    /// Commits outcomes, trying again for half the lease: the messages may already be out there.
    ///
    /// Posts that a first try could not record are kept in the log before the second one.
    pub(super) async fn record(&self, mut ended: Vec<Ended>) -> anyhow::Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let give_up = Instant::now() + self.settings.lease / 2;
        let mut pause = PAUSE.0;
        let mut kept = false;
        loop {
            let trouble = match self.commit(&ended).await {
                Ok(()) => return Ok(()),
                // One that the database refuses for its own sake must not take the others along.
                Err(Some(StoreError::Corrupt { .. } | StoreError::Refused(_))) if ended.len() > 1 => {
                    let mut refused = Vec::new();
                    for one in ended {
                        let one = vec![one];
                        if self.commit(&one).await.is_err() {
                            refused.extend(one);
                        }
                    }
                    ended = refused;
                    if ended.is_empty() {
                        return Ok(());
                    }
                    continue_alone(&ended)
                }
                Err(Some(error)) => error.to_string(),
                Err(None) => "the database does not answer".to_owned(),
            };
            if !kept {
                kept = true;
                self.keep(&ended).await;
            }
            if Instant::now() + pause >= give_up {
                anyhow::bail!("{} outcomes could not be recorded: {trouble}", ended.len());
            }
            warn!(outcomes = ended.len(), "Cannot record outcomes yet ({}): {trouble}", ended.len());
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    /// Tries once; an error without a reason is one that nobody knows the end of.
    async fn commit(&self, ended: &[Ended]) -> Result<(), Option<StoreError>> {
        let finish = self.store.finish_all(ended, self.clock.now());
        match tokio::time::timeout(COMMIT_WITHIN, finish).await {
            Ok(Ok(_)) => {
                for one in ended {
                    crashpoint!("outcome_committed");
                    if one.claimed.unsettled_since.is_some() {
                        crashpoint!("reconcile_done");
                    }
                }
                Ok(())
            }
            Ok(Err(error)) => Err(Some(error)),
            Err(_) => Err(None),
        }
    }

    /// Keeps what was posted in the log, for when the database takes it.
    async fn keep(&self, ended: &[Ended]) {
        let Some(log) = &self.outcomes else { return };
        let at = self.clock.now();
        let facts: Vec<SentFact> = ended
            .iter()
            .filter_map(|Ended { claimed, verdict, .. }| match verdict {
                Verdict::Sent { message_id } => Some(SentFact {
                    delivery: claimed.id,
                    epoch: claimed.epoch,
                    message_id: message_id.clone(),
                    at,
                }),
                _ => None,
            })
            .collect();
        if facts.is_empty() {
            return;
        }
        self.logged.store(true, Ordering::Relaxed);
        if let Err(error) = log.append(facts).await {
            error!("Posts that cannot be recorded cannot be kept either: {error:#}");
        }
        crashpoint!("outcome_logged");
    }
}

fn continue_alone(ended: &[Ended]) -> String {
    format!("{} of them are refused by themselves", ended.len())
}

//! One request within every limit that is known: the account's, the bucket's, the whole bot's.

use std::time::Duration;

use serenity::http::{LightMethod, Route};

use super::buckets::Lane;
use super::errors::{self, Answer};
use super::rest::Unasked;
use super::{Discord, unasked};
use crate::chat::Edited;
use crate::domain::{Found, SendOutcome};

/// A request that would wait longer for its turn is put back: it may stand on an intent that grows old.
const TURN_WITHIN: Duration = Duration::from_secs(1);
/// An account that is refused is asked no more than this often.
const ACCOUNT_PAUSE: Duration = Duration::from_hours(1);
/// The pause after a look that got no answer.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// A request and what it counts against.
pub(super) struct Ask<'a> {
    pub lane: Lane,
    pub route: Route<'a>,
    pub method: LightMethod,
    pub params: Option<Vec<(&'static str, String)>>,
    pub body: Option<Vec<u8>>,
}

/// Why there is no answer.
pub(super) enum NotAsked {
    /// Discord refuses the account; the sentence says what to do.
    Account(String),
    /// A limit is used up.
    Wait { after: Duration, reason: &'static str },
    /// It was sent in vain, or could not be sent.
    Unasked(Unasked),
}

impl Discord {
    /// Asks once, unless a limit forbids it.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, NotAsked> {
        let refused = || self.refused.get().map_or(Ok(()), |reason| Err(NotAsked::Account(reason.clone())));
        refused()?;
        if let Some(full) = self.buckets.full(ask.lane) {
            return Err(NotAsked::Wait { after: full.wait, reason: full.reason });
        }
        let turn = self.pace.turn(TURN_WITHIN).await;
        turn.map_err(|after| NotAsked::Wait {
            after,
            reason: "Paperwire keeps within Discord's requests per second",
        })?;
        // The wait for the turn may have brought news.
        refused()?;
        let taken = self.buckets.take(ask.lane);
        taken.map_err(|full| NotAsked::Wait { after: full.wait, reason: full.reason })?;
        let answer = self.rest.ask_for(ask.route, ask.method, ask.params, ask.body).await;
        let answer = answer.map_err(NotAsked::Unasked)?;
        self.buckets.learn(ask.lane, &answer);
        if !answer.status.is_success()
            && let SendOutcome::AccountRefused { reason } = errors::outcome(&answer)
        {
            // Another task may have set it first, to the same end.
            let _ = self.refused.set(reason);
        }
        Ok(answer)
    }
}

impl From<NotAsked> for SendOutcome {
    fn from(why: NotAsked) -> Self {
        match why {
            NotAsked::Account(reason) => Self::AccountRefused { reason },
            NotAsked::Wait { after, reason } => Self::Wait { after, reason: reason.to_owned() },
            NotAsked::Unasked(failure) => unasked(&failure),
        }
    }
}

impl From<NotAsked> for Edited {
    fn from(why: NotAsked) -> Self {
        match why {
            NotAsked::Account(reason) => Self::Later { after: Some(ACCOUNT_PAUSE), reason },
            NotAsked::Wait { after, reason } => Self::Later { after: Some(after), reason: reason.to_owned() },
            NotAsked::Unasked(failure) => Self::Later { after: None, reason: failure.to_string() },
        }
    }
}

impl From<NotAsked> for Found {
    fn from(why: NotAsked) -> Self {
        match why {
            NotAsked::Account(reason) => Self::Later { after: ACCOUNT_PAUSE, reason },
            NotAsked::Wait { after, reason } => Self::Later { after, reason: reason.to_owned() },
            NotAsked::Unasked(failure) => Self::Later { after: LOOK_AGAIN, reason: failure.to_string() },
        }
    }
}

/// What an answer that brings nothing means for a look.
pub(super) fn unseen(answer: &Answer) -> Found {
    let reason = errors::words(answer);
    match errors::outcome(answer) {
        SendOutcome::Wait { after, .. } => Found::Later { after, reason },
        SendOutcome::AccountRefused { reason } => Found::Later { after: ACCOUNT_PAUSE, reason },
        SendOutcome::Lost { .. } => Found::Later { after: LOOK_AGAIN, reason },
        _ => Found::CannotTell {
            reason: format!("Discord's answer was lost, and the channel cannot be read: {reason}"),
        },
    }
}

//! The life of a delivery, as pure transitions.
//!
//! ```text
//! pending --claim--> leased --intent committed--> POST --> sent
//!    ^                 |                            |
//!    |   not sent      |  lease over, no intent     |-- refused for good --> dead
//!    +-----------------+                            |-- answer lost -------> unknown
//!    ^                                              |                           |
//!    +------ same nonce may go again ---------------------- platform can tell --+
//!                                      ambiguous <--------- nobody can tell ----+
//! skipped: too old to post when its turn came
//! ```
//! `sent` is absorbing. A post is only repeated when it is known that none is visible, or when
//! the platform itself drops the second one (Discord's enforced nonce).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identity of a delivery: a `UUIDv7`, so that text order is the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DeliveryId(pub Uuid);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a delivery brings; one destination gets each paper at most once per kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// A paper, on its own.
    Paper,
}

impl DeliveryKind {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its turn.
    Pending,
    /// A sender holds it.
    Leased,
    /// It was posted, or not: the answer was lost and the platform can still settle it.
    Unknown,
    /// It is in the channel.
    Sent,
    /// The answer was lost and nobody can settle it; it is not posted again.
    Ambiguous,
    /// The platform refuses it for good.
    Dead,
    /// It was not posted on purpose.
    Skipped,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Leased, Self::Unknown, Self::Sent, Self::Ambiguous, Self::Dead, Self::Skipped];

    /// The name in the store and on the terminal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Ambiguous => "ambiguous",
            Self::Dead => "dead",
            Self::Skipped => "skipped",
        }
    }

    /// True when nothing will happen to the delivery any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Ambiguous | Self::Dead | Self::Skipped)
    }
}

impl FromStr for DeliveryState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|s| s.name() == text);
        found.ok_or_else(|| format!("“{text}” is no delivery state"))
    }
}

/// What one try came to, as the platform folder reads it from the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The message is there.
    Sent {
        /// The platform's id of the message.
        message_id: String,
    },
    /// Not posted; the platform names the wait itself (429, slow mode). Does not use up a try.
    Wait {
        /// How long.
        after: Duration,
        /// The answer in words, for the log.
        reason: String,
    },
    /// Not posted, for a passing cause (no connection, a service that is down).
    NotSent {
        /// The cause in words.
        reason: String,
    },
    /// Nobody knows whether it was posted: the answer was lost or says so itself.
    Lost {
        /// The cause in words.
        reason: String,
    },
    /// The platform cannot take this content; a plainer rendering may pass.
    BadPayload {
        /// The refusal in words.
        reason: String,
    },
    /// This channel refuses messages until somebody changes something.
    ChannelRefused {
        /// A sentence that says what to do.
        reason: String,
    },
    /// The platform refuses our credentials everywhere.
    AccountRefused {
        /// A sentence that says what to do.
        reason: String,
    },
}

/// How often and how long a delivery is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Waits after the first, second, … try; the last one repeats.
    pub schedule: Vec<Duration>,
    /// The longest wait that a platform may ask for.
    pub max_wait: Duration,
    /// How long after a lost answer the same nonce still protects against a second post.
    pub nonce_window: Duration,
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the channel.
    Sent {
        /// The platform's id of the message.
        message_id: String,
    },
    /// It goes back into the queue.
    Retry {
        /// Not before this time.
        at: Timestamp,
        /// Why, for the log and for people.
        reason: String,
        /// True when this try does not count against the delivery.
        free: bool,
    },
    /// It goes back into the queue in its plain rendering.
    RetryPlain {
        /// Why.
        reason: String,
    },
    /// Maybe posted; the same bytes with the same nonce go again at this time.
    Unknown {
        /// When to settle it.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Maybe posted; nobody can tell, so it is never posted again.
    Ambiguous {
        /// Why.
        reason: String,
    },
    /// Refused for good.
    Dead {
        /// Why.
        reason: String,
    },
    /// Back into the queue, and the destination is paused.
    PauseDestination {
        /// A sentence for its people.
        reason: String,
    },
    /// Back into the queue, and every destination of the platform is paused.
    PausePlatform {
        /// A sentence for the operator.
        reason: String,
    },
}

/// What is known of a delivery when the outcome of a try is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Earlier tries that came to an outcome and count.
    pub tries: u32,
    /// True when the plain rendering was sent.
    pub plain: bool,
    /// True when the platform drops a second post of the same nonce.
    pub nonce_enforced: bool,
    /// When the first try that may have been posted was made, if an earlier one may have been.
    pub unsettled_since: Option<Timestamp>,
    /// When this try was made.
    pub started_at: Timestamp,
}

impl RetryPolicy {
    /// True while a repeat with the same nonce cannot become a second message.
    pub fn nonce_protects(&self, unsettled_since: Timestamp, now: Timestamp) -> bool {
        now.duration_since(unsettled_since).unsigned_abs() < self.nonce_window
    }

    /// The wait after `tries` earlier tries, moved by `jitter` (-1.0..=1.0, of 20 %).
    fn wait(&self, tries: u32, jitter: f64) -> Duration {
        let at = usize::try_from(tries).unwrap_or(usize::MAX).min(self.schedule.len().saturating_sub(1));
        let base = self.schedule.get(at).copied().unwrap_or(Duration::from_mins(1));
        base.mul_f64(1.0 + 0.2 * jitter.clamp(-1.0, 1.0))
    }
}

/// Decides what becomes of a delivery after one try.
///
/// `jitter` is a number from -1.0 to 1.0 that spreads the retries of many deliveries.
pub fn judge(
    outcome: SendOutcome,
    attempt: Attempt,
    policy: &RetryPolicy,
    now: Timestamp,
    jitter: f64,
) -> Verdict {
    let after = |wait: Duration| now + wait;
    // An earlier try may be visible: whatever keeps this one from settling it, a plain retry must not.
    let unsettled = attempt.unsettled_since;
    match outcome {
        SendOutcome::Sent { message_id } => Verdict::Sent { message_id },
        SendOutcome::Lost { reason } => {
            let since = unsettled.unwrap_or(attempt.started_at);
            settle_later(since, now + Duration::from_secs(5), reason, attempt.nonce_enforced, policy)
        }
        SendOutcome::Wait { after: wait, reason } => {
            let at = after(wait.min(policy.max_wait));
            match unsettled {
                Some(since) => settle_later(since, at, reason, attempt.nonce_enforced, policy),
                None => Verdict::Retry { at, reason, free: true },
            }
        }
        SendOutcome::NotSent { reason } => {
            let at = after(policy.wait(attempt.tries, jitter));
            match unsettled {
                Some(since) => settle_later(since, at, reason, attempt.nonce_enforced, policy),
                None => Verdict::Retry { at, reason, free: false },
            }
        }
        SendOutcome::BadPayload { reason } if attempt.plain => Verdict::Dead { reason },
        SendOutcome::BadPayload { reason } => Verdict::RetryPlain { reason },
        SendOutcome::ChannelRefused { reason } => Verdict::PauseDestination { reason },
        SendOutcome::AccountRefused { reason } => Verdict::PausePlatform { reason },
    }
}

/// Decides what becomes of a delivery whose post may be visible, before anything is sent again.
///
/// `None` means that the same bytes with the same nonce may go again now.
pub fn judge_unsettled(
    since: Timestamp,
    nonce_enforced: bool,
    policy: &RetryPolicy,
    now: Timestamp,
) -> Option<Verdict> {
    if nonce_enforced && policy.nonce_protects(since, now) {
        return None;
    }
    Some(Verdict::Ambiguous {
        reason: "the platform's answer was lost and cannot be checked any more".to_owned(),
    })
}

fn settle_later(
    since: Timestamp,
    at: Timestamp,
    reason: String,
    nonce_enforced: bool,
    policy: &RetryPolicy,
) -> Verdict {
    if nonce_enforced && policy.nonce_protects(since, at) {
        Verdict::Unknown { at, reason }
    } else {
        Verdict::Ambiguous { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy {
            schedule: [5, 30, 120].map(Duration::from_secs).to_vec(),
            max_wait: Duration::from_hours(1),
            nonce_window: Duration::from_mins(2),
        }
    }

    fn attempt() -> Attempt {
        Attempt {
            tries: 0,
            plain: false,
            nonce_enforced: true,
            unsettled_since: None,
            started_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn seconds(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn lost() -> SendOutcome {
        SendOutcome::Lost { reason: "timeout".into() }
    }

    fn not_sent() -> SendOutcome {
        SendOutcome::NotSent { reason: "connection refused".into() }
    }

    #[test]
    fn a_lost_answer_is_asked_again_only_where_the_nonce_protects() {
        let verdict = judge(lost(), attempt(), &policy(), seconds(1), 0.0);
        assert_eq!(verdict, Verdict::Unknown { at: seconds(6), reason: "timeout".into() });
        let unprotected = Attempt { nonce_enforced: false, ..attempt() };
        assert!(matches!(judge(lost(), unprotected, &policy(), seconds(1), 0.0), Verdict::Ambiguous { .. }));
        let late = Attempt { unsettled_since: Some(seconds(0)), started_at: seconds(118), ..attempt() };
        assert!(matches!(judge(lost(), late, &policy(), seconds(118), 0.0), Verdict::Ambiguous { .. }));
    }

    #[test]
    fn a_failure_known_to_be_unsent_never_reopens_a_post_that_may_be_visible() {
        let unsettled = Attempt { unsettled_since: Some(seconds(0)), ..attempt() };
        for outcome in [not_sent(), SendOutcome::Wait { after: Duration::from_mins(5), reason: "429".into() }]
        {
            let verdict = judge(outcome, unsettled, &policy(), seconds(100), 0.0);
            assert!(!matches!(verdict, Verdict::Retry { .. } | Verdict::RetryPlain { .. }), "{verdict:?}");
        }
    }

    #[test]
    fn the_schedule_grows_with_the_tries_and_its_last_step_repeats() {
        let wait = |tries| match judge(not_sent(), Attempt { tries, ..attempt() }, &policy(), seconds(0), 0.0)
        {
            Verdict::Retry { at, free: false, .. } => at.as_second(),
            other => panic!("{other:?}"),
        };
        assert_eq!([wait(0), wait(1), wait(2), wait(9)], [5, 30, 120, 120]);
    }

    #[test]
    fn a_wait_that_the_platform_names_is_kept_free_and_clamped() {
        let wait = |s| SendOutcome::Wait { after: Duration::from_secs(s), reason: "429".into() };
        let verdict = judge(wait(2), attempt(), &policy(), seconds(0), 0.0);
        assert_eq!(verdict, Verdict::Retry { at: seconds(2), reason: "429".into(), free: true });
        let verdict = judge(wait(90_000), attempt(), &policy(), seconds(0), 0.0);
        assert_eq!(verdict, Verdict::Retry { at: seconds(3600), reason: "429".into(), free: true });
    }

    #[test]
    fn refused_content_is_tried_once_more_in_plain_words() {
        let bad = || SendOutcome::BadPayload { reason: "50035".into() };
        assert!(matches!(judge(bad(), attempt(), &policy(), seconds(0), 0.0), Verdict::RetryPlain { .. }));
        let plain = Attempt { plain: true, ..attempt() };
        assert!(matches!(judge(bad(), plain, &policy(), seconds(0), 0.0), Verdict::Dead { .. }));
    }

    #[test]
    fn after_a_crash_the_nonce_window_decides_whether_to_ask_again() {
        assert_eq!(judge_unsettled(seconds(0), true, &policy(), seconds(60)), None);
        assert!(judge_unsettled(seconds(0), true, &policy(), seconds(121)).is_some());
        assert!(judge_unsettled(seconds(0), false, &policy(), seconds(1)).is_some());
    }
}

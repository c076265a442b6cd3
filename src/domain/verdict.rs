//! What follows from one try to post a delivery: pure decisions, from the outcome to the verdict.

use std::time::Duration;

use jiff::Timestamp;

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
    /// This one message is refused for good, however it is rendered.
    Refused {
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
    /// A lost answer is settled after this: the platform may still be working on the request.
    pub settle_after: Duration,
    /// A channel's history lags behind its posts; only after this does “not there” mean something.
    pub history_lag: Duration,
    /// Between the two looks that prove that nothing was posted.
    pub between_looks: Duration,
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
    /// Maybe posted; to be settled at this time.
    Unknown {
        /// When to settle it.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Maybe posted, but not seen there; to be looked for again at this time.
    NotSeen {
        /// When to look again.
        at: Timestamp,
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
    /// When the first try that may have been posted was made, if an earlier one may have been.
    pub unsettled_since: Option<Timestamp>,
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
    // An earlier try may be visible: whatever keeps this one from settling it, a plain retry must not.
    let again = |at: Timestamp, reason: String, free: bool| match attempt.unsettled_since {
        Some(_) => Verdict::Unknown { at, reason },
        None => Verdict::Retry { at, reason, free },
    };
    match outcome {
        SendOutcome::Sent { message_id } => Verdict::Sent { message_id },
        SendOutcome::Lost { reason } => Verdict::Unknown { at: now + policy.settle_after, reason },
        SendOutcome::Wait { after, reason } => again(now + after.min(policy.max_wait), reason, true),
        SendOutcome::NotSent { reason } => again(now + policy.wait(attempt.tries, jitter), reason, false),
        // The plain rendering has another nonce: beside a post that may be visible it would be a second one.
        SendOutcome::BadPayload { reason } if attempt.unsettled_since.is_some() => {
            again(now + policy.wait(attempt.tries, jitter), reason, false)
        }
        SendOutcome::BadPayload { reason } if attempt.plain => Verdict::Dead { reason },
        SendOutcome::BadPayload { reason } => Verdict::RetryPlain { reason },
        SendOutcome::Refused { reason } if attempt.unsettled_since.is_some() => Verdict::Ambiguous { reason },
        SendOutcome::Refused { reason } => Verdict::Dead { reason },
        SendOutcome::ChannelRefused { reason } => Verdict::PauseDestination { reason },
        SendOutcome::AccountRefused { reason } => Verdict::PausePlatform { reason },
    }
}

/// How a delivery whose post may be visible can be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settle {
    /// The same bytes may go again: the platform drops a second message with the same nonce.
    SendAgain,
    /// Somebody has to look whether the message is there.
    Look,
}

/// Says how to settle a delivery that may be visible since a time.
pub fn settle(since: Timestamp, nonce_enforced: bool, policy: &RetryPolicy, now: Timestamp) -> Settle {
    if nonce_enforced && policy.nonce_protects(since, now) { Settle::SendAgain } else { Settle::Look }
}

/// What a platform says when asked whether a message is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    Posted {
        /// The platform's id of the message.
        message_id: String,
    },
    /// The channel was read, and it is not there.
    Absent,
    /// The platform cannot be asked now.
    Later {
        /// How long to wait.
        after: Duration,
        /// Why.
        reason: String,
    },
    /// The platform cannot be asked at all: a right is missing, or it has no way to ask.
    CannotTell {
        /// Why.
        reason: String,
    },
}

/// Decides what becomes of a delivery that may be visible `since` a time, after somebody has looked.
///
/// `unseen_since` is when it was first looked for late enough and not found. A channel's history
/// lags, so that only the second such look proves that nothing was posted.
pub fn judge_found(
    found: Found,
    since: Timestamp,
    unseen_since: Option<Timestamp>,
    policy: &RetryPolicy,
    now: Timestamp,
) -> Verdict {
    match found {
        Found::Posted { message_id } => Verdict::Sent { message_id },
        Found::CannotTell { reason } => Verdict::Ambiguous { reason },
        Found::Later { after, reason } => Verdict::Unknown { at: now + after.min(policy.max_wait), reason },
        Found::Absent if now < since + policy.history_lag => Verdict::Unknown {
            at: since + policy.history_lag,
            reason: "not in the channel so far".to_owned(),
        },
        Found::Absent => match unseen_since {
            Some(first) if now >= first + policy.between_looks => {
                Verdict::Retry { at: now, reason: "it was not posted after all".to_owned(), free: true }
            }
            first => Verdict::NotSeen { at: first.unwrap_or(now) + policy.between_looks },
        },
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
            settle_after: Duration::from_secs(5),
            history_lag: Duration::from_mins(1),
            between_looks: Duration::from_secs(30),
        }
    }

    fn attempt() -> Attempt {
        Attempt { tries: 0, plain: false, unsettled_since: None }
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
    fn a_lost_answer_is_settled_before_anything_is_sent_again() {
        let verdict = judge(lost(), attempt(), &policy(), seconds(1), 0.0);
        assert_eq!(verdict, Verdict::Unknown { at: seconds(6), reason: "timeout".into() });
    }

    #[test]
    fn a_failure_known_to_be_unsent_never_reopens_a_post_that_may_be_visible() {
        let unsettled = Attempt { unsettled_since: Some(seconds(0)), ..attempt() };
        let too_late = SendOutcome::Wait { after: Duration::ZERO, reason: "late intent".into() };
        let limited = SendOutcome::Wait { after: Duration::from_mins(5), reason: "429".into() };
        let refused = SendOutcome::BadPayload { reason: "50035".into() };
        for outcome in [not_sent(), limited, too_late, refused] {
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
    fn only_inside_the_nonce_window_may_the_same_bytes_go_again() {
        assert_eq!(settle(seconds(0), true, &policy(), seconds(60)), Settle::SendAgain);
        assert_eq!(settle(seconds(0), true, &policy(), seconds(121)), Settle::Look);
        assert_eq!(settle(seconds(0), false, &policy(), seconds(1)), Settle::Look);
    }

    #[test]
    fn a_message_is_posted_again_only_when_two_late_looks_did_not_see_it() {
        let look = |unseen, now| judge_found(Found::Absent, seconds(0), unseen, &policy(), seconds(now));
        assert!(matches!(look(None, 5), Verdict::Unknown { at, .. } if at == seconds(60)));
        assert_eq!(look(None, 60), Verdict::NotSeen { at: seconds(90) });
        assert_eq!(look(Some(seconds(60)), 70), Verdict::NotSeen { at: seconds(90) });
        assert!(
            matches!(look(Some(seconds(60)), 90), Verdict::Retry { at, free: true, .. } if at == seconds(90))
        );
    }

    #[test]
    fn what_is_found_is_sent_and_what_cannot_be_checked_is_never_repeated() {
        let found = |found| judge_found(found, seconds(0), Some(seconds(60)), &policy(), seconds(100));
        let posted = Found::Posted { message_id: "7".into() };
        assert_eq!(found(posted), Verdict::Sent { message_id: "7".into() });
        let blind = Found::CannotTell { reason: "no scope".into() };
        assert_eq!(found(blind), Verdict::Ambiguous { reason: "no scope".into() });
        let busy = Found::Later { after: Duration::from_mins(1), reason: "429".into() };
        assert_eq!(found(busy), Verdict::Unknown { at: seconds(160), reason: "429".into() });
    }
}

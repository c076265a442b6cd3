//! Lost answers where nobody can look: settled by one repeat, which readers can tell to be the same.
//!
//! Mail has no way to ask whether a letter came, but a letter that comes twice has the same `Message-ID`. So the
//! very bytes go once more, late enough for the first try to be over, and after that never again.

use std::time::Duration;

use jiff::Timestamp;

use super::{Attempt, RetryPolicy, SendOutcome, Verdict, judge};

/// True while the first try may still be under way, so that a repeat has to wait.
pub fn must_wait(since: Timestamp, repeat_after: Duration, now: Timestamp) -> bool {
    now < since + repeat_after
}

/// Decides what becomes of a delivery after one try on a platform that settles a lost answer by one repeat.
pub fn judge_repeatable(
    outcome: SendOutcome,
    attempt: Attempt,
    repeat_after: Duration,
    policy: &RetryPolicy,
    now: Timestamp,
    jitter: f64,
) -> Verdict {
    match (outcome, attempt.unsettled_since) {
        (SendOutcome::Lost { reason }, None) => Verdict::Unknown { at: now + repeat_after, reason },
        (
            SendOutcome::Lost { reason }
            | SendOutcome::BadPayload { reason }
            | SendOutcome::Refused { reason },
            Some(_),
        ) => Verdict::Ambiguous { reason },
        (outcome, _) => judge(outcome, attempt, policy, now, jitter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_mins(30);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn judged(outcome: SendOutcome, unsettled_since: Option<Timestamp>) -> Verdict {
        let policy = RetryPolicy {
            schedule: vec![Duration::from_secs(5)],
            max_wait: Duration::from_hours(6),
            nonce_window: Duration::from_mins(2),
            settle_after: Duration::from_secs(5),
            history_lag: Duration::from_mins(1),
            between_looks: Duration::from_secs(30),
        };
        let attempt = Attempt { tries: 0, plain: false, unsettled_since };
        judge_repeatable(outcome, attempt, AFTER, &policy, at(10_000), 0.0)
    }

    fn lost() -> SendOutcome {
        SendOutcome::Lost { reason: "no answer".into() }
    }

    #[test]
    fn a_lost_answer_is_repeated_once_and_then_unconfirmed() {
        assert!(matches!(judged(lost(), None), Verdict::Unknown { at: then, .. } if then == at(11_800)));
        assert!(matches!(judged(lost(), Some(at(0))), Verdict::Ambiguous { .. }));
        assert!(must_wait(at(0), AFTER, at(1_799)) && !must_wait(at(0), AFTER, at(1_800)));
    }

    #[test]
    fn a_repeat_that_was_surely_not_taken_may_be_made_later() {
        let greylisted = SendOutcome::Wait { after: AFTER, reason: "450".into() };
        assert!(matches!(judged(greylisted, Some(at(0))), Verdict::Unknown { .. }));
        let refused = SendOutcome::NotSent { reason: "connection refused".into() };
        assert!(matches!(judged(refused, Some(at(0))), Verdict::Unknown { .. }));
    }

    #[test]
    fn a_repeat_that_is_refused_leaves_the_first_unconfirmed() {
        for outcome in
            [SendOutcome::BadPayload { reason: "552".into() }, SendOutcome::Refused { reason: "550".into() }]
        {
            assert!(matches!(judged(outcome, Some(at(0))), Verdict::Ambiguous { .. }));
        }
        let refused = SendOutcome::Refused { reason: "550".into() };
        assert!(matches!(judged(refused, None), Verdict::Dead { .. }));
    }
}

//! The life of a delivery as pure transitions: from a row and an event to the next row, and whether a post may leave.
//!
//! ```text
//! claim    pending, unknown  -> leased, epoch + 1; the third claim without an outcome was the last
//! intent   leased            -> leased, and the only permission to post that this epoch ever gives
//! ended    leased            -> what the verdict says; “sent” comes in from any state and any epoch
//! over     leased            -> unknown when a post may have left, else pending
//! skip     pending           -> skipped
//! by hand  what [`Deed::on`] says, for whoever saw the row as it is; epoch + 1
//! ```
//! Papers that go out in one message end as their lead does ([`Row::behind`]).
//!
//! The store writes nothing of a delivery's state but what comes out of here; `tests` drives random lives through it
//! next to a platform that counts what can be seen.

use jiff::Timestamp;

use super::{Deed, DeliveryState, Verdict};

/// How often a delivery is claimed without any outcome before it is taken for what stops its senders.
const MAX_CLAIMS: u32 = 3;

const POISON: &str = "Paperwire stopped three times while it held this message, so it is not sent again";
const STOPPED_IN_DOUBT: &str = "its sender stopped before the answer was recorded";
const STOPPED_BEFORE: &str = "its sender stopped before it was posted";
const REFUSED_TOGETHER: &str = "several papers in one message were refused, so each goes alone";
const NOT_SEEN: &str = "not in the channel so far";

/// Whether a delivery has a message of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// It has.
    Alone,
    /// Its message brings others too.
    Leads,
    /// It goes out in the message of another one.
    Follows,
}

/// What decides over a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub state: DeliveryState,
    /// Grows with every claim; an older one permits nothing any more.
    pub epoch: i64,
    /// Claims since the last recorded outcome.
    pub claims: u32,
    /// Tries that came to an outcome and count.
    pub tries: u32,
    /// True when the plain rendering is sent.
    pub plain: bool,
    /// Not claimed before this time.
    pub next_at: Timestamp,
    /// Since when a post of it may be visible.
    pub unsettled_since: Option<Timestamp>,
    /// Since when it was looked for in its channel in vain.
    pub unseen_since: Option<Timestamp>,
    /// When the attempt began whose outcome is not recorded.
    pub intent_at: Option<Timestamp>,
    /// The platform's id of the message.
    pub message_id: Option<String>,
    /// When it was posted.
    pub sent_at: Option<Timestamp>,
    /// What last kept it from being sent.
    pub reason: Option<String>,
    /// Whether it goes out together with others.
    pub company: Company,
}

/// What happens to a delivery.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A sender takes it.
    Claim,
    /// Its sender is about to post.
    Intent {
        /// The claim's.
        epoch: i64,
    },
    /// A try came to a verdict.
    Ended {
        /// The claim's.
        epoch: i64,
        /// What follows.
        verdict: &'a Verdict,
    },
    /// Its sender has stopped, or its time is up.
    LeaseOver,
    /// It is not to be posted any more.
    Skip {
        /// Why.
        reason: &'a str,
    },
    /// Somebody has decided over it.
    ByHand {
        /// Of the row that they saw.
        epoch: i64,
        /// What they did.
        deed: Deed,
        /// Who did it, and why.
        reason: &'a str,
        /// The message that they saw, where they confirm it and know its id.
        message_id: Option<&'a str>,
    },
}

/// What an event makes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The delivery from now on.
    pub row: Row,
    /// True when one post may leave now.
    pub may_post: bool,
    /// The outcome that closes the open attempt, as its row names it.
    pub closes: Option<&'static str>,
}

impl Row {
    /// Says what an event makes of it; `None` when the event has no say any more.
    pub fn after(&self, event: Event<'_>, now: Timestamp) -> Option<Next> {
        use DeliveryState as S;
        let next = |row| Some(Next { row, may_post: false, closes: None });
        let row = self.clone();
        match event {
            Event::Claim if !matches!(self.state, S::Pending | S::Unknown) || now < self.next_at => None,
            Event::Claim if self.company == Company::Follows => None,
            Event::Claim if self.claims >= MAX_CLAIMS => {
                next(Row { reason: Some(POISON.to_owned()), ..row }.given_up())
            }
            Event::Claim => {
                let (epoch, claims) = (self.epoch + 1, self.claims + 1);
                next(Row { state: S::Leased, epoch, claims, intent_at: None, ..row })
            }
            Event::Intent { epoch } if self.holds(epoch) && self.intent_at.is_none() => {
                let row = Row { intent_at: Some(now), ..row };
                Some(Next { row, may_post: true, closes: None })
            }
            Event::Ended { verdict: Verdict::Sent { message_id }, .. } if !self.is_settled() => {
                let (message_id, sent_at) = (Some(message_id.clone()), Some(now));
                let row =
                    Row { message_id, sent_at, reason: None, tries: self.tries + 1, ..row.settled(S::Sent) };
                Some(Next { row, may_post: false, closes: Some("sent") })
            }
            Event::Ended { epoch, verdict } if self.holds(epoch) => Some(self.ended(verdict, now)),
            Event::LeaseOver if self.state == S::Leased => {
                let doubt = self.unsettled_since.or(self.intent_at);
                let closes = doubt.map(|_| "lost");
                let (state, reason) = match doubt {
                    Some(_) => (S::Unknown, Some(STOPPED_IN_DOUBT.to_owned())),
                    None => (S::Pending, Some(STOPPED_BEFORE.to_owned())),
                };
                let row = Row { state, reason, unsettled_since: doubt, intent_at: None, ..row };
                Some(Next { row, may_post: false, closes })
            }
            Event::Skip { reason } if self.state == S::Pending => {
                next(Row { state: S::Skipped, reason: Some(reason.to_owned()), ..row })
            }
            Event::ByHand { epoch, deed, reason, message_id }
                if epoch == self.epoch && deed.on(self.state).is_ok() =>
            {
                next(self.by_hand(deed, reason, message_id, now))
            }
            Event::Intent { .. }
            | Event::Ended { .. }
            | Event::LeaseOver
            | Event::Skip { .. }
            | Event::ByHand { .. } => None,
        }
    }

    /// Says what becomes of it when it goes out in the message of a lead that stands so now; `None`: it stays.
    ///
    /// “Sent” holds for all of the message. A lead that surely is not in the channel sets free what it led.
    pub fn behind(&self, lead: &Self) -> Option<Self> {
        use DeliveryState as S;
        let row = self.clone();
        match (self.state, lead.state) {
            _ if self.company != Company::Follows => None,
            (_, S::Sent) if !self.is_settled() => {
                let (message_id, sent_at) = (lead.message_id.clone(), lead.sent_at);
                Some(Self { message_id, sent_at, reason: None, ..row.settled(S::Sent) })
            }
            (S::Pending, S::Dead) if lead.unsettled_since.is_none() => Some(row.refused_together()),
            (S::Pending, S::Skipped) if lead.unsettled_since.is_none() => {
                Some(Self { company: Company::Alone, ..row })
            }
            (S::Pending, S::Dead | S::Skipped | S::Ambiguous) => {
                let (unsettled_since, reason) = (lead.unsettled_since, lead.reason.clone());
                Some(Self { unsettled_since, reason, ..row.waiting(lead.state) })
            }
            (S::Pending, _) if lead.company == Company::Alone => Some(row.refused_together()),
            _ => None,
        }
    }

    /// True when it is in its channel, and which message it is is known; one that was confirmed by hand may have no id.
    fn is_settled(&self) -> bool {
        self.state == DeliveryState::Sent && self.message_id.as_deref() != Some("")
    }

    /// The row alone; that it was tried keeps it from going together with others again.
    fn refused_together(self) -> Self {
        Self { company: Company::Alone, plain: false, tries: self.tries + 1, ..self }
    }

    /// What somebody makes of it who may.
    fn by_hand(&self, deed: Deed, reason: &str, message_id: Option<&str>, now: Timestamp) -> Self {
        use DeliveryState as S;
        let row = Self { epoch: self.epoch + 1, reason: Some(reason.to_owned()), ..self.clone() };
        match deed {
            Deed::Retry => {
                let company = if self.company == Company::Leads { Company::Alone } else { self.company };
                Self { next_at: now, plain: false, tries: 0, company, ..row.settled(S::Pending) }
            }
            Deed::Confirm => {
                let message_id = Some(message_id.unwrap_or_default().to_owned());
                Self { message_id, sent_at: Some(now), reason: None, ..row.settled(S::Sent) }
            }
            // The doubt stays: who retries it later has to know that it may be visible.
            Deed::Drop => row.waiting(S::Skipped),
        }
    }

    fn holds(&self, epoch: i64) -> bool {
        self.state == DeliveryState::Leased && self.epoch == epoch
    }

    /// What a verdict other than “sent” makes of it.
    fn ended(&self, verdict: &Verdict, now: Timestamp) -> Next {
        use DeliveryState as S;
        let doubt = self.unsettled_since;
        let in_doubt = doubt.or(self.intent_at).or(Some(now));
        let counted = Row { tries: self.tries + 1, ..self.clone() };
        let (row, closes) = match verdict {
            Verdict::Retry { at, reason, free } => {
                let tries = self.tries + u32::from(!free);
                (
                    Row { tries, next_at: *at, reason: Some(reason.to_owned()), ..self.settled(S::Pending) },
                    "retry",
                )
            }
            // The plain rendering has a nonce of its own, which protects from nothing that was sent before.
            Verdict::RetryPlain { reason } if doubt.is_some() => (
                Row { next_at: now, reason: Some(reason.to_owned()), ..counted.waiting(S::Unknown) },
                "unknown",
            ),
            Verdict::RetryPlain { reason } => {
                let row = Row {
                    plain: true,
                    next_at: now,
                    reason: Some(reason.to_owned()),
                    ..counted.settled(S::Pending)
                };
                (row, "retry_plain")
            }
            Verdict::Unknown { at, reason } => {
                let row = Row {
                    next_at: *at,
                    reason: Some(reason.to_owned()),
                    unsettled_since: in_doubt,
                    ..counted
                };
                (row.waiting(S::Unknown), "unknown")
            }
            Verdict::NotSeen { at } => {
                let unseen_since = self.unseen_since.or(Some(now));
                let row =
                    Row { next_at: *at, reason: Some(NOT_SEEN.to_owned()), unseen_since, ..self.clone() };
                (Row { unsettled_since: in_doubt, ..row }.waiting(S::Unknown), "not_seen")
            }
            Verdict::Ambiguous { reason } => {
                let row = Row { reason: Some(reason.to_owned()), unsettled_since: in_doubt, ..counted };
                (row.waiting(S::Ambiguous), "ambiguous")
            }
            Verdict::Dead { reason } if self.company == Company::Leads && doubt.is_none() => {
                let reason = Some(format!("{REFUSED_TOGETHER}: {reason}"));
                let row = self.settled(S::Pending).refused_together();
                (Row { next_at: now, reason, ..row }, "retry")
            }
            Verdict::Dead { reason } => {
                (Row { reason: Some(reason.to_owned()), ..counted.waiting(S::Dead) }, "dead")
            }
            // An earlier try may be in the channel: the doubt outlasts the pause.
            Verdict::PauseDestination { reason } | Verdict::PausePlatform { reason } => {
                let state = if doubt.is_some() { S::Unknown } else { S::Pending };
                (Row { next_at: now, reason: Some(reason.to_owned()), ..counted.waiting(state) }, "refused")
            }
            Verdict::Sent { .. } => unreachable!("“sent” is taken from any state before this"),
        };
        Next { row, may_post: false, closes: Some(closes) }
    }

    /// The row in another state, with nothing in flight; what may be visible stays in doubt.
    fn waiting(self, state: DeliveryState) -> Self {
        Self { state, claims: 0, intent_at: None, ..self }
    }

    /// The row in a state in which nothing of it is in doubt.
    fn settled(&self, state: DeliveryState) -> Self {
        Self { unsettled_since: None, unseen_since: None, ..self.clone().waiting(state) }
    }

    /// The row given up; what may be visible is called so.
    fn given_up(self) -> Self {
        let state =
            if self.unsettled_since.is_some() { DeliveryState::Ambiguous } else { DeliveryState::Dead };
        self.waiting(state)
    }
}

#[cfg(test)]
mod tests;

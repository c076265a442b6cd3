//! Random lives of one delivery and of one that goes out in its message, next to a platform that counts what can be
//! seen and to somebody who looks there before deciding.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{Attempt, Found, RetryPolicy, SendOutcome, Settle, judge, judge_found, settle};

/// Longer than it is trusted: what the platform really remembers.
const NONCE_MEMORY: i64 = 180;
/// The longest that a post becomes visible in the history late.
const LAG: i64 = 60;
const LEASE: i64 = 60;
/// A sender posts on no older intent.
const INTENT_LIFETIME: i64 = 5;

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    LostAfter,
    LostBefore,
    NotSent,
    Limited,
    Refused,
    ChannelRefused,
}

/// What one of two senders does, or what happens around them.
#[derive(Debug, Clone, Copy)]
enum Move {
    Wait(i64),
    Claim(usize),
    Intent(usize),
    Act(usize, Fault),
    Record(usize),
    Crash(usize),
    /// A process that was cut off tells what it knows, however late.
    Tell,
    Recover,
    Skip,
    /// Somebody looks into the channel and decides by what is there.
    Decide(Deed),
}

fn moves() -> impl Strategy<Value = Move> {
    let who = 0..2_usize;
    let fault = prop_oneof![
        4 => Just(Fault::None), 3 => Just(Fault::LostAfter), 2 => Just(Fault::LostBefore), 1 => Just(Fault::NotSent),
        1 => Just(Fault::Limited), 1 => Just(Fault::Refused), 1 => Just(Fault::ChannelRefused),
    ];
    prop_oneof![
        4 => prop_oneof![1..8_i64, 20..70_i64, 90..400_i64].prop_map(Move::Wait),
        6 => who.clone().prop_map(Move::Claim),
        6 => who.clone().prop_map(Move::Intent),
        6 => (who.clone(), fault).prop_map(|(who, fault)| Move::Act(who, fault)),
        6 => who.clone().prop_map(Move::Record),
        1 => who.prop_map(Move::Crash),
        1 => Just(Move::Tell),
        3 => Just(Move::Recover),
        1 => Just(Move::Skip),
        1 => prop_oneof![Just(Deed::Retry), Just(Deed::Confirm), Just(Deed::Drop)].prop_map(Move::Decide),
    ]
}

/// What a sender knows of the delivery that it holds.
#[derive(Debug, Clone)]
struct Held {
    row: Row,
    intent_at: Option<i64>,
    verdict: Option<Verdict>,
}

struct World {
    now: i64,
    row: Row,
    /// A delivery that goes out in the message of the other one, or did.
    second: Row,
    nonces: bool,
    history: bool,
    senders: [Option<Held>; 2],
    /// Time, rendering and number of each message that can be seen.
    visible: Vec<(i64, bool, u32)>,
    told: Vec<(i64, Verdict)>,
    lease_until: i64,
    /// True when a message can be seen that shows the second one's paper.
    together: bool,
}

impl World {
    fn new(nonces: bool, history: bool, bundled: bool) -> Self {
        let row = Row {
            state: DeliveryState::Pending,
            epoch: 0,
            claims: 0,
            tries: 0,
            plain: false,
            next_at: second(0),
            unsettled_since: None,
            unseen_since: None,
            intent_at: None,
            message_id: None,
            sent_at: None,
            reason: None,
            company: if bundled { Company::Leads } else { Company::Alone },
        };
        let company = if bundled { Company::Follows } else { Company::Alone };
        let second = Row { company, ..row.clone() };
        Self {
            now: 0,
            row,
            second,
            nonces,
            history,
            senders: [None, None],
            visible: Vec::new(),
            told: Vec::new(),
            lease_until: 0,
            together: false,
        }
    }

    /// Applies an event and checks what holds for every transition.
    fn apply(&mut self, event: Event<'_>) -> bool {
        let before = self.row.clone();
        let Some(next) = before.after(event, second(self.now)) else { return false };
        if before.state == DeliveryState::Sent {
            assert_eq!(next.row.state, DeliveryState::Sent, "“sent” is absorbing");
            assert_eq!(before.message_id.as_deref(), Some(""), "a message that is known stays the one");
        }
        if next.may_post {
            assert!(matches!(event, Event::Intent { epoch } if epoch == before.epoch), "{event:?}");
            assert_eq!((before.state, before.intent_at), (DeliveryState::Leased, None));
        }
        assert!(next.row.epoch >= before.epoch && next.row.claims <= MAX_CLAIMS);
        if next.row.state.is_final() {
            let explained = next.row.reason.is_some() || next.row.message_id.is_some();
            assert!(explained, "it ends without a reason: {next:?}");
        }
        if next.row.plain && !before.plain {
            assert_eq!(before.unsettled_since, None, "a new nonce beside what may be visible");
        }
        if before.company == Company::Leads
            && let Some(second) = self.second.behind(&next.row)
        {
            assert!(!second.state.is_final() || second.reason.is_some() || second.message_id.is_some());
            self.second = second;
        }
        self.row = next.row;
        let together = (self.row.company, self.second.company) == (Company::Leads, Company::Follows);
        if together && self.row.state.is_final() {
            assert!(self.second.state.is_final(), "it waits behind what has ended: {:?}", self.second);
        }
        if !together && self.second.state == DeliveryState::Pending {
            assert_eq!(self.second.company, Company::Alone, "nobody would post it");
        }
        true
    }

    /// What somebody does who has looked into the channel.
    fn decide(&mut self, deed: Deed) {
        let there = self.visible.first().map(|(.., number)| number.to_string());
        let message_id = there.as_deref().filter(|_| self.now % 2 == 0);
        let honest = match deed {
            Deed::Confirm => there.is_some(),
            Deed::Retry => there.is_none(),
            Deed::Drop => true,
        };
        if honest {
            self.apply(Event::ByHand { epoch: self.row.epoch, deed, reason: "by ada", message_id });
        }
    }

    fn step(&mut self, one: Move) {
        match one {
            Move::Wait(seconds) => self.now += seconds,
            Move::Claim(who) => {
                if self.apply(Event::Claim) && self.row.state == DeliveryState::Leased {
                    self.lease_until = self.now + LEASE;
                    let row = self.row.clone();
                    self.senders[who] = Some(Held { row, intent_at: None, verdict: None });
                }
            }
            Move::Intent(who) => {
                let Some(held) = self.senders[who].clone() else { return };
                if self.looks(&held) || held.verdict.is_some() {
                    return;
                }
                if self.apply(Event::Intent { epoch: held.row.epoch }) {
                    self.senders[who] = Some(Held { intent_at: Some(self.now), ..held });
                }
            }
            Move::Act(who, fault) => self.act(who, fault),
            Move::Record(who) => {
                let Some(Held { row, verdict: Some(verdict), .. }) = self.senders[who].clone() else {
                    return;
                };
                self.senders[who] = None;
                if matches!(verdict, Verdict::Sent { .. }) && self.now % 3 == 0 {
                    // The database is away: the fact comes later.
                    self.told.push((row.epoch, verdict));
                } else {
                    self.apply(Event::Ended { epoch: row.epoch, verdict: &verdict });
                }
            }
            Move::Crash(who) => {
                if self.senders[who].take().is_some_and(|held| held.row.epoch == self.row.epoch) {
                    self.lease_until = self.lease_until.min(self.now + 1);
                }
            }
            Move::Tell => {
                if let Some((epoch, verdict)) = self.told.pop() {
                    self.apply(Event::Ended { epoch, verdict: &verdict });
                }
            }
            Move::Recover if self.now >= self.lease_until => {
                self.apply(Event::LeaseOver);
            }
            Move::Skip => {
                self.apply(Event::Skip { reason: "too old" });
            }
            Move::Recover => {}
            Move::Decide(deed) => self.decide(deed),
        }
    }

    fn looks(&self, held: &Held) -> bool {
        let since = held.row.unsettled_since;
        since.is_some_and(|since| settle(since, self.nonces, &policy(), second(self.now)) == Settle::Look)
    }

    fn act(&mut self, who: usize, fault: Fault) {
        let Some(held) = self.senders[who].clone() else { return };
        if held.verdict.is_some() {
            return;
        }
        let now = second(self.now);
        let verdict = match held.row.unsettled_since {
            Some(since) if held.intent_at.is_none() && self.looks(&held) => {
                judge_found(self.find(), since, held.row.unseen_since, &policy(), now)
            }
            unsettled_since => {
                let Some(intent_at) = held.intent_at else { return };
                let outcome = if self.now - intent_at >= INTENT_LIFETIME {
                    SendOutcome::Wait { after: Duration::ZERO, reason: "too late".into() }
                } else {
                    self.post(held.row.plain, fault)
                };
                let attempt = Attempt { tries: held.row.tries, plain: held.row.plain, unsettled_since };
                judge(outcome, attempt, &policy(), now, 0.0)
            }
        };
        self.senders[who] = Some(Held { verdict: Some(verdict), ..held });
    }

    /// What the platform makes of a post.
    fn post(&mut self, plain: bool, fault: Fault) -> SendOutcome {
        let reason = || "no".to_owned();
        match fault {
            Fault::LostBefore => return SendOutcome::Lost { reason: reason() },
            Fault::NotSent => return SendOutcome::NotSent { reason: reason() },
            Fault::Limited => return SendOutcome::Wait { after: Duration::from_secs(30), reason: reason() },
            Fault::Refused => return SendOutcome::BadPayload { reason: reason() },
            Fault::ChannelRefused => return SendOutcome::ChannelRefused { reason: reason() },
            Fault::None | Fault::LostAfter => {}
        }
        let known = self
            .visible
            .iter()
            .find(|(at, of, _)| self.nonces && *of == plain && self.now - at < NONCE_MEMORY);
        let number = known.map_or(u32::try_from(self.visible.len()).unwrap(), |(.., number)| *number);
        if known.is_none() {
            self.visible.push((self.now, plain, number));
            self.together |= self.row.company == Company::Leads;
        }
        match fault {
            Fault::None => SendOutcome::Sent { message_id: number.to_string() },
            _ => SendOutcome::Lost { reason: reason() },
        }
    }

    /// What a look into the channel shows; the history may lag.
    fn find(&self) -> Found {
        if !self.history {
            return Found::CannotTell { reason: "no right".into() };
        }
        match self.visible.iter().find(|(at, ..)| self.now - at >= LAG) {
            Some((.., number)) => Found::Posted { message_id: number.to_string() },
            None => Found::Absent,
        }
    }
}

fn second(s: i64) -> Timestamp {
    Timestamp::from_second(s).unwrap()
}

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_more_than_one_message_is_seen(
        nonces: bool,
        history: bool,
        bundled: bool,
        script in prop::collection::vec(moves(), 1..120),
    ) {
        let mut world = World::new(nonces, history, bundled);
        for one in script {
            world.step(one);
            prop_assert!(world.visible.len() <= 1, "it can be seen twice: {:?}", world.visible);
            let free = world.second.company == Company::Alone && world.second.state == DeliveryState::Pending;
            prop_assert!(!(world.together && free), "it can be seen and would be posted: {:?}", world.second);
        }
    }

    #[test]
    fn in_the_end_it_is_there_or_somebody_is_told_why_not(
        nonces: bool,
        history: bool,
        bundled: bool,
        script in prop::collection::vec(moves(), 1..60),
    ) {
        let mut world = World::new(nonces, history, bundled);
        for one in script {
            world.step(one);
        }
        // From now on everything works.
        for _ in 0..40 {
            let calm = [
                Move::Tell, Move::Wait(61), Move::Recover, Move::Claim(0), Move::Intent(0),
                Move::Act(0, Fault::None), Move::Record(0), Move::Wait(120),
            ];
            for one in calm {
                world.step(one);
            }
        }
        prop_assert!(world.row.state.is_final(), "{:?}", world.row);
        if world.row.state == DeliveryState::Sent {
            prop_assert_eq!(world.visible.len(), 1);
        } else {
            prop_assert!(world.row.reason.is_some());
        }
        if world.second.company == Company::Follows {
            prop_assert!(world.second.state.is_final(), "{:?}", world.second);
            let sent_together = world.row.state == DeliveryState::Sent && world.row.company == Company::Leads;
            prop_assert!(!sent_together || world.second.message_id.is_some(), "{:?}", world.second);
        }
    }
}

#[test]
fn a_delivery_that_stops_its_senders_is_claimed_three_times_and_no_more() {
    let mut world = World::new(true, true, false);
    for _ in 0..3 {
        assert!(world.apply(Event::Claim) && world.row.state == DeliveryState::Leased);
        assert!(world.apply(Event::LeaseOver));
    }
    assert!(world.apply(Event::Claim));
    assert_eq!((world.row.state, world.row.reason.as_deref()), (DeliveryState::Dead, Some(POISON)));
    assert!(!world.apply(Event::Claim));
}

#[test]
fn what_may_be_visible_is_never_called_refused_or_stopped_for_good() {
    let mut world = World::new(true, true, false);
    for _ in 0..3 {
        assert!(world.apply(Event::Claim));
        let epoch = world.row.epoch;
        assert!(world.apply(Event::Intent { epoch }));
        assert!(!world.apply(Event::Intent { epoch }), "one post for each claim");
        assert!(world.apply(Event::LeaseOver));
    }
    assert!(world.apply(Event::Claim));
    assert_eq!(world.row.state, DeliveryState::Ambiguous);
}

//! What `explain` answers: why a paper was or was not posted in a channel.

use jiff::{Timestamp, civil::Date};

use super::limits::LimitFacts;
use super::show::listings as listed_by;
use super::words::{Stand, counted, quoted};
use crate::domain::budget::Cause;
use crate::domain::{Cadence, SubscriptionId};
use crate::message::card::day as dated;
use crate::message::{Block, Line, PaperCard, Piece, Reply, cut};

/// Subscriptions whose parts are shown.
const SHOWN_MAX: usize = 3;
/// The longest list of parts, in characters; queries can have hundreds.
const PARTS_MAX: usize = 1_200;

/// What became of a paper in the asker's channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The paper.
    pub card: PaperCard,
    /// What became of it.
    pub outcome: Outcome,
    /// Which source listed it on which day.
    pub listings: Vec<(String, Date)>,
    /// The subscriptions of the channel, what says most first.
    pub asked: Vec<Asked>,
}

/// A subscription and what the paper says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its number.
    pub subscription: SubscriptionId,
    /// Its query.
    pub query: String,
    /// True when the paper matches it as it is now.
    pub matches: bool,
    /// The query part by part, one line each.
    pub parts: String,
}

/// What became of a paper in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is a delivery of it.
    Delivery(Stand),
    /// The channel asks for nothing.
    NoSubscription,
    /// The subscriptions are still to be asked.
    NotAskedYet,
    /// It was too old when it was first seen.
    Backlog {
        /// Its listing day.
        day: Date,
        /// From which day on papers are posted.
        baseline: Option<Date>,
    },
    /// It is held until the operator has looked at what a feed suddenly listed.
    Held {
        /// The short name of the feed's source.
        source: String,
    },
    /// The operator has looked at it and does not want it posted.
    Dropped,
    /// It is kept for a roundup.
    Collected {
        /// The subscription.
        subscription: SubscriptionId,
        /// Which roundup.
        cadence: Cadence,
        /// Since when.
        at: Timestamp,
    },
    /// The channel's limits kept it from being posted at once.
    Kept {
        /// Why it waits for the roundup; `None` while that is still to be decided.
        kept: Option<Cause>,
        /// The date of the roundup that brought it.
        roundup: Option<Date>,
        /// The limits as they are now.
        facts: Box<LimitFacts>,
    },
    /// A subscription matches, but was made after the paper had come.
    Newer {
        /// The subscription.
        subscription: SubscriptionId,
        /// When it was made.
        made_at: Timestamp,
        /// When the subscriptions were asked.
        asked_at: Timestamp,
    },
    /// A subscription matches, but was paused when the paper came.
    Paused {
        /// The subscription.
        subscription: SubscriptionId,
        /// Since when.
        since: Timestamp,
        /// Until when, where that is known.
        until: Option<Timestamp>,
    },
    /// A subscription matches as the paper is now, but did not when the paper came.
    Since {
        /// The subscription.
        subscription: SubscriptionId,
        /// When the subscriptions were asked.
        asked_at: Timestamp,
        /// True when it asks for numbers, which may have risen since.
        numbers: bool,
    },
    /// No subscription matches.
    NoMatch {
        /// The one that comes nearest, and what is missing.
        nearest: Option<(SubscriptionId, String)>,
        /// How many subscriptions there are.
        of: u64,
    },
}

/// Says why.
pub fn explained(explained: &Explained) -> Reply {
    let Explained { card, outcome, listings, asked } = explained;
    let mut blocks =
        vec![Block::Text { line: vec![Piece::Link { text: card.heading(), url: card.url.clone() }] }];
    blocks.push(Block::Text { line: told(outcome) });
    if matches!(outcome, Outcome::Delivery(_)) && !card.why.is_empty() {
        blocks.push(Block::Note { line: Piece::from(format!("When it came: {}", card.why)).into() });
    }
    let listed = listed_by(listings);
    if !listed.is_empty() {
        blocks.push(Block::Note { line: Piece::from(format!("Listed by {listed}.")).into() });
    }
    for asked in asked.iter().take(SHOWN_MAX) {
        let verb = if asked.matches { "matches" } else { "does not match" };
        let text = format!("It {verb} subscription {}, {}:", asked.subscription.0, quoted(&asked.query));
        blocks.push(Block::Text { line: Piece::from(text).into() });
        blocks.push(Block::Code { text: cut_lines(&asked.parts) });
    }
    let more = asked.len().saturating_sub(SHOWN_MAX);
    if more > 0 {
        let text =
            format!("{} not shown", counted(more as u64, "more subscription is", "more subscriptions are"));
        blocks.push(Block::Note { line: Piece::from(text).into() });
    }
    Reply { blocks, ..Reply::default() }
}

fn cut_lines(parts: &str) -> String {
    let mut kept = String::new();
    for line in parts.lines() {
        if kept.chars().count() + line.chars().count() > PARTS_MAX {
            return kept + "…";
        }
        kept += &cut(line, PARTS_MAX / 4);
        kept.push('\n');
    }
    kept.truncate(kept.trim_end().len());
    kept
}

fn told(outcome: &Outcome) -> Line {
    let here = |subscription: &SubscriptionId| format!("Subscription {} of this channel", subscription.0);
    match outcome {
        Outcome::Delivery(stand) => stand.sentences(),
        Outcome::NoSubscription => vec![
            "It was not posted here: this channel has no subscription. ".into(),
            Piece::Code("/papers subscribe".to_owned()),
            " makes one.".into(),
        ],
        Outcome::NotAskedYet => {
            vec!["It has only just come in: the subscriptions are asked about it in a moment.".into()]
        }
        Outcome::Backlog { day, baseline } => {
            let why = match baseline {
                Some(from) if day < from => {
                    format!("Paperwire posts what was listed from {} on", dated(*from))
                }
                _ => "first seen long after that".to_owned(),
            };
            let text = format!(
                "It was not posted anywhere: it was listed on {} and {why}. Older papers are kept for searching, \
                 so that a start does not flood the channels.",
                dated(*day)
            );
            vec![text.into()]
        }
        Outcome::Held { source } => vec![
            "It is held for review: most of a feed’s items were suddenly new, and nothing of that is posted before \
             who runs Paperwire has looked. Then "
                .into(),
            Piece::Code(format!("paperwire sources release {source}")),
            " posts them, and ".into(),
            Piece::Code(format!("paperwire sources drop {source}")),
            " does not.".into(),
        ],
        Outcome::Dropped => vec![
            "It was not posted anywhere: it came when most of a feed’s items were suddenly new, and who runs \
             Paperwire has decided not to post those."
                .into(),
        ],
        Outcome::Collected { subscription, cadence, at } => vec![
            format!("{} collects it for the {cadence} roundup, since ", here(subscription)).into(),
            Piece::Moment(*at),
            ".".into(),
        ],
        Outcome::Kept { kept, roundup, facts } => kept_back(*kept, *roundup, facts),
        Outcome::Newer { subscription, made_at, asked_at } => vec![
            format!("It was not posted here: {} asks for it, but was made ", lower(&here(subscription)))
                .into(),
            Piece::Moment(*made_at),
            ", and the paper had come ".into(),
            Piece::Moment(*asked_at),
            ". A subscription brings what is listed after it.".into(),
        ],
        Outcome::Paused { subscription, since, until } => {
            let mut line = vec![
                format!(
                    "It was not posted here: {} asks for it, but is paused since ",
                    lower(&here(subscription))
                )
                .into(),
                Piece::Moment(*since),
            ];
            if let Some(until) = until {
                line.extend([" until ".into(), Piece::Moment(*until)]);
            }
            line.push(". What is listed during a pause is not posted later.".into());
            line
        }
        Outcome::Since { subscription, asked_at, numbers } => {
            let why = if *numbers {
                ". Its numbers are asked again whenever they move."
            } else {
                ". What its sources say of it, or the subscription, has changed since."
            };
            vec![
                format!(
                    "It was not posted here: {} asks for it as it is now, but did not when it came ",
                    lower(&here(subscription))
                )
                .into(),
                Piece::Moment(*asked_at),
                why.into(),
            ]
        }
        Outcome::NoMatch { nearest, of } => {
            let none = match of {
                1 => "the one subscription of this channel does not ask for it".to_owned(),
                n => format!("none of the {n} subscriptions of this channel asks for it"),
            };
            let mut text = format!("It was not posted here: {none}.");
            if let Some((subscription, reason)) = nearest {
                let nearest = format!(" The nearest is subscription {}.", subscription.0);
                text.extend((*of > 1).then_some(nearest));
                text.push(' ');
                text.push_str(reason);
            }
            vec![text.into()]
        }
    }
}

fn kept_back(cause: Option<Cause>, roundup: Option<Date>, facts: &LimitFacts) -> Line {
    let why = match (cause, facts.limits.per_day, facts.quiet_until) {
        (None, _, Some(until)) => {
            return vec![
                "It was not posted at once: it is quiet in this channel until ".into(),
                Piece::Moment(until),
                ". Then what has come is posted, the best of it where a limit holds.".into(),
            ];
        }
        (None, ..) => {
            let text = "It has only just come in: what comes together for this channel is decided on together, in a \
                        moment.";
            return vec![text.into()];
        }
        (Some(Cause::Spike), ..) => "far more papers than usual came for this channel that day".to_owned(),
        (Some(Cause::Limit), Some(most), _) => {
            format!(
                "the channel’s limit of {most} a day was reached, by papers that came before or rank higher"
            )
        }
        (Some(Cause::Limit), None, _) => "the channel’s limit of posts a day was reached".to_owned(),
    };
    let mut line: Line = vec![format!("It was not posted at once: {why}. ").into()];
    match (roundup, facts.roundup_at) {
        (Some(date), _) => line.push(format!("It came in the roundup of {}.", dated(date)).into()),
        (None, Some(at)) => {
            line.extend(["It waits for the roundup of ".into(), Piece::Moment(at), ".".into()]);
        }
        (None, None) => line.extend([
            "It waits for the roundup, and that is off: ".into(),
            Piece::Code("/papers roundup".to_owned()),
            " switches it on.".into(),
        ]),
    }
    line
}

fn lower(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{at, entry, plain, said, stand};
    use super::*;
    use crate::domain::{DeliveryState, Limits};

    const THIRD: SubscriptionId = SubscriptionId(3);

    #[test]
    fn the_answer_names_the_reason_and_the_parts_of_the_query() {
        let asked = Asked {
            subscription: THIRD,
            query: "flow robot".into(),
            matches: true,
            parts: "✓ all of these\n  ✓ flow: in the title\n  ✓ robot: in the abstract".into(),
        };
        let explained = explained(&Explained {
            card: entry(1, "Flow").card,
            outcome: Outcome::Delivery(stand(DeliveryState::Sent)),
            listings: vec![
                ("arxiv".into(), jiff::civil::date(2026, 8, 4)),
                ("feed-7".into(), jiff::civil::date(2026, 8, 5)),
            ],
            asked: vec![asked; 4],
        });
        insta::assert_snapshot!(plain(&explained), @"
        Flow <https://arxiv.org/abs/2608.00001>
        It was posted here <C1 1785.1> {~2026-08-04T06:01:00Z} ({2026-08-04T06:01:00Z}).
        ~ Listed by arXiv on 4 Aug 2026 and feed-7 on 5 Aug 2026.
        It matches subscription 3, “flow robot”:
        ```
        ✓ all of these
          ✓ flow: in the title
          ✓ robot: in the abstract
        ```
        It matches subscription 3, “flow robot”:
        ```
        ✓ all of these
          ✓ flow: in the title
          ✓ robot: in the abstract
        ```
        It matches subscription 3, “flow robot”:
        ```
        ✓ all of these
          ✓ flow: in the title
          ✓ robot: in the abstract
        ```
        ~ 1 more subscription is not shown
        ");
    }

    #[test]
    fn every_reason_for_not_posting_has_its_sentence() {
        let (then, later) = (at("2026-08-04T06:00:00Z"), at("2026-08-06T06:00:00Z"));
        let day = jiff::civil::date(2026, 8, 1);
        let reason = "It does not match: robot is not found.".to_owned();
        let roundup_at = Some(later);
        let limited = |per_day, quiet_until, roundup_at| {
            let limits = Limits { per_day, ..Limits::default() };
            Box::new(LimitFacts { limits, quiet_until, roundup_at, ..LimitFacts::default() })
        };
        let kept = |kept, facts| Outcome::Kept { kept, roundup: None, facts };
        let outcomes = [
            kept(None, limited(None, Some(later), roundup_at)),
            kept(None, limited(Some(8), None, roundup_at)),
            kept(Some(Cause::Limit), limited(Some(8), None, roundup_at)),
            kept(Some(Cause::Limit), limited(None, None, None)),
            Outcome::Kept {
                kept: Some(Cause::Spike),
                roundup: Some(day),
                facts: limited(None, None, roundup_at),
            },
            Outcome::NoSubscription,
            Outcome::NotAskedYet,
            Outcome::Held { source: "feed-7".into() },
            Outcome::Dropped,
            Outcome::Backlog { day, baseline: Some(jiff::civil::date(2026, 8, 3)) },
            Outcome::Backlog { day, baseline: None },
            Outcome::Collected { subscription: THIRD, cadence: Cadence::Daily, at: then },
            Outcome::Newer { subscription: THIRD, made_at: later, asked_at: then },
            Outcome::Paused { subscription: THIRD, since: then, until: Some(later) },
            Outcome::Since { subscription: THIRD, asked_at: then, numbers: true },
            Outcome::Since { subscription: THIRD, asked_at: then, numbers: false },
            Outcome::NoMatch { nearest: Some((THIRD, reason.clone())), of: 1 },
            Outcome::NoMatch { nearest: Some((THIRD, reason)), of: 4 },
        ];
        insta::assert_snapshot!(outcomes.map(|outcome| said(&told(&outcome))).join("\n"), @"
        It was not posted at once: it is quiet in this channel until {2026-08-06T06:00:00Z}. Then what has come is posted, the best of it where a limit holds.
        It has only just come in: what comes together for this channel is decided on together, in a moment.
        It was not posted at once: the channel’s limit of 8 a day was reached, by papers that came before or rank higher. It waits for the roundup of {2026-08-06T06:00:00Z}.
        It was not posted at once: the channel’s limit of posts a day was reached. It waits for the roundup, and that is off: `/papers roundup` switches it on.
        It was not posted at once: far more papers than usual came for this channel that day. It came in the roundup of 1 Aug 2026.
        It was not posted here: this channel has no subscription. `/papers subscribe` makes one.
        It has only just come in: the subscriptions are asked about it in a moment.
        It is held for review: most of a feed’s items were suddenly new, and nothing of that is posted before who runs Paperwire has looked. Then `paperwire sources release feed-7` posts them, and `paperwire sources drop feed-7` does not.
        It was not posted anywhere: it came when most of a feed’s items were suddenly new, and who runs Paperwire has decided not to post those.
        It was not posted anywhere: it was listed on 1 Aug 2026 and Paperwire posts what was listed from 3 Aug 2026 on. Older papers are kept for searching, so that a start does not flood the channels.
        It was not posted anywhere: it was listed on 1 Aug 2026 and first seen long after that. Older papers are kept for searching, so that a start does not flood the channels.
        Subscription 3 of this channel collects it for the daily roundup, since {2026-08-04T06:00:00Z}.
        It was not posted here: subscription 3 of this channel asks for it, but was made {2026-08-06T06:00:00Z}, and the paper had come {2026-08-04T06:00:00Z}. A subscription brings what is listed after it.
        It was not posted here: subscription 3 of this channel asks for it, but is paused since {2026-08-04T06:00:00Z} until {2026-08-06T06:00:00Z}. What is listed during a pause is not posted later.
        It was not posted here: subscription 3 of this channel asks for it as it is now, but did not when it came {2026-08-04T06:00:00Z}. Its numbers are asked again whenever they move.
        It was not posted here: subscription 3 of this channel asks for it as it is now, but did not when it came {2026-08-04T06:00:00Z}. What its sources say of it, or the subscription, has changed since.
        It was not posted here: the one subscription of this channel does not ask for it. It does not match: robot is not found.
        It was not posted here: none of the 4 subscriptions of this channel asks for it. The nearest is subscription 3. It does not match: robot is not found.
        ");
    }

    #[test]
    fn a_list_of_hundreds_of_parts_ends_in_time() {
        let cut = cut_lines(&"✗ word: not found\n".repeat(500));
        assert!(cut.chars().count() <= PARTS_MAX + 20 && cut.ends_with('…'), "{cut}");
    }
}

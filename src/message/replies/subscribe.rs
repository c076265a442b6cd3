//! What `subscribe` answers: first what it would bring, then that it is done.

use super::terms::{self, button, command, count, thousands};
use crate::domain::{Cadence, ChannelId, QueryError, Rest, Style, SubscriptionId};
use crate::message::{Block, Choice, Entry, Field, Form, Input, Line, Look, Piece, Reply};

/// The days that a back-test looks back.
pub const WINDOW: u32 = 30;

/// A subscription as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The query in canonical form.
    pub query: String,
    /// Where its papers would go.
    pub channel: ChannelId,
    /// When they would come.
    pub when: Cadence,
    /// How much of each would be shown.
    pub style: Style,
    /// The subscription of the channel to this very query, if there is one.
    pub known: Option<Known>,
    /// What it would have brought.
    pub backtest: Backtest,
    /// The latest papers that it would have brought.
    pub examples: Vec<Entry>,
}

/// A subscription that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: SubscriptionId,
    /// When its papers come.
    pub when: Cadence,
    /// How much of each is shown.
    pub style: Style,
    /// Its pause, while it lasts.
    pub rest: Option<Rest>,
}

/// What a query would have brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backtest {
    /// There are no papers to ask.
    NoPapers,
    /// It asks how fast numbers rise, which is not known of every day that has passed.
    Unknown,
    /// This.
    Counted(Counted),
}

/// Numbers of a back-test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Over so many days, at most [`WINDOW`].
    pub days: u32,
    /// How many papers it would have brought.
    pub papers: u64,
    /// How many on the day of the most.
    pub most: u64,
    /// How many of them come already, by which query of the channel; the most first.
    pub overlaps: Vec<(String, u64)>,
}

/// The ids of a proposal's controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controls {
    /// Makes the subscription.
    pub subscribe: String,
    /// Opens the form.
    pub narrow: String,
    /// Leaves everything as it is.
    pub cancel: String,
}

/// Proposes a subscription.
pub fn proposal(proposal: &Proposal, controls: &Controls) -> Reply {
    let Proposal { query, channel, when, style, known, .. } = proposal;
    let same = known.is_some_and(|known| (known.when, known.style) == (*when, *style));
    let shown = terms::query(query);
    let heading = match (known, same) {
        (None, _) => format!("Subscribe to “{shown}”?"),
        (Some(_), false) => format!("Change the subscription to “{shown}”?"),
        (Some(_), true) => format!("Already subscribed to “{shown}”"),
    };
    let mut blocks = vec![Block::Heading { text: heading }];
    let mut place: Line = vec!["Into ".into(), Piece::Channel(channel.clone()), ", ".into()];
    match known {
        None => place.push(format!("{}, {}.", terms::when(*when), terms::style(*style)).into()),
        Some(known) => {
            let now = format!("now {}, {}", known.when, known.style);
            let then = if same { ".".to_owned() } else { format!("; then {when}, {style}.") };
            place.push(format!("subscription {}: {now}{then}", known.id.0).into());
        }
    }
    blocks.push(Block::Text { line: place });
    if let Some(rest) = known.and_then(|known| known.rest) {
        let mut line: Line = vec!["It is ".into()];
        line.extend(terms::resting(rest));
        line.extend([". ".into(), command("resume"), " ends that.".into()]);
        blocks.push(Block::Text { line });
    }
    blocks.push(Block::Text { line: Piece::from(estimate(&proposal.backtest, *when)).into() });
    if let Some(overlap) = overlap(&proposal.backtest) {
        blocks.push(Block::Text { line: Piece::from(overlap).into() });
    }
    if !proposal.examples.is_empty() {
        blocks.push(Block::Text { line: Piece::Strong("The latest of them".to_owned()).into() });
        blocks.extend(proposal.examples.iter().map(|entry| Block::Entry(Box::new(entry.clone()))));
    }
    let mut buttons = Vec::new();
    if !same {
        let label = if known.is_some() { "Change" } else { "Subscribe" };
        buttons.push(button(label, Look::Primary, &controls.subscribe));
    }
    buttons.push(button("Narrow", Look::Plain, &controls.narrow));
    buttons.push(button("Cancel", Look::Plain, &controls.cancel));
    Reply { blocks, buttons, ..Reply::default() }
}

/// What a query would have brought, in a sentence.
pub fn estimate(backtest: &Backtest, when: Cadence) -> String {
    let counted = match backtest {
        Backtest::NoPapers => {
            return "No papers are stored yet, so there is no telling how many this would post.".to_owned();
        }
        Backtest::Unknown => {
            return "It asks how fast numbers rise, so there is no telling how many papers it would have posted."
                .to_owned();
        }
        Backtest::Counted(counted) => counted,
    };
    let days = match counted.days {
        WINDOW.. => format!("In the last {WINDOW} days"),
        1 => "Today, the only day that Paperwire has seen,".to_owned(),
        days => format!("In the {days} days that Paperwire has seen,"),
    };
    let done = if when == Cadence::Instant { "posted" } else { "collected" };
    let papers = match counted.papers {
        0 => "nothing: try fewer words, or OR between them".to_owned(),
        n => count(n, "paper", "papers"),
    };
    let rate = if counted.days > 1 && counted.papers > 1 { rate(counted) } else { String::new() };
    format!("{days} this would have {done} {papers}{rate}.")
}

/// How many a day: ` (1.4 a day, at most 6)`.
#[expect(clippy::cast_precision_loss, reason = "a rate with one digit")]
fn rate(counted: &Counted) -> String {
    let daily = counted.papers as f64 / f64::from(counted.days);
    let often = match daily {
        ..0.1 => "fewer than one in ten days".to_owned(),
        ..10.0 => format!("{daily:.1} a day"),
        _ => format!("{} a day", thousands(counted.papers / u64::from(counted.days))),
    };
    format!(" ({often}, at most {})", thousands(counted.most))
}

/// What of it comes already.
fn overlap(backtest: &Backtest) -> Option<String> {
    let Backtest::Counted(Counted { overlaps, papers, .. }) = backtest else { return None };
    let amount = |n: &u64| if n == papers { "All".to_owned() } else { thousands(*n) };
    Some(match overlaps.as_slice() {
        [] => return None,
        [(query, n)] => {
            let come = if *n == 1 { "comes" } else { "come" };
            format!("{} of them already {come} by “{}”.", amount(n), terms::query(query))
        }
        [(query, n), (other, m), ..] => format!(
            "{} of them already come by “{}”, and {} by “{}”.",
            amount(n),
            terms::query(query),
            amount(m).to_lowercase(),
            terms::query(other)
        ),
    })
}

/// Says that it is done, what happens next and how to end it.
pub fn done(outcome: Outcome, id: SubscriptionId, proposal: &Wish<'_>) -> Reply {
    let Wish { query, channel, when, style, rest } = *proposal;
    let shown = terms::query(query);
    let heading = match outcome {
        Outcome::Created => format!("Subscribed to “{shown}”"),
        Outcome::Changed => format!("Changed the subscription to “{shown}”"),
        Outcome::Same => format!("Already subscribed to “{shown}”"),
    };
    let mut next: Line = match when {
        Cadence::Instant => vec![
            "From now on papers that match are posted in ".into(),
            Piece::Channel(channel.clone()),
            format!(", {}, {}.", terms::when(when), terms::style(style)).into(),
        ],
        Cadence::Daily | Cadence::Weekly => vec![
            "From now on papers that match come together in the roundup of ".into(),
            Piece::Channel(channel.clone()),
            if when == Cadence::Weekly { ", on Mondays; " } else { "; " }.into(),
            command("roundup"),
            " in the channel shows and sets its time, and what has come together so far.".into(),
        ],
    };
    if let Some(rest) = rest {
        next.push(" But it is ".into());
        next.extend(terms::resting(rest));
        next.extend([": ".into(), command("resume"), " ends that.".into()]);
    }
    let end: Line = vec![
        "To end it: ".into(),
        command(&format!("unsubscribe {}", id.0)),
        ". All subscriptions of the channel: ".into(),
        command("subscriptions"),
        ".".into(),
    ];
    let blocks =
        vec![Block::Heading { text: heading }, Block::Text { line: next }, Block::Note { line: end }];
    Reply { blocks, ..Reply::default() }
}

/// What subscribing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is a new subscription.
    Created,
    /// One is other than before.
    Changed,
    /// It was there as it is.
    Same,
}

/// A subscription as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The query in canonical form.
    pub query: &'a str,
    /// Where its papers go.
    pub channel: &'a ChannelId,
    /// When they come.
    pub when: Cadence,
    /// How much of each is shown.
    pub style: Style,
    /// Its pause, while it lasts.
    pub rest: Option<Rest>,
}

/// The time that a roundup covers.
pub(super) fn period(when: Cadence) -> &'static str {
    if when == Cadence::Weekly { "7 days" } else { "24 hours" }
}

/// The form in which a proposal can be changed, with what it would bring as it stands.
pub fn form(
    control: &str,
    query: &str,
    when: Cadence,
    style: Style,
    said: Result<&Backtest, &QueryError>,
) -> Form {
    let block = match said {
        Ok(backtest) => Block::Text { line: Piece::from(estimate(backtest, when)).into() },
        Err(error) => Block::Code { text: error.pointed() },
    };
    let field = |name: &str, label: &str, value: &str, input| Field {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        input,
        required: true,
    };
    let choice = |name: &str, label: String| Choice { label, value: name.to_owned() };
    let whens =
        Cadence::ALL.iter().map(|when| choice(when.name(), format!("{when}: {}", terms::when(*when))));
    let styles =
        Style::ALL.iter().map(|style| choice(style.name(), format!("{style}: {}", terms::style(*style))));
    Form {
        control: control.to_owned(),
        title: "Narrow the subscription".to_owned(),
        blocks: vec![block],
        fields: vec![
            field("query", "Query", query, Input::Text { max: QUERY_MAX, long: true, live: true }),
            field("when", "When papers come", when.name(), Input::One(whens.collect())),
            field("style", "How much of each is shown", style.name(), Input::One(styles.collect())),
        ],
        submit: "Look again".to_owned(),
    }
}

/// The longest query that the form takes; the language's own limit.
const QUERY_MAX: u16 = 1_000;
const _: () = assert!(QUERY_MAX as usize == crate::domain::query::MAX_CHARS);

/// Says what is wrong with a query that came by the form.
pub fn unreadable(error: &QueryError, again: &str) -> Reply {
    Reply {
        blocks: vec![
            Block::Text { line: Piece::from("This query cannot be read; nothing was changed.").into() },
            Block::Code { text: error.pointed() },
        ],
        buttons: vec![button("Try again", Look::Primary, again)],
        ..Reply::default()
    }
}

/// Says what is wrong with another field of the form.
pub fn unusable(reason: &str, again: &str) -> Reply {
    Reply {
        buttons: vec![button("Try again", Look::Primary, again)],
        ..Reply::text(Piece::from(format!("{reason}.")))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::terms::tests::{blocks, shown};
    use super::*;
    use crate::domain::{Platform, Query};

    fn counted(days: u32, papers: u64, most: u64, overlaps: &[(&str, u64)]) -> Backtest {
        let overlaps = overlaps.iter().map(|(query, n)| ((*query).to_owned(), *n)).collect();
        Backtest::Counted(Counted { days, papers, most, overlaps })
    }

    fn propose(known: Option<Known>, backtest: Backtest) -> String {
        let given = Proposal {
            query: "diffusion policy".to_owned(),
            channel: ChannelId::parse(Platform::Sandbox, "lab").unwrap(),
            when: Cadence::Daily,
            style: Style::Line,
            known,
            backtest,
            examples: Vec::new(),
        };
        let control = |at: u8| format!("a:{at}");
        let controls = Controls { subscribe: control(0), narrow: control(1), cancel: control(2) };
        shown(&proposal(&given, &controls))
    }

    #[test]
    fn an_estimate_is_honest_about_what_is_known() {
        let told = [
            estimate(&Backtest::NoPapers, Cadence::Instant),
            estimate(&Backtest::Unknown, Cadence::Instant),
            estimate(&counted(30, 41, 6, &[]), Cadence::Instant),
            estimate(&counted(30, 12_000, 1_800, &[]), Cadence::Weekly),
            estimate(&counted(30, 2, 1, &[]), Cadence::Instant),
            estimate(&counted(30, 1, 1, &[]), Cadence::Instant),
            estimate(&counted(9, 0, 0, &[]), Cadence::Instant),
            estimate(&counted(1, 7, 7, &[]), Cadence::Daily),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        No papers are stored yet, so there is no telling how many this would post.
        It asks how fast numbers rise, so there is no telling how many papers it would have posted.
        In the last 30 days this would have posted 41 papers (1.4 a day, at most 6).
        In the last 30 days this would have collected 12,000 papers (400 a day, at most 1,800).
        In the last 30 days this would have posted 2 papers (fewer than one in ten days, at most 1).
        In the last 30 days this would have posted 1 paper.
        In the 9 days that Paperwire has seen, this would have posted nothing: try fewer words, or OR between them.
        Today, the only day that Paperwire has seen, this would have collected 7 papers.
        ");
    }

    #[test]
    fn what_comes_already_is_told_by_the_query_that_brings_it() {
        let told = |overlaps| overlap(&counted(30, 12, 3, overlaps)).unwrap_or_default();
        let told =
            [told(&[]), told(&[("flow", 12)]), told(&[("flow", 1)]), told(&[("flow", 12), ("robot", 3)])];
        insta::assert_snapshot!(told.join("\n"), @"
        All of them already come by “flow”.
        1 of them already comes by “flow”.
        All of them already come by “flow”, and 3 by “robot”.
        ");
    }

    #[test]
    fn a_proposal_says_what_it_changes() {
        let since: Timestamp = "2026-08-03T00:00:00Z".parse().unwrap();
        let known = Known { id: SubscriptionId(3), when: Cadence::Instant, style: Style::Card, rest: None };
        let same = Known { when: Cadence::Daily, style: Style::Line, ..known };
        let paused = Known { rest: Some(Rest { since, until: None }), ..known };
        let told =
            [None, Some(known), Some(same), Some(paused)].map(|known| propose(known, Backtest::NoPapers));
        insta::assert_snapshot!(told.join("\n\n"), @"
        # Subscribe to “diffusion policy”?
        Into #lab, collected for the daily roundup, as one line.
        No papers are stored yet, so there is no telling how many this would post.
        [Subscribe] [Narrow] [Cancel]

        # Change the subscription to “diffusion policy”?
        Into #lab, subscription 3: now instant, card; then daily, line.
        No papers are stored yet, so there is no telling how many this would post.
        [Change] [Narrow] [Cancel]

        # Already subscribed to “diffusion policy”
        Into #lab, subscription 3: now daily, line.
        No papers are stored yet, so there is no telling how many this would post.
        [Narrow] [Cancel]

        # Change the subscription to “diffusion policy”?
        Into #lab, subscription 3: now instant, card; then daily, line.
        It is paused since {2026-08-03T00:00:00Z}. `/papers resume` ends that.
        No papers are stored yet, so there is no telling how many this would post.
        [Change] [Narrow] [Cancel]
        ");
    }

    #[test]
    fn what_is_done_is_told_with_what_happens_next_and_how_to_end_it() {
        let channel = ChannelId::parse(Platform::Sandbox, "lab").unwrap();
        let wish = Wish {
            query: "diffusion",
            channel: &channel,
            when: Cadence::Instant,
            style: Style::Full,
            rest: None,
        };
        let rest = Rest {
            since: "2026-08-03T00:00:00Z".parse().unwrap(),
            until: Some("2026-08-05T00:00:00Z".parse().unwrap()),
        };
        let told = [
            done(Outcome::Created, SubscriptionId(3), &wish),
            done(Outcome::Changed, SubscriptionId(3), &Wish { when: Cadence::Weekly, ..wish }),
            done(Outcome::Same, SubscriptionId(3), &Wish { rest: Some(rest), ..wish }),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n\n"), @"
        # Subscribed to “diffusion”
        From now on papers that match are posted in #lab, each as soon as it is listed, as a card with the whole abstract.
        (To end it: `/papers unsubscribe 3`. All subscriptions of the channel: `/papers subscriptions`.)

        # Changed the subscription to “diffusion”
        From now on papers that match come together in the roundup of #lab, on Mondays; `/papers roundup` in the channel shows and sets its time, and what has come together so far.
        (To end it: `/papers unsubscribe 3`. All subscriptions of the channel: `/papers subscriptions`.)

        # Already subscribed to “diffusion”
        From now on papers that match are posted in #lab, each as soon as it is listed, as a card with the whole abstract. But it is paused until {2026-08-05T00:00:00Z}: `/papers resume` ends that.
        (To end it: `/papers unsubscribe 3`. All subscriptions of the channel: `/papers subscriptions`.)
        ");
    }

    #[test]
    fn the_form_keeps_to_the_limits_of_both_platforms() {
        let error = Query::for_subscription("robots (drones").unwrap_err();
        let form = form("a:0", "robots (drones", Cadence::Instant, Style::Card, Err(&error));
        assert!(form.title.chars().count() <= 24 && form.submit.chars().count() <= 24);
        for field in &form.fields {
            assert!(field.label.chars().count() <= 45, "{}", field.label);
            if let Input::One(choices) = &field.input {
                assert!(choices.iter().all(|choice| choice.label.chars().count() <= 75), "{choices:?}");
                assert!(choices.iter().any(|choice| choice.value == field.value), "{choices:?}");
            }
        }
        assert!(blocks(&form.blocks).join("\n").contains("never closed"));
    }
}

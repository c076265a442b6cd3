//! What `limits` answers, and what `status` says of a channel's limits.

use jiff::Timestamp;

use super::words::{counted, listed};
use crate::command::written;
use crate::domain::budget::{SPIKE_LEAST, SPIKE_TIMES};
use crate::domain::{Limits, Platform};
use crate::message::{Block, Line, Piece, Reply};

/// What a channel's limits are and what they have come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitFacts {
    /// The limits.
    pub limits: Limits,
    /// The zone that they are meant in.
    pub zone: String,
    /// Posts of the local day.
    pub posted: u64,
    /// Papers that wait for the end of the quiet hours.
    pub undecided: u64,
    /// Papers that wait for the roundup.
    pub waiting: u64,
    /// True when far more than usual came today.
    pub spike: bool,
    /// When the quiet hours end, when they are now.
    pub quiet_until: Option<Timestamp>,
    /// When the next roundup is due; `None` when it is off.
    pub roundup_at: Option<Timestamp>,
}

/// Shows a channel's limits; `changed` when they were just set.
pub fn limits(facts: &LimitFacts, changed: bool, platform: Platform) -> Reply {
    let heading = if changed { "The limits are set" } else { "The limits of this channel" };
    let mut blocks = vec![Block::Heading { text: heading.to_owned() }, Block::Facts { rows: rows(facts) }];
    let line = if facts.limits.is_none() {
        vec![
            "Each paper of an instant subscription is posted as soon as it is listed. ".into(),
            Piece::Code(written(platform, "limits per_day:8 quiet:22:00-07:00 spike:on")),
            " sets limits.".into(),
        ]
    } else {
        rule(facts, platform)
    };
    blocks.push(Block::Text { line });
    if changed && !facts.limits.is_none() {
        let text = "What was on its way before is still posted.";
        blocks.push(Block::Note { line: Piece::from(text).into() });
    }
    Reply { blocks, ..Reply::default() }
}

/// What becomes of papers that the limits keep.
fn rule(facts: &LimitFacts, platform: Platform) -> Line {
    let mut line = Line::new();
    if facts.limits.per_day.is_some() {
        line.push("Of papers that come together the best are posted. ".into());
    }
    if facts.limits.per_day.is_none() && !facts.limits.spike {
        line.push("What comes in the quiet hours is posted when they end.".into());
        return line;
    }
    match facts.roundup_at {
        Some(at) => line.extend([
            "What is over the limits waits for the roundup; the next one is due ".into(),
            Piece::Moment(at),
            ".".into(),
        ]),
        None => line.extend([
            "What is over the limits waits for the roundup, and that is off: ".into(),
            Piece::Code(written(platform, "roundup every:daily")),
            " switches it on.".into(),
        ]),
    }
    line
}

fn rows(facts: &LimitFacts) -> Vec<(String, Line)> {
    let so_far = format!("{} so far today", facts.posted);
    let per_day = facts.limits.per_day.map_or_else(
        || format!("no limit, {so_far}"),
        |most| format!("at most {}, {so_far}", counted(most.into(), "post", "posts")),
    );
    let mut rows: Vec<(String, Line)> = vec![("A day".to_owned(), Piece::from(per_day).into())];
    let mut quiet: Line = match facts.limits.quiet {
        Some(quiet) => vec![format!("{quiet} ({})", facts.zone).into()],
        None => vec!["none".into()],
    };
    if let Some(until) = facts.quiet_until {
        quiet.extend([", now until ".into(), Piece::Moment(until)]);
    }
    rows.push(("Quiet hours".to_owned(), quiet));
    let spike = match (facts.limits.spike, facts.spike) {
        (false, _) => "off".to_owned(),
        (true, false) => format!(
            "{SPIKE_TIMES} times the usual, and at least {SPIKE_LEAST} papers, turn a day into a roundup"
        ),
        (true, true) => "far more than usual came today: the rest waits for the roundup".to_owned(),
    };
    rows.push(("Spikes".to_owned(), Piece::from(spike).into()));
    rows.extend(kept(facts).map(|text| ("Kept".to_owned(), Piece::from(text).into())));
    rows
}

/// What is kept: `2 papers until the quiet hours end and 5 papers for the roundup`.
fn kept(facts: &LimitFacts) -> Option<String> {
    let papers = |n| counted(n, "paper", "papers");
    let until = if facts.quiet_until.is_some() { "until the quiet hours end" } else { "for a moment" };
    let mut parts = Vec::new();
    parts.extend((facts.undecided > 0).then(|| format!("{} {until}", papers(facts.undecided))));
    parts.extend((facts.waiting > 0).then(|| format!("{} for the roundup", papers(facts.waiting))));
    (!parts.is_empty()).then(|| listed(&parts))
}

/// The limits in a line: `8 posts a day, 3 so far; quiet 22:00–07:00; spikes turn into roundups`; `None` when there
/// are none and nothing is kept.
pub fn in_short(facts: &LimitFacts) -> Option<String> {
    let Limits { per_day, quiet, spike } = &facts.limits;
    let mut parts = Vec::new();
    parts.extend(
        per_day
            .map(|most| format!("{} a day, {} so far", counted(most.into(), "post", "posts"), facts.posted)),
    );
    parts.extend(quiet.map(|quiet| format!("quiet {quiet} ({})", facts.zone)));
    parts.extend(spike.then(|| "spikes turn into roundups".to_owned()));
    parts.extend(kept(facts).map(|kept| format!("kept: {kept}")));
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::super::terms::tests::shown;
    use super::*;
    use crate::domain::Quiet;

    #[test]
    fn the_limits_say_what_holds_what_they_came_to_and_what_is_kept() {
        let at = |text: &str| Some(text.parse().unwrap());
        let none = LimitFacts {
            zone: "UTC".to_owned(),
            roundup_at: at("2026-08-05T09:00Z"),
            ..LimitFacts::default()
        };
        let quiet = Quiet::new(time(22, 0, 0, 0), time(7, 0, 0, 0));
        let all = LimitFacts {
            limits: Limits { per_day: Some(8), quiet, spike: true },
            zone: "Europe/Berlin".to_owned(),
            posted: 8,
            undecided: 2,
            waiting: 1,
            quiet_until: at("2026-08-05T05:00Z"),
            ..none.clone()
        };
        let off = LimitFacts {
            limits: Limits { per_day: Some(1), quiet: None, spike: true },
            spike: true,
            roundup_at: None,
            ..none.clone()
        };
        let hours = LimitFacts { limits: Limits { quiet, ..Limits::default() }, ..none.clone() };
        let told = [
            limits(&none, false, Platform::Slack),
            limits(&all, true, Platform::Slack),
            limits(&off, false, Platform::Discord),
            limits(&hours, false, Platform::Discord),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n\n"), @"
        # The limits of this channel
        A day: no limit, 0 so far today
        Quiet hours: none
        Spikes: off
        Each paper of an instant subscription is posted as soon as it is listed. `/papers limits per_day:8 quiet:22:00-07:00 spike:on` sets limits.

        # The limits are set
        A day: at most 8 posts, 8 so far today
        Quiet hours: 22:00–07:00 (Europe/Berlin), now until {2026-08-05T05:00:00Z}
        Spikes: 3 times the usual, and at least 20 papers, turn a day into a roundup
        Kept: 2 papers until the quiet hours end and 1 paper for the roundup
        Of papers that come together the best are posted. What is over the limits waits for the roundup; the next one is due {2026-08-05T09:00:00Z}.
        (What was on its way before is still posted.)

        # The limits of this channel
        A day: at most 1 post, 0 so far today
        Quiet hours: none
        Spikes: far more than usual came today: the rest waits for the roundup
        Of papers that come together the best are posted. What is over the limits waits for the roundup, and that is off: `/papers roundup every:daily` switches it on.

        # The limits of this channel
        A day: no limit, 0 so far today
        Quiet hours: 22:00–07:00 (UTC)
        Spikes: off
        What comes in the quiet hours is posted when they end.
        ");
        assert_eq!(in_short(&none), None);
        insta::assert_snapshot!(in_short(&all).unwrap(), @"8 posts a day, 8 so far; quiet 22:00–07:00 (Europe/Berlin); spikes turn into roundups; kept: 2 papers until the quiet hours end and 1 paper for the roundup");
    }
}

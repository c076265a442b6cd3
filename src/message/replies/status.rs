//! What `status` answers: how the sources and the channel are, and why it is quiet.

use jiff::Timestamp;

use super::limits::{LimitFacts, in_short};
use super::source::{Health, health};
use super::words::{counted, ended, number};
use crate::domain::{Every, RoundupSettings};
use crate::message::{Block, Line, Piece, Reply, clean, cut};

/// More feeds of a channel are only counted.
const FEEDS_MAX: usize = 8;
/// The longest name of a feed, in characters.
const TITLE_MAX: usize = 60;

/// How a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its short name: `huggingface`.
    pub name: String,
    /// When it was last read without a failure.
    pub polled_at: Option<Timestamp>,
    /// When it is read next, as far as that is known.
    pub next_at: Option<Timestamp>,
    /// Why the last poll failed.
    pub failure: Option<String>,
    /// How many polls in a row failed.
    pub failures: u32,
    /// What there is of its day.
    pub day: Today,
}

/// What there is of a source's day: “nothing new” has many reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// It has no days.
    Any,
    /// Its papers are there.
    Current,
    /// They should be there, since this time, and are not.
    Late(Timestamp),
    /// They are expected at this time.
    NotYet(Timestamp),
    /// It keeps a holiday.
    Holiday {
        /// Its English name.
        name: &'static str,
        /// When the next papers are due.
        next: Timestamp,
    },
    /// It rests at weekends.
    Weekend {
        /// When the next papers are due.
        next: Timestamp,
    },
}

/// How a channel is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelFacts {
    /// Its subscriptions.
    pub subscriptions: u64,
    /// Those of them that are paused.
    pub paused: u64,
    /// Posts on their way.
    pub waiting: u64,
    /// Posts that the platform refused in the last seven days.
    pub refused: u64,
    /// When the last one was posted.
    pub last_sent_at: Option<Timestamp>,
    /// What its roundups are set to.
    pub roundup: Option<RoundupSettings>,
    /// When the next roundup is due.
    pub roundup_at: Option<Timestamp>,
    /// What its limits are and have come to.
    pub limits: LimitFacts,
}

/// A reason why nothing was posted in the last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quiet {
    /// Nobody subscribed the channel to anything.
    NoSubscription,
    /// The platform refuses messages to the channel.
    Refused {
        /// Why, in a sentence.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
    /// All subscriptions are paused.
    AllPaused {
        /// Until when, where that is known.
        until: Option<Timestamp>,
    },
    /// A source cannot be read.
    SourceFails {
        /// Its short name.
        name: String,
    },
    /// Nobody has read any source yet.
    NoSource,
    /// arXiv and Hugging Face list papers from Monday to Friday.
    Weekend,
    /// A source keeps a holiday.
    Holiday {
        /// The source's short name.
        source: String,
        /// The holiday.
        name: &'static str,
    },
    /// A source's papers of the day are not there yet.
    NotYet {
        /// The source's short name.
        source: String,
        /// When they are expected.
        at: Timestamp,
    },
    /// A source's papers of the day should be there and are not.
    Late {
        /// The source's short name.
        source: String,
        /// Since when.
        since: Timestamp,
    },
    /// No source listed anything in the last day.
    NothingListed,
    /// All active subscriptions collect for roundups.
    OnlyRoundups,
    /// No paper has come since the channel was subscribed.
    Fresh {
        /// When it was.
        since: Timestamp,
    },
    /// Papers came, but none for this channel.
    NoMatch {
        /// How many papers came in the last day.
        listings: u64,
    },
    /// The channel's limits keep papers.
    Kept {
        /// So many until the quiet hours end, and when that is.
        undecided: (u64, Option<Timestamp>),
        /// So many for the roundup, and when that is due.
        waiting: (u64, Option<Timestamp>),
    },
    /// Something is on its way.
    Waiting {
        /// How many.
        posts: u64,
    },
}

/// The search index beside the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// It cannot be opened.
    Absent,
    /// It holds so many papers.
    Holds(u64),
}

/// All that `status` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The sources by name.
    pub sources: Vec<SourceFacts>,
    /// The feeds that the channel follows: names, and how reading them goes.
    pub feeds: Vec<(String, Health)>,
    /// Papers in the store.
    pub stored: u64,
    /// Papers with today's listing day.
    pub today: u64,
    /// Papers first seen in the last 24 hours.
    pub seen: u64,
    /// The search index.
    pub index: Index,
    /// The asker's channel.
    pub channel: ChannelFacts,
    /// Why it is quiet; empty when it is not.
    pub quiet: Vec<Quiet>,
}

/// Says how everything is.
pub fn status(status: &Status) -> Reply {
    let mut blocks = Vec::new();
    if let Some((first, more)) = status.quiet.split_first() {
        blocks.push(Block::Heading { text: "Why it is quiet here".to_owned() });
        let mut line = reason(first);
        for quiet in more {
            line.push("\n".into());
            line.extend(reason(quiet));
        }
        blocks.push(Block::Text { line });
    }
    blocks.push(Block::Heading { text: "This channel".to_owned() });
    blocks.push(Block::Facts { rows: channel(&status.channel) });
    blocks.push(Block::Heading { text: "Sources and papers".to_owned() });
    let mut rows: Vec<(String, Line)> =
        status.sources.iter().map(|source| (source_title(&source.name), source_line(source))).collect();
    let feeds = status.feeds.iter().take(FEEDS_MAX);
    rows.extend(feeds.map(|(title, how)| (cut(&clean(title), TITLE_MAX), health(how))));
    let more = status.feeds.len().saturating_sub(FEEDS_MAX) as u64;
    if more > 0 {
        let line = vec![
            format!("{}: ", counted(more, "feed", "feeds")).into(),
            Piece::Code("/papers source list".to_owned()),
        ];
        rows.push(("Further".to_owned(), line));
    }
    let papers = format!(
        "{} in the store, {} of today’s lists, {} new in the last 24 hours",
        number(status.stored),
        number(status.today),
        number(status.seen)
    );
    rows.push(("Papers".to_owned(), Piece::from(papers).into()));
    rows.extend(index(status).map(|text| ("Search".to_owned(), Piece::from(text).into())));
    blocks.push(Block::Facts { rows });
    Reply { blocks, ..Reply::default() }
}

fn index(status: &Status) -> Option<String> {
    match status.index {
        Index::Absent => Some("the index cannot be opened; posting goes on without it".to_owned()),
        Index::Holds(held) if held < status.stored => Some(format!(
            "{} of {} can be found so far",
            number(held),
            counted(status.stored, "paper", "papers")
        )),
        Index::Holds(_) => None,
    }
}

fn channel(channel: &ChannelFacts) -> Vec<(String, Line)> {
    let mut rows: Vec<(String, Line)> = Vec::new();
    let mut row = |name: &str, line: Line| rows.push((name.to_owned(), line));
    let mut subscriptions = number(channel.subscriptions);
    if channel.paused > 0 {
        subscriptions = format!("{subscriptions}, {} of them paused", number(channel.paused));
    }
    row("Subscriptions", Piece::from(subscriptions).into());
    row(
        "Last post",
        channel.last_sent_at.map_or_else(|| vec!["none yet".into()], |at| vec![Piece::Relative(at)]),
    );
    if channel.waiting > 0 {
        row("On the way", Piece::from(counted(channel.waiting, "post", "posts")).into());
    }
    if channel.refused > 0 {
        let text = format!("{} in the last 7 days", counted(channel.refused, "post", "posts"));
        row("Refused for good", Piece::from(text).into());
    }
    if let Some(settings) = &channel.roundup {
        row("Roundup", roundup(settings, channel.roundup_at));
    }
    if let Some(limits) = in_short(&channel.limits) {
        row("Limits", Piece::from(limits).into());
    }
    rows
}

fn roundup(settings: &RoundupSettings, next: Option<Timestamp>) -> Line {
    let every = match settings.every {
        Some(Every::Off) => return Piece::from("switched off").into(),
        Some(Every::Weekdays) => "Monday to Friday",
        Some(Every::Weekly) => "on Mondays",
        Some(Every::Monthly) => "on the first of the month",
        Some(Every::Daily) | None => "every day",
    };
    let mut line = vec![Piece::from(every)];
    line.extend(settings.at.map(|at| Piece::Plain(format!(" at {}", at.strftime("%H:%M")))));
    line.extend(settings.zone.as_deref().map(|zone| Piece::Plain(format!(" ({})", clean(zone)))));
    if let Some(next) = next {
        line.extend([", next due ".into(), Piece::Relative(next)]);
    }
    line
}

/// How one source is: `read 10 minutes ago, next in 20 minutes`.
pub fn source_line(source: &SourceFacts) -> Line {
    let mut line = match source.polled_at {
        Some(at) => vec!["last read ".into(), Piece::Relative(at)],
        None => vec!["not read yet".into()],
    };
    if let Some(failure) = source.failure.as_deref().map(clean).filter(|_| source.failures > 0) {
        let times = counted(source.failures.into(), "try", "tries");
        line.push(format!("; the last {times} failed: {}", ended(&failure)).into());
    }
    if let Some(next) = source.next_at {
        let word = if source.failures > 0 { " Next try " } else { ", next " };
        line.extend([word.into(), Piece::Relative(next)]);
    }
    if source.failures == 0 && source.polled_at.is_some() {
        line.extend(today(source.day));
    }
    line
}

/// What there is of a source's day, where there is something to say.
fn today(day: Today) -> Line {
    match day {
        Today::Any | Today::Current => Line::new(),
        Today::Late(since) => {
            vec!["; nothing new of today, though it was due ".into(), Piece::Relative(since)]
        }
        Today::NotYet(at) => {
            vec!["; today’s papers are not there yet: expected ".into(), Piece::Relative(at)]
        }
        Today::Holiday { name, next } => vec![
            format!("; no announcement today ({name}), the next papers are due ").into(),
            Piece::Relative(next),
        ],
        Today::Weekend { next } => {
            vec!["; nothing at weekends, the next papers are due ".into(), Piece::Relative(next)]
        }
    }
}

/// A source as people call it.
pub fn source_title(name: &str) -> String {
    match name {
        "huggingface" => "Hugging Face".to_owned(),
        "arxiv" => "arXiv".to_owned(),
        other => clean(other),
    }
}

fn reason(quiet: &Quiet) -> Line {
    match quiet {
        Quiet::NoSubscription => vec![
            "This channel has no subscription. ".into(),
            Piece::Code("/papers subscribe".to_owned()),
            " brings papers here.".into(),
        ],
        Quiet::Refused { reason, since } => vec![
            "Nothing can be posted here since ".into(),
            Piece::Moment(*since),
            format!(": {} Then ", ended(&clean(reason))).into(),
            Piece::Code("/papers resume".to_owned()),
            ".".into(),
        ],
        Quiet::AllPaused { until: Some(until) } => {
            vec![
                "All subscriptions of this channel are paused; the first resumes ".into(),
                Piece::Relative(*until),
                ".".into(),
            ]
        }
        Quiet::AllPaused { until: None } => vec![
            "All subscriptions of this channel are paused until somebody resumes them: ".into(),
            Piece::Code("/papers resume".to_owned()),
            ".".into(),
        ],
        Quiet::SourceFails { name } => {
            vec![
                format!(
                    "{} cannot be read at the moment; what it lists meanwhile follows later.",
                    source_title(name)
                )
                .into(),
            ]
        }
        Quiet::NoSource => vec!["No source has been read yet.".into()],
        Quiet::Weekend => {
            vec!["It is the weekend: arXiv and Hugging Face list papers from Monday to Friday.".into()]
        }
        Quiet::Holiday { source, name } => {
            vec![format!("{}: no announcement today ({name}).", source_title(source)).into()]
        }
        Quiet::NotYet { source, at } => vec![
            format!("{} has not listed today’s papers yet; they are expected ", source_title(source)).into(),
            Piece::Relative(*at),
            ".".into(),
        ],
        Quiet::Late { source, since } => vec![
            format!("{} has listed nothing of today, though it was due ", source_title(source)).into(),
            Piece::Relative(*since),
            ".".into(),
        ],
        Quiet::NothingListed => vec!["No source listed a new paper in the last 24 hours.".into()],
        Quiet::OnlyRoundups => {
            vec![
                "The subscriptions of this channel collect for its roundup and post nothing on their own."
                    .into(),
            ]
        }
        Quiet::Fresh { since } => vec![
            "No new paper has come since this channel was subscribed ".into(),
            Piece::Relative(*since),
            "; a subscription brings what is listed after it.".into(),
        ],
        Quiet::NoMatch { listings } => vec![
            match listings {
                1 => "The one new paper of the last 24 hours is not what this channel asks for. ".to_owned(),
                n => format!(
                    "None of the {} new papers of the last 24 hours is what this channel asks for. ",
                    number(*n)
                ),
            }
            .into(),
            Piece::Code("/papers explain".to_owned()),
            " says why for any of them.".into(),
        ],
        Quiet::Kept { undecided, waiting } => kept(*undecided, *waiting),
        Quiet::Waiting { posts: 1 } => vec!["One post is on its way.".into()],
        Quiet::Waiting { posts } => vec![format!("{} posts are on their way.", number(*posts)).into()],
    }
}

fn kept(undecided: (u64, Option<Timestamp>), waiting: (u64, Option<Timestamp>)) -> Line {
    let wait = |n| format!("{} for ", counted(n, "paper waits", "papers wait"));
    let mut line = Line::new();
    if undecided.0 > 0 {
        let until: Line = match undecided.1 {
            Some(at) => {
                vec!["the quiet hours of this channel to end ".into(), Piece::Relative(at), ". ".into()]
            }
            None => vec!["what comes with it, for a moment. ".into()],
        };
        line.push(wait(undecided.0).into());
        line.extend(until);
    }
    if waiting.0 > 0 {
        line.push(format!("{}the roundup", wait(waiting.0)).into());
        line.extend(waiting.1.map_or_else(
            || vec![", which is off.".into()],
            |at| vec![", due ".into(), Piece::Relative(at), ".".into()],
        ));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{at, plain, said};
    use super::*;
    use crate::domain::Limits;

    fn facts() -> Status {
        Status {
            sources: vec![SourceFacts {
                name: "huggingface".to_owned(),
                polled_at: Some(at("2026-08-21T05:50:00Z")),
                next_at: Some(at("2026-08-21T06:20:00Z")),
                failure: None,
                failures: 0,
                day: Today::Current,
            }],
            feeds: Vec::new(),
            stored: 12_345,
            today: 40,
            seen: 212,
            index: Index::Holds(12_345),
            channel: ChannelFacts {
                subscriptions: 3,
                paused: 1,
                waiting: 2,
                refused: 1,
                last_sent_at: Some(at("2026-08-20T06:00:00Z")),
                roundup: Some(RoundupSettings {
                    at: Some(jiff::civil::time(9, 0, 0, 0)),
                    zone: Some("Europe/Berlin".to_owned()),
                    every: Some(Every::Weekdays),
                    size: Some(10),
                    ..RoundupSettings::default()
                }),
                roundup_at: Some(at("2026-08-21T07:00:00Z")),
                limits: LimitFacts {
                    limits: Limits { per_day: Some(8), ..Limits::default() },
                    posted: 3,
                    waiting: 5,
                    ..LimitFacts::default()
                },
            },
            quiet: Vec::new(),
        }
    }

    #[test]
    fn all_that_is_well_is_told_in_two_lists() {
        insta::assert_snapshot!(plain(&status(&facts())), @"
        # This channel
        Subscriptions: 3, 1 of them paused
        Last post: {~2026-08-20T06:00:00Z}
        On the way: 2 posts
        Refused for good: 1 post in the last 7 days
        Roundup: Monday to Friday at 09:00 (Europe/Berlin), next due {~2026-08-21T07:00:00Z}
        Limits: 8 posts a day, 3 so far; kept: 5 papers for the roundup
        # Sources and papers
        Hugging Face: last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}
        Papers: 12,345 in the store, 40 of today’s lists, 212 new in the last 24 hours
        ");
    }

    #[test]
    fn a_source_without_news_says_whether_it_is_late_resting_or_only_not_there_yet() {
        let next = at("2026-11-27T05:15:00Z");
        let days = [
            Today::Any,
            Today::Late(next),
            Today::NotYet(next),
            Today::Holiday { name: "Thanksgiving", next },
            Today::Weekend { next },
        ];
        let lines = days.map(|day| said(&source_line(&SourceFacts { day, ..facts().sources.remove(0) })));
        insta::assert_snapshot!(lines.join("\n"), @"
        last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}
        last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}; nothing new of today, though it was due {~2026-11-27T05:15:00Z}
        last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}; today’s papers are not there yet: expected {~2026-11-27T05:15:00Z}
        last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}; no announcement today (Thanksgiving), the next papers are due {~2026-11-27T05:15:00Z}
        last read {~2026-08-21T05:50:00Z}, next {~2026-08-21T06:20:00Z}; nothing at weekends, the next papers are due {~2026-11-27T05:15:00Z}
        ");
    }

    #[test]
    fn the_feeds_of_a_channel_stand_beside_the_sources() {
        let feeds = (1..=10).map(|n| (format!("Feed {n}"), Health::Waiting)).collect();
        let said = plain(&status(&Status { feeds, ..facts() }));
        assert!(said.contains("Feed 8: not read yet\nFurther: 2 feeds: `/papers source list`\n"), "{said}");
    }

    #[test]
    fn a_quiet_channel_is_told_why_first() {
        let failing = SourceFacts {
            failure: Some("the server is down".to_owned()),
            failures: 2,
            ..facts().sources.remove(0)
        };
        let quiet = Status {
            sources: vec![failing],
            quiet: vec![Quiet::SourceFails { name: "huggingface".into() }, Quiet::NoMatch { listings: 212 }],
            channel: ChannelFacts::default(),
            index: Index::Holds(100),
            ..facts()
        };
        insta::assert_snapshot!(plain(&status(&quiet)), @"
        # Why it is quiet here
        Hugging Face cannot be read at the moment; what it lists meanwhile follows later.
        None of the 212 new papers of the last 24 hours is what this channel asks for. `/papers explain` says why for any of them.
        # This channel
        Subscriptions: 0
        Last post: none yet
        # Sources and papers
        Hugging Face: last read {~2026-08-21T05:50:00Z}; the last 2 tries failed: the server is down. Next try {~2026-08-21T06:20:00Z}
        Papers: 12,345 in the store, 40 of today’s lists, 212 new in the last 24 hours
        Search: 100 of 12,345 papers can be found so far
        ");
    }

    #[test]
    fn every_reason_for_silence_has_its_sentence() {
        let since = at("2026-08-20T06:00:00Z");
        let reasons = [
            Quiet::NoSubscription,
            Quiet::Refused { reason: "Paperwire is not in this channel".into(), since },
            Quiet::AllPaused { until: Some(since) },
            Quiet::AllPaused { until: None },
            Quiet::NoSource,
            Quiet::Weekend,
            Quiet::Holiday { source: "arxiv".into(), name: "Thanksgiving" },
            Quiet::NotYet { source: "huggingface".into(), at: since },
            Quiet::Late { source: "arxiv".into(), since },
            Quiet::NothingListed,
            Quiet::OnlyRoundups,
            Quiet::Fresh { since },
            Quiet::NoMatch { listings: 1 },
            Quiet::Kept {
                undecided: (2, Some(at("2026-08-21T07:00:00Z"))),
                waiting: (1, Some(at("2026-08-21T09:00:00Z"))),
            },
            Quiet::Kept { undecided: (1, None), waiting: (3, None) },
            Quiet::Waiting { posts: 1 },
            Quiet::Waiting { posts: 4 },
        ];
        insta::assert_snapshot!(reasons.map(|quiet| said(&reason(&quiet))).join("\n"), @"
        This channel has no subscription. `/papers subscribe` brings papers here.
        Nothing can be posted here since {2026-08-20T06:00:00Z}: Paperwire is not in this channel. Then `/papers resume`.
        All subscriptions of this channel are paused; the first resumes {~2026-08-20T06:00:00Z}.
        All subscriptions of this channel are paused until somebody resumes them: `/papers resume`.
        No source has been read yet.
        It is the weekend: arXiv and Hugging Face list papers from Monday to Friday.
        arXiv: no announcement today (Thanksgiving).
        Hugging Face has not listed today’s papers yet; they are expected {~2026-08-20T06:00:00Z}.
        arXiv has listed nothing of today, though it was due {~2026-08-20T06:00:00Z}.
        No source listed a new paper in the last 24 hours.
        The subscriptions of this channel collect for its roundup and post nothing on their own.
        No new paper has come since this channel was subscribed {~2026-08-20T06:00:00Z}; a subscription brings what is listed after it.
        The one new paper of the last 24 hours is not what this channel asks for. `/papers explain` says why for any of them.
        2 papers wait for the quiet hours of this channel to end {~2026-08-21T07:00:00Z}. 1 paper waits for the roundup, due {~2026-08-21T09:00:00Z}.
        1 paper waits for what comes with it, for a moment. 3 papers wait for the roundup, which is off.
        One post is on its way.
        4 posts are on their way.
        ");
    }
}

//! What `roundup` answers.

use super::subscribe::period;
use super::terms::{command, count, query};
use super::trending::gained;
use super::words::{counted, quoted};
use jiff::civil::{Date, Time};

use crate::domain::ranking::{Rank, Standing};
use crate::domain::{AlreadyPosted, Cadence, Every, QuietDay, RoundupKind, RoundupSettings, SubscriptionId};
use crate::message::{Block, Entry, Line, Piece, Reply};

/// The papers that have come together for one rhythm.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// Daily or weekly.
    pub when: Cadence,
    /// How many subscriptions of the channel ask for it.
    pub subscriptions: u64,
    /// The newest of them.
    pub entries: Vec<Entry>,
    /// How many there are.
    pub total: u64,
}

/// A roundup that a channel has beside the one of its matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// The subscription with its query; `None` for the trending papers.
    pub subscription: Option<(SubscriptionId, String)>,
    /// What is set for it.
    pub settings: RoundupSettings,
}

/// Shows the settings of a channel's roundups and what has come together; `changed` when they were just set.
pub fn settings(settings: &RoundupSettings, changed: bool, others: &[Other], together: &[Together]) -> Reply {
    let heading = if changed { "The roundup is set" } else { "The roundup of this channel" };
    let mut facts = rows(settings);
    let trending = others.iter().find(|other| other.subscription.is_none());
    let comes = trending.and_then(|other| other.settings.every).map_or("never, unless you choose", rhythm);
    facts.push(("Trending".to_owned(), Piece::from(comes).into()));
    facts.extend(others.iter().filter_map(|other| {
        let (id, query) = other.subscription.as_ref()?;
        let line = format!("{}: {}", quoted(query), comes_when(&other.settings, settings));
        Some((format!("Subscription {}", id.0), Piece::from(line).into()))
    }));
    let mut blocks = vec![Block::Heading { text: heading.to_owned() }, Block::Facts { rows: facts }];
    if settings.every == Some(Every::Off) {
        blocks
            .push(Block::Text { line: Piece::from("It is off; papers are collected all the same.").into() });
    }
    for part in together {
        let asking = [format!("{} subscription", part.when), format!("{} subscriptions", part.when)];
        let text = format!(
            "{} in the last {} for {}",
            count(part.total, "paper", "papers"),
            period(part.when),
            count(part.subscriptions, &asking[0], &asking[1]),
        );
        blocks.push(Block::Text { line: Piece::Strong(text).into() });
        blocks.extend(part.entries.iter().map(|entry| Block::Entry(Box::new(entry.clone()))));
        let more = part.total.saturating_sub(part.entries.len() as u64);
        if more > 0 {
            let text = format!("And {}.", count(more, "older one", "older ones"));
            blocks.push(Block::Note { line: Piece::from(text).into() });
        }
    }
    if together.is_empty() {
        let line: Line = vec![
            "Nothing is collected here: no subscription of this channel is daily or weekly. ".into(),
            command("subscribe diffusion when:daily"),
            " proposes one.".into(),
        ];
        blocks.push(Block::Text { line });
    }
    Reply { blocks, ..Reply::default() }
}

/// Shows the roundup that one subscription has of its own, where it has one; `all` is the channel's.
pub fn own(
    id: SubscriptionId,
    asked: &str,
    own: Option<&RoundupSettings>,
    all: &RoundupSettings,
    changed: bool,
) -> Reply {
    let own = own.filter(|own| own.every != Some(Every::Off));
    let heading = match (own, changed) {
        (Some(_), true) => format!("The roundup of subscription {} is set", id.0),
        (Some(_), false) => format!("The roundup of subscription {}", id.0),
        (None, _) => format!("Subscription {} comes with the channel’s roundup", id.0),
    };
    let line = match own {
        Some(own) => format!("{} comes {}.", quoted(asked), comes_when(own, all)),
        None => format!("{} has no roundup of its own. To give it one: ", quoted(asked)),
    };
    let mut line: Line = vec![line.into()];
    let next = match own {
        Some(_) => {
            line.push(" Back into the channel’s roundup: ".into());
            format!("roundup subscription:{} every:off", id.0)
        }
        None => format!("roundup subscription:{} at:18:00", id.0),
    };
    line.push(command(&next));
    let blocks = vec![Block::Heading { text: heading }, Block::Text { line }];
    Reply { blocks, ..Reply::default() }
}

/// Says that what comes at once is in no roundup.
pub fn instant(id: SubscriptionId, asked: &str) -> Reply {
    let line: Line = vec![
        format!(
            "Subscription {} brings each paper at once, so it has no roundup. To collect its papers: ",
            id.0
        )
        .into(),
        command(&format!("subscribe {} when:daily", query(asked))),
    ];
    Reply::text(line)
}

/// Shows papers of a roundup that was made; `total` are all of them.
pub fn details(kind: RoundupKind, date: Date, entries: Vec<Entry>, total: u64, page: u32) -> Reply {
    if entries.is_empty() {
        return Reply::text(Piece::from("Nothing is kept of the papers of this roundup."));
    }
    let what = if kind == RoundupKind::Trending { "What was trending on" } else { "The roundup of" };
    let text = format!("{what} {}, in detail", date.strftime("%a, %-d %b %Y"));
    let mut blocks = vec![Block::Heading { text }];
    blocks.extend(entries.into_iter().map(|entry| Block::Entry(Box::new(entry))));
    let note = format!(
        "{}{} in its order",
        if page > 1 { format!("Page {page} · ") } else { String::new() },
        counted(total, "paper", "papers")
    );
    blocks.push(Block::Note { line: Piece::from(note).into() });
    Reply { blocks, ..Reply::default() }
}

/// Why a paper has its place: `Rank 5.0: 3.0 for 7 votes gained, …`.
pub fn rank(rank: &Rank) -> Line {
    match rank {
        Rank::Match(standing) => Piece::from(rank_words(standing)).into(),
        Rank::Rise { upvotes, stars, here } => gained(*upvotes, *stars, *here),
    }
}

/// The same without mark-up, for a paper that was collected.
pub fn rank_words(standing: &Standing) -> String {
    let [votes, stars, strength, age] = standing.parts();
    let place = if standing.strength >= 1.0 { "the title" } else { "the keywords" };
    let days = standing.age_days.max(0.0).floor();
    let listed = match days {
        0.0 => "being listed today".to_owned(),
        1.0 => "being listed a day ago".to_owned(),
        days => format!("being listed {days} days ago"),
    };
    let parts = [
        (votes, votes_words(standing)),
        (stars, counted(standing.stars.into(), "star gained", "stars gained")),
        (strength, format!("a match in {place}")),
        (age, listed),
    ];
    let parts = parts.into_iter().filter(|(part, _)| part.abs() >= 0.05);
    let parts: Vec<String> = parts.map(|(part, words)| format!("{part:.1} for {words}")).collect();
    format!("Rank {:.1}: {}", standing.score(), parts.join(", "))
}

fn votes_words(standing: &Standing) -> String {
    let gained = counted(standing.votes.into(), "vote gained", "votes gained");
    if standing.here == 0 {
        return gained;
    }
    let sign = if standing.here > 0 { '+' } else { '−' };
    format!("{gained} and {sign}{} here", counted(standing.here.unsigned_abs(), "vote", "votes"))
}

/// When a roundup comes that leaves out what is as for the channel's.
fn comes_when(own: &RoundupSettings, all: &RoundupSettings) -> String {
    let at = own.at.or(all.at).unwrap_or(RoundupSettings::AT).strftime("%H:%M");
    let zone = own.zone.as_deref().or(all.zone.as_deref()).unwrap_or("UTC");
    let every = rhythm(own.every.unwrap_or(Every::Daily));
    let size = own.size.map(|size| format!(", at most {}", count(size.into(), "paper", "papers")));
    format!("{every} at {at} ({zone}){}", size.unwrap_or_default())
}

fn rows(settings: &RoundupSettings) -> Vec<(String, Line)> {
    let or = |value: Option<String>, default: &str| -> Line {
        Piece::from(value.unwrap_or_else(|| format!("{default}, unless you choose"))).into()
    };
    let at = |at: Time| at.strftime("%H:%M").to_string();
    let size = |n: u16| format!("at most {}", count(n.into(), "paper", "papers"));
    let posted = |way| match way {
        AlreadyPosted::Hide => "left out".to_owned(),
        AlreadyPosted::Mark => "marked, with a link to the message".to_owned(),
    };
    let quiet = |way| match way {
        QuietDay::Silent => "nothing is posted".to_owned(),
        QuietDay::Say => "one line says why".to_owned(),
    };
    vec![
        ("Every".to_owned(), or(settings.every.map(|every| rhythm(every).to_owned()), rhythm(Every::Daily))),
        ("At".to_owned(), or(settings.at.map(at), &at(RoundupSettings::AT))),
        ("Zone".to_owned(), or(settings.zone.clone(), "UTC")),
        ("Size".to_owned(), or(settings.size.map(size), &size(RoundupSettings::SIZE))),
        ("Already posted".to_owned(), or(settings.posted.map(posted), &posted(AlreadyPosted::Hide))),
        ("Quiet day".to_owned(), or(settings.quiet.map(quiet), &quiet(QuietDay::Silent))),
    ]
}

fn rhythm(every: Every) -> &'static str {
    match every {
        Every::Daily => "each day",
        Every::Weekdays => "Monday to Friday",
        Every::Weekly => "on Mondays",
        Every::Monthly => "on the first of the month",
        Every::Off => "never",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::super::terms::tests::shown;
    use super::*;

    #[test]
    fn a_roundup_of_its_own_says_when_it_comes_and_how_to_end_it() {
        let own_one = RoundupSettings { every: Some(Every::Weekdays), ..RoundupSettings::default() };
        let off = RoundupSettings { every: Some(Every::Off), ..RoundupSettings::default() };
        let all = RoundupSettings { zone: Some("Asia/Tokyo".to_owned()), ..RoundupSettings::default() };
        let told = [
            own(SubscriptionId(3), "robots", Some(&own_one), &all, true),
            own(SubscriptionId(3), "robots", Some(&off), &all, true),
            own(SubscriptionId(3), "robots", None, &all, false),
            instant(SubscriptionId(3), "robots"),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n\n"), @"
        # The roundup of subscription 3 is set
        “robots” comes Monday to Friday at 09:00 (Asia/Tokyo). Back into the channel’s roundup: `/papers roundup subscription:3 every:off`

        # Subscription 3 comes with the channel’s roundup
        “robots” has no roundup of its own. To give it one: `/papers roundup subscription:3 at:18:00`

        # Subscription 3 comes with the channel’s roundup
        “robots” has no roundup of its own. To give it one: `/papers roundup subscription:3 at:18:00`

        Subscription 3 brings each paper at once, so it has no roundup. To collect its papers: `/papers subscribe robots when:daily`
        ");
    }

    #[test]
    fn the_place_of_a_paper_is_told_in_numbers_that_add_up() {
        let standing = Standing { votes: 7, stars: 3, here: 0, strength: 0.5, age_days: 7.0 };
        assert_eq!(
            rank_words(&standing),
            "Rank 5.0: 3.0 for 7 votes gained, 1.0 for 3 stars gained, 0.5 for a match in the keywords, 0.5 for \
             being listed 7 days ago"
        );
        assert_eq!(rank_words(&Standing::default()), "Rank 1.0: 1.0 for being listed today");
        assert_eq!(rank(&Rank::Rise { upvotes: 41, stars: 1, here: 0 }), gained(41, 1, 0));
    }

    #[test]
    fn the_settings_say_what_was_chosen_and_what_was_not() {
        let chosen = RoundupSettings {
            at: Some(time(17, 30, 0, 0)),
            zone: Some("Europe/Berlin".to_owned()),
            every: Some(Every::Weekdays),
            size: Some(1),
            posted: Some(AlreadyPosted::Mark),
            quiet: Some(QuietDay::Say),
        };
        let together = [
            Together { when: Cadence::Daily, subscriptions: 2, entries: Vec::new(), total: 0 },
            Together { when: Cadence::Weekly, subscriptions: 1, entries: Vec::new(), total: 1_200 },
        ];
        let every = |every| RoundupSettings { every, ..RoundupSettings::default() };
        let others = [
            Other { subscription: None, settings: every(Some(Every::Weekly)) },
            Other {
                subscription: Some((SubscriptionId(3), "robots".to_owned())),
                settings: RoundupSettings {
                    at: Some(time(18, 0, 0, 0)),
                    size: Some(5),
                    ..every(Some(Every::Daily))
                },
            },
        ];
        let off = RoundupSettings { every: Some(Every::Off), ..RoundupSettings::default() };
        let told = [
            settings(&RoundupSettings::default(), false, &[], &[]),
            settings(&chosen, true, &others, &together),
            settings(&off, true, &[], &[]),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n\n"), @"
        # The roundup of this channel
        Every: each day, unless you choose
        At: 09:00, unless you choose
        Zone: UTC, unless you choose
        Size: at most 10 papers, unless you choose
        Already posted: left out, unless you choose
        Quiet day: nothing is posted, unless you choose
        Trending: never, unless you choose
        Nothing is collected here: no subscription of this channel is daily or weekly. `/papers subscribe diffusion when:daily` proposes one.

        # The roundup is set
        Every: Monday to Friday
        At: 17:30
        Zone: Europe/Berlin
        Size: at most 1 paper
        Already posted: marked, with a link to the message
        Quiet day: one line says why
        Trending: on Mondays
        Subscription 3: “robots”: each day at 18:00 (Europe/Berlin), at most 5 papers
        *0 papers in the last 24 hours for 2 daily subscriptions*
        *1,200 papers in the last 7 days for 1 weekly subscription*
        (And 1,200 older ones.)

        # The roundup is set
        Every: never
        At: 09:00, unless you choose
        Zone: UTC, unless you choose
        Size: at most 10 papers, unless you choose
        Already posted: left out, unless you choose
        Quiet day: nothing is posted, unless you choose
        Trending: never, unless you choose
        It is off; papers are collected all the same.
        Nothing is collected here: no subscription of this channel is daily or weekly. `/papers subscribe diffusion when:daily` proposes one.
        ");
    }
}

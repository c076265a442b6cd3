//! What `source add`, `source list` and `source remove` answer.

use jiff::Timestamp;

use super::terms::{command, count};
use super::words::quoted;
use crate::domain::{SubscriptionId, UserId};
use crate::message::{Block, Line, Piece, Reply, clean, cut};

/// The longest name of a feed or title of a paper, in characters.
const TITLE_MAX: usize = 120;
/// More feeds than any channel may follow are not shown.
const SHOWN: usize = 50;

/// A feed that was read before anybody follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The address under which it is followed.
    pub url: String,
    /// What it calls itself; its host when it has no name.
    pub title: String,
    /// How many papers it lists.
    pub papers: u64,
    /// Titles of the first of them.
    pub sample: Vec<String>,
}

/// Why an address cannot be followed.
///
/// None of it holds anything that the other side sent, nor tells what stands behind a name: whether a host is
/// inside, is not there or does not answer is one and the same here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotLooked {
    /// The address itself is none that is fetched; says why, as `sources check-url` does.
    Refused(String),
    /// arXiv, which is a source of its own.
    Arxiv,
    /// It cannot be read.
    Unreachable,
    /// Its server answers that there is nothing for us.
    Answers(u16),
    /// Its server wants fewer questions.
    Busy,
    /// It is larger than any feed.
    TooLarge,
    /// It was read and is no feed.
    NotAFeed {
        /// Why: `it is a web page and no feed`.
        why: String,
        /// The feed that it names.
        names: Option<String>,
    },
}

/// Why somebody cannot add a feed, whatever its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHere {
    /// Only the operator adds feeds.
    Operator,
    /// Feeds are switched off.
    Off,
    /// The channel follows so many.
    ChannelFull(u32),
    /// The server or workspace does.
    WorkspaceFull(u32),
}

/// A feed that a channel follows now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// What was read.
    pub looked: Looked,
    /// Its number.
    pub number: i64,
    /// True when the channel followed it before.
    pub already: bool,
    /// The subscription that brings its papers.
    pub subscription: SubscriptionId,
    /// Only papers that match.
    pub query: Option<String>,
}

/// A feed of a channel in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: i64,
    /// What it calls itself.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Who added it here.
    pub owner: UserId,
    /// The subscription that brings its papers, while it lasts.
    pub subscription: Option<SubscriptionId>,
    /// How reading it goes.
    pub health: Health,
}

/// How reading a feed goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Nobody has read it yet.
    Waiting,
    /// It was read.
    Read(Timestamp),
    /// It failed so many times in a row.
    Fails {
        /// When it was last read.
        read_at: Option<Timestamp>,
        /// How often.
        times: u32,
        /// Why, in the operator's words.
        why: String,
    },
    /// The operator lets it rest.
    Paused(Timestamp),
    /// It is not read any more.
    Ended(Timestamp, String),
}

/// Says that the channel follows a feed.
pub fn added(added: &Added) -> Reply {
    let Added { looked, number, already, subscription, query } = added;
    let mut blocks = Vec::new();
    let verb = if *already { "follows this feed already" } else { "now follows the feed" };
    let mut line: Line = vec![format!("This channel {verb}: ").into(), name(&looked.title, &looked.url)];
    line.push(format!(" (feed {number}), which lists {}.", count(looked.papers, "paper", "papers")).into());
    blocks.push(Block::Text { line });
    let titles: Vec<String> = looked.sample.iter().map(|title| format!("• {}", short(title))).collect();
    if !titles.is_empty() {
        blocks.push(Block::Text { line: Piece::from(titles.join("\n")).into() });
    }
    let which = query.as_ref().map_or_else(
        || "What it lists from now on".to_owned(),
        |query| format!("What it lists from now on and matches {}", quoted(query)),
    );
    blocks.push(Block::Note {
        line: vec![
            format!(
                "{which} is posted here, by subscription {}. What is in it now is not posted. To end it: ",
                subscription.0
            )
            .into(),
            command(&format!("source remove {number}")),
            ".".into(),
        ],
    });
    Reply { blocks, ..Reply::default() }
}

/// Says why an address is not followed.
pub fn not_looked(why: &NotLooked) -> Reply {
    let sentence = match why {
        NotLooked::Refused(reason) => format!("This address is not fetched: {}.", clean(reason)),
        NotLooked::Arxiv => {
            let line: Line = vec![
                "arXiv is read already, within its rules of politeness. Subscribe to a category instead: "
                    .into(),
                command("subscribe cat:cs.RO"),
                ".".into(),
            ];
            return Reply::text(line);
        }
        NotLooked::Unreachable => {
            "This address cannot be read: it does not answer in time, or it leads to where \
             Paperwire does not go. Check it in a browser, and try again later."
                .to_owned()
        }
        NotLooked::Answers(status @ (401 | 403)) => {
            format!(
                "Its server does not let Paperwire read this address (it answers {status}). Ask who runs it."
            )
        }
        NotLooked::Answers(404 | 410) => {
            "There is nothing at this address. Copy it again from the page of the feed.".to_owned()
        }
        NotLooked::Answers(status) => {
            format!(
                "Its server cannot show this address at the moment (it answers {status}). Try again later."
            )
        }
        NotLooked::Busy => "Its server wants to be asked less. Try again in an hour.".to_owned(),
        NotLooked::TooLarge => "What stands at this address is larger than any feed.".to_owned(),
        NotLooked::NotAFeed { why, names } => {
            let mut line: Line = vec![format!("This address was read, but {}. ", clean(why)).into()];
            match names {
                Some(url) => line.extend([
                    "The page names this feed: ".into(),
                    command(&format!("source add {url}")),
                    ".".into(),
                ]),
                None => line.push(
                    "RSS, Atom and JSON Feed can be followed; their addresses often end in /feed or /rss."
                        .into(),
                ),
            }
            return Reply::text(line);
        }
    };
    Reply::text(Piece::from(sentence))
}

/// Says why nobody can add a feed here.
pub fn not_here(why: NotHere) -> Reply {
    let full = |who: &str, most: u32| {
        let line: Line = vec![
            format!("{who} follows {} already, as many as it may. ", count(most.into(), "feed", "feeds"))
                .into(),
            command("source list"),
            " shows those of this channel; end one first.".into(),
        ];
        Reply::text(line)
    };
    match why {
        NotHere::Operator => Reply::text(Piece::from(
            "Feeds are added by who runs Paperwire here. Send them the address that you would like to follow.",
        )),
        NotHere::Off => Reply::text(Piece::from(
            "Who runs Paperwire here has switched feeds off; ask them to follow this one for you.",
        )),
        NotHere::ChannelFull(most) => full("This channel", most),
        NotHere::WorkspaceFull(most) => full("Your workspace", most),
    }
}

/// Lists the feeds of a channel.
pub fn list(feeds: &[Listed]) -> Reply {
    if feeds.is_empty() {
        let line: Line = vec![
            "This channel follows no feed. ".into(),
            command("source add https://www.nature.com/nature.rss"),
            " brings the papers of a journal, a laboratory or a blog here.".into(),
        ];
        return Reply::text(line);
    }
    let total = feeds.len() as u64;
    let heading = format!("This channel follows {}", count(total, "feed", "feeds"));
    let mut blocks = vec![Block::Heading { text: heading }];
    for feed in feeds.iter().take(SHOWN) {
        let mut line: Line = vec![format!("{} · ", feed.number).into(), name(&feed.title, &feed.url)];
        line.push(" · by ".into());
        line.push(Piece::User(feed.owner.clone()));
        match feed.subscription {
            Some(id) => line.push(format!(" · subscription {}", id.0).into()),
            None => line.push(" · its subscription has ended: add it again to get its papers".into()),
        }
        line.push("\n".into());
        line.extend(health(&feed.health));
        blocks.push(Block::Text { line });
    }
    blocks.push(Block::Note {
        line: vec!["To end one: ".into(), command(&format!("source remove {}", feeds[0].number)), ".".into()],
    });
    Reply { blocks, ..Reply::default() }
}

/// How reading a feed goes, as a part of a sentence.
pub fn health(health: &Health) -> Line {
    match health {
        Health::Waiting => vec!["not read yet".into()],
        Health::Read(at) => vec!["last read ".into(), Piece::Relative(*at)],
        Health::Fails { read_at, times, why } => {
            let mut line = match read_at {
                Some(at) => vec!["last read ".into(), Piece::Relative(*at), "; ".into()],
                None => vec!["never read; ".into()],
            };
            let tries = count((*times).into(), "try", "tries");
            line.push(format!("the last {tries} failed: {}", sentence(&public(why))).into());
            line
        }
        Health::Paused(at) => vec!["paused by the operator ".into(), Piece::Relative(*at)],
        Health::Ended(at, why) => {
            vec!["not read any more since ".into(), Piece::Moment(*at), format!(": {}", sentence(why)).into()]
        }
    }
}

/// Says that the channel follows a feed no longer.
pub fn removed(title: &str, subscription: Option<SubscriptionId>) -> Reply {
    let ended = subscription.map_or_else(String::new, |id| {
        format!(" Subscription {}, which brought its papers, has ended.", id.0)
    });
    let text = format!("This channel no longer follows {}.{ended} What was posted stays.", quoted(title));
    Reply::text(Piece::from(text))
}

/// Says that a channel follows no such feed.
pub fn unknown(named: &str) -> Reply {
    let line: Line = vec![
        format!("This channel follows no feed {}: ", quoted(named)).into(),
        command("source list"),
        " shows the feeds that it follows, with their numbers.".into(),
    ];
    Reply::text(line)
}

/// Says that several feeds have a name.
pub fn several(named: &str, numbers: &[i64]) -> Reply {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let text = format!(
        "Several feeds of this channel are called {}: say which by its number, {}.",
        quoted(named),
        numbers.join(" or ")
    );
    Reply::text(Piece::from(text))
}

/// What of a failure a channel may know: what a public server said, and nothing of how it was not reached.
fn public(why: &str) -> String {
    let after = |mark: &str| why.split_once(mark).map(|(_, rest)| rest);
    let status = after(" answers ").and_then(|rest| rest.get(..3)).filter(|code| code.parse::<u16>().is_ok());
    match (status, after(" did not answer as the API does: ")) {
        (Some(status), _) => format!("its server answers {status}"),
        (_, Some(what)) => what.to_owned(),
        _ if why.contains(" asks to wait") => "its server wants to be asked less".to_owned(),
        _ if why.contains(" (403)") => "its server does not let Paperwire read it".to_owned(),
        _ => "it cannot be reached".to_owned(),
    }
}

fn name(title: &str, url: &str) -> Piece {
    Piece::Link { text: short(title), url: url.to_owned() }
}

fn short(text: &str) -> String {
    cut(&clean(text), TITLE_MAX)
}

/// With a full stop at its end, and only one.
fn sentence(text: &str) -> String {
    format!("{}.", clean(text).trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{at, plain};
    use super::*;

    fn looked() -> Looked {
        Looked {
            url: "https://lab.example/feed".to_owned(),
            title: "The Lab".to_owned(),
            papers: 2,
            sample: vec!["One <@everyone>".to_owned(), "Two".to_owned()],
        }
    }

    #[test]
    fn a_feed_that_is_followed_is_shown_with_what_comes_of_it() {
        let mut said = Added {
            looked: looked(),
            number: 7,
            already: false,
            subscription: SubscriptionId(3),
            query: None,
        };
        insta::assert_snapshot!(plain(&added(&said)), @"
        This channel now follows the feed: The Lab <https://lab.example/feed> (feed 7), which lists 2 papers.
        • One <@everyone>
        • Two
        ~ What it lists from now on is posted here, by subscription 3. What is in it now is not posted. To end it: `/papers source remove 7`.
        ");
        said.already = true;
        said.query = Some("robot".to_owned());
        insta::assert_snapshot!(plain(&added(&said)), @"
        This channel follows this feed already: The Lab <https://lab.example/feed> (feed 7), which lists 2 papers.
        • One <@everyone>
        • Two
        ~ What it lists from now on and matches “robot” is posted here, by subscription 3. What is in it now is not posted. To end it: `/papers source remove 7`.
        ");
    }

    #[test]
    fn every_refusal_says_what_to_do_and_none_what_stands_behind_a_name() {
        let page = |names: Option<&str>| NotLooked::NotAFeed {
            why: "it is a web page and no feed".to_owned(),
            names: names.map(str::to_owned),
        };
        let refusals = [
            NotLooked::Refused("only http and https addresses are".to_owned()),
            NotLooked::Arxiv,
            NotLooked::Unreachable,
            NotLooked::Answers(403),
            NotLooked::Answers(404),
            NotLooked::Answers(500),
            NotLooked::Busy,
            NotLooked::TooLarge,
            page(None),
            page(Some("https://lab.example/feed")),
        ];
        insta::assert_snapshot!(refusals.map(|why| plain(&not_looked(&why))).join("\n"), @"
        This address is not fetched: only http and https addresses are.
        arXiv is read already, within its rules of politeness. Subscribe to a category instead: `/papers subscribe cat:cs.RO`.
        This address cannot be read: it does not answer in time, or it leads to where Paperwire does not go. Check it in a browser, and try again later.
        Its server does not let Paperwire read this address (it answers 403). Ask who runs it.
        There is nothing at this address. Copy it again from the page of the feed.
        Its server cannot show this address at the moment (it answers 500). Try again later.
        Its server wants to be asked less. Try again in an hour.
        What stands at this address is larger than any feed.
        This address was read, but it is a web page and no feed. RSS, Atom and JSON Feed can be followed; their addresses often end in /feed or /rss.
        This address was read, but it is a web page and no feed. The page names this feed: `/papers source add https://lab.example/feed`.
        ");
        let full = [NotHere::Operator, NotHere::Off, NotHere::ChannelFull(20), NotHere::WorkspaceFull(50)];
        insta::assert_snapshot!(full.map(|why| plain(&not_here(why))).join("\n"), @"
        Feeds are added by who runs Paperwire here. Send them the address that you would like to follow.
        Who runs Paperwire here has switched feeds off; ask them to follow this one for you.
        This channel follows 20 feeds already, as many as it may. `/papers source list` shows those of this channel; end one first.
        Your workspace follows 50 feeds already, as many as it may. `/papers source list` shows those of this channel; end one first.
        ");
    }

    #[test]
    fn a_channel_learns_of_a_failure_what_the_server_said_and_not_how_it_was_not_reached() {
        for (why, told) in [
            ("https://x/ answers 404: asking again will not help", "its server answers 404"),
            (
                "https://x/ did not answer as the API does: it is a web page and no feed",
                "it is a web page and no feed",
            ),
            ("https://x/ asks to wait 40 s", "its server wants to be asked less"),
            ("https://x/ cannot be reached: Connection refused (os error 111)", "it cannot be reached"),
            (
                "https://x/ is not fetched: its host has no address on the public internet",
                "it cannot be reached",
            ),
            ("https://x/ did not answer within 30 s", "it cannot be reached"),
        ] {
            assert_eq!(public(why), told, "{why}");
        }
    }

    #[test]
    fn the_feeds_of_a_channel_are_listed_with_their_health() {
        let listed = |number, subscription, health| Listed {
            number,
            title: "The Lab".to_owned(),
            url: "https://lab.example/feed".to_owned(),
            owner: UserId("ada".to_owned()),
            subscription,
            health,
        };
        let then = at("2026-08-21T05:50:00Z");
        let why = "feed-3 could not be read for 2026-08-21: https://lab.example/feed answers 500".to_owned();
        let ended = "its server says that it is gone for good (410)".to_owned();
        let feeds = [
            listed(1, Some(SubscriptionId(3)), Health::Read(then)),
            listed(2, None, Health::Waiting),
            listed(3, None, Health::Fails { read_at: Some(then), times: 2, why: why.clone() }),
            listed(4, None, Health::Paused(then)),
            listed(5, None, Health::Ended(then, ended)),
        ];
        insta::assert_snapshot!(plain(&list(&feeds)), @"
        # This channel follows 5 feeds
        1 · The Lab <https://lab.example/feed> · by @ada · subscription 3
        last read {~2026-08-21T05:50:00Z}
        2 · The Lab <https://lab.example/feed> · by @ada · its subscription has ended: add it again to get its papers
        not read yet
        3 · The Lab <https://lab.example/feed> · by @ada · its subscription has ended: add it again to get its papers
        last read {~2026-08-21T05:50:00Z}; the last 2 tries failed: its server answers 500.
        4 · The Lab <https://lab.example/feed> · by @ada · its subscription has ended: add it again to get its papers
        paused by the operator {~2026-08-21T05:50:00Z}
        5 · The Lab <https://lab.example/feed> · by @ada · its subscription has ended: add it again to get its papers
        not read any more since {2026-08-21T05:50:00Z}: its server says that it is gone for good (410).
        ~ To end one: `/papers source remove 1`.
        ");
        let rest = [
            list(&[]),
            removed("The Lab", Some(SubscriptionId(3))),
            unknown("Nature"),
            several("The Lab", &[1, 2]),
        ];
        insta::assert_snapshot!(rest.each_ref().map(plain).join("\n"), @"
        This channel follows no feed. `/papers source add https://www.nature.com/nature.rss` brings the papers of a journal, a laboratory or a blog here.
        This channel no longer follows “The Lab”. Subscription 3, which brought its papers, has ended. What was posted stays.
        This channel follows no feed “Nature”: `/papers source list` shows the feeds that it follows, with their numbers.
        Several feeds of this channel are called “The Lab”: say which by its number, 1 or 2.
        ");
    }
}

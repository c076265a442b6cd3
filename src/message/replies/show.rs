//! What `show` answers: one paper in full.

use jiff::{Timestamp, civil::Date};

use super::status::{SourceFacts, source_line, source_title};
use super::words::{Stand, counted, listed};
use crate::domain::{Counters, PaperId};
use crate::message::{Block, Button, Line, Look, PaperCard, Piece, Press, Reply, clean, cut};

/// Names of at most so many authors are shown; further ones are counted.
const AUTHORS_MAX: usize = 20;
/// The longest name, in characters.
const NAME_MAX: usize = 80;
/// Days on which sources listed the paper that are named.
const LISTINGS_MAX: usize = 5;

/// A paper and what is known of it here.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The card; its text is the whole abstract.
    pub card: PaperCard,
    /// Everybody's name.
    pub authors: Vec<String>,
    /// Every category.
    pub categories: Vec<String>,
    /// The laboratory or company.
    pub organization: Option<String>,
    /// The numbers as last seen.
    pub counters: Counters,
    /// When a source last listed it, with its numbers.
    pub seen_at: Option<Timestamp>,
    /// Which source listed it on which day.
    pub listings: Vec<(String, Date)>,
    /// When the first version appeared.
    pub published_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Where its delivery to this channel stands.
    pub stand: Option<Stand>,
}

/// The controls under a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controls {
    /// Shows papers that resemble it.
    pub similar: String,
    /// Shows everybody.
    pub share: String,
}

/// Shows a paper in full.
pub fn shown(shown: Shown, controls: Controls) -> Reply {
    let mut blocks = Vec::new();
    if let Some(at) = shown.withdrawn_at {
        let line = vec![Piece::Strong("Withdrawn".to_owned()), " ".into(), Piece::Relative(at), ".".into()];
        blocks.push(Block::Text { line });
    }
    if let Some(stand) = &shown.stand {
        blocks.push(Block::Text { line: stand.sentences() });
    }
    let rows = rows(&shown);
    let url = shown.card.url.clone();
    blocks.insert(0, Block::Paper { card: Box::new(shown.card) });
    blocks.push(Block::Facts { rows });
    let press = |label: &str, press| Button { label: label.to_owned(), look: Look::Plain, press };
    let buttons = vec![
        press("Similar papers", Press::Control(controls.similar)),
        press("Share in channel", Press::Control(controls.share)),
        press("Open page", Press::Link(url)),
    ];
    Reply { blocks, buttons, ..Reply::default() }
}

fn rows(shown: &Shown) -> Vec<(String, Line)> {
    let mut rows: Vec<(String, Line)> = Vec::new();
    let mut row = |name: &str, line: Line| {
        if !line.is_empty() {
            rows.push((name.to_owned(), line));
        }
    };
    let text = |text: String| if text.is_empty() { Line::new() } else { vec![Piece::Plain(text)] };
    row("Authors", text(names(&shown.authors)));
    row("Organisation", text(shown.organization.as_deref().map(clean).unwrap_or_default()));
    row("Categories", text(shown.categories.iter().map(|c| clean(c)).collect::<Vec<_>>().join(", ")));
    row("Numbers", numbers(shown));
    row("Code", link(shown.card.repository.as_deref()));
    row("Project page", link(shown.card.project_page.as_deref()));
    row("First version", shown.published_at.map(|at| vec![Piece::Moment(at)]).unwrap_or_default());
    row("Listed", text(listings(&shown.listings)));
    row("Id", vec![Piece::Code(shown.card.paper.to_string())]);
    rows
}

fn names(authors: &[String]) -> String {
    let mut names: Vec<String> =
        authors.iter().map(|name| cut(&clean(name), NAME_MAX)).filter(|name| !name.is_empty()).collect();
    let more = names.len().saturating_sub(AUTHORS_MAX);
    names.truncate(AUTHORS_MAX);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { listed(&names) }
}

fn numbers(shown: &Shown) -> Line {
    let Counters { upvotes, comments, stars } = shown.counters;
    let known = [
        upvotes.map(|n| counted(n.into(), "upvote", "upvotes")),
        comments.map(|n| counted(n.into(), "comment", "comments")),
        stars.map(|n| counted(n.into(), "star", "stars")),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() {
        return Line::new();
    }
    let mut line = vec![Piece::Plain(known.join(", "))];
    if let Some(at) = shown.seen_at {
        line.extend([", as seen ".into(), Piece::Relative(at)]);
    }
    line
}

fn link(url: Option<&str>) -> Line {
    let Some(url) = url else { return Line::new() };
    let text = url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    vec![Piece::Link { text: cut(text, NAME_MAX), url: url.to_owned() }]
}

/// Which source listed a paper on which day, in words.
pub(super) fn listings(listings: &[(String, Date)]) -> String {
    let day = |day: Date| day.strftime("%-d %b %Y").to_string();
    let shown = listings.iter().take(LISTINGS_MAX);
    let mut parts: Vec<String> =
        shown.map(|(source, date)| format!("{} on {}", source_title(source), day(*date))).collect();
    let more = listings.len().saturating_sub(LISTINGS_MAX);
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    listed(&parts)
}

/// Says that no source has listed a paper, what that rests on and what to do.
pub fn unknown(id: &PaperId, sources: &[SourceFacts]) -> Reply {
    let mut blocks = vec![Block::Text {
        line: vec![
            "No source of Paperwire has listed ".into(),
            Piece::Link { text: id.to_string(), url: id.url() },
            " since it was started here. Only papers that a source lists can be shown and posted; if the id is \
             right, it may still come."
                .into(),
        ],
    }];
    if sources.is_empty() {
        blocks.push(Block::Note { line: Piece::from("No source has been asked yet.").into() });
    }
    blocks.extend(sources.iter().map(|source| {
        let mut line: Line = vec![format!("{}: ", source_title(&source.name)).into()];
        line.extend(source_line(source));
        Block::Note { line }
    }));
    Reply { blocks, ..Reply::default() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::status::Today;
    use super::super::words::tests::{at, entry, paper, plain, stand};
    use super::*;
    use crate::domain::DeliveryState;

    fn facts() -> Shown {
        let paper = paper(1, "Flow Matching for Robots");
        Shown {
            card: PaperCard {
                text: "Robots learn. They walk.".to_owned(),
                repository: Some("https://github.com/lab/flow".to_owned()),
                ..entry(1, "Flow Matching for Robots").card
            },
            authors: (1..=25).map(|n| format!("Author {n}")).collect(),
            categories: vec!["cs.RO".to_owned(), "cs.LG".to_owned()],
            organization: Some("Robot Lab".to_owned()),
            counters: paper.counters,
            seen_at: Some(at("2026-08-05T06:00:00Z")),
            listings: vec![
                ("huggingface".to_owned(), date(2026, 8, 4)),
                ("arxiv".to_owned(), date(2026, 8, 5)),
            ],
            published_at: Some(at("2026-08-03T17:00:00Z")),
            withdrawn_at: None,
            stand: Some(stand(DeliveryState::Sent)),
        }
    }

    #[test]
    fn a_paper_in_full_says_all_that_is_known_and_when_it_was_posted_here() {
        insta::assert_snapshot!(plain(&shown(facts(), Controls::default())), @"
        Flow Matching for Robots
        https://arxiv.org/abs/2608.00001
        Ada Lovelace · cs.RO · 4 Aug 2026 · 12 upvotes

        Robots learn. They walk.
        It was posted here <C1 1785.1> {~2026-08-04T06:01:00Z} ({2026-08-04T06:01:00Z}).
        Authors: Author 1, Author 2, Author 3, Author 4, Author 5, Author 6, Author 7, Author 8, Author 9, Author 10, Author 11, Author 12, Author 13, Author 14, Author 15, Author 16, Author 17, Author 18, Author 19, Author 20 and 5 more
        Organisation: Robot Lab
        Categories: cs.RO, cs.LG
        Numbers: 12 upvotes, 3 comments, 340 stars, as seen {~2026-08-05T06:00:00Z}
        Code: github.com/lab/flow <https://github.com/lab/flow>
        First version: {2026-08-03T17:00:00Z}
        Listed: Hugging Face on 4 Aug 2026 and arXiv on 5 Aug 2026
        Id: `2608.00001`
        (Similar papers) (Share in channel) (Open page)
        ");
    }

    #[test]
    fn a_withdrawn_paper_says_so_and_what_nobody_knows_is_left_out() {
        let bare = Shown {
            authors: Vec::new(),
            categories: Vec::new(),
            organization: None,
            counters: Counters::default(),
            listings: Vec::new(),
            published_at: None,
            withdrawn_at: Some(at("2026-08-06T00:00:00Z")),
            stand: None,
            card: entry(1, "Flow").card,
            ..facts()
        };
        insta::assert_snapshot!(plain(&shown(bare, Controls::default())), @"
        Flow
        https://arxiv.org/abs/2608.00001
        Ada Lovelace · cs.RO · 4 Aug 2026 · 12 upvotes

        Robots learn.
        *Withdrawn* {~2026-08-06T00:00:00Z}.
        Id: `2608.00001`
        (Similar papers) (Share in channel) (Open page)
        ");
    }

    #[test]
    fn an_unknown_paper_is_told_with_the_state_of_the_sources() {
        let failing = SourceFacts {
            name: "huggingface".to_owned(),
            polled_at: Some(at("2026-08-05T06:00:00Z")),
            next_at: None,
            failure: Some("the server is down".to_owned()),
            failures: 3,
            day: Today::Any,
        };
        let id = "2608.00001".parse().unwrap();
        let told = [unknown(&id, &[failing]), unknown(&id, &[])];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        No source of Paperwire has listed 2608.00001 <https://arxiv.org/abs/2608.00001> since it was started here. Only papers that a source lists can be shown and posted; if the id is right, it may still come.
        ~ Hugging Face: last read {~2026-08-05T06:00:00Z}; the last 3 tries failed: the server is down.

        No source of Paperwire has listed 2608.00001 <https://arxiv.org/abs/2608.00001> since it was started here. Only papers that a source lists can be shown and posted; if the id is right, it may still come.
        ~ No source has been asked yet.
        ");
    }
}

//! Many papers in one message.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::card::{PaperCard, day};
use super::plain::{clean, cut};
use crate::command::ROOT;
use crate::domain::{ChannelId, PaperId, RoundupKind};

/// The longest label of a section, in characters.
const LABEL_MAX: usize = 80;

/// Heads the papers that the channel's limits kept from being posted at once.
pub const ALSO_MATCHED: &str = "Also matched, and kept for the roundup";

/// A channel's roundup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundupCard {
    /// `Roundup of Tue, 4 Aug 2026: 12 papers`
    pub heading: String,
    /// One for each subscription that asked, in the order of its best paper.
    pub sections: Vec<RoundupSection>,
    /// Said below: papers left out, what was late.
    pub note: String,
    /// What the button below it asks the bot for, where there are details: see [`details_of`].
    #[serde(default)]
    pub details: Option<String>,
}

/// The papers of one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundupSection {
    /// The query.
    pub label: String,
    /// Its papers, the best first.
    pub lines: Vec<RoundupLine>,
}

/// One paper of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundupLine {
    /// Which paper it is.
    pub paper: PaperId,
    /// The title, as it heads a message.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Byline and small facts: `Ada Lovelace and 3 more`, `12 upvotes`.
    pub facts: Vec<String>,
    /// The message in which it was posted on its own before.
    #[serde(default)]
    pub posted: Option<PostedAt>,
}

/// A message of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedAt {
    /// The server or workspace, where it is known.
    pub workspace: Option<String>,
    /// The channel.
    pub channel: ChannelId,
    /// The platform's id of the message.
    pub message: String,
}

/// The words that lead to the message of a paper that was posted on its own.
pub const POSTED: &str = "already posted";
/// The words of the button below a roundup.
pub const DETAILS: &str = "Details";
/// What the ids of those buttons begin with.
const DETAILS_CONTROL: &str = "roundup:";

/// The id of the button below a roundup. It only names a roundup of the channel in which it is pressed, and works as
/// long as that is known.
pub fn details_control(kind: RoundupKind, date: Date) -> String {
    format!("{DETAILS_CONTROL}{kind}:{date}")
}

/// Which roundup the button with an id asks for; `None` when it is none of those.
pub fn details_of(control: &str) -> Option<(RoundupKind, Date)> {
    let (kind, date) = control.strip_prefix(DETAILS_CONTROL)?.rsplit_once(':')?;
    Some((kind.parse().ok()?, date.parse().ok()?))
}

/// What goes into a roundup: a paper's card, and the query of the subscription that it stands under.
pub struct RoundupPaper<'a> {
    /// The paper.
    pub card: &'a PaperCard,
    /// The canonical query.
    pub query: &'a str,
}

/// Makes a roundup of ranked papers for a local date; those beyond `size` are counted.
pub fn roundup(date: Date, papers: &[RoundupPaper<'_>], size: usize) -> RoundupCard {
    let mut sections: Vec<RoundupSection> = Vec::new();
    for paper in papers.iter().take(size) {
        let label = cut(&clean(paper.query), LABEL_MAX);
        let line = line(paper.card);
        match sections.iter_mut().find(|section| section.label == label) {
            Some(section) => section.lines.push(line),
            None => sections.push(RoundupSection { label, lines: vec![line] }),
        }
    }
    let noun = if papers.len() == 1 { "paper" } else { "papers" };
    let note = match papers.len().saturating_sub(size) {
        0 => String::new(),
        1 => "1 more matched but did not fit in".to_owned(),
        more => format!("{more} more matched but did not fit in"),
    };
    RoundupCard {
        heading: format!("Roundup of {}, {}: {} {noun}", date.strftime("%a"), day(date), papers.len()),
        sections,
        note,
        details: None,
    }
}

/// Makes the roundup of the papers that rise, each with what it gained; `more` is how many rise beside them.
pub fn trending_roundup(date: Date, papers: &[(PaperCard, String)], span: &str, more: usize) -> RoundupCard {
    let lines = papers.iter().map(|(card, gained)| {
        let mut line = line(card);
        line.facts.insert(0, gained.clone());
        line
    });
    let section = RoundupSection { label: format!("Rising in the last {span}"), lines: lines.collect() };
    let noun = if papers.len() == 1 { "paper" } else { "papers" };
    RoundupCard {
        heading: format!("Trending on {}, {}: {} {noun}", date.strftime("%a"), day(date), papers.len()),
        sections: vec![section],
        note: match more {
            0 => String::new(),
            more => format!("{more} more: the command “trending” lists them"),
        },
        details: None,
    }
}

fn line(card: &PaperCard) -> RoundupLine {
    let byline = Some(clean(&card.byline)).filter(|byline| !byline.is_empty());
    let mut facts: Vec<String> = byline.into_iter().chain(card.facts()).collect();
    facts.extend(card.stars_text());
    RoundupLine {
        paper: card.paper.clone(),
        title: card.heading(),
        url: card.url.clone(),
        facts,
        posted: None,
    }
}

/// Makes the roundup of what could not be posted in time, of ranked papers; those beyond `size` are counted.
pub fn catch_up(date: Date, papers: &[RoundupPaper<'_>], size: usize) -> RoundupCard {
    let noun = if papers.len() == 1 { "paper" } else { "papers" };
    let note = match papers.len().saturating_sub(size) {
        0 => String::new(),
        more => format!("and {more} more: /{ROOT} search with a query from above finds them"),
    };
    RoundupCard {
        heading: format!(
            "Catch-up of {}, {}: {} {noun} that could not be posted in time",
            date.strftime("%a"),
            day(date),
            papers.len()
        ),
        note,
        ..roundup(date, papers, size)
    }
}

impl RoundupCard {
    /// Adds a sentence to what is said below.
    pub fn add_note(&mut self, said: &str) {
        if !self.note.is_empty() && !said.is_empty() {
            self.note.push_str(" · ");
        }
        self.note.push_str(said);
    }

    /// The roundup without any mark-up.
    pub fn plain_text(&self) -> String {
        let mut parts = vec![self.heading.clone()];
        for section in &self.sections {
            parts.push(section.label.clone());
            for line in &section.lines {
                let facts = line.facts_text();
                parts.push(format!("• {}\n  {facts} {}", line.title, line.url));
            }
        }
        parts.push(self.note.clone());
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }
}

impl RoundupLine {
    /// The small facts, with that it was posted before where nothing can lead to the message.
    pub fn facts_text(&self) -> String {
        let posted = self.posted.as_ref().map(|_| POSTED.to_owned());
        let facts: Vec<String> = posted.into_iter().chain(self.facts.iter().cloned()).collect();
        facts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn card(title: &str) -> PaperCard {
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: title.to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: "Ada Lovelace".to_owned(),
            category: None,
            day: date(2026, 8, 3),
            text: String::new(),
            text_credit: None,
            why: String::new(),
            thumbnail: None,
            repository: None,
            project_page: None,
            upvotes: Some(12),
            stars: None,
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        }
    }

    #[test]
    fn the_button_below_a_roundup_names_its_kind_and_date_and_nothing_else_is_read() {
        for kind in ["matches", "trending", "sub:12"] {
            let kind: RoundupKind = kind.parse().unwrap();
            let control = details_control(kind, date(2026, 8, 4));
            assert_eq!(details_of(&control), Some((kind, date(2026, 8, 4))), "{control}");
            assert!(control.bytes().all(|b| b.is_ascii_alphanumeric() || b":-".contains(&b)), "{control}");
        }
        for wrong in
            ["", "roundup:", "roundup:matches", "roundup:matches:2026-13-01", "roundup:x:2026-08-04", "0:0"]
        {
            assert_eq!(details_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn papers_stand_under_the_query_that_asked_and_the_rest_is_counted() {
        let cards = ["Flows", "Robots", "More flows", "Left out"].map(card);
        let queries = ["flow", "robot", "flow", "flow"];
        let papers: Vec<_> =
            cards.iter().zip(queries).map(|(card, query)| RoundupPaper { card, query }).collect();
        let made = roundup(date(2026, 8, 4), &papers, 3);
        insta::assert_snapshot!(made.plain_text(), @r"
        Roundup of Tue, 4 Aug 2026: 4 papers
        flow
        • Flows
          Ada Lovelace · 3 Aug 2026 · 12 upvotes https://arxiv.org/abs/2608.01234
        • More flows
          Ada Lovelace · 3 Aug 2026 · 12 upvotes https://arxiv.org/abs/2608.01234
        robot
        • Robots
          Ada Lovelace · 3 Aug 2026 · 12 upvotes https://arxiv.org/abs/2608.01234
        1 more matched but did not fit in
        ");
    }
}

//! Many papers in one message.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::card::{PaperCard, day};
use super::plain::{clean, cut};
use crate::domain::PaperId;

/// The longest label of a section, in characters.
const LABEL_MAX: usize = 80;

/// A channel's roundup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundupCard {
    /// `Roundup of Tue, 4 Aug 2026: 12 papers`
    pub heading: String,
    /// One for each subscription that asked, in the order of its best paper.
    pub sections: Vec<RoundupSection>,
    /// Said below: papers left out, what was late.
    pub note: String,
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
    }
}

fn line(card: &PaperCard) -> RoundupLine {
    let byline = Some(clean(&card.byline)).filter(|byline| !byline.is_empty());
    let mut facts: Vec<String> = byline.into_iter().chain(card.facts()).collect();
    facts.extend(card.stars_text());
    RoundupLine { paper: card.paper.clone(), title: card.heading(), url: card.url.clone(), facts }
}

impl RoundupCard {
    /// The roundup without any mark-up.
    pub fn plain_text(&self) -> String {
        let mut parts = vec![self.heading.clone()];
        for section in &self.sections {
            parts.push(section.label.clone());
            for line in &section.lines {
                parts.push(format!("• {}\n  {} {}", line.title, line.facts.join(" · "), line.url));
            }
        }
        parts.push(self.note.clone());
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
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

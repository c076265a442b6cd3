//! A few papers that came together, each with all that its own message would say in short.

use serde::{Deserialize, Serialize};

use super::card::PaperCard;
use super::plain::clean;
use super::roundup::{RoundupCard, RoundupLine, RoundupSection};
use crate::domain::PaperId;

/// The most papers in one message: Discord takes no more embeds.
pub const GROUP_MAX: usize = 10;

/// Several papers in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCard {
    /// `3 new papers`
    pub heading: String,
    /// The papers, in the order in which they would have come alone; at most [`GROUP_MAX`].
    pub papers: Vec<GroupPaper>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPaper {
    /// Which paper it is.
    pub paper: PaperId,
    /// The title, as it heads a message.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Byline and small facts: `Ada Lovelace and 3 more`, `12 upvotes`.
    pub facts: Vec<String>,
    /// The short text.
    pub text: String,
    /// Why it is posted here, a sentence.
    pub why: String,
}

/// Makes one message of the cards; those beyond [`GROUP_MAX`] are left out.
pub fn group(cards: &[PaperCard]) -> GroupCard {
    let papers: Vec<GroupPaper> = cards.iter().take(GROUP_MAX).map(paper).collect();
    let noun = if papers.len() == 1 { "paper" } else { "papers" };
    GroupCard { heading: format!("{} new {noun}", papers.len()), papers }
}

fn paper(card: &PaperCard) -> GroupPaper {
    let byline = Some(clean(&card.byline)).filter(|byline| !byline.is_empty());
    let mut facts: Vec<String> = byline.into_iter().chain(card.facts()).collect();
    facts.extend(card.stars_text());
    GroupPaper {
        paper: card.paper.clone(),
        title: card.heading(),
        url: card.url.clone(),
        facts,
        text: clean(&card.text),
        why: clean(&card.why),
    }
}

impl GroupCard {
    /// The same as a list, for a platform that shows papers without their texts.
    pub fn list(&self) -> RoundupCard {
        let line = |paper: &GroupPaper| RoundupLine {
            paper: paper.paper.clone(),
            title: paper.title.clone(),
            url: paper.url.clone(),
            facts: paper.facts.iter().chain([&paper.why]).filter(|fact| !fact.is_empty()).cloned().collect(),
            posted: None,
        };
        let lines = self.papers.iter().map(line).collect();
        RoundupCard {
            heading: self.heading.clone(),
            sections: vec![RoundupSection { label: String::new(), lines }],
            note: String::new(),
            details: None,
        }
    }

    /// The message without any mark-up.
    pub fn plain_text(&self) -> String {
        let paper = |paper: &GroupPaper| {
            let facts = paper.facts.join(" · ");
            let lines = [&paper.title, &paper.url, &facts, &paper.text, &paper.why];
            let lines = lines.into_iter().filter(|line| !line.is_empty());
            lines.map(String::as_str).collect::<Vec<_>>().join("\n")
        };
        let parts = std::iter::once(self.heading.clone()).chain(self.papers.iter().map(paper));
        parts.collect::<Vec<_>>().join("\n\n")
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
            text: "Robots learn.".to_owned(),
            text_credit: None,
            why: "Matches “robot” in the title".to_owned(),
            thumbnail: None,
            repository: None,
            project_page: None,
            upvotes: Some(12),
            stars: Some(1),
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        }
    }

    #[test]
    fn each_paper_keeps_its_title_link_facts_text_and_reason() {
        insta::assert_snapshot!(group(&[card("Flows"), card("Robots")]).plain_text(), @"
        2 new papers

        Flows
        https://arxiv.org/abs/2608.01234
        Ada Lovelace · 3 Aug 2026 · 12 upvotes · 1 star
        Robots learn.
        Matches “robot” in the title

        Robots
        https://arxiv.org/abs/2608.01234
        Ada Lovelace · 3 Aug 2026 · 12 upvotes · 1 star
        Robots learn.
        Matches “robot” in the title
        ");
    }

    #[test]
    fn no_more_than_ten_papers_come_together() {
        let many = group(&vec![card("Flows"); 12]);
        assert_eq!((many.papers.len(), many.heading.as_str()), (GROUP_MAX, "10 new papers"));
    }
}

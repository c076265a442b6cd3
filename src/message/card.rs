//! One paper as people see it in a channel.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Line, Piece,
    plain::{clean, cut, web_link},
    why::why_sentence,
};
use crate::domain::{Ballot, Community, Paper, PaperId, ShortText, Submitted, Why};

/// Names of at most this many authors are all shown; of more, the first two.
const AUTHORS_ALL: usize = 3;
/// The longest author name shown, in characters; listings hold whole author lists in one name.
const AUTHOR_MAX: usize = 80;
/// The longest model name shown, in characters.
const MODEL_MAX: usize = 60;
/// The longest name of a person shown, in characters.
const NAME_MAX: usize = 60;

/// A paper made ready for people: plain text everywhere, no platform's mark-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCard {
    /// Which paper it is.
    pub paper: PaperId,
    /// The title, one line, LaTeX turned into Unicode.
    pub title: String,
    /// Where the title leads.
    pub url: String,
    /// The byline: `Ada Lovelace, Charles Babbage and 3 more`; empty when no author is known.
    pub byline: String,
    /// The category, when the sources know one: `cs.CL`.
    pub category: Option<String>,
    /// The listing day.
    pub day: Date,
    /// The short text.
    pub text: String,
    /// Who wrote the short text, when it was a language model: `Summary by Qwen2.5-Coder-32B-Instruct`.
    pub text_credit: Option<String>,
    /// Why it is posted here, a sentence; empty when there is no reason to give.
    pub why: String,
    /// Picture of the paper.
    pub thumbnail: Option<String>,
    /// Address of the code.
    pub repository: Option<String>,
    /// Address of the project page.
    pub project_page: Option<String>,
    /// Votes at the source.
    pub upvotes: Option<u32>,
    /// Stars of the repository.
    pub stars: Option<u32>,
    /// True when the paper was withdrawn.
    pub withdrawn: bool,
    /// What has happened to it since it was listed: `v2`, `code`.
    #[serde(default)]
    pub badges: Vec<String>,
    /// What the people of the channel did with it; `None` where nothing is known of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<Community>,
}

impl PaperCard {
    /// The title as it heads a message: `Withdrawn: …` when it was, and never empty.
    pub fn heading(&self) -> String {
        let title = clean(&self.title);
        match (title.is_empty(), self.withdrawn) {
            (true, false) => "Untitled paper".to_owned(),
            (true, true) => "Withdrawn paper".to_owned(),
            (false, true) => format!("Withdrawn: {title}"),
            (false, false) => title,
        }
    }

    /// The small facts in order: category, day, votes, and what has happened to it.
    pub fn facts(&self) -> Vec<String> {
        let category = self.category.as_deref().map(clean).filter(|category| !category.is_empty());
        let mut facts: Vec<String> = category.into_iter().collect();
        facts.push(day(self.day));
        facts.extend(self.upvotes.and_then(|n| counted(n, "upvote")));
        facts.extend(self.badges.iter().map(|badge| clean(badge)));
        facts
    }

    /// The words of the button for a vote: `▲ 3`, and the sign alone before the first one.
    pub fn votes(&self, ballot: Ballot) -> String {
        match self.community.as_ref().map_or(0, |community| community.tally.of(ballot)) {
            0 => ballot.sign().to_string(),
            votes => format!("{} {votes}", ballot.sign()),
        }
    }

    /// Who put it before the channel: `Submitted by @ada: “Worth reading”`, in the platform's own form for a person.
    pub fn submitted(&self) -> Option<Line> {
        let Submitted { by, note, .. } = self.community.as_ref()?.submitted.as_ref()?;
        Some(submitted(Piece::User(by.clone()), note))
    }

    /// The same with the person's name, for where a person cannot be named without being notified.
    pub fn submitted_by_name(&self) -> Option<String> {
        let Submitted { name, note, .. } = self.community.as_ref()?.submitted.as_ref()?;
        let name = cut(&clean(name), NAME_MAX);
        let name = if name.is_empty() { "somebody".to_owned() } else { format!("@{name}") };
        let words = submitted(Piece::Plain(name), note).into_iter();
        Some(
            words
                .filter_map(|piece| if let Piece::Plain(text) = piece { Some(text) } else { None })
                .collect(),
        )
    }

    /// The repository's stars in words: `340 stars`.
    pub fn stars_text(&self) -> Option<String> {
        self.stars.and_then(|n| counted(n, "star"))
    }

    /// The card without any mark-up, for notifications, plain terminals and platforms that refuse the card.
    pub fn plain_text(&self) -> String {
        let byline = Some(clean(&self.byline)).filter(|b| !b.is_empty());
        let line: Vec<String> = byline.into_iter().chain(self.facts()).collect();
        let mut parts = vec![format!("{}\n{}\n{}", self.heading(), self.url, line.join(" · "))];
        parts.push(clean(&self.text));
        if let Some(credit) = &self.text_credit {
            parts.push(clean(credit));
        }
        parts.push(clean(&self.why));
        parts.extend(self.submitted_by_name());
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }
}

/// Makes the card of a paper for one channel; `why` holds one entry for each subscription that asked.
pub fn paper_card(paper: &Paper, short: &ShortText, why: &[Why]) -> PaperCard {
    let facts = &paper.facts;
    let link = |address: &Option<String>| address.as_deref().and_then(web_link);
    PaperCard {
        paper: paper.id.clone(),
        title: clean(&paper.readable_title()),
        url: paper.id.url(),
        byline: byline(&facts.authors),
        category: facts.categories.first().map(|c| clean(c)).filter(|c| !c.is_empty()),
        day: paper.day,
        text: clean(&short.text),
        text_credit: credit(short),
        why: why_sentence(why),
        thumbnail: link(&facts.thumbnail),
        repository: link(&facts.repository),
        project_page: link(&facts.project_page),
        upvotes: paper.counters.upvotes,
        stars: paper.counters.stars,
        withdrawn: facts.withdrawn_at.is_some(),
        badges: Vec::new(),
        community: None,
    }
}

fn submitted(who: Piece, note: &str) -> Line {
    let note = clean(note);
    let said = if note.is_empty() { String::new() } else { format!(": “{note}”") };
    let mut line = vec!["Submitted by ".into(), who];
    line.extend((!said.is_empty()).then(|| said.into()));
    line
}

fn byline(authors: &[String]) -> String {
    let names: Vec<String> =
        authors.iter().map(|name| cut(&clean(name), AUTHOR_MAX)).filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] if names.len() <= AUTHORS_ALL => format!("{} and {last}", head.join(", ")),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// Names the language model behind a text; nothing for the authors' own words.
fn credit(short: &ShortText) -> Option<String> {
    let model = clean(short.model.as_deref()?);
    // `Qwen/Qwen2.5-Coder`: the maker before the slash adds nothing for a reader.
    let name = model.rsplit('/').next().unwrap_or_default();
    let unknown = ["", "unknown", "ai", "ai-generated", "a language model"];
    Some(if unknown.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        "AI-generated summary".to_owned()
    } else {
        format!("Summary by {}", cut(name, MODEL_MAX))
    })
}

/// A day as it is read in a channel of any language: `4 Aug 2026`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

fn counted(n: u32, noun: &str) -> Option<String> {
    match n {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{n} {noun}s")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::domain::{Counters, Facts, PaperKey, query::Field, query::MatchedTerm};

    fn paper() -> Paper {
        Paper {
            key: PaperKey(1),
            id: "2608.01234".parse().unwrap(),
            revision: 1,
            day: date(2026, 8, 4),
            first_seen_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            facts: Facts {
                title: "Flow Matching\u{202e} for  Robots".to_owned(),
                authors: ["Ada Lovelace", "Charles Babbage", "C", "D", "E"].map(str::to_owned).to_vec(),
                categories: vec!["cs.RO".to_owned()],
                repository: Some("javascript:alert(1)".to_owned()),
                ..Facts::default()
            },
            counters: Counters { upvotes: Some(12), stars: Some(1), comments: None },
        }
    }

    fn short(model: Option<&str>) -> ShortText {
        ShortText { text: "Robots learn.".to_owned(), model: model.map(str::to_owned) }
    }

    #[test]
    fn the_plain_text_says_everything_a_reader_needs() {
        let why = Why {
            query: "robots".to_owned(),
            terms: vec![MatchedTerm { text: "robots".to_owned(), field: Field::Title }],
        };
        let card = paper_card(&paper(), &short(Some("Qwen/Qwen2.5-Coder")), &[why]);
        insta::assert_snapshot!(card.plain_text(), @"
        Flow Matching for Robots
        https://arxiv.org/abs/2608.01234
        Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes

        Robots learn.

        Summary by Qwen2.5-Coder

        Matches “robots” in the title
        ");
        assert_eq!(card.repository, None, "only web addresses become links");
        assert_eq!(card.stars_text().as_deref(), Some("1 star"));
    }

    #[test]
    fn a_byline_names_all_of_three_and_two_of_more() {
        let names = |n: usize| byline(&["A", "B", "C", "D", "E"].map(str::to_owned)[..n]);
        assert_eq!(
            [0, 1, 2, 3, 4, 5].map(names),
            ["", "A", "A and B", "A, B and C", "A, B and 2 more", "A, B and 3 more"]
        );
    }

    #[test]
    fn only_a_text_that_a_model_wrote_is_credited() {
        assert_eq!(credit(&short(None)), None);
        assert_eq!(credit(&short(Some(""))).unwrap(), "AI-generated summary");
        assert_eq!(credit(&short(Some("AI-generated"))).unwrap(), "AI-generated summary");
        assert_eq!(credit(&short(Some("Llama-3"))).unwrap(), "Summary by Llama-3");
    }

    #[test]
    fn a_withdrawn_paper_says_so_in_its_heading() {
        let mut paper = paper();
        paper.facts.withdrawn_at = Some(Timestamp::UNIX_EPOCH);
        let card = paper_card(&paper, &short(None), &[]);
        assert_eq!(card.heading(), "Withdrawn: Flow Matching for Robots");
        assert_eq!(
            PaperCard { title: " \u{200b}".to_owned(), withdrawn: false, ..card }.heading(),
            "Untitled paper"
        );
    }

    #[test]
    fn a_card_survives_its_json() {
        let card = paper_card(&paper(), &short(None), &[]);
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<PaperCard>(&json).unwrap(), card);
    }
}

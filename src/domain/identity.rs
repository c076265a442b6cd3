//! When two listings are of one paper: by their ids, and as a last resort by title and first author.

use super::{Facts, Listing, PaperId};
use crate::text;

/// How far apart two listing days may be for a title to tell that the papers are one.
pub const TITLE_WITHIN_DAYS: i64 = 30;

/// The fewest words of a title that tells papers apart.
const MIN_WORDS: usize = 5;
/// The fewest letters of such a title's words together.
const MIN_LETTERS: usize = 20;

/// First words of titles that many papers of the same authors share.
const GENERIC: [&str; 12] = [
    "editorial",
    "erratum",
    "corrigendum",
    "correction",
    "retraction",
    "preface",
    "foreword",
    "proceeding",
    "announcement",
    "call",
    "introduction",
    "issue",
];

/// What kind of id it is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdKind {
    /// An arXiv id.
    Arxiv,
    /// A DOI.
    Doi,
    /// An address.
    Url,
}

impl PaperId {
    /// What kind of id it is.
    pub fn kind(&self) -> IdKind {
        if self.is_doi() {
            IdKind::Doi
        } else if self.as_str().contains("://") {
            IdKind::Url
        } else {
            IdKind::Arxiv
        }
    }
}

/// Every id that a listing gives of its paper, each once, its own first.
pub fn ids(listing: &Listing) -> Vec<PaperId> {
    let doi = listing.facts.doi.as_deref().and_then(|doi| doi.parse::<PaperId>().ok());
    // A DOI field that holds an address or an arXiv id by mistake tells nothing.
    let doi = doi.filter(PaperId::is_doi);
    let mut all = vec![listing.paper.clone()];
    for id in listing.also.iter().chain(&doi) {
        if !all.contains(id) {
            all.push(id.clone());
        }
    }
    all
}

/// The id that a paper goes by: the first of the best kind.
pub fn canonical<'a>(ids: impl IntoIterator<Item = &'a PaperId>) -> Option<&'a PaperId> {
    ids.into_iter().min_by_key(|id| id.kind())
}

/// True when ids cannot be of one paper: each has an arXiv id of its own.
///
/// Two DOIs do not contradict each other, since preprint servers and journals both give one.
pub fn contradict(one: &[PaperId], other: &[PaperId]) -> bool {
    differ(one, other, IdKind::Arxiv)
}

/// True when ids are too different for a title to say that the papers are one.
pub fn forbid_title(one: &[PaperId], other: &[PaperId]) -> bool {
    differ(one, other, IdKind::Arxiv) || differ(one, other, IdKind::Doi)
}

fn differ(one: &[PaperId], other: &[PaperId], kind: IdKind) -> bool {
    let of =
        |ids: &[PaperId]| -> Vec<PaperId> { ids.iter().filter(|id| id.kind() == kind).cloned().collect() };
    let (one, other) = (of(one), of(other));
    !one.is_empty() && !other.is_empty() && one.iter().all(|id| !other.contains(id))
}

/// The title's words and the first author's last name as they are compared; `None` when the title is too short or too
/// general, or nobody is named.
pub fn title_key(facts: &Facts) -> Option<String> {
    let words: Vec<String> = text::tokens(&facts.title).into_iter().map(|token| token.text).collect();
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    let generic = words.iter().take(2).any(|word| GENERIC.contains(&word.as_str()));
    if words.len() < MIN_WORDS || letters < MIN_LETTERS || generic {
        return None;
    }
    let first = text::spoken(facts.authors.first()?);
    let names: Vec<String> =
        first.iter().flat_map(|(_, part)| text::name_tokens(part)).map(|token| token.text).collect();
    let last = names.iter().rev().find(|name| !matches!(name.as_str(), "jr" | "sr" | "ii" | "iii" | "iv"))?;
    Some(format!("{} / {last}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(title: &str, author: &str) -> Option<String> {
        title_key(&Facts { title: title.into(), authors: vec![author.into()], ..Facts::default() })
    }

    fn parsed(ids: &[&str]) -> Vec<PaperId> {
        ids.iter().map(|id| id.parse().unwrap()).collect()
    }

    #[test]
    fn one_title_and_author_have_one_key_in_every_spelling() {
        let one = key("Flow Matching for Robots in the Wild", "Ada Lovelace").unwrap();
        for (title, author) in [
            ("Flow matching for robot in  the wild.", "A. Lovelace"),
            ("FLOW-MATCHING FOR ROBOTS IN THE WILD", "Lovelace, Ada"),
            ("Flow Matching for Robots in the \\textit{Wild}", "Ada K. Lovelace Jr."),
        ] {
            assert_eq!(key(title, author).as_ref(), Some(&one), "{title} / {author}");
        }
        assert_ne!(key("Flow Matching for Robots in the Wild II", "Ada Lovelace"), Some(one.clone()));
        assert_ne!(key("Flow Matching for Robots in the Wild", "Charles Babbage"), Some(one));
    }

    #[test]
    fn short_and_general_titles_tell_nothing() {
        for title in [
            "",
            "Attention is all you",
            "On a b c d",
            "Editorial: the year in review of robots",
            "Proceedings of the third workshop on robots",
            "Author correction: flow matching for robots in the wild",
        ] {
            assert_eq!(key(title, "Ada Lovelace"), None, "{title}");
        }
        assert_eq!(key("Flow Matching for Robots in the Wild", ""), None);
        let nobody = Facts { title: "Flow Matching for Robots in the Wild".into(), ..Facts::default() };
        assert_eq!(title_key(&nobody), None);
    }

    #[test]
    fn two_arxiv_ids_are_two_papers_and_two_dois_may_be_one() {
        let (one, other) = (parsed(&["2608.00001", "10.1000/a"]), parsed(&["2608.00002", "10.1000/a"]));
        assert!(contradict(&one, &other));
        assert!(!contradict(&one, &parsed(&["10.1000/b"])));
        assert!(forbid_title(&one, &parsed(&["10.1000/b"])));
        assert!(!forbid_title(&one, &parsed(&["https://a.example/p"])));
    }

    #[test]
    fn a_paper_goes_by_its_arxiv_id_else_its_doi_else_its_address() {
        let ids = parsed(&["https://a.example/p", "10.1000/a", "2608.00001", "2608.00002"]);
        assert_eq!(canonical(&ids).unwrap().as_str(), "2608.00001");
        assert_eq!(canonical(&ids[..2]).unwrap().as_str(), "10.1000/a");
    }
}

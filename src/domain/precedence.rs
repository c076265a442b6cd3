//! What several sources say of one paper, put together: for each fact, whose word counts.
//!
//! The order in which the sources were read decides nothing: of one source the newest listing counts (by version, then
//! by day; what it does not say stays from the older ones), and between sources [`PRECEDENCE`] decides.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Facts, Organization, SourceSummary};

/// What kind of source speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceClass {
    /// arXiv, which holds the paper itself.
    Arxiv,
    /// Hugging Face, where people talk about it.
    HuggingFace,
    /// Journals and all other feeds.
    Feed,
}

impl SourceClass {
    /// The class of a source by its short name.
    pub fn of(source: &str) -> Self {
        match source {
            "arxiv" => Self::Arxiv,
            "huggingface" => Self::HuggingFace,
            _ => Self::Feed,
        }
    }
}

/// How the word that counts is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A source of this class, if one says it, else the longest.
    Class(SourceClass),
    /// The longest.
    Longest,
    /// The earliest time.
    Earliest,
    /// The greatest number.
    Greatest,
}

/// A fact of a paper, by its name in [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the field of the same name")]
pub enum Fact {
    Title,
    AbstractText,
    Authors,
    Categories,
    PublishedAt,
    Submitter,
    Repository,
    ProjectPage,
    Thumbnail,
    Organization,
    Summary,
    Keywords,
    WithdrawnAt,
    Comment,
    Journal,
    Doi,
    Version,
}

/// Whose word counts for each fact; docs/sources.md shows the same table.
pub const PRECEDENCE: [(Fact, Rule); 17] = {
    use SourceClass::{Arxiv, Feed, HuggingFace};
    [
        (Fact::Title, Rule::Class(Arxiv)),
        (Fact::AbstractText, Rule::Class(Arxiv)),
        (Fact::Authors, Rule::Class(Arxiv)),
        (Fact::Categories, Rule::Class(Arxiv)),
        (Fact::PublishedAt, Rule::Earliest),
        (Fact::Submitter, Rule::Class(HuggingFace)),
        (Fact::Repository, Rule::Class(HuggingFace)),
        (Fact::ProjectPage, Rule::Class(HuggingFace)),
        (Fact::Thumbnail, Rule::Class(HuggingFace)),
        (Fact::Organization, Rule::Class(HuggingFace)),
        (Fact::Summary, Rule::Class(HuggingFace)),
        (Fact::Keywords, Rule::Class(HuggingFace)),
        (Fact::WithdrawnAt, Rule::Earliest),
        (Fact::Comment, Rule::Class(Arxiv)),
        (Fact::Journal, Rule::Class(Feed)),
        (Fact::Doi, Rule::Class(Feed)),
        (Fact::Version, Rule::Greatest),
    ]
};

/// What one source says of a paper on one of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The short name of the source.
    pub source: String,
    /// The source's day.
    pub day: Date,
    /// What it says.
    pub facts: Facts,
}

/// What a source says after it spoke again; what it does not repeat stays said.
pub fn told_again(known: Facts, newer: Facts) -> Facts {
    let said = |newer: String, known: String| if newer.is_empty() { known } else { newer };
    let listed = |newer: Vec<String>, known: Vec<String>| if newer.is_empty() { known } else { newer };
    Facts {
        title: said(newer.title, known.title),
        abstract_text: said(newer.abstract_text, known.abstract_text),
        authors: listed(newer.authors, known.authors),
        categories: listed(newer.categories, known.categories),
        published_at: newer.published_at.or(known.published_at),
        submitter: newer.submitter.or(known.submitter),
        repository: newer.repository.or(known.repository),
        project_page: newer.project_page.or(known.project_page),
        thumbnail: newer.thumbnail.or(known.thumbnail),
        organization: newer.organization.or(known.organization),
        summary: newer.summary.or(known.summary),
        keywords: listed(newer.keywords, known.keywords),
        withdrawn_at: newer.withdrawn_at.or(known.withdrawn_at),
        comment: newer.comment.or(known.comment),
        journal: newer.journal.or(known.journal),
        doi: newer.doi.or(known.doi),
        version: newer.version.max(known.version),
    }
}

/// What all listings of a paper say together, in whatever order they are given.
pub fn together<'a>(told: impl IntoIterator<Item = &'a Told>) -> Facts {
    let mut by_source: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    for one in told {
        by_source.entry(&one.source).or_default().push(one);
    }
    let newest = |(source, mut listings): (&str, Vec<&Told>)| {
        listings.sort_by_key(|told| (told.facts.version, told.day));
        let facts =
            listings.iter().fold(Facts::default(), |known, told| told_again(known, told.facts.clone()));
        (SourceClass::of(source), facts)
    };
    let voices: Vec<(SourceClass, Facts)> = by_source.into_iter().map(newest).collect();
    match voices.as_slice() {
        [(_, only)] => only.clone(),
        _ => Voices(&voices).facts(),
    }
}

/// What each source says, once.
struct Voices<'a>(&'a [(SourceClass, Facts)]);

impl<'a> Voices<'a> {
    fn facts(&self) -> Facts {
        let times =
            |get: fn(&Facts) -> Option<jiff::Timestamp>| self.0.iter().filter_map(move |(_, f)| get(f));
        Facts {
            title: self.text(Fact::Title, |f| &f.title),
            abstract_text: self.text(Fact::AbstractText, |f| &f.abstract_text),
            authors: self.list(Fact::Authors, |f| &f.authors),
            categories: self.list(Fact::Categories, |f| &f.categories),
            published_at: times(|f| f.published_at).min(),
            submitter: self.line(Fact::Submitter, |f| &f.submitter),
            repository: self.line(Fact::Repository, |f| &f.repository),
            project_page: self.line(Fact::ProjectPage, |f| &f.project_page),
            thumbnail: self.line(Fact::Thumbnail, |f| &f.thumbnail),
            organization: self.organization(),
            summary: self.summary(),
            keywords: self.list(Fact::Keywords, |f| &f.keywords),
            withdrawn_at: times(|f| f.withdrawn_at).min(),
            comment: self.line(Fact::Comment, |f| &f.comment),
            journal: self.line(Fact::Journal, |f| &f.journal),
            doi: self.line(Fact::Doi, |f| &f.doi),
            version: self.0.iter().filter_map(|(_, f)| f.version).max(),
        }
    }

    /// The word that counts: of the fact's class when one of it says anything, the longest of them; of two equally
    /// long ones the first of the alphabet, so that no order of reading decides.
    fn choose<T>(
        &self,
        fact: Fact,
        get: impl Fn(&'a Facts) -> Option<&'a T>,
        written: impl Fn(&T) -> (usize, String),
    ) -> Option<&'a T> {
        let winner = PRECEDENCE.iter().find_map(|(of, rule)| match rule {
            Rule::Class(class) if *of == fact => Some(*class),
            _ => None,
        });
        let said = self.0.iter().filter_map(|(class, facts)| Some((Some(*class) == winner, get(facts)?)));
        let order = |(wins, value): &(bool, &T)| {
            let (length, text) = written(value);
            (*wins, length, Reverse(text))
        };
        said.max_by_key(order).map(|(_, value)| value)
    }

    fn text(&self, fact: Fact, get: fn(&Facts) -> &String) -> String {
        let said = |facts: &'a Facts| Some(get(facts)).filter(|text| !text.is_empty());
        self.choose(fact, said, |text| (text.len(), text.clone())).cloned().unwrap_or_default()
    }

    fn line(&self, fact: Fact, get: fn(&Facts) -> &Option<String>) -> Option<String> {
        self.choose(fact, |facts| get(facts).as_ref(), |text| (text.len(), text.clone())).cloned()
    }

    fn list(&self, fact: Fact, get: fn(&Facts) -> &Vec<String>) -> Vec<String> {
        let said = |facts: &'a Facts| Some(get(facts)).filter(|list| !list.is_empty());
        self.choose(fact, said, |list| (list.len(), list.join("\n"))).cloned().unwrap_or_default()
    }

    fn organization(&self) -> Option<Organization> {
        let written = |o: &Organization| (o.full_name.len(), format!("{}\n{}", o.full_name, o.name));
        self.choose(Fact::Organization, |facts| facts.organization.as_ref(), written).cloned()
    }

    fn summary(&self) -> Option<SourceSummary> {
        let written = |s: &SourceSummary| (s.text.len(), format!("{}\n{:?}", s.text, s.model));
        self.choose(Fact::Summary, |facts| facts.summary.as_ref(), written).cloned()
    }
}

#[cfg(test)]
mod tests;

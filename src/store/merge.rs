//! What of a listing the store can keep, and its numbers put over those that are known.

use jiff::Timestamp;

use super::values::text;
use crate::domain::precedence::SourceClass;
use crate::domain::{Counters, Facts, Organization, SourceName, SourceSummary};

/// The facts as the store can keep them, so that reading them back gives the same again.
pub(super) fn storable(facts: &Facts) -> Facts {
    let line = |value: &Option<String>| value.as_deref().map(text).filter(|v| !v.is_empty());
    let list = |values: &[String]| values.iter().map(|v| text(v)).collect();
    Facts {
        title: text(&facts.title),
        abstract_text: text(&facts.abstract_text),
        authors: list(&facts.authors),
        categories: list(&facts.categories),
        published_at: facts.published_at.map(whole_microseconds),
        submitter: line(&facts.submitter),
        repository: line(&facts.repository),
        project_page: line(&facts.project_page),
        thumbnail: line(&facts.thumbnail),
        organization: facts
            .organization
            .as_ref()
            .map(|o| Organization { name: text(&o.name), full_name: text(&o.full_name) }),
        summary: facts.summary.as_ref().map(|s| SourceSummary { text: text(&s.text), model: line(&s.model) }),
        keywords: list(&facts.keywords),
        withdrawn_at: facts.withdrawn_at.map(whole_microseconds),
        comment: line(&facts.comment),
        journal: line(&facts.journal),
        doi: line(&facts.doi),
        version: facts.version,
    }
}

fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// The numbers after a newer listing was read: other sources than Hugging Face only fill in what is not known.
pub(super) fn counters(known: Counters, newer: Counters, source: SourceName) -> Counters {
    let wins = SourceClass::of(source.0) == SourceClass::HuggingFace;
    let (first, second) = if wins { (newer, known) } else { (known, newer) };
    Counters {
        upvotes: first.upvotes.or(second.upvotes),
        comments: first.comments.or(second.comments),
        stars: first.stars.or(second.stars),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_from_where_they_are_kept_and_the_newest_win() {
        let of = |upvotes| Counters { upvotes, ..Counters::default() };
        let after = |known, newer, source| counters(of(known), of(newer), SourceName(source)).upvotes;
        assert_eq!(after(Some(3), None, "huggingface"), Some(3));
        assert_eq!(after(Some(3), Some(2), "huggingface"), Some(2));
        assert_eq!(after(Some(3), Some(9), "nature"), Some(3));
        assert_eq!(after(None, Some(9), "nature"), Some(9));
    }

    #[test]
    fn what_no_database_keeps_is_taken_off_first() {
        let odd = Facts {
            title: "a\0b".into(),
            submitter: Some("\0".into()),
            published_at: Some(Timestamp::from_nanosecond(1_999).unwrap()),
            ..Facts::default()
        };
        let kept = storable(&odd);
        assert_eq!((kept.title.as_str(), kept.submitter), ("ab", None));
        assert_eq!(kept.published_at, Some(Timestamp::from_nanosecond(1_000).unwrap()));
    }
}

//! Puts what a newer listing says over what is known of a paper; what it does not say stays.

use jiff::Timestamp;

use super::values::text;
use crate::domain::{Counters, Facts, Organization, SourceSummary};

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

/// What is known after a newer listing was read.
pub(super) fn facts(known: Facts, newer: Facts) -> Facts {
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

/// The numbers after a newer listing was read.
pub(super) fn counters(known: Counters, newer: Counters) -> Counters {
    Counters {
        upvotes: newer.upvotes.or(known.upvotes),
        comments: newer.comments.or(known.comments),
        stars: newer.stars.or(known.stars),
    }
}

fn said(newer: String, known: String) -> String {
    if newer.is_empty() { known } else { newer }
}

fn listed(newer: Vec<String>, known: Vec<String>) -> Vec<String> {
    if newer.is_empty() { known } else { newer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Facts {
        Facts {
            title: "Title".into(),
            abstract_text: "Abstract".into(),
            authors: vec!["Ada".into()],
            categories: vec!["cs.CL".into()],
            published_at: Some(Timestamp::UNIX_EPOCH),
            submitter: Some("ada".into()),
            repository: Some("https://github.com/a/b".into()),
            project_page: Some("https://a.example".into()),
            thumbnail: Some("https://a.example/t.png".into()),
            organization: Some(Organization { name: "lab".into(), full_name: "Lab".into() }),
            summary: Some(SourceSummary { text: "Short".into(), model: None }),
            keywords: vec!["flow".into()],
            withdrawn_at: Some(Timestamp::UNIX_EPOCH),
            comment: Some("12 pages".into()),
            journal: Some("J. Flow 1".into()),
            doi: Some("10.1000/flow.1".into()),
            version: Some(2),
        }
    }

    #[test]
    fn what_a_newer_listing_lacks_stays_known() {
        assert_eq!(facts(full(), Facts::default()), full());
        let known = Counters { upvotes: Some(3), comments: Some(1), stars: Some(9) };
        assert_eq!(counters(known, Counters::default()), known);
    }

    #[test]
    fn what_a_newer_listing_says_wins() {
        let newer = Facts { title: "Better".into(), keywords: vec!["b".into()], ..Facts::default() };
        let merged = facts(full(), newer);
        assert_eq!(
            (merged.title.as_str(), merged.keywords.as_slice()),
            ("Better", ["b".to_owned()].as_slice())
        );
        assert_eq!(merged.authors, full().authors);
        let fewer = Counters { upvotes: Some(2), ..Counters::default() };
        assert_eq!(counters(Counters { upvotes: Some(3), ..fewer }, fewer).upvotes, Some(2));
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

//! A paper as the index holds it.

use jiff::civil::Date;
use tantivy::TantivyDocument;

use super::schema::{Fields, KEYWORD_WEIGHT, TITLE_WEIGHT};
use crate::domain::Paper;
use crate::domain::query::Extra;
use crate::text::{Folding, for_each_token, name_tokens, spoken};

/// Writes a paper, and which sources list it, into a document of the index.
pub(super) fn document(fields: &Fields, paper: &Paper, sources: &[String]) -> TantivyDocument {
    let facts = &paper.facts;
    let mut doc = TantivyDocument::new();
    let mut line = Line { doc: &mut doc, fields, end: 0 };
    for _ in 0..TITLE_WEIGHT {
        line.add(&facts.title);
    }
    for _ in 0..KEYWORD_WEIGHT {
        facts.keywords.iter().for_each(|keyword| line.add(keyword));
    }
    let abstract_from = line.end;
    doc.add_text(fields.text, &facts.abstract_text);
    doc.add_u64(fields.abstract_from, abstract_from);

    doc.add_text(fields.title, &facts.title);
    for keyword in &facts.keywords {
        doc.add_text(fields.keywords, keyword);
    }
    for name in &facts.authors {
        let mut words = words_of(name);
        doc.add_text(fields.author_shown, name);
        doc.add_text(fields.authors, words.join(" "));
        words.reverse();
        doc.add_text(fields.author_names, words.join(" "));
    }
    for name in facts.organization.iter().flat_map(|o| [&o.name, &o.full_name]) {
        doc.add_text(fields.organizations, texts(name).join(" "));
    }
    for category in &facts.categories {
        let category = category.to_ascii_lowercase();
        if let Some((archive, _)) = category.split_once('.') {
            doc.add_text(fields.categories, archive);
        }
        doc.add_text(fields.categories, category);
    }
    let extras = [
        (facts.repository.is_some(), Extra::Code),
        (facts.summary.is_some(), Extra::Summary),
        (facts.project_page.is_some(), Extra::Project),
    ];
    for (_, extra) in extras.iter().filter(|(there, _)| *there) {
        doc.add_text(fields.extras, extra.name());
    }
    for source in sources {
        doc.add_text(fields.sources, source.to_ascii_lowercase());
    }
    doc.add_text(fields.id, paper.id.as_str());
    doc.add_i64(fields.key, paper.key.0);
    doc.add_i64(fields.day, day_number(paper.day));
    let counters = paper.counters;
    let numbers = [
        (fields.upvotes, counters.upvotes),
        (fields.comments, counters.comments),
        (fields.stars, counters.stars),
    ];
    for (field, number) in numbers {
        if let Some(number) = number {
            doc.add_u64(field, number.into());
        }
    }
    doc
}

/// The line of positions, whose end the index counts in the same way.
struct Line<'a> {
    doc: &'a mut TantivyDocument,
    fields: &'a Fields,
    end: u64,
}

impl Line<'_> {
    fn add(&mut self, text: &str) {
        self.doc.add_text(self.fields.text, text);
        for_each_token(text, Folding::Words, |_, _| self.end += 1);
        // The index leaves one position free after each value, so that no phrase reaches over it.
        self.end += 1;
    }
}

/// Days since 1970.
pub(super) fn day_number(day: Date) -> i64 {
    day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// The words of an author's name in the order in which it is spoken.
fn words_of(name: &str) -> Vec<String> {
    spoken(name).into_iter().flat_map(|(_, part)| texts(part)).collect()
}

fn texts(name: &str) -> Vec<String> {
    name_tokens(name).into_iter().map(|token| token.text).collect()
}

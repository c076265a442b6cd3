//! What a person may have meant who found nothing.

use jiff::civil::Date;
use tantivy::schema::Field as IndexField;
use tantivy::{Searcher, Term as IndexTerm};

use super::compile::Compiler;
use super::{Search, SearchError};
use crate::domain::Query;
use crate::domain::query::{Expr, Field, Pattern, Term};
use crate::text::display_tokens;

impl Search {
    /// The query with each unknown word replaced by the known one that is nearest in spelling.
    ///
    /// `None` when every word is known, when nothing is near, or when that query finds nothing either.
    pub fn suggest(&self, query: &Query, today: Date) -> Result<Option<String>, SearchError> {
        let searcher = self.reader.searcher();
        let mut changed = false;
        let expr = self.respelled(&searcher, query.expr(), &mut changed)?;
        // Read again, so that the suggestion is a query that can be asked.
        let suggested: Option<Query> = changed.then(|| expr.to_string().parse().ok()).flatten();
        let Some(suggested) = suggested else { return Ok(None) };
        let finds =
            Compiler { fields: &self.fields, today }.compile(suggested.expr())?.query.count(&searcher)? > 0;
        Ok(finds.then(|| suggested.to_string()))
    }

    fn respelled(&self, searcher: &Searcher, expr: &Expr, changed: &mut bool) -> Result<Expr, SearchError> {
        let mut each = |parts: &[Expr]| -> Result<Vec<Expr>, SearchError> {
            parts.iter().map(|part| self.respelled(searcher, part, changed)).collect()
        };
        Ok(match expr {
            Expr::And(parts) => Expr::And(each(parts)?),
            Expr::Or(parts) => Expr::Or(each(parts)?),
            Expr::Term(Term { field, pattern: Pattern::Words(words), .. }) => {
                let index = match field {
                    Some(Field::Author) => self.fields.authors,
                    Some(Field::Organization) => self.fields.organizations,
                    _ => self.fields.text,
                };
                let mut near = Vec::with_capacity(words.len());
                for word in words {
                    let better = nearest(searcher, index, word)?;
                    *changed |= better.is_some();
                    near.push(better.unwrap_or_else(|| word.clone()));
                }
                let text = display_tokens(&near);
                Expr::Term(Term { field: *field, text, pattern: Pattern::Words(near) })
            }
            other => other.clone(),
        })
    }
}

/// The known word that is nearest to an unknown one: fewest slips first, then the most papers.
fn nearest(searcher: &Searcher, field: IndexField, word: &str) -> Result<Option<String>, SearchError> {
    let allowed = match word.chars().count() {
        0..=3 => return Ok(None),
        4..=6 => 1,
        _ => 2,
    };
    if searcher.doc_freq(&IndexTerm::from_field_text(field, word))? > 0 {
        return Ok(None);
    }
    let first = word.chars().next().map(String::from).unwrap_or_default();
    let mut best: Option<(usize, u32, String)> = None;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms =
            index.terms().range().ge(first.as_bytes()).lt(format!("{first}{}", char::MAX)).into_stream()?;
        while terms.advance() {
            let Ok(known) = std::str::from_utf8(terms.key()) else { continue };
            if known.len().abs_diff(word.len()) > allowed * char::MAX.len_utf8() {
                continue;
            }
            let slips = strsim::osa_distance(word, known);
            let papers = terms.value().doc_freq;
            let better = best
                .as_ref()
                .is_none_or(|(least, most, _)| slips < *least || (slips == *least && papers > *most));
            if slips <= allowed && better {
                best = Some((slips, papers, known.to_owned()));
            }
        }
    }
    Ok(best.map(|(.., known)| known))
}

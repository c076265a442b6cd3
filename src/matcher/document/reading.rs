//! An analysed paper as the index reads it.

use super::Document;
use crate::domain::query::{Condition, Counter, Field};
use crate::matcher::code::{ABSTRACT, ANYWHERE, KEYWORDS, TITLE};
use crate::matcher::lexicon::Space;
use crate::matcher::reader::{AUTHORS, ORGANIZATIONS, RUNNING, Reader};

impl Document {
    /// Reads the paper into a search.
    pub(in crate::matcher) fn read_into(&self, reader: &mut Reader<'_>) {
        for (field, spaces, parts) in [
            (Field::Title, RUNNING, TITLE),
            (Field::Keyword, RUNNING, KEYWORDS),
            (Field::Abstract, RUNNING, ABSTRACT),
            (Field::Author, AUTHORS, ANYWHERE),
            (Field::Organization, ORGANIZATIONS, ANYWHERE),
        ] {
            if !reader.wants(spaces) {
                continue;
            }
            for entry in self.words.entries(field) {
                for at in entry.places.clone() {
                    reader.word(spaces, parts, self.words.folded(at), self.words.written(at));
                }
                reader.gap();
            }
            reader.walk(parts);
        }
        reader.categories(self.categories.iter().map(String::as_str));
        if reader.is_used(Space::Conditions) {
            self.for_each_condition(|known| reader.single(Space::Conditions, known));
        }
    }

    /// Calls `visit` with the key of every condition that can hold.
    fn for_each_condition(&self, mut visit: impl FnMut(&str)) {
        let subject = &self.subject;
        for counter in Counter::ALL {
            if counter.of(&subject.counters).is_some() {
                visit(counter.name());
            }
            if subject.rises.iter().any(|rise| rise.counter == counter) {
                visit(&format!("{}+", counter.name()));
            }
        }
        subject.extras.iter().for_each(|extra| visit(&format!("has:{}", extra.name())));
        subject.sources.iter().for_each(|name| visit(&format!("src:{}", name.to_ascii_lowercase())));
        subject.announcement.iter().for_each(|kind| visit(&format!("type:{}", kind.name())));
        subject.id.iter().for_each(|id| visit(&format!("id:{id}")));
        subject.day.iter().for_each(|_| visit("listed"));
    }
}

/// What a paper must have, or what must be known of it, for a condition to hold.
pub(in crate::matcher) fn condition_key(condition: &Condition) -> String {
    match condition {
        Condition::Number(number) => {
            format!("{}{}", number.counter.name(), if number.rise.is_some() { "+" } else { "" })
        }
        Condition::Has(extra) => format!("has:{}", extra.name()),
        Condition::Source(name) => format!("src:{}", name.to_ascii_lowercase()),
        Condition::Type(kind) => format!("type:{}", kind.name()),
        Condition::Id(id) => format!("id:{id}"),
        Condition::Listed(_) => "listed".to_owned(),
    }
}

//! What is known of a paper beside its words, and the conditions asked of it.

use jiff::civil::Date;

use crate::domain::query::{Announcement, Condition, Extra, Rise};
use crate::domain::{Counters, PaperId};

/// What conditions are asked of; what is not known makes a condition false.
#[derive(Debug, Default)]
pub(super) struct Subject {
    pub id: Option<PaperId>,
    pub day: Option<Date>,
    pub today: Option<Date>,
    pub counters: Counters,
    pub rises: Vec<Rise>,
    pub sources: Vec<String>,
    pub announcement: Option<Announcement>,
    pub extras: Vec<Extra>,
}

impl Subject {
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Number(number) => number.holds(&self.counters, &self.rises),
            Condition::Has(extra) => self.extras.contains(extra),
            Condition::Source(name) => self.sources.iter().any(|source| source.eq_ignore_ascii_case(name)),
            Condition::Type(kind) => self.announcement == Some(*kind),
            Condition::Id(id) => self.id.as_ref() == Some(id),
            Condition::Listed(listed) => match (self.day, self.today) {
                (Some(day), Some(today)) => listed.holds(day, today),
                (Some(day), None) => !listed.is_relative() && listed.holds(day, day),
                (None, _) => false,
            },
        }
    }
}

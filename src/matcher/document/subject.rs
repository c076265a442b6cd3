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

    /// Says what is known of that which a condition asks for, as half a sentence.
    pub fn known(&self, condition: &Condition) -> String {
        match condition {
            Condition::Number(number) => {
                let name = number.counter.name();
                match (number.known(&self.counters, &self.rises), number.rise) {
                    (Some(count), None) => format!("it has {count} {name}"),
                    (Some(by), Some(span)) => format!("its {name} rose by {by} in {span}"),
                    (None, None) => format!("its number of {name} is not known"),
                    (None, Some(span)) => format!("how much its {name} rose in {span} is not known"),
                }
            }
            Condition::Has(extra) if self.extras.contains(extra) => format!("it has {}", extra.title()),
            Condition::Has(extra) => format!("{} is not known", extra.title()),
            Condition::Source(_) if self.sources.is_empty() => "its sources are not known".to_owned(),
            Condition::Source(_) => format!("it is listed by {}", self.sources.join(", ")),
            Condition::Type(_) => match self.announcement {
                Some(kind) => format!("it is {}", kind.title()),
                None => "no source says how it is announced".to_owned(),
            },
            Condition::Id(_) => match &self.id {
                Some(id) => format!("it is {id}"),
                None => "its id is not known".to_owned(),
            },
            Condition::Listed(_) => match self.day {
                Some(day) => format!("it was listed on {day}"),
                None => "its day is not known".to_owned(),
            },
        }
    }
}

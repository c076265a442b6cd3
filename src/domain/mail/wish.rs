//! What somebody wants to get by e-mail.

use serde::{Deserialize, Serialize};

use crate::domain::{Cadence, Every};

/// How often letters come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailRhythm {
    /// Each day.
    #[default]
    Daily,
    /// On Mondays.
    Weekly,
}

impl MailRhythm {
    /// The name in forms and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// The rhythm of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Daily, Self::Weekly].into_iter().find(|rhythm| rhythm.name().eq_ignore_ascii_case(name.trim()))
    }

    /// On which days the roundup comes.
    pub fn every(self) -> Every {
        match self {
            Self::Daily => Every::Daily,
            Self::Weekly => Every::Weekly,
        }
    }

    /// When a subscription's papers come.
    pub fn cadence(self) -> Cadence {
        match self {
            Self::Daily => Cadence::Daily,
            Self::Weekly => Cadence::Weekly,
        }
    }
}

/// What a subscriber gets; the store keeps it as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailWish {
    /// How often.
    pub rhythm: MailRhythm,
    /// The papers of this query, in canonical form; without one, those that trend.
    pub query: Option<String>,
    /// The IANA zone whose mornings they come in.
    pub zone: String,
}

impl MailWish {
    /// The wish in words: `papers on “robot”, each day (Europe/Berlin)`.
    pub fn in_words(&self) -> String {
        let what = self
            .query
            .as_ref()
            .map_or_else(|| "trending papers".to_owned(), |query| format!("papers that match “{query}”"));
        let when = match self.rhythm {
            MailRhythm::Daily => "each day",
            MailRhythm::Weekly => "on Mondays",
        };
        format!("{what}, {when} (time zone {})", self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_told_in_words() {
        let mut wish = MailWish { rhythm: MailRhythm::Daily, query: None, zone: "UTC".to_owned() };
        assert_eq!(wish.in_words(), "trending papers, each day (time zone UTC)");
        wish.query = Some("robot".to_owned());
        wish.rhythm = MailRhythm::named(" Weekly ").unwrap();
        assert_eq!(wish.in_words(), "papers that match “robot”, on Mondays (time zone UTC)");
        assert_eq!(MailRhythm::named("hourly"), None);
    }
}

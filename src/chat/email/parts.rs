//! What is stored of a letter: everything that it says, so that every try sends the same.

use serde::{Deserialize, Serialize};

use super::{html, text};
use crate::chat::Rendered;
use crate::message::{Message, clean, cut};

/// Longest title in a subject: phones show about 40 characters, mail programs about 100.
const TITLE_MAX: usize = 110;

/// The parts of a letter but for whom it goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parts {
    pub subject: String,
    pub text: String,
    /// What stands before and after the footer, which differs for each reader; `None` in the plain rendering.
    pub html: Option<[String; 2]>,
}

/// Renders a message as a letter, and as one of text alone.
pub(super) fn render(message: &Message) -> Rendered {
    let (subject, text, html) = match message {
        Message::Paper(card) | Message::Line(card) => {
            let date = card.day.strftime("%-d %b %Y").to_string();
            (subject(&card.heading(), &date), text::paper(card), html::paper(card))
        }
        Message::Group(group) => return render(&Message::Roundup(group.list())),
        Message::Roundup(roundup) => {
            let best = roundup.sections.iter().flat_map(|section| &section.lines).next();
            let best = best.map(|line| clean(&line.title)).unwrap_or_default();
            (subject(&best, &clean(&roundup.heading)), text::roundup(roundup), html::roundup(roundup))
        }
    };
    let plain = Parts { subject, text, html: None };
    Rendered { plain: plain.json(), rich: Parts { html: Some(html), ..plain }.json() }
}

fn subject(title: &str, date: &str) -> String {
    let parts = [cut(title, TITLE_MAX), cut(date, TITLE_MAX)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

impl Parts {
    /// Reads what was stored; `None` when it is no letter.
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("strings are always JSON")
    }
}

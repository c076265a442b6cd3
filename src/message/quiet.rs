//! What a roundup says of sources that are late, and of a day without papers.

use jiff::civil::Date;

use super::card::day;
use super::replies::status::source_title;
use super::replies::words::listed;
use super::roundup::RoundupCard;

/// A source whose papers of the day are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateSource {
    /// Its short name: `arxiv`.
    pub name: String,
    /// True when it cannot be read; else it answers and has nothing new yet.
    pub fails: bool,
}

/// Why a roundup has no papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuietReason {
    /// Sources are late or cannot be read.
    Late(Vec<LateSource>),
    /// All sources rest at the weekend.
    Weekend,
    /// All sources rest, at least one for this holiday.
    Holiday(&'static str),
    /// Papers may have come, and none for this channel.
    NoMatch,
    /// No paper gained votes or stars over this time: `24 hours`.
    NothingRises(&'static str),
}

/// Says below a roundup which sources it went without; empty when none.
pub fn late_note(late: &[LateSource]) -> String {
    match late {
        [] => String::new(),
        [_] => format!("Without {}: its papers come with the next roundup", missing(late)),
        _ => format!("Without {}: their papers come with the next roundup", missing(late)),
    }
}

/// One line in the place of a roundup.
pub fn quiet_card(kind: &str, date: Date, reason: &QuietReason) -> RoundupCard {
    let because = match reason {
        QuietReason::Late(late) => format!("still without {}", missing(late)),
        QuietReason::Weekend => "the sources list nothing at weekends".to_owned(),
        QuietReason::Holiday(name) => format!("the sources rest: {name}"),
        QuietReason::NoMatch => "nothing new matched".to_owned(),
        QuietReason::NothingRises(span) => format!("none gained votes or stars in the last {span}"),
    };
    RoundupCard {
        heading: format!("{kind} of {}, {}: no papers, {because}", date.strftime("%a"), day(date)),
        sections: Vec::new(),
        note: String::new(),
        details: None,
    }
}

fn missing(late: &[LateSource]) -> String {
    let one = |source: &LateSource| {
        let title = source_title(&source.name);
        if source.fails { format!("{title} (cannot be read)") } else { format!("{title} (late)") }
    };
    listed(&late.iter().map(one).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_without_papers_says_why_in_one_line() {
        let late = |name: &str, fails| LateSource { name: name.to_owned(), fails };
        let both = vec![late("arxiv", false), late("huggingface", true)];
        let told = [
            QuietReason::Late(both.clone()),
            QuietReason::Weekend,
            QuietReason::Holiday("Labor Day"),
            QuietReason::NoMatch,
            QuietReason::NothingRises("7 days"),
        ];
        let lines = told.map(|reason| quiet_card("Roundup", date(2026, 8, 4), &reason).plain_text());
        insta::assert_snapshot!(lines.join("\n"), @"
        Roundup of Tue, 4 Aug 2026: no papers, still without arXiv (late) and Hugging Face (cannot be read)
        Roundup of Tue, 4 Aug 2026: no papers, the sources list nothing at weekends
        Roundup of Tue, 4 Aug 2026: no papers, the sources rest: Labor Day
        Roundup of Tue, 4 Aug 2026: no papers, nothing new matched
        Roundup of Tue, 4 Aug 2026: no papers, none gained votes or stars in the last 7 days
        ");
        assert_eq!(late_note(&both[..1]), "Without arXiv (late): its papers come with the next roundup");
        assert_eq!(late_note(&[]), "");
    }
}

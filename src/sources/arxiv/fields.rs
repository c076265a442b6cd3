//! What arXiv's formats have in common: ids with versions, lists of names, dates, and notes of a withdrawal.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

use crate::domain::{Facts, PaperId};
use crate::sources::huggingface::fields::{one_line, paragraphs};

/// The longest title in characters.
const TITLE: usize = 1_000;
/// The longest abstract in characters; arXiv allows 1,920, and old papers have more.
const ABSTRACT: usize = 10_000;
/// The longest comment or journal reference in characters.
const REMARK: usize = 2_000;
/// The longest name in characters.
const NAME: usize = 200;
/// The most authors; a collaboration of physicists can have 5,000.
const AUTHORS: usize = 6_000;
/// The most categories.
const CATEGORIES: usize = 50;
/// The most DOIs of one paper.
const DOIS: usize = 4;

/// A paper's id and the version that came with it.
///
/// The prefixes are cut off one by one: what stands after the last slash of `abs/hep-th/9901001v1` is no id.
pub(super) fn versioned_id(text: &str) -> Result<(PaperId, Option<u16>), String> {
    let text = text.trim();
    let address = text.split_once("://").and_then(|(_, rest)| rest.split_once("/abs/")).map(|(_, id)| id);
    let bare = address.or_else(|| text.strip_prefix("oai:arXiv.org:")).unwrap_or(text);
    let bare = bare.strip_prefix("arXiv:").unwrap_or(bare);
    let wrong = || format!("the id {:?} is none of arXiv's", text.chars().take(40).collect::<String>());
    if bare.contains(':') {
        return Err(wrong());
    }
    let id: PaperId = bare.parse().map_err(|_| wrong())?;
    if !id.is_arxiv() {
        return Err(wrong());
    }
    let version = bare.rsplit_once('v').and_then(|(_, digits)| digits.parse().ok());
    Ok((id, version.filter(|version| *version > 0)))
}

/// A title as one line.
pub(super) fn title(text: Option<&str>, id: &PaperId) -> Result<String, String> {
    text.and_then(|text| one_line(text, TITLE)).ok_or_else(|| format!("the paper {id} has no title"))
}

/// An abstract with its paragraphs apart.
pub(super) fn abstract_text(text: Option<&str>) -> String {
    paragraphs(text.unwrap_or_default(), ABSTRACT)
}

/// A comment or a journal reference as one line.
pub(super) fn remark(text: Option<&str>) -> Option<String> {
    one_line(text?, REMARK)
}

/// Categories in order, each once; arXiv names the primary one first.
pub(super) fn categories<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        // Subject classes of ACM and MSC stand among them: “I.2.7; F.4.1”, “68T50”.
        if is_category(name) && kept.len() < CATEGORIES && !kept.iter().any(|known| known == name) {
            kept.push(name.to_owned());
        }
    }
    kept
}

/// True for `cs.CL`, `hep-th`, `physics.acc-ph`.
fn is_category(name: &str) -> bool {
    let archive = name.split_once('.').map_or(name, |(archive, _)| archive);
    let letters = |b: u8| b.is_ascii_lowercase() || b == b'-';
    archive.len() >= 2
        && archive.bytes().all(letters)
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'.')
}

/// Cuts `First Last (Lab A, Lab B), First Last` at the commas outside parentheses, and affiliations off.
pub(super) fn names(text: &str) -> Vec<String> {
    let (mut found, mut name, mut depth) = (Vec::new(), String::new(), 0_usize);
    for ch in text.chars() {
        match ch {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => found.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(ch),
            _ => {}
        }
    }
    found.push(name);
    // One parenthesis without its end must not swallow everybody behind it.
    if depth > 0 {
        found = text.split(',').map(|part| part.replace(['(', ')'], " ")).collect();
    }
    people(found)
}

/// Names as printed: each on one line, without what holds no letter, as the “:” behind a collaboration.
pub(super) fn people<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    let names = names.into_iter().filter_map(|name| one_line(name.as_ref(), NAME));
    names.filter(|name| name.chars().any(char::is_alphabetic)).take(AUTHORS).collect()
}

/// Takes in the DOIs of a paper, which can be several in one field; gives those that are ids of their own.
pub(super) fn dois(facts: &mut Facts, text: Option<&str>) -> Vec<PaperId> {
    let mut found: Vec<PaperId> = Vec::new();
    for part in text.unwrap_or_default().split([' ', ',', ';', '\n', '\t']).filter(|part| !part.is_empty()) {
        if let Ok(id) = part.parse::<PaperId>()
            && id.is_doi()
            && !found.contains(&id)
            && found.len() < DOIS
        {
            found.push(id);
        }
    }
    facts.doi = found.first().map(ToString::to_string);
    found
}

/// Says since when a paper is withdrawn, if its authors or arXiv say so of the version that is dated `at`.
pub(super) fn withdrawn(facts: &Facts, at: Option<Timestamp>) -> Option<Timestamp> {
    const OF_A_PAPER: [&str; 5] = ["paper", "article", "manuscript", "submission", "preprint"];
    let comment = facts.comment.as_deref().unwrap_or_default().to_lowercase();
    let begins: String = facts.abstract_text.chars().take(200).collect::<String>().to_lowercase();
    let said = |text: &str| {
        ["has been withdrawn", "is withdrawn", "was withdrawn", "withdrawn by"]
            .iter()
            .any(|said| text.contains(said))
    };
    let in_comment = comment.starts_with("withdrawn") || said(&comment);
    let in_abstract = begins.split_once(' ').is_some_and(|(this, rest)| {
        let of_this = OF_A_PAPER.iter().any(|noun| rest.starts_with(noun));
        let sentence = rest.split_once('.').map_or(rest, |(first, _)| first);
        matches!(this, "this" | "the") && of_this && said(sentence)
    });
    if in_comment || in_abstract { at } else { None }
}

/// The address of the code, when the comment or the abstract gives one.
pub(super) fn repository(facts: &Facts) -> Option<String> {
    let texts = [facts.comment.as_deref().unwrap_or_default(), &facts.abstract_text];
    texts.into_iter().flat_map(|text| text.split("://").skip(1)).find_map(|address| {
        let end = |c: char| c.is_whitespace() || !c.is_ascii() || "()[]{}<>,;\"'\\".contains(c);
        let address = address.split(end).next().unwrap_or_default();
        let mut parts = address.split('/');
        let host = parts.next().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase();
        let (owner, name) = (parts.next()?, parts.next()?.trim_end_matches(['.', '!', '?', ':']));
        let name = name.trim_end_matches(".git");
        let plain = |part: &str| {
            !part.is_empty()
                && part.len() <= 100
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        let known = matches!(host.as_str(), "github.com" | "gitlab.com" | "codeberg.org");
        (known && plain(owner) && plain(name)).then(|| format!("https://{host}/{owner}/{name}"))
    })
}

/// A time as Atom writes it.
pub(super) fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.trim().parse().ok()
}

/// A day, which stands for its midnight in UTC.
pub(super) fn midnight(text: Option<&str>) -> Option<Timestamp> {
    let day: Date = text?.trim().get(..10)?.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A time as RSS and e-mail write it.
pub(super) fn mail_time(text: Option<&str>) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text?.trim()).ok()
}

/// Drops a time that has not come yet.
pub(super) fn past(at: Option<Timestamp>, today: Date) -> Option<Timestamp> {
    at.filter(|at| at.to_zoned(TimeZone::UTC).date() <= today)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_read_with_their_versions_and_never_after_the_last_slash() {
        let read = |text: &str| versioned_id(text).map(|(id, version)| (id.to_string(), version));
        for (text, id, version) in [
            ("http://arxiv.org/abs/2609.20822v1", "2609.20822", Some(1)),
            ("https://arxiv.org/abs/2609.20822", "2609.20822", None),
            ("http://arxiv.org/abs/hep-th/9901001v12", "hep-th/9901001", Some(12)),
            ("oai:arXiv.org:2604.21935v2", "2604.21935", Some(2)),
            ("oai:arXiv.org:solv-int/9901001", "solv-int/9901001", None),
            ("arXiv:math.GT/0309136v3", "math/0309136", Some(3)),
            (" 0704.0001 ", "0704.0001", None),
        ] {
            assert_eq!(read(text), Ok((id.to_owned(), version)), "{text}");
        }
        for text in [
            "",
            "9901001v1",
            "https://example.org/abs/x",
            "10.1000/x",
            "http://arxiv.org/list/cs",
            "oai:x:2609.20822",
        ] {
            assert!(read(text).is_err(), "{text}: {:?}", read(text));
        }
        assert_eq!(read("x\u{1b}[2J").unwrap_err(), r#"the id "x\u{1b}[2J" is none of arXiv's"#);
    }

    #[test]
    fn names_are_cut_at_the_commas_outside_parentheses() {
        let read = |text: &str| names(text).join("|");
        assert_eq!(
            read("Ada Lovelace (Lab A, Lab B (Rome, Italy)), Alan Turing Jr. (X)"),
            "Ada Lovelace|Alan Turing Jr."
        );
        assert_eq!(
            read("Anamta Khan, Ratna Kandala,  Deepti, Joyojeet Pal"),
            "Anamta Khan|Ratna Kandala|Deepti|Joyojeet Pal"
        );
        assert_eq!(read(r"Paulo Andr\'e Lima de Castro"), r"Paulo Andr\'e Lima de Castro");
        assert_eq!(read("A. One (no end, B. Two, C. Three"), "A. One no end|B. Two|C. Three");
        assert_eq!(read("BICEP2 Collaboration, :, P. Ade"), "BICEP2 Collaboration|P. Ade");
        assert_eq!(read(" , ,"), "");
    }

    #[test]
    fn subject_classes_of_others_are_no_categories() {
        let read = categories([
            "cs.CL",
            "cs.AI",
            "cs.CL",
            "68T50",
            "I.2.7; F.4.1",
            "I.2.7",
            "hep-th",
            "cond-mat.str-el",
        ]);
        assert_eq!(read, ["cs.CL", "cs.AI", "hep-th", "cond-mat.str-el"]);
    }

    #[test]
    fn several_dois_in_one_field_are_told_apart_and_arxivs_own_is_none() {
        let mut facts = Facts::default();
        let ids =
            dois(&mut facts, Some("10.1000/ABC, https://doi.org/10.1000/def 10.48550/arXiv.2609.20822 x"));
        assert_eq!(ids.iter().map(PaperId::as_str).collect::<Vec<_>>(), ["10.1000/abc", "10.1000/def"]);
        assert_eq!(facts.doi.as_deref(), Some("10.1000/abc"));
    }

    #[test]
    fn a_withdrawal_is_told_from_a_paper_about_withdrawals() {
        let at: Timestamp = "2026-08-21T00:00:00Z".parse().unwrap();
        let read = |comment: &str, abstract_text: &str| {
            let facts = Facts {
                comment: (!comment.is_empty()).then(|| comment.to_owned()),
                abstract_text: abstract_text.to_owned(),
                ..Facts::default()
            };
            withdrawn(&facts, Some(at)).is_some()
        };
        assert!(read("", "This paper has been withdrawn by the author due to an error in Lemma 2."));
        assert!(read("", "This article was withdrawn."));
        assert!(read("This paper has been withdrawn", "We show it."));
        assert!(read("Withdrawn: superseded by 2609.20822", "We show it."));
        assert!(read(
            "arXiv admin note: This submission has been withdrawn by arXiv administrators",
            "We show it."
        ));
        assert!(!read("12 pages", "This paper studies how a paper is retracted. It has been withdrawn."));
        assert!(!read("12 pages", "Papers that were withdrawn by their authors are counted."));
        assert!(!read("", ""));
    }

    #[test]
    fn the_address_of_the_code_is_found_in_a_sentence() {
        let read = |text: &str| repository(&Facts { abstract_text: text.to_owned(), ..Facts::default() });
        let some = Some("https://github.com/ada/engine".to_owned());
        assert_eq!(read("Code is at https://github.com/ada/engine."), some);
        assert_eq!(read(r"(see \url{http://www.github.com/ada/engine.git})"), some);
        assert_eq!(read("https://github.com/ada/engine/tree/main, and https://x.org/y"), some);
        for text in [
            "https://github.com/ada",
            "https://github.com@evil.example/a/b",
            "github.com/a/b",
            "https://x.org/a/b",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_them_panic(text in "(\\PC|[(),;v/.:]|://|github.com|abs/|withdrawn|this paper ){0,40}") {
            let _ = versioned_id(&text);
            let names = names(&text);
            prop_assert!(names.iter().all(|name| !name.contains('\n') && !name.is_empty()));
            let mut facts = Facts { abstract_text: text.clone(), comment: Some(text.clone()), ..Facts::default() };
            let _ = dois(&mut facts, Some(&text));
            let _ = (repository(&facts), withdrawn(&facts, None), time(Some(&text)), midnight(Some(&text)), mail_time(Some(&text)));
        }
    }
}

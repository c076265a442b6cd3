//! The papers that a message of people names, by link or by id.
//!
//! A link is believed. A bare number is one only when it can be an arXiv id of a month that has been, so that versions,
//! dates and prices are none.

use jiff::civil::Date;

use crate::domain::PaperId;

/// The archives that numbered papers before April 2007.
const ARCHIVES: [&str; 34] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph",
    "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph",
    "hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph",
    "q-alg", "q-bio", "quant-ph", "solv-int", "supr-con",
];
/// Addresses that people also write without `https://`.
const HOSTS: [&str; 6] = [
    "arxiv.org/",
    "alphaxiv.org/",
    "huggingface.co/papers/",
    "hf.co/papers/",
    "doi.org/",
    "export.arxiv.org/",
];
/// The first month of the numbers of today, `0704.0001`.
const FIRST_MONTH: u32 = 704;
/// From this month on numbers have five digits.
const FIVE_DIGITS: u32 = 1_501;

/// Every paper that a text names, in its order and each once.
pub(super) fn mentioned(text: &str, today: Date) -> Vec<PaperId> {
    let mut found: Vec<PaperId> = Vec::new();
    let ends = |ch: char| ch.is_whitespace() || "<>|[]{}\"“”„«»`,;，；。".contains(ch);
    for chunk in text.split(ends) {
        match id_in(chunk, today) {
            Some(id) if !found.contains(&id) => found.push(id),
            _ => {}
        }
    }
    found
}

fn id_in(chunk: &str, today: Date) -> Option<PaperId> {
    let chunk = trimmed(chunk);
    if let Some(at) = chunk.find("http://").or_else(|| chunk.find("https://")) {
        return from_address(trimmed(&chunk[at..]));
    }
    let bare = chunk.strip_prefix("www.").unwrap_or(chunk);
    if HOSTS.iter().any(|host| begins(bare, host)) {
        return from_address(&format!("https://{bare}"));
    }
    if begins(chunk, "arxiv:") || begins(chunk, "doi:") {
        return chunk.parse().ok().filter(is_named);
    }
    let id: PaperId = chunk.parse().ok()?;
    (is_named(&id) && is_plausible(chunk, &id, today)).then_some(id)
}

/// Takes off what a sentence or mark-up puts round a word.
fn trimmed(chunk: &str) -> &str {
    let mut text = chunk.trim_start_matches(['(', '*', '_', '~', '\'', '‘']);
    loop {
        let open = text.matches('(').count();
        let Some(last) = text.chars().next_back() else { return text };
        let surplus = last == ')' && text.matches(')').count() > open;
        if !surplus && !".:!?*_~'’…".contains(last) {
            return text;
        }
        text = &text[..text.len() - last.len_utf8()];
    }
}

fn begins(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

fn from_address(address: &str) -> Option<PaperId> {
    let id: PaperId = address.parse().ok()?;
    if is_named(&id) {
        return Some(id);
    }
    // Publishers put the DOI into their own addresses: dl.acm.org/doi/pdf/10.1145/3292500
    let (_, after) = address.split_once("/doi/")?;
    let doi = &after[after.find("10.")?..];
    let doi = doi.split(['?', '#']).next().unwrap_or(doi);
    doi.parse().ok().filter(PaperId::is_doi)
}

/// True for an arXiv id or a DOI; any page has an address.
fn is_named(id: &PaperId) -> bool {
    !id.as_str().contains("://")
}

/// True when a number that stands by itself is an id and no version, date or price.
fn is_plausible(written: &str, id: &PaperId, today: Date) -> bool {
    if id.is_doi() || begins(written, "10.") {
        return written.split_once('/').is_some_and(|(_, suffix)| suffix.bytes().any(|b| b.is_ascii_digit()));
    }
    if let Some((archive, number)) = id.as_str().split_once('/') {
        let month: Option<u32> = number.get(2..4).and_then(|month| month.parse().ok());
        return ARCHIVES.contains(&archive) && month.is_some_and(|month| (1..=12).contains(&month));
    }
    let Some((month, number)) = id.as_str().split_once('.') else { return false };
    let Ok(month) = month.parse::<u32>() else { return false };
    let present = u32::try_from(i32::from(today.year() % 100) * 100 + i32::from(today.month())).unwrap_or(0);
    let digits = if month >= FIVE_DIGITS { 5 } else { 4 };
    (1..=12).contains(&(month % 100)) && (FIRST_MONTH..=present).contains(&month) && number.len() == digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let today = jiff::civil::date(2026, 8, 21);
        mentioned(text, today).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_link_and_id_is_found_once_and_in_order() {
        let text = "Look: https://arxiv.org/abs/2608.01234v2, (https://huggingface.co/papers/2608.00002). \
                    <https://www.alphaxiv.org/abs/2608.00003|this one> and [here](https://doi.org/10.1038/S41586-026-1) \
                    or arXiv:2608.01234 / arxiv.org/pdf/2608.00004.pdf, *2608.00005*; hep-th/9901001! \
                    doi:10.1145/3292500.3330701. https://dl.acm.org/doi/pdf/10.1145/3292500?download=1 \
                    10.1016/0022-2836(81)90087-5";
        assert_eq!(
            named(text),
            [
                "2608.01234",
                "2608.00002",
                "2608.00003",
                "10.1038/s41586-026-1",
                "2608.00004",
                "2608.00005",
                "hep-th/9901001",
                "10.1145/3292500.3330701",
                "10.1145/3292500",
                "10.1016/0022-2836(81)90087-5",
            ]
        );
    }

    #[test]
    fn versions_dates_prices_and_other_pages_are_no_papers() {
        for text in [
            "version 1234.5678 and 2024.10123 and 1.2608.01234",
            "2608.01234.5 v2608.01234 $2608.01234 2608.01234% 2608.1234 2608.012345",
            "2012.1234 0703.1234 2609.01234 9912.12345 2613.00001",
            "10.12/2023 10.5000/hour 192.168.1.1 21.08.2026 foo/1234567 cs/9999999",
            "https://example.org/2608.01234 https://github.com/a/b https://arxiv.org/list/cs.CL/recent",
            "",
        ] {
            assert_eq!(named(text), [""; 0], "{text}");
        }
    }
}

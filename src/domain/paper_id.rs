//! The canonical identity of a paper, the same whichever source lists it.
//!
//! ```text
//! arXiv   2608.01234        hep-th/9901001        never with a version
//! DOI     10.1038/s41586-026-01234-5              lower case, as DOIs ignore case
//! URL     https://example.org/papers/attention    when there is neither
//! ```
//! The three forms cannot be confused, so the text alone is the key in the store.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// The canonical id of a paper: its arXiv id without version, else its DOI, else its canonical URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PaperId(String);

/// The text names no paper in any form Paperwire knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a paper: give an arXiv id (2608.01234), a DOI (10.1038/…) or the address of a paper (https://…)"
)]
pub struct PaperIdError(pub String);

impl PaperId {
    /// The id as text, the form that is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when this is a DOI.
    pub fn is_doi(&self) -> bool {
        self.0.starts_with("10.")
    }

    /// True when this is an arXiv id.
    pub fn is_arxiv(&self) -> bool {
        !self.is_doi() && !self.is_url()
    }

    fn is_url(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }

    /// The page a reader is sent to: arXiv's abstract page, the DOI resolver, or the URL itself.
    pub fn url(&self) -> String {
        if self.is_url() {
            self.0.clone()
        } else if self.is_doi() {
            format!("https://doi.org/{}", self.0)
        } else {
            format!("https://arxiv.org/abs/{}", self.0)
        }
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<PaperId> for String {
    fn from(id: PaperId) -> Self {
        id.0
    }
}

impl TryFrom<String> for PaperId {
    type Error = PaperIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for PaperId {
    type Err = PaperIdError;

    /// Reads an id, an address or a DOI as people paste them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let bare = strip_prefix_ignoring_case(text, "arxiv:").unwrap_or(text).trim();
        if let Some(id) = arxiv_id(bare) {
            return Ok(Self(id));
        }
        let bare = strip_prefix_ignoring_case(text, "doi:").unwrap_or(text).trim();
        if let Some(id) = from_doi(bare) {
            return Ok(Self(id));
        }
        from_url(text).map(Self).ok_or_else(|| PaperIdError(text.to_owned()))
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Reads `2608.01234v2` or `hep-th/9901001v1` and drops the version.
fn arxiv_id(text: &str) -> Option<String> {
    let unversioned = match text.rfind('v') {
        Some(at) if at + 1 < text.len() && text[at + 1..].bytes().all(|b| b.is_ascii_digit()) => &text[..at],
        _ => text,
    };
    let all_digits = |s: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
    };
    if let Some((month, number)) = unversioned.split_once('.')
        && all_digits(month, 4..=4)
        && all_digits(number, 4..=5)
    {
        return Some(unversioned.to_owned());
    }
    let (archive, number) = unversioned.split_once('/')?;
    let (name, class) = archive.split_once('.').unwrap_or((archive, "AA"));
    let name_ok = (2..=9).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let class_ok = class.len() == 2 && class.bytes().all(|b| b.is_ascii_uppercase());
    // arXiv drops the subject class: math.GT/0309136 is math/0309136.
    (name_ok && class_ok && all_digits(number, 7..=7)).then(|| format!("{name}/{number}"))
}

/// Reads a DOI; arXiv's own DOIs (prefix 10.48550) become arXiv ids.
fn from_doi(text: &str) -> Option<String> {
    let (registrant, suffix) = text.strip_prefix("10.")?.split_once('/')?;
    let registrant_ok =
        (4..=9).contains(&registrant.len()) && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !registrant_ok || suffix.is_empty() || suffix.contains(char::is_whitespace) {
        return None;
    }
    if registrant == "48550"
        && let Some(id) = strip_prefix_ignoring_case(suffix, "arxiv.").and_then(arxiv_id)
    {
        return Some(id);
    }
    Some(text.to_lowercase())
}

fn from_url(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let path = url.path().trim_matches('/').to_owned();
    if host == "doi.org" || host == "dx.doi.org" {
        return from_doi(&path);
    }
    if host == "arxiv.org" || host.ends_with(".arxiv.org") || host == "alphaxiv.org" {
        let after = ["abs/", "pdf/", "html/", "overview/"].iter().find_map(|p| path.strip_prefix(p));
        if let Some(id) = after.and_then(|id| arxiv_id(id.trim_end_matches(".pdf"))) {
            return Some(id);
        }
    }
    if host == "huggingface.co" || host == "hf.co" {
        let id = path.strip_prefix("papers/").map(|id| id.trim_end_matches(".md"));
        if let Some(id) = id.and_then(arxiv_id) {
            return Some(id);
        }
    }
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !is_tracking(key))
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

fn is_tracking(key: &str) -> bool {
    key.starts_with("utm_") || matches!(key, "fbclid" | "gclid" | "ref" | "source" | "mc_cid" | "mc_eid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_paper_has_one_id_in_every_spelling_people_paste() {
        for text in [
            "2608.01234",
            "arXiv:2608.01234v3",
            " https://arxiv.org/abs/2608.01234v1 ",
            "http://export.arxiv.org/pdf/2608.01234.pdf",
            "https://www.alphaxiv.org/abs/2608.01234",
            "https://huggingface.co/papers/2608.01234",
            "https://huggingface.co/papers/2608.01234?utm_source=x#community",
            "10.48550/arXiv.2608.01234",
            "https://doi.org/10.48550/arXiv.2608.01234",
        ] {
            let id: PaperId = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(id.as_str(), "2608.01234", "{text}");
        }
    }

    #[test]
    fn old_arxiv_ids_dois_and_other_pages_keep_their_own_form() {
        let canonical = |text: &str| text.parse::<PaperId>().map(|id| id.to_string());
        assert_eq!(canonical("hep-th/9901001v2").unwrap(), "hep-th/9901001");
        assert_eq!(canonical("https://arxiv.org/abs/math.GT/0309136").unwrap(), "math/0309136");
        assert_eq!(canonical("doi:10.1038/S41586-026-1").unwrap(), "10.1038/s41586-026-1");
        assert_eq!(
            canonical("https://Example.org/a/?utm_source=mail&id=7#top").unwrap(),
            "https://example.org/a/?id=7"
        );
    }

    #[test]
    fn what_names_no_paper_is_refused_with_what_would() {
        for text in ["", "attention", "ftp://x/y", "2608.1", "10.1/x", "v2"] {
            let error = text.parse::<PaperId>().expect_err(text);
            assert!(error.to_string().contains("arXiv id"), "{error}");
        }
    }

    #[test]
    fn the_page_of_each_kind_is_where_a_reader_expects_it() {
        let url = |text: &str| text.parse::<PaperId>().unwrap().url();
        assert_eq!(url("2608.01234"), "https://arxiv.org/abs/2608.01234");
        assert_eq!(url("10.1038/x1"), "https://doi.org/10.1038/x1");
        assert_eq!(url("https://example.org/a"), "https://example.org/a");
    }
}

//! Which paper an item is: the same one at every poll, under every feed, and after its title was mended.
//!
//! An arXiv id or a DOI names the paper itself. Else it is the item's address, without what follows readers around.
//! Where that says nothing (all items lead to one page, or there is none) it is the feed's own id of the item, and
//! at last a hash of title and date. Never a number made at random: it would be another one at the next poll.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use super::raw::{RawFeed, RawItem};
use super::{dates, html};
use crate::domain::PaperId;

/// The longest address that is kept, in bytes.
const LONGEST_URL: usize = 2048;
/// The query key by which items without an address of their own are told apart; servers take no notice of it.
const ITEM: &str = "paperwire-item";
/// Where a feed that gives no usable address of its site leads.
const NOWHERE: &str = "https://feed.invalid/";

/// What the items of one feed are read against.
pub(super) struct Scope {
    /// The feed's own address.
    url: Url,
    /// The site, for items that lead nowhere.
    home: Url,
    /// Addresses that more than one item gives, and the site's own: they name no item.
    shared: HashSet<String>,
}

/// The ids of an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub paper: PaperId,
    pub also: Vec<PaperId>,
    /// Its DOI, whether that is the paper's id or not.
    pub doi: Option<PaperId>,
}

impl Scope {
    pub(super) fn of(feed: &RawFeed, url: &Url) -> Self {
        let mut scope = Self { url: url.clone(), home: url.clone(), shared: HashSet::new() };
        let home = feed.home.as_deref().and_then(|home| scope.web_url(home));
        scope.home = home.unwrap_or_else(|| url.join("/").unwrap_or_else(|_| url.clone()));
        scope.shared.extend([scope.home.to_string(), url.to_string()].iter().filter_map(|url| canonical(url)));
        let mut titles: HashMap<String, (&Option<String>, &str)> = HashMap::new();
        for item in &feed.items {
            let Some(link) = scope.links(item).first().and_then(|link| canonical(link.as_str())) else { continue };
            let own = (&item.guid, item.title.as_str());
            let first = *titles.entry(link.clone()).or_insert(own);
            // The same item twice is no other item.
            let same = if item.guid.is_some() { first.0 == own.0 } else { first == own };
            if !same {
                scope.shared.insert(link);
            }
        }
        scope
    }

    /// The ids of an item, the best one first; `None` when nothing tells it from others.
    pub(super) fn identify(&self, item: &RawItem) -> Option<Identity> {
        let links = self.links(item);
        let (mut arxiv, mut doi) = (None, None);
        let named = item.identifiers.iter().filter_map(|text| named(text));
        let guid = item.guid.iter().filter_map(|text| named_by_guid(text));
        let linked = links.iter().filter_map(|link| linked(link));
        for id in named.chain(guid).chain(linked) {
            let place = if id.is_doi() { &mut doi } else { &mut arxiv };
            place.get_or_insert(id);
        }
        let own_link = links.first().and_then(|link| canonical(link.as_str()));
        let own_link = own_link.filter(|link| !self.shared.contains(link));
        let by_link = own_link.as_deref().and_then(|link| link.parse::<PaperId>().ok());
        let by_guid = item.guid.as_deref().map(|guid| self.by_guid(guid, links.first()));
        let by_hash = || self.by_title(item, links.first());
        let paper = arxiv.or_else(|| doi.clone()).or_else(|| by_link.clone()).or_else(|| by_guid.clone());
        let paper = paper.or_else(by_hash)?;
        let other = own_link.as_deref().and_then(other_scheme).and_then(|link| link.parse().ok());
        let mut also: Vec<PaperId> = Vec::new();
        for id in [doi.clone(), by_link, other, by_guid].into_iter().flatten() {
            if id != paper && !also.contains(&id) {
                also.push(id);
            }
        }
        Some(Identity { paper, also, doi })
    }

    /// The pages of an item, the most telling one first.
    fn links(&self, item: &RawItem) -> Vec<Url> {
        let alternate = item.links.iter().filter(|link| link.rel == "alternate");
        let doi = item.links.iter().filter(|link| link.rel == "related" && link.title == "doi");
        let guid = item.guid.as_deref().filter(|_| item.guid_is_link);
        let hrefs = alternate.chain(doi).map(|link| link.href.as_str()).chain(guid);
        hrefs.filter_map(|href| self.web_url(href)).collect()
    }

    /// An absolute address that leads where it reads.
    fn web_url(&self, href: &str) -> Option<Url> {
        let url = self.url.join(href.trim()).ok()?;
        let honest = url.username().is_empty() && url.password().is_none() && url.host().is_some();
        let web = matches!(url.scheme(), "http" | "https");
        (web && honest && url.as_str().len() <= LONGEST_URL).then_some(url)
    }

    fn by_guid(&self, guid: &str, link: Option<&Url>) -> PaperId {
        let guid = guid.trim();
        // An id that is an address or a URN is meant for the whole world; any other only for this feed.
        let alone = ["http://", "https://", "urn:", "tag:"].iter().any(|start| guid.starts_with(start));
        let world = canonical(guid).map(|url| bare(&url).to_owned()).unwrap_or_else(|| guid.to_owned());
        let own = if alone { world } else { format!("{}\n{guid}", bare(self.url.as_str())) };
        // The same alias whatever page the item leads to today.
        let base = if alone { Url::parse(NOWHERE).ok() } else { None };
        self.made(&own, base.as_ref().filter(|_| link.is_some()))
    }

    fn by_title(&self, item: &RawItem, link: Option<&Url>) -> Option<PaperId> {
        let title = normalised(&html::plain(&item.title));
        let date = item.published.as_deref().and_then(dates::read).map(|at| at.to_string()).unwrap_or_default();
        let own = format!("{}\n{title}\n{date}", bare(self.url.as_str()));
        (!title.is_empty()).then(|| self.made(&own, link))
    }

    /// An address that leads to the page (else to the site) and is told from others by a hash.
    fn made(&self, own: &str, page: Option<&Url>) -> PaperId {
        let mut url = page.unwrap_or(&self.home).clone();
        url.set_fragment(None);
        let hash = blake3::hash(own.as_bytes()).to_hex();
        url.query_pairs_mut().append_pair(ITEM, &hash[..24]);
        url.as_str().parse().expect("a web address with a query is an id")
    }
}

/// Reads `doi:10.1038/…`, `10.1038/…`, `https://doi.org/…` or `arXiv:2608.01234`.
fn named(text: &str) -> Option<PaperId> {
    let text = text.trim();
    let text = text.get(..4).filter(|head| head.eq_ignore_ascii_case("doi ")).map_or(text, |_| text[4..].trim());
    // A bare “2608.01234” may be any number; those who mean arXiv say so.
    let says = text.starts_with("10.") || text.contains(':');
    text.parse::<PaperId>().ok().filter(|id| says && is_name(id))
}

fn named_by_guid(text: &str) -> Option<PaperId> {
    let text = text.trim();
    named(text.strip_prefix("oai:").and_then(|rest| rest.strip_prefix("arXiv.org:")).map_or(text, |id| {
        // `oai:arXiv.org:2608.01234v2`
        &text[text.len() - id.len() - "arXiv.org:".len()..]
    }))
    .or_else(|| text.strip_prefix("oai:arXiv.org:")?.parse().ok().filter(is_name))
}

/// True for an arXiv id or a DOI.
fn is_name(id: &PaperId) -> bool {
    !id.as_str().contains("://")
}

/// Reads the paper out of an address: arXiv, the DOI resolver, or a publisher whose addresses hold the DOI.
fn linked(url: &Url) -> Option<PaperId> {
    let id: PaperId = url.as_str().parse().ok()?;
    if is_name(&id) {
        return Some(id);
    }
    let host = url.host_str()?;
    let of = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let path = url.path().trim_end_matches('/');
    if of("nature.com") {
        let name = path.strip_prefix("/articles/")?.split('/').next()?.trim_end_matches(".pdf");
        let is_new = name.starts_with(['s', 'd']) && name.matches('-').count() >= 2;
        return (is_new || name.starts_with("nature")).then(|| format!("10.1038/{name}").parse().ok())?;
    }
    if of("plos.org") {
        let (_, id) = url.query_pairs().find(|(key, _)| key == "id")?;
        return id.parse().ok().filter(is_name);
    }
    let (_, doi) = path.split_once("/10.")?;
    let doi = format!("10.{doi}").replace("%2F", "/").replace("%2f", "/");
    let mut doi = doi.as_str();
    for tail in ["/full", "/abstract", "/pdf", "/epdf", "/html", "/meta", "/fulltext", ".full", ".abstract", ".pdf"] {
        doi = doi.strip_suffix(tail).unwrap_or(doi);
    }
    if of("biorxiv.org") || of("medrxiv.org") {
        // 10.1101/2026.01.02.123456v1
        let version = doi.rfind('v').filter(|at| doi[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
        doi = version.map_or(doi, |at| &doi[..at]);
    }
    doi.parse().ok().filter(|id: &PaperId| id.is_doi())
}

/// An address without what publishers and feed services add to follow readers around.
fn canonical(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, value)| !follows_readers(key, value))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    url.set_fragment(None);
    let id: PaperId = url.as_str().parse().ok()?;
    Some(id.as_str().to_owned())
}

fn follows_readers(key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let prefix = ["utm_", "mc_", "at_", "pk_", "mtm_"].iter().any(|start| key.starts_with(start));
    let known = ["fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "_ga", "_hsenc", "_hsmi", "dgcid", "cmpid"];
    let rss = matches!((&*key, value), ("af", "R") | ("rss" | "ftr" | "xtor" | "ncid" | "ref" | "source" | "feed", _));
    prefix || rss || known.contains(&&*key)
}

/// The same address over the other scheme: feeds move from http to https.
fn other_scheme(url: &str) -> Option<String> {
    match url.split_once("://")? {
        ("http", rest) => Some(format!("https://{rest}")),
        ("https", rest) => Some(format!("http://{rest}")),
        _ => None,
    }
}

/// An address without its scheme.
fn bare(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

/// Letters and digits in lower case: what is left of a title when spelling and punctuation are mended.
fn normalised(title: &str) -> String {
    title.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

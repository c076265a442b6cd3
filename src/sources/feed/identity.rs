//! Which paper an item is: the same one at every poll, under every feed, and after its title was mended.
//!
//! An arXiv id or a DOI names the paper itself. Else it is the item's address, without what follows readers around.
//! Where that says nothing (all items lead to one page, or there is none) it is the feed's own id of the item, and
//! at last a hash of title and date. Never a number made at random: it would be another one at the next poll.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use super::raw::{RawFeed, RawItem};
use super::{dates, html, written::is_web};
use crate::domain::PaperId;

/// The longest address that is kept, in bytes.
const LONGEST_URL: usize = 2048;
/// The query key by which items without an address of their own are told apart; servers take no notice of it.
const ITEM: &str = "paperwire-item";
/// The page of ids that only tell items apart and that nobody is sent to.
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
        scope
            .shared
            .extend([scope.home.to_string(), url.to_string()].iter().filter_map(|url| canonical(url)));
        let mut titles: HashMap<String, (&Option<String>, &str)> = HashMap::new();
        for item in &feed.items {
            let Some(link) = scope.links(item).first().and_then(|link| canonical(link.as_str())) else {
                continue;
            };
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
        let by_id = item.guid.iter().filter_map(|text| named_by_guid(text));
        let by_address = links.iter().filter_map(linked);
        for id in named.chain(by_id).chain(by_address) {
            let place = if id.is_doi() { &mut doi } else { &mut arxiv };
            place.get_or_insert(id);
        }
        let own_link = links.first().and_then(|link| canonical(link.as_str()));
        let own_link = own_link.filter(|link| !self.shared.contains(link));
        let by_link = own_link.as_deref().and_then(|link| link.parse::<PaperId>().ok());
        let page = links.first().unwrap_or(&self.home);
        let guid = item.guid.as_deref().map(|guid| self.own_id(guid));
        let made = || guid.clone().or_else(|| self.own_title(item)).map(|own| address(page, &own));
        let paper = arxiv.or_else(|| doi.clone()).or_else(|| by_link.clone()).or_else(made)?;
        let other = own_link.as_deref().and_then(other_scheme).and_then(|link| link.parse().ok());
        // Where the item leads today is no part of this id, so that it outlasts a move of the site.
        let nowhere = Url::parse(NOWHERE).expect("it is an address");
        let by_guid = guid.map(|own| address(&nowhere, &own));
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
        let guid = item.guid.as_deref().filter(|guid| is_web(guid));
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

    /// What the feed's own id says: one that is an address or a URN is meant for the whole world, any other only
    /// for this feed.
    fn own_id(&self, guid: &str) -> String {
        let guid = guid.trim();
        if let Some(address) = canonical(guid) {
            return bare(&address).to_owned();
        }
        let alone = ["urn:", "tag:", "oai:"].iter().any(|start| guid.starts_with(start));
        if alone { guid.to_owned() } else { format!("{}\n{guid}", bare(self.url.as_str())) }
    }

    /// What title and date say, when there is a title.
    fn own_title(&self, item: &RawItem) -> Option<String> {
        let title = normalised(&html::plain(&item.title));
        let date =
            item.published.as_deref().and_then(dates::read).map(|at| at.to_string()).unwrap_or_default();
        (!title.is_empty()).then(|| format!("{}\n{title}\n{date}", bare(self.url.as_str())))
    }
}

/// An address that leads to the page and is told from others by a hash.
fn address(page: &Url, own: &str) -> PaperId {
    let mut url = page.clone();
    url.set_fragment(None);
    let hash = blake3::hash(own.as_bytes()).to_hex();
    url.query_pairs_mut().append_pair(ITEM, &hash[..24]);
    url.as_str().parse().expect("a web address with a query is an id")
}

/// Reads `doi:10.1038/…`, `10.1038/…`, `https://doi.org/…` or `arXiv:2608.01234`.
fn named(text: &str) -> Option<PaperId> {
    let text = text.trim();
    let text =
        text.get(..4).filter(|head| head.eq_ignore_ascii_case("doi ")).map_or(text, |_| text[4..].trim());
    // A bare “2608.01234” may be any number; those who mean arXiv say so.
    let says = text.starts_with("10.") || text.contains(':');
    text.parse::<PaperId>().ok().filter(|id| says && is_name(id))
}

/// Reads `oai:arXiv.org:2608.01234v2` and what [`named`] reads.
fn named_by_guid(text: &str) -> Option<PaperId> {
    match text.trim().strip_prefix("oai:arXiv.org:") {
        Some(id) => id.parse().ok().filter(is_name),
        None => named(text),
    }
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
    let of =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
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
    for tail in
        ["/full", "/abstract", "/pdf", "/epdf", "/html", "/meta", "/fulltext", ".full", ".abstract", ".pdf"]
    {
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
    let known = [
        "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "_ga", "_hsenc", "_hsmi", "dgcid", "cmpid",
    ];
    let rss = matches!(
        (&*key, value),
        ("af", "R") | ("rss" | "ftr" | "xtor" | "ncid" | "ref" | "source" | "feed", _)
    );
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

#[cfg(test)]
mod tests {
    use super::super::raw::RawLink;
    use super::*;

    fn item(guid: Option<&str>, link: &str, title: &str) -> RawItem {
        let links = vec![RawLink { rel: "alternate".into(), title: String::new(), href: link.into() }];
        let links = if link.is_empty() { Vec::new() } else { links };
        RawItem { guid: guid.map(str::to_owned), links, title: title.into(), ..RawItem::default() }
    }

    /// The identities of the items of one feed.
    fn identities(items: &[RawItem]) -> Vec<Identity> {
        let home = Some("https://lab.example/".to_owned());
        let feed = RawFeed { home, items: items.to_vec(), ..RawFeed::default() };
        let scope = Scope::of(&feed, &Url::parse("https://lab.example/feed.xml").unwrap());
        items.iter().map(|item| scope.identify(item).unwrap()).collect()
    }

    fn identity(item: &RawItem) -> Identity {
        identities(std::slice::from_ref(item)).remove(0)
    }

    fn meet(one: &Identity, other: &Identity) -> bool {
        let ids = |i: &Identity| -> HashSet<PaperId> { i.also.iter().chain([&i.paper]).cloned().collect() };
        !ids(one).is_disjoint(&ids(other))
    }

    #[test]
    fn addresses_of_publishers_give_the_doi() {
        for (link, id) in [
            (
                "https://www.nature.com/articles/s41586-026-01234-5?utm_source=rss",
                "10.1038/s41586-026-01234-5",
            ),
            ("https://www.nature.com/articles/d41586-026-00001-2", "10.1038/d41586-026-00001-2"),
            ("https://www.science.org/doi/10.1126/science.abc1234?af=R", "10.1126/science.abc1234"),
            ("https://onlinelibrary.wiley.com/doi/full/10.1002/adma.2026001?af=R", "10.1002/adma.2026001"),
            (
                "http://biorxiv.org/content/early/10.1101/2026.01.02.123456v2?rss=1",
                "10.1101/2026.01.02.123456",
            ),
            ("https://www.medrxiv.org/content/10.1101/2026.01.02.123456v1.full", "10.1101/2026.01.02.123456"),
            (
                "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0300001",
                "10.1371/journal.pone.0300001",
            ),
            ("https://www.frontiersin.org/articles/10.3389/fnins.2026.1/full", "10.3389/fnins.2026.1"),
            ("https://link.springer.com/article/10.1007%2Fs11263-026-1", "10.1007/s11263-026-1"),
            ("https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.1.2", "10.1103/physrevlett.1.2"),
            ("https://doi.org/10.1145/3.4", "10.1145/3.4"),
            ("http://arxiv.org/abs/2608.01234v3", "2608.01234"),
        ] {
            assert_eq!(identity(&item(Some("x"), link, "t")).paper.as_str(), id, "{link}");
        }
    }

    #[test]
    fn an_arxiv_id_comes_before_a_doi_and_a_doi_before_the_address() {
        let mut all = item(Some("oai:arXiv.org:2608.01234v2"), "https://lab.example/a", "t");
        all.identifiers =
            vec!["issn:1234-5678".into(), "doi:10.1038/X".into(), "42".into(), "1234.56789".into()];
        let read = identity(&all);
        assert_eq!((read.paper.as_str(), read.doi.as_ref().unwrap().as_str()), ("2608.01234", "10.1038/x"));
        let also: Vec<_> = read.also.iter().map(PaperId::as_str).take(3).collect();
        assert_eq!(also, ["10.1038/x", "https://lab.example/a", "http://lab.example/a"]);
        all.guid = None;
        assert_eq!(identity(&all).paper.as_str(), "10.1038/x");
        all.identifiers.clear();
        assert_eq!(identity(&all).paper.as_str(), "https://lab.example/a");
    }

    #[test]
    fn an_item_stays_itself_whatever_of_it_changes() {
        let before = identity(&item(Some("42"), "http://lab.example/a?utm_source=rss&id=7", "Title"));
        for (what, later) in [
            ("title", item(Some("42"), "http://lab.example/a?id=7", "Another title")),
            ("scheme", item(None, "https://lab.example/a?id=7&utm_medium=x#top", "Title")),
            ("site", item(Some("42"), "https://new.example/b", "Title")),
            ("guid", item(Some("43"), "http://lab.example/a?id=7", "Title")),
        ] {
            assert!(meet(&before, &identity(&later)), "{what}");
        }
        let other = identity(&item(Some("43"), "http://lab.example/a?id=8", "Title"));
        assert!(!meet(&before, &other));
    }

    #[test]
    fn an_address_that_several_items_give_names_none_of_them() {
        let page = "https://lab.example/news";
        let both = identities(&[item(Some("1"), page, "One"), item(Some("2"), page, "Two")]);
        assert!(!meet(&both[0], &both[1]));
        assert!(both[0].paper.as_str().starts_with("https://lab.example/news?paperwire-item="));
        let twice = identities(&[item(Some("1"), page, "One"), item(Some("1"), page, "One, mended")]);
        assert_eq!(twice[0].paper.as_str(), page);
        let home = identity(&item(Some("1"), "https://lab.example", "One"));
        assert!(home.paper.as_str().contains(ITEM), "the site's own page is no item's");
    }

    #[test]
    fn without_id_and_link_title_and_date_decide_and_chance_never_does() {
        let of = |title: &str, date: &str| {
            let mut item = item(None, "", title);
            item.published = Some(date.into());
            identity(&item).paper
        };
        let first = of("A  <i>Fine</i> title.", "2026-11-23");
        assert_eq!(first, of("a fine Title", "Mon, 23 Nov 2026 00:00:00 GMT"));
        assert_ne!(first, of("a fine title", "2026-11-24"));
        assert_ne!(first, of("another title", "2026-11-23"));
        assert!(first.url().starts_with("https://lab.example/?paperwire-item="), "{first}");
    }

    #[test]
    fn the_same_small_number_under_two_feeds_is_two_items() {
        let feed = RawFeed::default();
        let of = |url: &str| {
            Scope::of(&feed, &Url::parse(url).unwrap()).identify(&item(Some("7"), "", "t")).unwrap()
        };
        assert!(!meet(&of("https://a.example/one.xml"), &of("https://a.example/two.xml")));
        assert!(meet(&of("https://a.example/one.xml"), &of("http://a.example/one.xml")));
    }

    #[test]
    fn links_that_lead_elsewhere_than_they_read_are_not_followed() {
        for link in
            ["javascript:alert(1)", "https://arxiv.org@evil.example/abs/2608.01234", "file:///etc/passwd"]
        {
            let read = identity(&item(None, link, "t"));
            assert!(read.paper.as_str().starts_with("https://lab.example/?"), "{link}: {}", read.paper);
        }
        assert_eq!(identity(&item(None, "/a", "t")).paper.as_str(), "https://lab.example/a");
    }
}

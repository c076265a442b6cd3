//! What is asked of arXiv, each question through the gate.

use jiff::civil::Date;
use url::Url;

use super::gate::Gate;
use super::xml::Malformed;
use super::{Announcements, OaiError, Page, Records, oai, query, rss};
use crate::domain::PaperId;
use crate::sources::fetch::{Document, FetchConfig, FetchError, Fetched, Fetcher};

/// How often a page that holds fewer papers than it promises is asked for.
const TRIES: usize = 3;

/// Where arXiv's three services are.
#[derive(Debug, Clone)]
pub struct ArxivUrls {
    /// The announcements of the day: `https://rss.arxiv.org`.
    pub rss: Url,
    /// The query API: `https://export.arxiv.org`.
    pub api: Url,
    /// OAI-PMH: `https://oaipmh.arxiv.org`.
    pub oai: Url,
}

/// The limits under which arXiv is asked: its harvest takes a minute for a page, at times more than one and a half.
#[must_use]
pub fn patient(config: FetchConfig) -> FetchConfig {
    use std::time::Duration;
    FetchConfig {
        idle_timeout: Duration::from_secs(150),
        total_timeout: Duration::from_mins(3),
        max_body: 16 * 1024 * 1024,
        ..config
    }
}

/// The three services behind the one gate.
pub(super) struct Client {
    fetcher: Fetcher,
    gate: Gate,
    urls: ArxivUrls,
}

impl Client {
    pub fn new(fetcher: Fetcher, gate: Gate, urls: ArxivUrls) -> Self {
        let fetcher = [&urls.rss, &urls.api, &urls.oai].into_iter().fold(fetcher, Fetcher::trusting);
        Self { fetcher, gate, urls }
    }

    /// Asks for the announcements of the day in these categories.
    pub async fn announcements(
        &self,
        categories: &[String],
        today: Date,
    ) -> Result<Announcements, FetchError> {
        let document = self.get(at(&self.urls.rss, &["rss", &categories.join("+")])).await?;
        let read = parsed(&document, |body| rss::parse(body, today))?;
        match &read.error {
            Some(said) => Err(document.not_the_api(&format!("arXiv says “{said}”"))),
            None => Ok(read),
        }
    }

    /// Asks the query API for papers by their ids.
    pub async fn by_ids(&self, ids: &[PaperId], today: Date) -> Result<Page, FetchError> {
        let ids: Vec<_> = ids.iter().map(PaperId::as_str).collect();
        let parameters = [("id_list", ids.join(",")), ("max_results", ids.len().to_string())];
        match self.page(&parameters, today).await? {
            Answer::Whole(page) => Ok(page),
            // Ids that arXiv does not know are left out without a word, and may be counted all the same.
            Answer::Short(page, _) if page.rows.count() > 0 => Ok(page),
            Answer::Short(_, error) => Err(error),
        }
    }

    /// Asks the query API in arXiv's own query language, the newest submissions first.
    pub async fn search(
        &self,
        query: &str,
        start: usize,
        limit: usize,
        today: Date,
    ) -> Result<Page, FetchError> {
        let parameters = [
            ("search_query", query.to_owned()),
            ("start", start.to_string()),
            ("max_results", limit.to_string()),
            ("sortBy", "submittedDate".to_owned()),
            ("sortOrder", "descending".to_owned()),
        ];
        match self.page(&parameters, today).await? {
            Answer::Whole(page) => Ok(page),
            Answer::Short(_, error) => Err(error),
        }
    }

    /// Asks for a page until it holds what it promises: while arXiv's index is built, pages are empty or short.
    async fn page(&self, parameters: &[(&str, String)], today: Date) -> Result<Answer, FetchError> {
        let mut url = at(&self.urls.api, &["api", "query"]);
        url.query_pairs_mut().extend_pairs(parameters);
        let mut tries = 0;
        loop {
            tries += 1;
            let document = self.get(url.clone()).await?;
            let page = parsed(&document, |body| query::parse(body, today))?;
            if let Some(said) = &page.error {
                return Err(document.not_the_api(&format!("arXiv says “{said}”")));
            }
            if !page.is_short() {
                return Ok(Answer::Whole(page));
            }
            if tries == TRIES {
                let (came, total) = (page.rows.count(), page.total.unwrap_or_default());
                let what = format!("of {total} papers that it promises, {came} came with the page");
                return Ok(Answer::Short(page, document.not_the_api(&what)));
            }
        }
    }

    /// Asks for the changes of a set since a day, or for the next page of them.
    ///
    /// There is never an end: a record that changes while the pages are turned moves behind it.
    pub async fn records(&self, ask: &Harvest<'_>, today: Date) -> Result<Records, FetchError> {
        let (document, records) = self.answer(ask, today).await?;
        match &records.error {
            Some(error) => Err(refusal(&document, error)),
            None => Ok(records),
        }
    }

    /// The same, asked until the page holds the records that it promises; `None` when its token has expired.
    pub async fn whole_records(&self, ask: &Harvest<'_>, today: Date) -> Result<Option<Records>, FetchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (document, records) = self.answer(ask, today).await?;
            let token = if let Harvest::Next(token) = ask { Some(*token) } else { None };
            match &records.error {
                Some(error) if token.is_some() && error.code == "badResumptionToken" => return Ok(None),
                Some(error) => return Err(refusal(&document, error)),
                None => {}
            }
            if records.next.is_some() && records.next.as_deref() == token {
                return Err(document.not_the_api("its next page is the same page again"));
            }
            // An empty page that leads on loses nothing by going on.
            if !records.is_empty || (tries == TRIES && records.next.is_some()) {
                return Ok(Some(records));
            }
            if tries == TRIES {
                return Err(document.not_the_api("it promises records and holds none"));
            }
        }
    }

    async fn answer(&self, ask: &Harvest<'_>, today: Date) -> Result<(Document, Records), FetchError> {
        let mut url = at(&self.urls.oai, &["oai"]);
        url.query_pairs_mut().append_pair("verb", "ListRecords");
        let (window, set) = match ask {
            Harvest::Since { from, set } => (Some((from, None)), *set),
            Harvest::On { day, set } => (Some((day, Some(day))), *set),
            Harvest::Next(token) => {
                url.query_pairs_mut().append_pair("resumptionToken", token);
                (None, None)
            }
        };
        if let Some((from, until)) = window {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("metadataPrefix", "arXivRaw").append_pair("from", &from.to_string());
            if let Some(until) = until {
                pairs.append_pair("until", &until.to_string());
            }
            if let Some(set) = set {
                pairs.append_pair("set", set);
            }
        }
        let document = self.get(url).await?;
        let records = parsed(&document, |body| oai::parse(body, today))?;
        Ok((document, records))
    }

    async fn get(&self, url: Url) -> Result<Document, FetchError> {
        match self.gate.pass(&url, self.fetcher.get(&url, None)).await? {
            Fetched::Body(document) => Ok(*document),
            Fetched::NotModified { .. } => {
                Err(FetchError::refused(&url, "it answered 304 to a plain question"))
            }
        }
    }
}

/// A page of the query API, and whether it holds what it promises.
enum Answer {
    Whole(Page),
    /// With the error that it is to those who need all of it.
    Short(Page, FetchError),
}

/// What a harvest asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Harvest<'a> {
    /// The first page.
    Since {
        /// The first day of change.
        from: Date,
        /// The set, as [`super::oai_set`] names it; `None` is all of arXiv.
        set: Option<&'a str>,
    },
    /// The first page of one day alone: for what lies behind, where a change meanwhile is told by its own day.
    On {
        /// The day of change.
        day: Date,
        /// The set, as above.
        set: Option<&'a str>,
    },
    /// The page behind this token.
    Next(&'a str),
}

fn refusal(document: &Document, error: &OaiError) -> FetchError {
    document.not_the_api(&format!("arXiv says {} “{}”", error.code, error.said))
}

fn parsed<T>(document: &Document, parse: impl Fn(&[u8]) -> Result<T, Malformed>) -> Result<T, FetchError> {
    parse(&document.bytes).map_err(|malformed| document.not_the_api(&malformed.to_string()))
}

fn at(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

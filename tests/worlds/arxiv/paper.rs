//! A paper of the stand-in, and how arXiv writes it in its four formats.

use std::fmt::Write as _;

use jiff::civil::Date;
use paperwire::sources::arxiv::oai_set;
use url::form_urlencoded;

/// A paper as it is announced.
#[derive(Debug, Clone)]
pub struct Paper {
    pub id: String,
    pub version: u16,
    pub title: String,
    pub categories: Vec<String>,
    pub authors: String,
    pub abstract_text: String,
    pub comment: Option<String>,
    pub doi: Option<String>,
}

/// A first version in one category.
pub fn paper(id: &str, categories: &str) -> Paper {
    Paper {
        id: id.to_owned(),
        version: 1,
        title: format!("Paper {id}"),
        categories: categories.split(' ').map(str::to_owned).collect(),
        authors: "Ada Lovelace (Engine Lab, London), Alan Turing".to_owned(),
        abstract_text: "We show it.".to_owned(),
        comment: None,
        doi: None,
    }
}

impl Paper {
    pub fn version(mut self, version: u16) -> Self {
        self.version = version;
        self
    }

    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    pub fn comment(mut self, comment: &str) -> Self {
        self.comment = Some(comment.to_owned());
        self
    }

    pub fn doi(mut self, doi: &str) -> Self {
        self.doi = Some(doi.to_owned());
        self
    }

    pub fn is_in(&self, category: &str) -> bool {
        self.categories.iter().any(|own| own == category)
    }

    pub fn is_in_set(&self, set: &str) -> bool {
        let within = |own: &String| {
            let own = oai_set(own);
            own == set || own.strip_prefix(set).is_some_and(|rest| rest.starts_with(':'))
        };
        set.is_empty() || self.categories.iter().any(within)
    }

    /// How the paper is announced to somebody who asks for these categories together.
    pub fn kind_for(&self, asked: &[&str]) -> &'static str {
        let primary = asked.contains(&self.categories[0].as_str());
        match (self.version, primary) {
            (1, true) => "new",
            (1, false) => "cross",
            (_, true) => "replace",
            (_, false) => "replace-cross",
        }
    }

    pub fn item(&self, kind: &str, date: &str) -> String {
        let Self { id, version, title, authors, abstract_text, .. } = self;
        let mut tags = String::new();
        for category in &self.categories {
            let _ = write!(tags, "<category>{category}</category>");
        }
        if let Some(doi) = &self.doi {
            let _ = write!(tags, "<arxiv:DOI>{doi}</arxiv:DOI>");
        }
        format!(
            "<item><title>{}</title><link>https://arxiv.org/abs/{id}</link>\
             <description>arXiv:{id}v{version} Announce Type: {kind} \nAbstract: {}</description>\
             <guid isPermaLink=\"false\">oai:arXiv.org:{id}v{version}</guid>{tags}<pubDate>{date}</pubDate>\
             <arxiv:announce_type>{kind}</arxiv:announce_type><dc:rights>x</dc:rights>\
             <dc:creator>{}</dc:creator></item>\n",
            escaped(title),
            escaped(abstract_text),
            escaped(authors),
        )
    }

    pub fn entry(&self) -> String {
        let Self { id, version, title, abstract_text, .. } = self;
        let mut tags = String::new();
        for category in self.categories.iter().rev() {
            let _ = write!(tags, "<category term=\"{category}\"/>");
        }
        let mut optional = |tag: &str, text: &Option<String>| {
            if let Some(text) = text {
                let _ = write!(tags, "<arxiv:{tag}>{}</arxiv:{tag}>", escaped(text));
            }
        };
        optional("comment", &self.comment);
        optional("doi", &self.doi);
        format!(
            "<entry><id>http://arxiv.org/abs/{id}v{version}</id><title>{}</title>\
             <updated>2026-08-20T10:00:00Z</updated><summary>{}</summary>{tags}\
             <published>2026-08-19T10:00:00Z</published><arxiv:primary_category term=\"{}\"/>\
             <author><name>Ada Lovelace</name><arxiv:affiliation>Engine Lab, London</arxiv:affiliation></author>\
             <author><name>Alan Turing</name></author></entry>\n",
            escaped(title),
            escaped(abstract_text),
            self.categories[0],
        )
    }

    /// The record in the format arXivRaw; its first version is a day older than its announcement, or a year.
    pub fn record(&self, day: Date) -> String {
        let Self { id, title, authors, abstract_text, .. } = self;
        let mut tags = String::new();
        for version in 1..=self.version {
            let year = if version < self.version { day.year() - 1 } else { day.year() };
            let date = Date::new(year, day.month(), day.day()).unwrap().yesterday().unwrap();
            let date = date.strftime("%a, %d %b %Y 10:00:00 GMT");
            let _ =
                write!(tags, "<version version=\"v{version}\"><date>{date}</date><size>1kb</size></version>");
        }
        let mut optional = |tag: &str, text: &Option<String>| {
            if let Some(text) = text {
                let _ = write!(tags, "<{tag}>{}</{tag}>", escaped(text));
            }
        };
        optional("comments", &self.comment);
        optional("doi", &self.doi);
        format!(
            "<record><header><identifier>oai:arXiv.org:{id}</identifier><datestamp>{day}</datestamp></header>\
             <metadata><arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\"><id>{id}</id><submitter>Ada</submitter>{tags}\
             <title>{}</title><authors>{}</authors><categories>{}</categories><license>x</license>\
             <abstract>  {}\n</abstract></arXivRaw></metadata></record>\n",
            escaped(title),
            escaped(authors),
            self.categories.join(" "),
            escaped(abstract_text),
        )
    }
}

pub fn channel(categories: &str, date: &str, items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" version=\"2.0\">\n\
         <channel><title>{categories} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{}</link>\
         <atom:link href=\"http://rss.arxiv.org/rss/x\" rel=\"self\" type=\"application/rss+xml\"/>\
         <language>en-us</language><lastBuildDate>{date}</lastBuildDate><pubDate>{date}</pubDate>\
         <skipDays><day>Sunday</day><day>Saturday</day></skipDays>\n{items}</channel></rss>\n",
        form_urlencoded::byte_serialize(categories.as_bytes()).collect::<String>(),
    )
}

pub fn atom(total: usize, start: usize, most: usize, entries: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" \
         xmlns:arxiv=\"http://arxiv.org/schemas/atom\" xmlns=\"http://www.w3.org/2005/Atom\">\
         <id>https://arxiv.org/api/x</id><title>arXiv Query</title><updated>2026-08-21T00:00:00Z</updated>\
         <opensearch:itemsPerPage>{most}</opensearch:itemsPerPage>\
         <opensearch:totalResults>{total}</opensearch:totalResults>\
         <opensearch:startIndex>{start}</opensearch:startIndex>{entries}</feed>\n"
    )
}

pub fn records(now: &str, records: &str, next: Option<&str>) -> String {
    let body = if records.is_empty() {
        "<error code=\"noRecordsMatch\">No records matched</error>".to_owned()
    } else {
        let token = next.map(|next| format!("<resumptionToken>{next}</resumptionToken>")).unwrap_or_default();
        format!("<ListRecords>{records}{token}</ListRecords>")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">\
         <responseDate>{now}</responseDate><request verb=\"ListRecords\">http://oaipmh.arxiv.org/oai</request>{body}</OAI-PMH>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

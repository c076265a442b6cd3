//! The pages for people, as a browser and a mail program use them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod forms;
mod html;
mod links;
mod story;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use paperwire::chat::{Letter, Letters};
use paperwire::domain::{MailPurpose, MailWish};
use paperwire::signup::SignUp;
use paperwire::store::Subscriber;
use paperwire::web::{Desk, Pages, serve};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::form_urlencoded::Serializer;

use crate::store::Database;
use crate::worlds::clock::FakeClock;

const FORM: &str = "application/x-www-form-urlencoded";

/// Keeps letters; refuses them while it is told to.
#[derive(Default)]
pub struct Letterbox {
    letters: Mutex<Vec<Letter>>,
    refuses: Mutex<bool>,
}

impl Letterbox {
    /// The letters since the last look.
    pub fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters.lock().unwrap())
    }
}

#[async_trait]
impl Letters for Letterbox {
    async fn send(&self, letter: Letter) -> anyhow::Result<()> {
        if *self.refuses.lock().unwrap() {
            anyhow::bail!("the mail server is away");
        }
        self.letters.lock().unwrap().push(letter);
        Ok(())
    }
}

/// The pages of an installation, served on loopback.
pub struct Site {
    pub db: Database,
    pub clock: Arc<FakeClock>,
    pub letters: Arc<Letterbox>,
    pub sign_up: Arc<SignUp>,
    url: String,
    _stop: DropGuard,
}

/// A page as it came.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Site {
    pub async fn open(db: Database) -> Self {
        Self::with(db, true, &[]).await
    }

    pub async fn with(db: Database, open: bool, trusted: &[&str]) -> Self {
        let clock = Arc::new(FakeClock::at("2026-08-21T06:00:00Z"));
        let letters = Arc::new(Letterbox::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let public = url.parse().unwrap();
        let sign_up = SignUp::open(db.store.clone(), clock.clone(), letters.clone(), public).await.unwrap();
        let sign_up = Arc::new(sign_up);
        let trusted = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let pages = Arc::new(Pages::default());
        pages.open(Some(Desk::new(db.store.clone(), sign_up.clone(), open, trusted, 400)));
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, pages, stop.clone()));
        Self { db, clock, letters, sign_up, url, _stop: stop.drop_guard() }
    }

    pub async fn get(&self, page: &str) -> Seen {
        seen(client().get(self.at(page))).await
    }

    pub async fn post(&self, page: &str, fields: &[(&str, &str)]) -> Seen {
        self.post_from(page, fields, "").await
    }

    /// As a proxy hands it on for somebody.
    pub async fn post_from(&self, page: &str, fields: &[(&str, &str)], forwarded: &str) -> Seen {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = client().post(self.at(page)).header(CONTENT_TYPE, FORM).body(body);
        if !forwarded.is_empty() {
            request = request.header("x-forwarded-for", forwarded);
        }
        seen(request).await
    }

    fn at(&self, page: &str) -> String {
        if page.starts_with("http") { page.to_owned() } else { format!("{}{page}", self.url) }
    }

    /// Sends the form as most people do.
    pub async fn signs_up(&self, address: &str) -> Seen {
        self.post("/subscribe", &[("address", address), ("every", "daily"), ("zone", "Europe/Berlin")]).await
    }

    /// How many letters went out.
    pub fn sent(&self) -> usize {
        self.letters.letters.lock().unwrap().len()
    }

    /// The newest letter.
    pub fn letter(&self) -> Letter {
        self.letters.letters.lock().unwrap().last().expect("a letter").clone()
    }

    /// The link in the newest letter.
    pub fn link(&self) -> String {
        let text = self.letter().text;
        text.split_whitespace().find(|word| word.starts_with("http")).expect("a link").to_owned()
    }

    /// Somebody who is subscribed to what trends.
    pub async fn subscriber(&self, address: &str) -> Subscriber {
        assert_eq!(self.signs_up(address).await.status, 303);
        assert_eq!(self.post(&self.link(), &[]).await.status, 200);
        self.known(address).await.expect("somebody who confirmed")
    }

    pub async fn known(&self, address: &str) -> Option<Subscriber> {
        self.db.store.mail_subscriber_at(&address.parse().unwrap()).await.unwrap()
    }

    /// The page that a letter to a subscriber leads to.
    pub fn page(&self, purpose: MailPurpose, subscriber: &Subscriber) -> String {
        let links = self.sign_up.links();
        match purpose {
            MailPurpose::Unsubscribe => links.unsubscribe(&subscriber.channel).into(),
            MailPurpose::Manage => links.manage(&subscriber.channel, self.sign_up.now()).into(),
        }
    }
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.body.contains(words), "“{words}” is not in:\n{}", self.body);
        self
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn seen(request: reqwest::RequestBuilder) -> Seen {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Seen { status, headers, body: answer.text().await.unwrap() }
}

fn wish(subscriber: &Subscriber) -> &MailWish {
    subscriber.wish.as_ref().expect("something was confirmed")
}

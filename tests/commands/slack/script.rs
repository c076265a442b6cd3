//! A bot that answers what a test has written down, each request once.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use async_trait::async_trait;
use paperwire::chat::{Answer, Asker, CommandHandler, Completion, Request, Unfurled};
use paperwire::domain::PaperId;
use paperwire::message::{Audience, Block, Button, Choice, Look, Piece, Press, Reply};
use tokio::sync::Notify;

use crate::worlds::loopback::Held;

/// The bot.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<(Answer, Option<Held>)>>,
    requests: Mutex<Vec<Request>>,
    done: Mutex<HashMap<String, Answer>>,
    asked: Notify,
    pub choices: Mutex<Vec<Choice>>,
    pub completions: Mutex<Vec<Completion>>,
    pub page: Mutex<Vec<Block>>,
    pub links: Mutex<Vec<(String, PaperId)>>,
}

impl Script {
    /// The next request is answered so.
    pub fn answers(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back((answer, None));
    }

    /// The next request is answered so, once it is released.
    pub fn answers_late(&self, answer: Answer) -> Held {
        let held = Held::new();
        self.answers.lock().unwrap().push_back((answer, Some(held.clone())));
        held
    }

    /// Every request that came, repeats too.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits for so many requests and returns the last one.
    pub async fn request(&self, count: usize) -> Request {
        let wait = async {
            loop {
                let asked = self.asked.notified();
                let requests = self.requests();
                if requests.len() >= count {
                    return requests.last().cloned().unwrap();
                }
                asked.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), wait).await.expect("a request in time")
    }
}

#[async_trait]
impl CommandHandler for Script {
    async fn answer(&self, request: Request) -> Answer {
        let id = request.id.clone();
        self.requests.lock().unwrap().push(request);
        self.asked.notify_waiters();
        if let Some(done) = self.done.lock().unwrap().get(&id) {
            return done.clone();
        }
        let next = self.answers.lock().unwrap().pop_front();
        let (answer, held) = next.unwrap_or_else(|| (said("It is done."), None));
        if let Some(held) = held {
            held.wait().await;
        }
        self.done.lock().unwrap().insert(id, answer.clone());
        answer
    }

    async fn complete(&self, completion: Completion) -> Vec<Choice> {
        self.completions.lock().unwrap().push(completion);
        self.choices.lock().unwrap().clone()
    }

    async fn home(&self, _asker: &Asker) -> Vec<Block> {
        self.page.lock().unwrap().clone()
    }

    async fn unfurl(&self, _asker: &Asker, links: &[(String, PaperId)]) -> Vec<Unfurled> {
        self.links.lock().unwrap().extend(links.to_vec());
        let line = vec![Piece::from("Posted here 12 days ago")];
        let one = |(link, _): &(String, PaperId)| Unfurled {
            link: link.clone(),
            blocks: vec![Block::Note { line: line.clone() }],
        };
        links.iter().filter(|(_, paper)| paper.as_str().starts_with("2608.")).map(one).collect()
    }
}

/// An answer for who asked.
pub fn said(text: &str) -> Answer {
    Answer::Reply { reply: Reply::text(Piece::from(text)) }
}

/// An answer for everybody.
pub fn public(text: &str) -> Answer {
    Answer::Reply { reply: Reply { audience: Audience::Channel, ..Reply::text(Piece::from(text)) } }
}

/// An answer with buttons, whose controls are their words.
pub fn with_buttons(text: &str, buttons: &[&str]) -> Reply {
    let button = |label: &&str| Button {
        label: (*label).to_owned(),
        look: Look::Plain,
        press: Press::Control(format!("control:{}", label.to_lowercase())),
    };
    Reply { buttons: buttons.iter().map(button).collect(), ..Reply::text(Piece::from(text)) }
}

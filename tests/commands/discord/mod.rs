//! Discord's interactions in both ways of arriving, with a handler that says what a test has written.

mod answers;
mod gateway;
mod hostile;
mod http;
mod invite;
mod registration;
mod requests;
mod whole;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::discord::{
    DiscordConfig, GatewayRefused, IdentifyBudget, Interactions, Received, Webhook, run_gateway,
};
use paperwire::chat::{Answer, Asker, CommandHandler, Completion, Request, Unfurled};
use paperwire::domain::PaperId;
use paperwire::message::{Audience, Block, Button, Choice, Look, Piece, Press, Reply};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::worlds::discord::payload::{Does, Person};
use crate::worlds::discord::{APPLICATION, Discord as World, Interaction, TOKEN};

const NOW: &str = "2026-08-04T06:00:00Z";

/// A handler that keeps what it is asked and answers as a test has written.
pub struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Request>>,
    completions: Mutex<Vec<Completion>>,
    choices: Mutex<Vec<Choice>>,
    /// Answers need one each, where a test holds them back.
    permits: Semaphore,
}

impl Script {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::default(),
            asked: Mutex::default(),
            completions: Mutex::default(),
            choices: Mutex::default(),
            permits: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    fn says(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }

    fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    /// Keeps every answer back until it is let go.
    fn hold(&self) {
        self.permits.forget_permits(Semaphore::MAX_PERMITS);
    }

    fn let_go(&self) {
        self.permits.add_permits(1);
    }
}

#[async_trait]
impl CommandHandler for Script {
    async fn answer(&self, request: Request) -> Answer {
        self.asked.lock().unwrap().push(request);
        self.permits.acquire().await.unwrap().forget();
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Answer::Reply { reply: reply("Answered") })
    }

    async fn complete(&self, completion: Completion) -> Vec<Choice> {
        self.completions.lock().unwrap().push(completion);
        self.choices.lock().unwrap().clone()
    }

    async fn home(&self, _: &Asker) -> Vec<Block> {
        Vec::new()
    }

    async fn unfurl(&self, _: &Asker, _: &[(String, PaperId)]) -> Vec<Unfurled> {
        Vec::new()
    }
}

fn reply(words: &str) -> Reply {
    Reply::text(Piece::from(words))
}

fn public(words: &str) -> Reply {
    Reply { audience: Audience::Channel, ..reply(words) }
}

fn with_button(words: &str, control: &str) -> Reply {
    let press = Press::Control(control.to_owned());
    Reply { buttons: vec![Button { label: "More".to_owned(), look: Look::Plain, press }], ..reply(words) }
}

fn config(world: &World) -> DiscordConfig {
    DiscordConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        application_id: Some(APPLICATION),
        timeout: Duration::from_secs(15),
    }
}

/// Counts sessions, and refuses those that a test refuses.
#[derive(Default)]
struct Budget {
    taken: Mutex<u32>,
    refusals: Mutex<VecDeque<Duration>>,
}

#[async_trait]
impl IdentifyBudget for Budget {
    async fn take(&self) -> Result<(), Duration> {
        if let Some(wait) = self.refusals.lock().unwrap().pop_front() {
            return Err(wait);
        }
        *self.taken.lock().unwrap() += 1;
        Ok(())
    }
}

/// How interactions arrive.
enum Way {
    Gateway(CancellationToken, JoinHandle<Result<(), GatewayRefused>>),
    Http(Webhook),
}

/// A world with Paperwire connected to it.
struct Bench {
    world: World,
    script: Arc<Script>,
    budget: Arc<Budget>,
    way: Way,
}

impl Bench {
    async fn http() -> Self {
        let world = World::start(&["100"]).await;
        let script = Script::new();
        let interactions = Interactions::new(&config(&world), script.clone()).unwrap();
        let way = Way::Http(Webhook::new(World::public_key(), interactions).unwrap());
        Self { world, script, budget: Arc::default(), way }
    }

    async fn gateway() -> Self {
        let bench = Self::connecting(World::start(&["100"]).await, Arc::default());
        bench.world.gateway_until(|gateway| gateway.up).await;
        bench
    }

    /// Starts the gateway mode without waiting for the session.
    fn connecting(world: World, budget: Arc<Budget>) -> Self {
        let script = Script::new();
        let (stop, config) = (CancellationToken::new(), config(&world));
        let (handler, counted, told) = (script.clone(), budget.clone(), stop.clone());
        let task = tokio::spawn(async move { run_gateway(&config, handler, counted, told).await });
        Self { world, script, budget, way: Way::Gateway(stop, task) }
    }

    async fn both() -> [Self; 2] {
        [Self::gateway().await, Self::http().await]
    }

    /// A person does something; returns when Discord has the first response.
    async fn asks(&self, who: Person, does: Does) -> Interaction {
        let begun = self.world.begins(who, does);
        self.sends(&begun).await;
        self.world.until(begun.id, |one| one.response.is_some()).await
    }

    /// Discord sends an interaction.
    async fn sends(&self, begun: &Interaction) -> Option<Received> {
        match &self.way {
            Way::Gateway(..) => {
                self.world.sends(begun);
                None
            }
            Way::Http(webhook) => {
                let (body, now) = (begun.sent.to_string(), NOW.parse().unwrap());
                let headers = World::signed(body.as_bytes(), now);
                let received = webhook.receive(&headers, body.as_bytes(), now).await;
                self.world.takes(begun.id, received.status, &received.body);
                Some(received)
            }
        }
    }

    /// Stops it, and asserts that nothing was refused.
    async fn ends(self) {
        match self.way {
            Way::Gateway(stop, task) => {
                stop.cancel();
                task.await.unwrap().unwrap();
            }
            Way::Http(webhook) => webhook.finished().await,
        }
        assert_eq!(self.world.refusals(), Vec::<String>::new());
        assert_eq!(self.world.faults().left(), 0);
    }
}

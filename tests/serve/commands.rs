//! People's commands to the real binary, in every way in which they can arrive.

use std::time::Duration;

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::Platform;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use super::process::Serve;
use super::{DISCORD, Database, SLACK, Site, eventually};
use crate::worlds::discord::payload::{self, Does, Person};
use crate::worlds::discord::{Discord, Interaction};
use crate::worlds::hub::{days::Days, paper};
use crate::worlds::slack::{self, ADA, APP_TOKEN, Posted, Sort, Via};

const SECRET: &str = "a-signing-secret-of-the-fake-slack";
const OLD: &str = "2608.00001";
const NEW: &str = "2608.00002";

/// A site, and how commands reach the binary there.
pub(super) struct Talk {
    pub site: Site,
    platform: Platform,
    http: bool,
}

/// The binary at work, and its address when it is asked over HTTP.
pub(super) struct Running {
    pub serve: Serve,
    address: Option<String>,
}

/// An answer as a person sees it.
pub(super) enum Seen {
    Discord(Box<Interaction>),
    Slack(Box<Posted>),
}

impl Seen {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Discord(seen) => seen.words(),
            Self::Slack(seen) => format!("{}\n{}", seen.title, seen.text),
        }
    }
}

impl Talk {
    /// With a paper of today, and nobody subscribed to anything.
    pub(super) async fn begin(platform: Platform, http: bool) -> Self {
        let site = Site::new(Database::Sqlite, Days::new()).await;
        site.hub.list(SystemClock.today(), [paper(OLD).title("Gardens at night")]);
        Self { site, platform, http }
    }

    fn channel(&self) -> &'static str {
        if self.platform == Platform::Discord { DISCORD[0] } else { SLACK[0] }
    }

    pub(super) async fn serve(&self) -> Running {
        self.serve_with(&[]).await
    }

    /// Serves with some settings of its own.
    pub(super) async fn serve_with(&self, own: &[(&'static str, String)]) -> Running {
        let mode = match (self.http, self.platform) {
            (true, _) => "http",
            (false, Platform::Discord) => "gateway",
            (false, _) => "socket",
        };
        let mut settings = vec![("PAPERWIRE__COMMANDS__PER_USER", "10000".to_owned())];
        settings.extend_from_slice(own);
        if self.platform == Platform::Discord {
            let key = data_encoding::HEXLOWER.encode(&Discord::public_key());
            settings.push(("PAPERWIRE__DISCORD__MODE", mode.to_owned()));
            settings.push(("PAPERWIRE__DISCORD__PUBLIC_KEY", key));
        } else {
            settings.push(("PAPERWIRE__SLACK__MODE", mode.to_owned()));
            settings.push(("PAPERWIRE__SLACK__APP_TOKEN", APP_TOKEN.to_owned()));
            settings.push(("PAPERWIRE__SLACK__SIGNING_SECRET", SECRET.to_owned()));
        }
        if self.http {
            settings.push(("PAPERWIRE__WEB__LISTEN", "127.0.0.1:0".to_owned()));
        }
        let serve = self.site.serve_with(&settings);
        let mut running = Running { serve, address: None };
        if self.http {
            eventually("the web server listens", async || {
                running.address = address(&running.serve.log());
                running.address.is_some()
            })
            .await;
            let ready = format!("{}/readyz", running.address.as_ref().unwrap());
            let is_ready =
                async || client().get(&ready).send().await.is_ok_and(|seen| seen.status().is_success());
            eventually("it is ready", is_ready).await;
        } else if self.platform == Platform::Discord {
            self.site.discord.gateway_until(|gateway| gateway.up).await;
        } else {
            self.site.slack.socket().until(|links, _| links > 0).await;
        }
        running
    }

    /// `/papers NAME QUERY`, and what the person is shown.
    async fn asks(&self, running: &Running, name: &'static str, query: &str) -> Seen {
        self.gives(running, name, &[("query", query)]).await
    }

    /// `/papers NAME` with options, and what the person is shown.
    pub(super) async fn gives(
        &self,
        running: &Running,
        name: &'static str,
        options: &[(&str, &str)],
    ) -> Seen {
        if self.platform == Platform::Discord {
            let options = options.iter().map(|(name, value)| payload::text(name, value)).collect();
            return self.does(running, Does::Slash(name, options)).await;
        }
        let shown = self.answers().len();
        let values: Vec<&str> = options.iter().map(|(_, value)| *value).collect();
        let payload = self.site.slack.command(self.channel(), ADA, &format!("{name} {}", values.join(" ")));
        self.site.slack.tell(&via(running), Sort::Command, &payload).await;
        let seen = self.site.slack.until(|_| self.answers().get(shown).cloned()).await;
        Seen::Slack(Box::new(seen))
    }

    /// Presses the first button, which has these words, and returns what stands in its message then.
    async fn presses(&self, running: &Running, seen: &Seen, words: &str) -> Seen {
        match seen {
            Seen::Discord(seen) => {
                let control = seen.controls().first().expect("a button").clone();
                self.does(running, Does::Press(control)).await
            }
            Seen::Slack(seen) => {
                let payload = self.site.slack.press(seen, ADA, words);
                self.site.slack.tell(&via(running), Sort::Interaction, &payload).await;
                let changed = |one: &Posted| one.ts == seen.ts && one.raw != seen.raw;
                let now = self.site.slack.until(|_| self.answers().into_iter().find(changed)).await;
                Seen::Slack(Box::new(now))
            }
        }
    }

    async fn does(&self, running: &Running, does: Does) -> Seen {
        let begun = self.site.discord.begins(ada(), does);
        self.sends(running, &begun).await;
        let seen = self.site.discord.until(begun.id, |one| one.message.is_some()).await;
        Seen::Discord(Box::new(seen))
    }

    async fn sends(&self, running: &Running, begun: &Interaction) {
        let Some(address) = &running.address else { return self.site.discord.sends(begun) };
        let body = begun.sent.to_string();
        let headers = Discord::signed(body.as_bytes(), SystemClock.now());
        let (status, answer) = posted(&format!("{address}/discord/interactions"), headers, body).await;
        self.site.discord.takes(begun.id, status, &answer);
    }

    /// What Slack shows to one person alone.
    fn answers(&self) -> Vec<Posted> {
        let messages = self.site.slack.messages(self.channel());
        messages.into_iter().filter(|message| message.only.is_some()).collect()
    }

    /// Addresses of the papers that everybody in the channel has got.
    pub(super) fn posted(&self) -> Vec<String> {
        let discord = self.site.discord.messages(self.channel()).into_iter().filter_map(|one| one.url);
        let slack = self.site.slack.messages(self.channel()).into_iter().filter(|one| one.only.is_none());
        discord.chain(slack.filter_map(|one| one.url)).collect()
    }

    pub(super) async fn end(self, running: Running) {
        assert!(running.serve.stop().await.success());
        assert_eq!(self.site.discord.refusals(), Vec::<String>::new());
        assert_eq!(self.site.slack.refusals(), Vec::<String>::new());
        assert_eq!(self.site.slack.socket().surplus(), Vec::<String>::new());
    }
}

fn ada() -> Person {
    Person { channel: DISCORD[0].parse().unwrap(), ..payload::ADA }
}

/// The address of the web server, when the log names it.
fn address(log: &str) -> Option<String> {
    let at = log.find("http://127.0.0.1:")?;
    let end = log[at..].find("/healthz")?;
    Some(log[at..at + end].to_owned())
}

fn via(running: &Running) -> Via {
    running
        .address
        .as_ref()
        .map_or(Via::Socket, |address| Via::Http { address: address.clone(), secret: SECRET.to_owned() })
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(15)).build().unwrap()
}

async fn posted(url: &str, headers: reqwest::header::HeaderMap, body: String) -> (u16, Vec<u8>) {
    let answer = client().post(url).headers(headers).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

/// Searches, subscribes with a restart between proposal and press, and gets the next paper.
async fn searches_subscribes_and_gets_the_next_paper(platform: Platform, http: bool) {
    let talk = Talk::begin(platform, http).await;
    let first = talk.serve().await;
    eventually("the paper is found", async || {
        talk.asks(&first, "search", "gardens").await.words().contains("at night")
    })
    .await;
    let proposal = talk.asks(&first, "subscribe", "robots").await;
    assert!(first.serve.stop().await.success());

    let second = talk.serve().await;
    let done = talk.presses(&second, &proposal, "Subscribe").await;
    assert_ne!(done.words(), proposal.words());
    let listed = talk.site.run(&["subscriptions", "list", "--json"]).await;
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!((&listed[0]["channel"], &listed[0]["query"]), (&talk.channel().into(), &"robot".into()));

    let papers = [paper(OLD).title("Gardens at night"), paper(NEW).title("Robots at work")];
    talk.site.hub.list(SystemClock.today(), papers);
    eventually("the next paper is posted", async || !talk.posted().is_empty()).await;
    assert_eq!(talk.posted(), [format!("https://arxiv.org/abs/{NEW}")]);
    if http {
        refuses_what_is_not_signed(&talk, &second).await;
    }
    talk.end(second).await;
}

/// Without the platform's signature nothing is done.
async fn refuses_what_is_not_signed(talk: &Talk, running: &Running) {
    let address = running.address.as_ref().unwrap();
    if talk.platform == Platform::Discord {
        let begun = talk.site.discord.begins(ada(), Does::Slash("status", vec![]));
        let body = begun.sent.to_string();
        let headers = Discord::signed(b"another body", SystemClock.now());
        let (status, _) = posted(&format!("{address}/discord/interactions"), headers, body).await;
        assert_eq!(status, 401);
    } else {
        let body = Sort::Command.body(&talk.site.slack.command(talk.channel(), ADA, "status"));
        let stamp = SystemClock.now().as_second();
        let signature = slack::sign("another secret", stamp, &body);
        let answer = talk.site.slack.send_raw(address, Sort::Command, (stamp, &signature), &body).await;
        assert_eq!(answer.status, 401);
    }
}

#[tokio::test]
async fn on_discord_over_the_gateway_people_search_subscribe_and_get_the_next_paper() {
    searches_subscribes_and_gets_the_next_paper(Platform::Discord, false).await;
}

#[tokio::test]
async fn on_discord_over_http_people_search_subscribe_and_get_the_next_paper() {
    searches_subscribes_and_gets_the_next_paper(Platform::Discord, true).await;
}

#[tokio::test]
async fn on_slack_over_socket_mode_people_search_subscribe_and_get_the_next_paper() {
    searches_subscribes_and_gets_the_next_paper(Platform::Slack, false).await;
}

#[tokio::test]
async fn on_slack_over_http_people_search_subscribe_and_get_the_next_paper() {
    searches_subscribes_and_gets_the_next_paper(Platform::Slack, true).await;
}

/// Holds a command up in the store, tells the binary to stop, and sees the answer all the same.
async fn is_answered_although_it_is_told_to_stop(platform: Platform, http: bool) {
    let talk = Talk::begin(platform, http).await;
    let running = talk.serve().await;
    let mut held = SqliteConnection::connect(&talk.site.store_url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut held).await.unwrap();
    if platform == Platform::Discord {
        let begun = talk.site.discord.begins(ada(), Does::Slash("help", vec![]));
        talk.sends(&running, &begun).await;
        let waiting = talk.site.discord.until(begun.id, |one| one.response.is_some()).await;
        assert_eq!((waiting.response, &waiting.message), (Some(5), &None), "it is deferred");
        told_to_stop(&running, &mut held).await;
        let seen = talk.site.discord.until(begun.id, |one| one.message.is_some()).await;
        assert!(seen.words().contains("search"), "{}", seen.words());
    } else {
        let payload = talk.site.slack.command(talk.channel(), ADA, "help");
        talk.site.slack.tell(&via(&running), Sort::Command, &payload).await;
        assert!(talk.answers().is_empty(), "only acknowledged");
        told_to_stop(&running, &mut held).await;
        let seen = talk.site.slack.until(|_| talk.answers().into_iter().next()).await;
        assert!(Seen::Slack(Box::new(seen)).words().contains("search"));
    }
    let (status, log) = running.serve.ended().await;
    assert!(status.success(), "{log}");
    assert!(!log.contains("did not end"), "{log}");
}

/// Lets the store go once the binary has begun to stop.
async fn told_to_stop(running: &Running, held: &mut SqliteConnection) {
    running.serve.tell_to_stop().await;
    eventually("it is stopping", async || running.serve.log().contains("Stopping")).await;
    sqlx::query("ROLLBACK").execute(held).await.unwrap();
}

#[tokio::test]
async fn a_command_of_discord_that_runs_when_the_signal_to_stop_comes_is_answered() {
    for http in [false, true] {
        is_answered_although_it_is_told_to_stop(Platform::Discord, http).await;
    }
}

#[tokio::test]
async fn a_command_of_slack_that_runs_when_the_signal_to_stop_comes_is_answered() {
    for http in [false, true] {
        is_answered_although_it_is_told_to_stop(Platform::Slack, http).await;
    }
}

//! Commands on Slack, over Socket Mode and over HTTP.

mod commands;
mod http;
mod pages;
mod recorded;
mod rendering;
mod rights;
mod script;
mod socket;
mod urls;
mod whole;
mod windows;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use paperwire::chat::CommandHandler;
use paperwire::chat::slack::{Door, HttpCommands, Managers, SlackConfig, run_socket};
use paperwire::clock::{Clock as _, SystemClock};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::worlds::loopback::Loopback;
use crate::worlds::slack::{APP_TOKEN, Slack as World, TOKEN, Via};
use script::Script;

const SECRET: &str = "a-signing-secret-of-the-fake-slack";

/// The app, connected to a world in one of the two ways.
struct App {
    via: Via,
    stop: CancellationToken,
    task: Option<JoinHandle<anyhow::Result<()>>>,
    http: Option<(Loopback, Arc<HttpCommands>)>,
}

fn config(world: &World) -> SlackConfig {
    paperwire::chat::install_tls_provider();
    SlackConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        timeout: Duration::from_secs(5),
    }
}

impl App {
    async fn http(world: &World, script: &Arc<Script>) -> Self {
        Self::http_for(world, script.clone(), Managers::Members).await
    }

    async fn http_for(world: &World, handler: Arc<dyn CommandHandler>, managers: Managers) -> Self {
        let commands = HttpCommands::new(&config(world), SECRET.into(), managers, handler).unwrap();
        let commands = Arc::new(commands);
        let door = |door: Door| {
            post(
                move |State(commands): State<Arc<HttpCommands>>, headers: HeaderMap, body: Bytes| async move {
                    let answer = commands.receive(door, &headers, &body, SystemClock.now()).await;
                    let response = Response::builder().status(answer.status);
                    response.header("content-type", answer.content_type).body(answer.body).unwrap()
                },
            )
        };
        let router = Router::new()
            .route("/slack/commands", door(Door::Commands))
            .route("/slack/interactions", door(Door::Interactions))
            .route("/slack/events", door(Door::Events))
            .layer(DefaultBodyLimit::disable())
            .with_state(commands.clone());
        let server = Loopback::start(router).await;
        let via = Via::Http { address: server.url(), secret: SECRET.to_owned() };
        Self { via, stop: CancellationToken::new(), task: None, http: Some((server, commands)) }
    }

    async fn socket(world: &World, script: &Arc<Script>) -> Self {
        Self::socket_for(world, script.clone(), Managers::Members).await
    }

    async fn socket_for(world: &World, handler: Arc<dyn CommandHandler>, managers: Managers) -> Self {
        let stop = CancellationToken::new();
        let running = run_socket(config(world), APP_TOKEN.into(), managers, handler, stop.clone());
        let task = Some(tokio::spawn(running));
        world.socket().until(|links, _| links > 0).await;
        Self { via: Via::Socket, stop, task, http: None }
    }

    /// Both ways, each with a world of its own.
    async fn both() -> [(World, Arc<Script>, Self); 2] {
        let (one, other) = (World::start(&["C1", "C2"]).await, World::start(&["C1", "C2"]).await);
        let scripts = [Arc::new(Script::default()), Arc::new(Script::default())];
        let apps = (App::http(&one, &scripts[0]).await, App::socket(&other, &scripts[1]).await);
        let [first, second] = scripts;
        [(one, first, apps.0), (other, second, apps.1)]
    }

    /// Stops in order, and finds nothing left that Slack would not have taken.
    async fn end(mut self, world: &World) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            task.await.unwrap().unwrap();
        }
        if let Some((_, commands)) = &self.http {
            commands.finish().await;
        }
        assert_eq!(world.refusals(), [""; 0]);
        assert_eq!(world.faults().left(), 0);
        assert_eq!(world.socket().surplus(), [""; 0]);
    }
}

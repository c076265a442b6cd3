//! What Paperwire shows and takes over HTTP: its health, and what platforms send to its public address.

mod health;
mod pages;
mod webhooks;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::{Router, routing::get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::error;

pub use health::{Health, StageHealth};
pub use pages::Desk;

use crate::chat::Webhook;
use crate::store::Store;

/// What the pages show. They are served before anything else works, so that a start that has to wait can say why.
#[derive(Default)]
pub struct Pages {
    /// How the process is.
    pub health: Arc<Health>,
    /// The store, once it is open.
    store: OnceLock<Store>,
    /// What takes the platforms' requests, once it can.
    webhooks: OnceLock<Vec<Arc<dyn Webhook>>>,
    /// What the pages for people are made with, once it can be used; `None` when they are another process's work.
    desk: OnceLock<Option<Desk>>,
}

impl Pages {
    /// Shows the state of this store from now on.
    pub fn show(&self, store: Store) {
        // Only the first one counts: a process opens one store.
        let _ = self.store.set(store);
    }

    /// Takes the platforms' requests from now on.
    pub fn take(&self, webhooks: Vec<Arc<dyn Webhook>>) {
        let _ = self.webhooks.set(webhooks);
    }

    /// Shows the pages for people from now on, or with `None` never.
    pub fn open(&self, desk: Option<Desk>) {
        let _ = self.desk.set(desk);
    }
}

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, pages: Arc<Pages>, stop: CancellationToken) {
    let router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(pages::routes())
        .fallback(webhooks::receive)
        .with_state(pages)
        .into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        error!("The web server ended: {error}");
    }
}

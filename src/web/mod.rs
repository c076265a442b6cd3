//! What Paperwire shows and takes over HTTP: its health, and what platforms send to its public address.

mod health;
mod webhooks;

use std::sync::Arc;

use axum::{Router, routing::get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::chat::Webhook;
use crate::store::Store;

/// What the pages need.
#[derive(Clone)]
pub struct State {
    /// The store whose state they show.
    pub store: Store,
}

/// Serves until told to stop.
pub async fn serve(
    listener: TcpListener,
    state: State,
    webhooks: Vec<Arc<dyn Webhook>>,
    stop: CancellationToken,
) {
    let pages: Router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(state);
    let pages = webhooks.iter().fold(pages, |pages, webhook| pages.merge(webhooks::routes(webhook)));
    let served = axum::serve(listener, pages).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        error!("The web server ended: {error}");
    }
}

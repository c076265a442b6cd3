//! What Paperwire shows over HTTP: today its health.

mod health;

use axum::{Router, routing::get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::store::Store;

/// What the pages need.
#[derive(Clone)]
pub struct State {
    /// The store whose state they show.
    pub store: Store,
}

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, state: State, stop: CancellationToken) {
    let pages = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(state);
    let served = axum::serve(listener, pages).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        error!("The web server ended: {error}");
    }
}

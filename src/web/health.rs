//! `/healthz`: the process lives. `/readyz`: it can also do its work.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use serde::Serialize;

use super::State;

/// Answers as long as the process lives; a failing database is no reason to kill it.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// What works and what does not.
#[derive(Serialize)]
pub struct Readiness {
    ready: bool,
    database: &'static str,
    /// Destinations that nothing can be posted to now, by platform.
    paused_destinations: BTreeMap<&'static str, usize>,
}

/// Answers 200 when the database does, else 503.
pub async fn ready(Extract(state): Extract<State>) -> (StatusCode, Json<Readiness>) {
    let mut paused_destinations = BTreeMap::new();
    let Ok(destinations) = state.store.destinations().await else {
        let readiness = Readiness { ready: false, database: "unavailable", paused_destinations };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(readiness));
    };
    for destination in destinations.iter().filter(|d| d.pause.is_some()) {
        *paused_destinations.entry(destination.platform.name()).or_default() += 1;
    }
    (StatusCode::OK, Json(Readiness { ready: true, database: "ok", paused_destinations }))
}

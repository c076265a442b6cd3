//! `/healthz`: the process lives. `/readyz`: it can also do its work, and if not, why.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use super::Pages;
use crate::store::StoreError;

/// How long the database may take to answer before it counts as away.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How a process is, as its parts tell.
#[derive(Debug, Default)]
pub struct Health {
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    /// Why the work has not begun yet.
    waiting: Option<String>,
    begun: bool,
    stages: Vec<(String, Weak<Mutex<StageState>>)>,
}

/// How one stage is.
#[derive(Debug, Clone, Default, Serialize)]
struct StageState {
    /// Steps in a row that failed.
    failures: u32,
    /// Why the last one failed.
    error: Option<String>,
    #[serde(skip)]
    disk_full: bool,
    /// When a step last did something.
    last_worked_at: Option<Timestamp>,
}

/// Where one stage tells how it is; when it is dropped, the stage has ended.
#[derive(Debug, Default)]
pub struct StageHealth(Arc<Mutex<StageState>>);

impl Health {
    /// Tells why the work cannot begin yet.
    pub fn wait_for(&self, reason: String) {
        self.lock().waiting = Some(reason);
    }

    /// Tells that the work has begun.
    pub fn begin(&self) {
        let mut told = self.lock();
        (told.begun, told.waiting) = (true, None);
    }

    /// A place for one stage; several may have the same name.
    pub fn stage(&self, name: &str) -> StageHealth {
        let stage = StageHealth::default();
        let mut told = self.lock();
        told.stages.retain(|(_, state)| state.strong_count() > 0);
        told.stages.push((name.to_owned(), Arc::downgrade(&stage.0)));
        stage
    }

    fn stages(&self) -> BTreeMap<String, StageState> {
        let mut stages: BTreeMap<String, StageState> = BTreeMap::new();
        for (name, state) in &self.lock().stages {
            let Some(state) = state.upgrade() else { continue };
            let state = state.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let sum = stages.entry(name.clone()).or_default();
            sum.last_worked_at = sum.last_worked_at.max(state.last_worked_at);
            sum.disk_full |= state.disk_full;
            if state.failures > sum.failures {
                (sum.failures, sum.error) = (state.failures, state.error);
            }
        }
        stages
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StageHealth {
    /// A step succeeded; with a time when it did something.
    pub fn well(&self, worked_at: Option<Timestamp>) {
        let mut state = self.lock();
        let last_worked_at = worked_at.or(state.last_worked_at);
        *state = StageState { last_worked_at, ..StageState::default() };
    }

    /// A step failed.
    pub fn failed(&self, error: &anyhow::Error) {
        let mut state = self.lock();
        state.failures += 1;
        state.error = Some(format!("{error:#}"));
        let of_store = error.chain().find_map(|cause| cause.downcast_ref::<StoreError>());
        state.disk_full = of_store.is_some_and(StoreError::is_disk_full);
    }

    fn lock(&self) -> MutexGuard<'_, StageState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers as long as the process lives; a failing database is no reason to kill it.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// What works and what does not.
#[derive(Debug, Serialize)]
pub(super) struct Readiness {
    /// Whether the work goes on.
    ready: bool,
    /// `ready`, `degraded` (part of the work stands still), `starting` or `unavailable`.
    state: &'static str,
    /// What is wrong, for people.
    reasons: Vec<String>,
    database: &'static str,
    /// Destinations that nothing can be posted to now, by platform.
    paused_destinations: BTreeMap<&'static str, u32>,
    stages: BTreeMap<String, StageState>,
}

/// Answers 200 when the work goes on, else 503 with the reasons.
pub(super) async fn ready(State(pages): State<Arc<Pages>>) -> (StatusCode, Json<Readiness>) {
    let readiness = readiness(&pages).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}

async fn readiness(pages: &Pages) -> Readiness {
    let (begun, waiting) = {
        let told = pages.health.lock();
        (told.begun, told.waiting.clone())
    };
    let mut readiness = Readiness {
        ready: false,
        state: "starting",
        reasons: waiting.into_iter().collect(),
        database: "unavailable",
        paused_destinations: BTreeMap::new(),
        stages: pages.health.stages(),
    };
    let Some(store) = pages.store.get().filter(|_| begun) else { return readiness };
    for (name, stage) in &readiness.stages {
        if let Some(error) = &stage.error {
            readiness.reasons.push(format!("the {name} failed {} times in a row: {error}", stage.failures));
        }
    }
    let platforms = match tokio::time::timeout(ANSWER_WITHIN, store.paused_platforms()).await {
        Ok(Ok(platforms)) => platforms,
        Ok(Err(error)) => {
            readiness.reasons.insert(0, error.to_string());
            return Readiness { state: "unavailable", ..readiness };
        }
        Err(_) => {
            let late = format!("the database did not answer in {} s", ANSWER_WITHIN.as_secs());
            readiness.reasons.insert(0, late);
            return Readiness { state: "unavailable", ..readiness };
        }
    };
    readiness.database = "ok";
    for (platform, paused) in platforms {
        readiness.paused_destinations.insert(platform.name(), paused.destinations);
        if let Some(reason) = paused.refused {
            readiness.reasons.push(format!("{} refuses the account: {reason}", platform.title()));
        }
    }
    if readiness.stages.values().any(|stage| stage.disk_full) {
        return Readiness { state: "unavailable", database: "full", ..readiness };
    }
    let state = if readiness.reasons.is_empty() { "ready" } else { "degraded" };
    Readiness { ready: true, state, ..readiness }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_of_one_name_are_as_bad_as_the_worst_and_end_with_their_runners() {
        let health = Health::default();
        let (one, other) = (health.stage("poller"), health.stage("poller"));
        one.failed(&anyhow::anyhow!("away"));
        other.well(Some(Timestamp::UNIX_EPOCH));
        let poller = &health.stages()["poller"];
        assert_eq!((poller.failures, poller.error.as_deref()), (1, Some("away")));
        assert_eq!(poller.last_worked_at, Some(Timestamp::UNIX_EPOCH));
        drop(one);
        assert_eq!(health.stages()["poller"].failures, 0);
        drop(other);
        assert!(health.stages().is_empty());
    }
}

//! Runs a stage in a loop until the process is told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use crate::clock::Clock;
use crate::pipeline::{Stage, Step};
use crate::web::StageHealth;

/// A stage looks for work at least this often: another process may have brought some.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Waits after failures: doubled from the first to the last.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// A stage with the signals around it.
pub struct Runner {
    /// What is run.
    pub stage: Arc<dyn Stage>,
    /// Tells the time for `Idle { until }`.
    pub clock: Arc<dyn Clock>,
    /// Where it tells how it is.
    pub health: StageHealth,
    /// Brings it to work.
    pub wake: Arc<Notify>,
    /// Woken after work was done.
    pub next: Vec<Arc<Notify>>,
    /// Ends it.
    pub stop: CancellationToken,
    /// True when a step must not be cut off: it ends by itself soon after `stop`.
    pub finishes_steps: bool,
}

impl Runner {
    /// Runs until stopped; failures are logged and waited out.
    pub async fn run(self) {
        let mut failures = 0_u32;
        while !self.stop.is_cancelled() {
            let result = if self.finishes_steps {
                self.stage.step().await
            } else {
                tokio::select! {
                    result = self.stage.step() => result,
                    () = self.stop.cancelled() => break,
                }
            };
            let wait = match result {
                Ok(Step::Worked) => {
                    self.recovered(&mut failures);
                    self.health.well(Some(self.clock.now()));
                    self.next.iter().for_each(|next| next.notify_one());
                    continue;
                }
                Ok(Step::Idle { until }) => {
                    self.recovered(&mut failures);
                    self.health.well(None);
                    self.idle_time(until)
                }
                Err(error) => {
                    failures += 1;
                    self.health.failed(&error);
                    let wait = (BACK_OFF.0 * 2_u32.saturating_pow(failures - 1)).min(BACK_OFF.1);
                    error!(
                        stage = self.stage.name(),
                        failures,
                        "The {} failed: {error:#}",
                        self.stage.name()
                    );
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wake.notified(), if failures == 0 => {}
                () = self.stop.cancelled() => {}
            }
        }
        debug!(stage = self.stage.name(), "The {} has stopped", self.stage.name());
    }

    fn recovered(&self, failures: &mut u32) {
        if std::mem::take(failures) > 0 {
            info!(stage = self.stage.name(), "The {} works again", self.stage.name());
        }
    }

    fn idle_time(&self, until: Option<jiff::Timestamp>) -> Duration {
        let left = until.map(|at| at.duration_since(self.clock.now()));
        left.map_or(LOOK_AGAIN, |left| Duration::try_from(left).unwrap_or(Duration::ZERO).min(LOOK_AGAIN))
    }
}

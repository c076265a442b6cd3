//! What wakes the stages: a notice inside the process, and a word to the other processes on the same PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info};

use crate::store::{Store, Topic};

/// Between two words about the same thing; what happens in between is told together.
const PAUSE: Duration = Duration::from_millis(50);
/// Before listening is tried again after it broke.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);
/// The same where no words come through.
const DEAF: Duration = Duration::from_mins(10);

/// The notices of a process.
#[derive(Clone, Default)]
pub(super) struct Wakes {
    /// Wakes the router.
    pub route: Arc<Notify>,
    /// Wakes the sender.
    pub send: Arc<Notify>,
    tell_papers: Arc<Notify>,
    tell_deliveries: Arc<Notify>,
}

impl Wakes {
    /// Who is woken by new papers.
    pub fn papers(&self) -> Vec<Arc<Notify>> {
        vec![self.route.clone(), self.tell_papers.clone()]
    }

    /// Who is woken by new deliveries.
    pub fn deliveries(&self) -> Vec<Arc<Notify>> {
        vec![self.send.clone(), self.tell_deliveries.clone()]
    }

    /// Tells the other processes, and listens to them.
    pub fn connect(&self, store: &Store, tasks: &TaskTracker, stop: &CancellationToken) {
        if !store.is_shared() {
            return;
        }
        for (notice, topic) in
            [(&self.tell_papers, Topic::Papers), (&self.tell_deliveries, Topic::Deliveries)]
        {
            let (notice, store, stop) = (notice.clone(), store.clone(), stop.clone());
            tasks.spawn(async move { stop.run_until_cancelled(tell(&store, &notice, topic)).await });
        }
        let (own, store, stop) = (self.clone(), store.clone(), stop.clone());
        tasks.spawn(async move { stop.run_until_cancelled(own.listen(&store)).await });
    }

    async fn listen(&self, store: &Store) {
        let mut told = false;
        loop {
            let wait = match store.listen().await {
                Ok(Some(mut listener)) => {
                    debug!("Hears what other processes announce");
                    // What was said before is made up for.
                    self.route.notify_one();
                    self.send.notify_one();
                    loop {
                        match listener.next().await {
                            Ok(Topic::Papers) => self.route.notify_one(),
                            Ok(Topic::Deliveries) => self.send.notify_one(),
                            Err(error) => break debug!("No word from other processes: {error}"),
                        }
                    }
                    LISTEN_AGAIN
                }
                Ok(None) => {
                    if !std::mem::replace(&mut told, true) {
                        info!(
                            "LISTEN does not come through (a pooler in transaction mode?): new work of other \
                             processes is seen within 2 s instead of at once"
                        );
                    }
                    DEAF
                }
                Err(error) => {
                    debug!("Cannot listen to other processes: {error}");
                    LISTEN_AGAIN
                }
            };
            tokio::time::sleep(wait).await;
        }
    }
}

async fn tell(store: &Store, notice: &Notify, topic: Topic) {
    loop {
        notice.notified().await;
        if let Err(error) = store.announce(topic).await {
            debug!("Cannot tell other processes of new {topic}: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

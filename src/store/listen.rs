//! Wakes the stages of other processes on the same PostgreSQL; every stage also looks by itself, so losing a word loses
//! nothing but time.
//!
//! Words are sent apart from the transactions they tell of: PostgreSQL lets only one transaction with a word commit at
//! a time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::{Instant, timeout};

use super::db::{Db, Pg, query, writing};
use super::statement::late;
use super::{Store, StoreError};

/// The channel that all processes listen to.
const CHANNEL: &str = "paperwire";
/// A word that a process sends to itself, to see whether it is heard.
const ECHO: &str = "echo";
/// How long a word may take.
const HEARD_WITHIN: Duration = Duration::from_secs(3);
/// After so long a silence it is seen whether the connection still stands.
const SILENCE: Duration = Duration::from_mins(1);

/// How often it is seen whether a new connection meets a session that is older than itself.
const LOOKS: usize = 3;

/// What other processes are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// There are papers to be routed.
    Papers,
    /// There are deliveries to be sent.
    Deliveries,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Papers => "papers",
            Self::Deliveries => "deliveries",
        })
    }
}

impl FromStr for Topic {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Papers, Self::Deliveries].into_iter().find(|topic| topic.to_string() == word).ok_or(())
    }
}

/// Hears what other processes announce.
pub struct Listener {
    ears: PgListener,
    store: Store,
    voice: String,
}

impl Store {
    /// Tells the other processes that there is something new; nobody hears it in SQLite.
    pub async fn announce(&self, topic: Topic) -> Result<(), StoreError> {
        let Db::Postgres(Pg { voice, .. }) = &self.db else { return Ok(()) };
        self.say(&format!("{topic} {voice}")).await
    }

    /// Listens to the other processes; `None` where there are none, and behind a pooler: in transaction mode it hands
    /// words to anybody.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let Db::Postgres(Pg { pool, voice, .. }) = &self.db else { return Ok(None) };
        let pooled = timeout(HEARD_WITHIN, is_pooled(pool.options())).await.map_err(|_| late())??;
        if pooled {
            return Ok(None);
        }
        // A connection of its own for as long as it listens, beside those for transactions.
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(pool.options().clone());
        let ears = async {
            let mut ears = PgListener::connect_with(&own).await?;
            ears.eager_reconnect(false);
            ears.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(ears)
        };
        let ears = timeout(HEARD_WITHIN, ears).await.map_err(|_| late())??;
        let mut listener = Listener { ears, store: self.clone(), voice: voice.to_string() };
        Ok(listener.is_heard().await?.then_some(listener))
    }

    async fn say(&self, words: &str) -> Result<(), StoreError> {
        // The cast to text names the result, which is of no type in PostgreSQL.
        let sql = "SELECT CAST(pg_notify('paperwire', $1) AS TEXT)";
        writing!(self, |tx| {
            query(sql).bind(words).execute(&mut *tx).await?;
        });
        Ok(())
    }
}

/// True when sessions of the server are handed to several clients: one of them is older than the connection to it.
///
/// It has to be known before LISTEN, whose session would give words to clients that never asked for them.
async fn is_pooled(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let age = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp() - backend_start) * 1000000 AS BIGINT)
        FROM pg_stat_activity WHERE pid = pg_backend_pid()";
    for _ in 0..LOOKS {
        let begun = Instant::now();
        let mut connection = options.connect().await?;
        let age: Option<Option<i64>> =
            sqlx::query_scalar(age).persistent(false).fetch_optional(&mut connection).await?;
        connection.close().await?;
        let own = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
        if age.flatten().is_none_or(|age| age > own) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Listener {
    /// Waits for the next word of another process; an error means that this listener hears nothing any more.
    pub async fn next(&mut self) -> Result<Topic, StoreError> {
        loop {
            match timeout(SILENCE, self.ears.try_recv()).await {
                Ok(Ok(Some(word))) => {
                    if let Some(topic) = self.read(word.payload()) {
                        return Ok(topic);
                    }
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(_) if self.is_heard().await? => {}
                Ok(Ok(None)) | Err(_) => return Err(late().into()),
            }
        }
    }

    /// What others have to say; nothing of one's own.
    fn read(&self, words: &str) -> Option<Topic> {
        let (topic, voice) = words.split_once(' ')?;
        topic.parse().ok().filter(|_| voice != self.voice)
    }

    /// Sends itself a word and waits for it. Words of others that come before it are lost: the stages look by themselves.
    async fn is_heard(&mut self) -> Result<bool, StoreError> {
        let echo = format!("{ECHO} {}", self.voice);
        self.store.say(&echo).await?;
        let heard = async {
            loop {
                match self.ears.try_recv().await {
                    Ok(Some(word)) if word.payload() == echo => return true,
                    Ok(Some(_)) => {}
                    Ok(None) | Err(_) => return false,
                }
            }
        };
        Ok(timeout(HEARD_WITHIN, heard).await.unwrap_or(false))
    }
}

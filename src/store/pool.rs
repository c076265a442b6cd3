//! PostgreSQL's connections, which are replaced when their other end has fallen silent.
//!
//! A network that loses a connection without a word leaves it looking alive: in the pool, in a transaction, or on its
//! way back into the pool. A transaction that ran into its time limit is the sign, and then all of them are replaced.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool, Postgres, Transaction};
use tokio::time::Instant;
use tracing::warn;

use super::statement::{STATEMENT_LIMIT, late};

/// How long a caller waits for a connection.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was used so short a time ago is taken for well.
const FRESH: Duration = Duration::from_secs(1);
/// How long any other one may take to show that it is.
const PING_LIMIT: Duration = Duration::from_secs(2);
/// Few enough for ten processes under PostgreSQL's default of 100 connections.
const CONNECTIONS: u32 = 8;
/// The server ends what is stuck, and lets go of the locks of a process that is gone.
///
/// In the transaction and not in the session, which belongs to a pooler.
const BEGIN: &str =
    "BEGIN; SET LOCAL statement_timeout = '14s'; SET LOCAL idle_in_transaction_session_timeout = '30s'";

/// Connections to one server; every clone shares them.
#[derive(Clone)]
pub(super) struct Pool {
    options: Arc<PgConnectOptions>,
    current: Arc<Mutex<Current>>,
}

struct Current {
    pool: PgPool,
    /// Which pool it is, counted from the first.
    number: u64,
    /// When a transaction last came to its end.
    well_at: Instant,
}

impl Pool {
    /// Connects when it is needed.
    pub fn new(options: PgConnectOptions) -> Self {
        let pool = lazy(&options);
        let current = Current { pool, number: 0, well_at: Instant::now() };
        Self { options: Arc::new(options), current: Arc::new(Mutex::new(current)) }
    }

    /// How it connects.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Begins a transaction with time limits.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.lock().pool.clone();
        // Boxed, as every future of the store holds it.
        let begun = Box::pin(async move { pool.begin_with(BEGIN).await });
        tokio::time::timeout(STATEMENT_LIMIT, begun).await.unwrap_or_else(|_| Err(late()))
    }

    /// Begins a transaction that may take its time.
    pub async fn begin_patiently(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.lock().pool.clone();
        pool.begin().await
    }

    /// Commits within the time limit.
    pub async fn commit(tx: Transaction<'static, Postgres>) -> Result<(), sqlx::Error> {
        tokio::time::timeout(STATEMENT_LIMIT, Box::pin(tx.commit())).await.unwrap_or_else(|_| Err(late()))
    }

    /// Looks after one transaction, from before its beginning.
    pub fn watch(&self) -> Watch<'_> {
        Watch { pool: self, number: self.lock().number, since: Instant::now(), stands: Stands::Asked }
    }

    /// Ends all connections after the statements that run now.
    pub async fn close(&self) {
        let pool = self.lock().pool.clone();
        // One that nobody answers on any more would never be given back.
        let _ = tokio::time::timeout(STATEMENT_LIMIT, pool.close()).await;
    }

    fn replace(&self, number: u64) {
        let mut current = self.lock();
        if current.number != number || current.pool.is_closed() {
            return;
        }
        warn!("The database does not answer; connecting anew");
        let old = std::mem::replace(&mut current.pool, lazy(&self.options));
        current.number += 1;
        // What comes back into it is closed.
        tokio::spawn(async move { old.close().await });
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lazy(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                if used.idle_for < FRESH {
                    return Ok(true);
                }
                let answer = tokio::time::timeout(PING_LIMIT, connection.ping()).await;
                answer.unwrap_or_else(|_| Err(late())).map(|()| true)
            })
        })
        .connect_lazy_with(options.clone())
}

/// How far a transaction has come.
enum Stands {
    Asked,
    Begun,
    Done,
}

/// One transaction, of which it is seen whether it ran into its time limit.
pub(super) struct Watch<'a> {
    pool: &'a Pool,
    number: u64,
    since: Instant,
    stands: Stands,
}

impl Watch<'_> {
    /// It has a connection.
    pub fn begun(&mut self) {
        self.stands = Stands::Begun;
    }

    /// It has been committed.
    pub fn done(mut self) {
        self.stands = Stands::Done;
        self.pool.lock().well_at = Instant::now();
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let waited = self.since.elapsed();
        let silent = match self.stands {
            Stands::Done => false,
            Stands::Begun => waited >= STATEMENT_LIMIT,
            // Many callers may wait in vain for a few connections that are well.
            Stands::Asked => {
                waited >= ACQUIRE_TIMEOUT && self.pool.lock().well_at.elapsed() >= ACQUIRE_TIMEOUT
            }
        };
        if silent {
            self.pool.replace(self.number);
        }
    }
}

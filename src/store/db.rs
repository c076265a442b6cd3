//! The connections: typed pools for both databases, and one way to run one SQL text on either.
//!
//! Everything runs in a transaction and leaves nothing behind in a session, so that PostgreSQL may
//! stand behind a pooler that changes servers between transactions (pgbouncer's transaction mode).

use std::future::ready;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlitePool};

use super::StoreError;
use super::pool::{ACQUIRE_TIMEOUT, Pool};
use super::statement::late;
pub(super) use super::statement::{query, query_as, query_scalar};

/// How long SQLite waits for another process's write before it says “busy”; shorter than [`ACQUIRE_TIMEOUT`],
/// since the holder of the connection comes first.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long PostgreSQL may take to answer a first connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside SQLite's one writer.
const SQLITE_READERS: u32 = 4;
/// The oldest SQLite without the bug that corrupts a database in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// One of the two databases, connected.
#[derive(Clone)]
pub(super) enum Db {
    /// A file of our own.
    Sqlite(Lite),
    /// A server.
    Postgres(Pg),
}

/// SQLite: many readers, one writer, so that writers queue here and not at the file's lock.
#[derive(Clone)]
pub(super) struct Lite {
    pub read: SqlitePool,
    pub write: SqlitePool,
    pub name: String,
}

/// PostgreSQL.
#[derive(Clone)]
pub(super) struct Pg {
    pub pool: Pool,
    pub name: String,
    /// Tells what this process announces from what others do.
    pub voice: Arc<str>,
}

impl Db {
    /// Connects to the database that an address names.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        match url.split_once("://") {
            Some(("sqlite", path)) => open_sqlite(path).await.map(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => open_postgres(url).await.map(Self::Postgres),
            _ => Err(StoreError::Unsupported(
                "store.url has to start with sqlite:// (a file: sqlite:///var/lib/paperwire/paperwire.db) \
                 or postgres:// (a server: postgres://user@host/database)"
                    .to_owned(),
            )),
        }
    }

    /// Which database this is, for people: product, version and place, never the password.
    pub fn name(&self) -> &str {
        match self {
            Self::Sqlite(lite) => &lite.name,
            Self::Postgres(pg) => &pg.name,
        }
    }

    /// Ends all connections after the statements that run now.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(lite) => {
                lite.read.close().await;
                lite.write.close().await;
            }
            Self::Postgres(pg) => pg.pool.close().await,
        }
    }
}

async fn open_sqlite(path: &str) -> Result<Lite, StoreError> {
    if path.is_empty() || path.starts_with(":memory:") || path.contains('?') {
        return Err(StoreError::Unsupported(
            "store.url has to name a file after sqlite://, without options: \
             sqlite:///var/lib/paperwire/paperwire.db or sqlite://paperwire.db"
                .to_owned(),
        ));
    }
    let path = PathBuf::from(path);
    create_parent(&path).await?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Full);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            // SQLite ends a transaction by itself when the disk is full, which sqlx does not notice: it would take no
            // other one on this connection.
            .before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
    };
    let write = pool().max_connections(1).connect_with(options.clone()).await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&write).await?;
    check_sqlite_version(&version)?;
    // A write that strays into a reader fails at once and does not wait for a lock in vain.
    let read = pool().max_connections(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Lite { read, write, name: format!("SQLite {version} at {}", path.display()) })
}

async fn create_parent(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    tokio::fs::create_dir_all(folder).await.map_err(|e| {
        StoreError::Unsupported(format!(
            "cannot create the folder “{}” for the database ({e}): make it writable or set data_dir or store.url",
            folder.display()
        ))
    })
}

/// Refuses a SQLite that can corrupt a database in WAL mode.
fn check_sqlite_version(version: &str) -> Result<(), StoreError> {
    let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
    match numbers {
        Ok(numbers) if numbers.as_slice() >= OLDEST_SQLITE.as_slice() => Ok(()),
        _ => Err(StoreError::Unsupported(format!(
            "this program was built with SQLite {version}, which can damage a database in WAL mode: \
             build it with SQLite 3.51.3 or later (the bundled one is)"
        ))),
    }
}

async fn open_postgres(url: &str) -> Result<Pg, StoreError> {
    // A pooler refuses start-up settings that it does not follow; ours need no floating-point digits.
    let options = PgConnectOptions::from_str(url)?.application_name("paperwire").extra_float_digits(None);
    let database = options.get_database().unwrap_or(options.get_username()).to_owned();
    if database.contains('@') || options.get_host().contains('@') {
        return Err(StoreError::Unsupported(
            "store.url cannot be read: write a “/”, “@”, “:” or “#” in its password as %2F, %40, %3A or %23"
                .to_owned(),
        ));
    }
    // By itself, since a pool hides why it cannot connect.
    let first = async {
        let mut connection = options.connect().await?;
        let version = sqlx::raw_sql("SHOW server_version").fetch_one(&mut connection).await?.try_get(0)?;
        connection.close().await?;
        Ok::<String, sqlx::Error>(version)
    };
    let version = tokio::time::timeout(CONNECT_TIMEOUT, first).await.map_err(|_| late())??;
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let number = version.split_whitespace().next().unwrap_or(&version);
    let name = format!("PostgreSQL {number} at {host}/{database}");
    let voice = format!("{:x}", fastrand::u64(..)).into();
    Ok(Pg { pool: Pool::new(options), name, voice })
}

/// Runs a block as one transaction that only reads; `$tx` is the connection's transaction.
macro_rules! reading {
    ($store:expr, |$tx:ident| $body:expr) => {
        match &$store.db {
            $crate::store::db::Db::Sqlite(lite) => {
                $crate::store::db::in_file!(lite.read.begin(), $tx, $body)
            }
            $crate::store::db::Db::Postgres(pg) => $crate::store::db::on_server!(pg, $tx, $body),
        }
    };
}

/// Runs a block as one transaction that writes; leaving it early changes nothing.
///
/// SQLite takes its lock at the start: a reader that turns writer fails where a writer would wait.
macro_rules! writing {
    ($store:expr, |$tx:ident| $body:expr) => {
        match &$store.db {
            $crate::store::db::Db::Sqlite(lite) => {
                $crate::store::db::in_file!(lite.write.begin_with("BEGIN IMMEDIATE"), $tx, $body)
            }
            $crate::store::db::Db::Postgres(pg) => $crate::store::db::on_server!(pg, $tx, $body),
        }
    };
}

macro_rules! in_file {
    ($begin:expr, $tx:ident, $body:expr) => {{
        let mut $tx = $begin.await?;
        let out = $body;
        $tx.commit().await?;
        out
    }};
}

// The watch is declared first, so that it is dropped last and sees how long everything took.
macro_rules! on_server {
    ($pg:expr, $tx:ident, $body:expr) => {{
        let mut watch = $pg.pool.watch();
        let mut $tx = $pg.pool.begin().await?;
        watch.begun();
        let out = $body;
        $crate::store::pool::Pool::commit($tx).await?;
        watch.done();
        out
    }};
}

pub(super) use {in_file, on_server, reading, writing};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_with_the_wal_bug_is_refused() {
        for good in ["3.51.3", "3.51.10", "3.60.0", "4.0.0"] {
            assert!(check_sqlite_version(good).is_ok(), "{good}");
        }
        for bad in ["3.51.2", "3.50.9", "3.7.0", "2.8.17", "", "new"] {
            let error = check_sqlite_version(bad).expect_err(bad).to_string();
            assert!(error.contains("3.51.3 or later"), "{error}");
        }
    }
}

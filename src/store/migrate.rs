//! Brings the tables to the form that this version knows.
//!
//! All pending migrations run in one transaction under a lock that ends with it, so that two
//! processes that start together take turns, also behind a pooler.

use std::collections::HashSet;

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::db::{Db, query_scalar};
use super::{Store, StoreError};

/// Names the lock that migrating processes take turns on; any number that nothing else uses.
const MIGRATION_LOCK: i64 = 0x7061_7065_7277_6972;

impl Store {
    /// Applies what is pending, fills in what no SQL can compute, and returns the names of what was applied now, such as `0001_papers`.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let migrator = self.migrator();
        let applied = match &self.db {
            Db::Sqlite(lite) => {
                let mut tx = lite.write.begin_with("BEGIN IMMEDIATE").await?;
                let pending = pending(&migrator, &applied_in_sqlite(&mut tx).await?);
                migrator.run(&mut *tx).await?;
                crashpoint!("migration_step");
                tx.commit().await?;
                pending
            }
            Db::Postgres(pg) => {
                // Whoever migrates a large database takes long, and so do those who wait for it.
                let mut tx = pg.pool.begin_patiently().await?;
                let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").persistent(false);
                lock.bind(MIGRATION_LOCK).execute(&mut *tx).await?;
                let pending = pending(&migrator, &applied_in_postgres(&mut tx).await?);
                migrator.run(&mut *tx).await?;
                // The migrator prepares statements by name: they must not outlive the transaction.
                tx.clear_cached_statements().await?;
                crashpoint!("migration_step");
                tx.commit().await?;
                pending
            }
        };
        self.fill_title_keys().await?;
        Ok(applied)
    }

    /// The names of the migrations that [`Store::migrate`] would apply.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let applied = match &self.db {
            Db::Sqlite(lite) => applied_in_sqlite(&mut *lite.read.begin().await?).await?,
            Db::Postgres(pg) => applied_in_postgres(&mut *pg.pool.begin().await?).await?,
        };
        Ok(pending(&self.migrator(), &applied))
    }

    fn migrator(&self) -> Migrator {
        let mut migrator = match &self.db {
            Db::Sqlite(_) => sqlx::migrate!("migrations/sqlite"),
            Db::Postgres(_) => sqlx::migrate!("migrations/postgres"),
        };
        // The built-in lock belongs to a session, which a pooler does not keep.
        migrator.set_locking(false);
        migrator
    }
}

fn pending(migrator: &Migrator, applied: &HashSet<i64>) -> Vec<String> {
    migrator
        .iter()
        .filter(|m| !applied.contains(&m.version))
        .map(|m| format!("{:04}_{}", m.version, m.description.replace(' ', "_")))
        .collect()
}

/// What has been applied; reading it must not make the table, as asking changes nothing.
const APPLIED: &str = "SELECT version FROM _sqlx_migrations";

async fn applied_in_sqlite(connection: &mut SqliteConnection) -> Result<HashSet<i64>, StoreError> {
    let table = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let known: i64 = query_scalar(table).fetch_one(&mut *connection).await?;
    if known == 0 {
        return Ok(HashSet::new());
    }
    let versions: Vec<i64> = query_scalar(APPLIED).fetch_all(connection).await?;
    Ok(versions.into_iter().collect())
}

async fn applied_in_postgres(connection: &mut PgConnection) -> Result<HashSet<i64>, StoreError> {
    let known: bool = query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !known {
        return Ok(HashSet::new());
    }
    let versions: Vec<i64> = query_scalar(APPLIED).fetch_all(connection).await?;
    Ok(versions.into_iter().collect())
}

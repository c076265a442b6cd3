//! What can go wrong in the store, sorted by what a caller can do about it.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// Why the store could not do something.
///
/// No variant ever holds the address of the database, which may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is busy or full: nothing was changed, try again later.
    #[error("the database cannot be used at the moment: {}", words(.0))]
    Unavailable(sqlx::Error),
    /// A stored value cannot be read back.
    #[error("the database holds something that Paperwire cannot read: {what}")]
    Corrupt {
        /// The value and where it stands.
        what: String,
    },
    /// The address or the version of the database is none that Paperwire works with.
    #[error("{0}")]
    Unsupported(String),
    /// The tables are not the ones that this version of Paperwire knows.
    #[error("{}", migration_words(.0))]
    Migration(#[source] MigrateError),
    /// The database refused a statement: a fault of Paperwire, or of somebody who changed the tables.
    #[error("the database refused a statement: {0}")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error)
            }
            E::Database(ref refusal) if is_passing(refusal.as_ref()) => Self::Unavailable(error),
            E::ColumnDecode { .. } | E::Decode(_) => Self::Corrupt { what: error.to_string() },
            E::Configuration(reason) => Self::Unsupported(format!("store.url cannot be used: {reason}")),
            _ => Self::Refused(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(inner) => inner.into(),
            MigrateError::ExecuteMigration(inner, version) => match Self::from(inner) {
                Self::Refused(inner) => Self::Migration(MigrateError::ExecuteMigration(inner, version)),
                other => other,
            },
            other => Self::Migration(other),
        }
    }
}

impl StoreError {
    /// True when nothing can be stored because there is no room for it.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Unavailable(error) if is_full(error))
    }

    /// True when a start may wait for it to end; a file that cannot be opened is a mistake in the configuration.
    pub fn ends_by_itself(&self) -> bool {
        match self {
            Self::Unavailable(sqlx::Error::Database(refusal)) => {
                refusal.code().is_none_or(|code| sqlite_code(&code).is_none_or(|code| code & 0xff != 14))
            }
            Self::Unavailable(_) => true,
            _ => false,
        }
    }
}

/// What is the matter with the database, for the person who runs it.
fn words(error: &sqlx::Error) -> String {
    use std::io::ErrorKind;
    match error {
        _ if is_full(error) => "its disk is full; make room, and work goes on by itself".to_owned(),
        sqlx::Error::PoolTimedOut => {
            "no connection to it in 10 s; it is away, or its connections are all in use".to_owned()
        }
        sqlx::Error::PoolClosed => "this process is ending".to_owned(),
        sqlx::Error::Io(io) if io.kind() == ErrorKind::TimedOut => "it does not answer".to_owned(),
        sqlx::Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => {
            "nothing listens at the address of store.url".to_owned()
        }
        sqlx::Error::Database(refusal) if refusal.code().as_deref() == Some("53300") => {
            format!("{error}; raise its max_connections, or put a pooler before it")
        }
        _ => error.to_string(),
    }
}

fn migration_words(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(version) => format!(
            "the database has tables of a newer Paperwire (migration {version}, which this version does not know): \
             start that version or a later one; nothing was changed"
        ),
        MigrateError::VersionMismatch(version) => {
            format!("migration {version} ran in another form than this version knows: nothing was changed")
        }
        other => other.to_string(),
    }
}

fn is_full(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(refusal) = error else { return false };
    refusal.code().is_some_and(|code| code == "53100" || sqlite_code(&code).is_some_and(|c| c & 0xff == 13))
}

/// SQLite's codes are numbers of up to four digits, PostgreSQL's have five characters.
fn sqlite_code(code: &str) -> Option<u32> {
    code.parse().ok().filter(|_| code.len() < 5)
}

/// Tells a passing trouble of the database from a refusal.
fn is_passing(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    sqlite_code(&code).map_or_else(|| is_passing_in_postgres(&code), is_passing_in_sqlite)
}

/// Busy, locked, I/O error, disk full, cannot open: <https://www.sqlite.org/rescode.html>.
fn is_passing_in_sqlite(extended: u32) -> bool {
    matches!(extended & 0xff, 5 | 6 | 10 | 13 | 14)
}

/// Connection, resources, shutdown, failover, deadlock: PostgreSQL's appendix A.
fn is_passing_in_postgres(sqlstate: &str) -> bool {
    ["08", "53", "57P", "58"].iter().any(|class| sqlstate.starts_with(class))
        || matches!(sqlstate, "40001" | "40P01" | "55P03" | "25006" | "25P03" | "25P04" | "57014")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_said_in_words() {
        use sqlx::Connection as _;
        let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let fill =
            "PRAGMA max_page_count = 2; CREATE TABLE full (x); INSERT INTO full VALUES (zeroblob(100000))";
        let error = sqlx::raw_sql(fill).execute(&mut connection).await.unwrap_err();
        let error = StoreError::from(error);
        assert!(error.is_disk_full() && error.ends_by_itself(), "{error:?}");
        assert!(error.to_string().contains("its disk is full; make room"), "{error}");
        let silent = StoreError::from(sqlx::Error::PoolTimedOut);
        assert!(
            !silent.is_disk_full() && silent.to_string().contains("no connection to it in 10 s"),
            "{silent}"
        );
    }

    #[test]
    fn a_busy_full_or_absent_database_is_a_passing_trouble() {
        // SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED, SQLITE_FULL, SQLITE_CANTOPEN.
        for code in [5, 517, 6, 13, 14] {
            assert!(is_passing_in_sqlite(code), "{code}");
        }
        for state in ["08006", "53300", "53100", "57P01", "57P03", "40P01"] {
            assert!(is_passing_in_postgres(state), "{state}");
        }
    }

    #[test]
    fn a_broken_rule_is_not_tried_again() {
        // SQLITE_CONSTRAINT_UNIQUE, SQLITE_ERROR, SQLITE_CORRUPT.
        for code in [2067, 1, 11] {
            assert!(!is_passing_in_sqlite(code), "{code}");
        }
        for state in ["23505", "42P01", "28P01", "22021"] {
            assert!(!is_passing_in_postgres(state), "{state}");
        }
    }
}

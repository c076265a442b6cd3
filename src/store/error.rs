//! What can go wrong in the store, sorted by what a caller can do about it.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// Why the store could not do something.
///
/// No variant ever holds the address of the database, which may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is busy or full: nothing was changed, try again later.
    #[error("the database cannot be used at the moment: {0}")]
    Unavailable(#[source] sqlx::Error),
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
    #[error("{0}")]
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

/// Tells a passing trouble of the database from a refusal.
fn is_passing(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    // SQLite's are numbers of up to four digits, PostgreSQL's have five characters.
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => is_passing_in_sqlite(number),
        _ => is_passing_in_postgres(&code),
    }
}

/// Busy, locked, I/O error, disk full, cannot open: <https://www.sqlite.org/rescode.html>.
fn is_passing_in_sqlite(extended: u32) -> bool {
    matches!(extended & 0xff, 5 | 6 | 10 | 13 | 14)
}

/// Connection, resources, shutdown, failover, deadlock: PostgreSQL's appendix A.
fn is_passing_in_postgres(sqlstate: &str) -> bool {
    ["08", "53", "57P", "58"].iter().any(|class| sqlstate.starts_with(class))
        || matches!(sqlstate, "40001" | "40P01" | "55P03" | "25006" | "57014")
}

#[cfg(test)]
mod tests {
    use super::*;

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

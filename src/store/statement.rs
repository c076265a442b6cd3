//! One SQL text for either database, each statement with a time limit.
//!
//! A connection whose other end is gone without a word would wait for its answer for a quarter of an hour.

use std::future::Future;
use std::io;
use std::time::Duration;

use sqlx::database::HasStatementCache;
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::{Database, Encode, Executor, FromRow, IntoArguments, Postgres, Sqlite, Type};

/// How long a server may take for one statement; it ends by itself a second earlier, with a reason.
pub(super) const STATEMENT_LIMIT: Duration = Duration::from_secs(15);

/// A database that the store's statements run on.
pub(super) trait Dialect: Database<Arguments: IntoArguments<Self>> + HasStatementCache {
    /// Whether statements may stay prepared in the session. A pooler may hand the next transaction to
    /// another server, which does not know them or knows others by the same name.
    const KEEPS_STATEMENTS: bool;
    /// How long a statement may take; a file is never away, and its lock has a limit of its own.
    const LIMIT: Option<Duration>;
}

impl Dialect for Sqlite {
    const KEEPS_STATEMENTS: bool = true;
    const LIMIT: Option<Duration> = None;
}

impl Dialect for Postgres {
    const KEEPS_STATEMENTS: bool = false;
    const LIMIT: Option<Duration> = Some(STATEMENT_LIMIT);
}

/// A statement that returns no rows.
pub(super) struct Plain<'q, DB: Dialect>(Query<'q, DB, DB::Arguments>);
/// A statement that returns rows of a named shape.
pub(super) struct Rows<'q, DB: Dialect, O>(QueryAs<'q, DB, O, DB::Arguments>);
/// A statement that returns single values.
pub(super) struct Values<'q, DB: Dialect, O>(QueryScalar<'q, DB, O, DB::Arguments>);

/// A statement that returns no rows.
pub(super) fn query<'q, DB: Dialect>(sql: &'static str) -> Plain<'q, DB> {
    Plain(sqlx::query(sql).persistent(DB::KEEPS_STATEMENTS))
}

/// A statement that returns rows of a named shape.
pub(super) fn query_as<'q, DB: Dialect, O>(sql: &'static str) -> Rows<'q, DB, O>
where
    O: for<'r> FromRow<'r, DB::Row>,
{
    Rows(sqlx::query_as(sql).persistent(DB::KEEPS_STATEMENTS))
}

/// A statement that returns single values.
pub(super) fn query_scalar<'q, DB: Dialect, O>(sql: &'static str) -> Values<'q, DB, O>
where
    (O,): for<'r> FromRow<'r, DB::Row>,
{
    Values(sqlx::query_scalar(sql).persistent(DB::KEEPS_STATEMENTS))
}

impl<'q, DB: Dialect> Plain<'q, DB> {
    /// Gives the next parameter its value.
    pub fn bind<T: 'q + Encode<'q, DB> + Type<DB>>(self, value: T) -> Self {
        Self(self.0.bind(value))
    }

    /// Runs it.
    pub async fn execute<'c, E>(self, executor: E) -> Result<DB::QueryResult, sqlx::Error>
    where
        E: Executor<'c, Database = DB>,
    {
        in_time::<DB, _>(self.0.execute(executor)).await
    }
}

macro_rules! fetching {
    ($name:ident, $row:ty) => {
        impl<'q, DB: Dialect, O> $name<'q, DB, O>
        where
            O: Send + Unpin,
            $row: Send + Unpin + for<'r> FromRow<'r, DB::Row>,
        {
            /// Gives the next parameter its value.
            pub fn bind<T: 'q + Encode<'q, DB> + Type<DB>>(self, value: T) -> Self {
                Self(self.0.bind(value))
            }

            /// Every row.
            pub async fn fetch_all<'c, E>(self, executor: E) -> Result<Vec<O>, sqlx::Error>
            where
                E: Executor<'c, Database = DB>,
            {
                in_time::<DB, _>(self.0.fetch_all(executor)).await
            }

            /// The one row; its absence is an error.
            pub async fn fetch_one<'c, E>(self, executor: E) -> Result<O, sqlx::Error>
            where
                E: Executor<'c, Database = DB>,
            {
                in_time::<DB, _>(self.0.fetch_one(executor)).await
            }

            /// The first row.
            pub async fn fetch_optional<'c, E>(self, executor: E) -> Result<Option<O>, sqlx::Error>
            where
                E: Executor<'c, Database = DB>,
            {
                in_time::<DB, _>(self.0.fetch_optional(executor)).await
            }
        }
    };
}

fetching!(Rows, O);
fetching!(Values, (O,));

async fn in_time<DB: Dialect, T>(
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match DB::LIMIT {
        Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late())),
        None => work.await,
    }
}

/// The other end said nothing in time.
pub(super) fn late() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}

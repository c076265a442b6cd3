//! PostgreSQL with a stored `tsquery` a subscription; the time is that of the backend's own processor.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use tokio::runtime::Runtime;

use super::Peer;
use super::plain::{Plain, Tree};
use crate::postgres_world;

pub struct Postgres {
    runtime: Runtime,
    connection: PgConnection,
    backend: i32,
}

impl Postgres {
    pub fn new(plain: &Plain) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (connection, backend) = runtime.block_on(async {
            let address = postgres_world::database().await;
            let mut connection = PgConnection::connect(&address).await.expect("connecting to PostgreSQL");
            let prepare = "SET jit = off; SET max_parallel_workers_per_gather = 0; \
                CREATE TABLE q (id integer PRIMARY KEY, query tsquery NOT NULL)";
            sqlx::raw_sql(prepare).execute(&mut connection).await.expect("a table");
            for (chunk, trees) in (0..).zip(plain.trees.chunks(1_000)) {
                let ids: Vec<i32> = (chunk * 1_000..).take(trees.len()).collect();
                let queries: Vec<String> = trees.iter().map(|tree| tsquery(tree, plain)).collect();
                sqlx::query("INSERT INTO q SELECT id, query::tsquery FROM unnest($1::integer[], $2::text[]) AS new (id, query)")
                    .bind(ids)
                    .bind(queries)
                    .execute(&mut connection)
                    .await
                    .expect("storing the queries");
            }
            sqlx::raw_sql("VACUUM ANALYZE q").execute(&mut connection).await.expect("statistics");
            let backend = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await;
            (connection, backend.expect("the backend's number"))
        });
        Self { runtime, connection, backend }
    }

    /// Time on the processor, the first number of its scheduler statistics.
    fn spent(&self) -> Duration {
        let path = format!("/proc/{}/schedstat", self.backend);
        let text = std::fs::read_to_string(&path).expect("the backend runs on this machine");
        let first = text.split(' ').next().and_then(|number| number.parse().ok());
        Duration::from_nanos(first.expect("nanoseconds on the processor"))
    }
}

impl Peer for Postgres {
    fn ask(&mut self, text: &str) -> (Vec<u32>, Duration) {
        let places =
            (1..).zip(text.split_ascii_whitespace()).map(|(at, word)| format!("{}:{at}", quoted(word)));
        let vector = places.collect::<Vec<_>>().join(" ");
        let before = self.spent();
        let asked =
            sqlx::query_scalar::<_, i32>("SELECT id FROM q WHERE $1::text::tsvector @@ query").bind(vector);
        let found = self.runtime.block_on(asked.fetch_all(&mut self.connection)).expect("an answer");
        let took = self.spent().saturating_sub(before);
        (found.into_iter().map(|id| u32::try_from(id).expect("numbered from zero")).collect(), took)
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

fn tsquery(tree: &Tree, plain: &Plain) -> String {
    let join = |parts: &[Tree], sign: &str| {
        let parts: Vec<_> = parts.iter().map(|part| tsquery(part, plain)).collect();
        format!("({})", parts.join(sign))
    };
    match tree {
        Tree::Phrase(at) => {
            let words: Vec<_> = plain.phrases[*at as usize].iter().map(|word| quoted(word)).collect();
            format!("({})", words.join(" <-> "))
        }
        Tree::Not(inner) => format!("!{}", tsquery(inner, plain)),
        Tree::And(parts) => join(parts, " & "),
        Tree::Or(parts) => join(parts, " | "),
    }
}

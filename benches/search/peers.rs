//! The same questions to SQLite's FTS5 with `bm25()` and to PostgreSQL's GIN with `ts_rank_cd`.

use paperwire::domain::Paper;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::corpus::Question;
use super::measure::{self, Figures};

#[path = "../../tests/worlds/postgres.rs"]
mod postgres;

/// FTS5 sorts by `rank` itself, and makes snippets for the ten alone.
const FTS5: &str = "SELECT rowid, highlight(paper, 0, '[', ']'), snippet(paper, 1, '[', ']', '…', 45)
    FROM paper WHERE paper MATCH $1 AND rank MATCH 'bm25(4.0, 1.0)' ORDER BY rank LIMIT 10";
const FTS5_BARE: &str =
    "SELECT rowid FROM paper WHERE paper MATCH $1 AND rank MATCH 'bm25(4.0, 1.0)' ORDER BY rank LIMIT 10";
/// Rows that go in with one statement.
const ROWS: usize = 500;

/// The peers that are there.
#[derive(Default)]
pub struct Peers {
    filled: Option<Filled>,
}

struct Filled {
    runtime: Runtime,
    sqlite: SqliteConnection,
    postgres: PgConnection,
    /// The number of the process that answers, whose CPU time counts.
    backend: i32,
    _folder: TempDir,
}

impl Peers {
    pub fn fill(papers: &[Paper]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (sqlite, postgres, backend) = runtime.block_on(async {
            let url = format!("sqlite://{}/peer.db?mode=rwc", folder.path().display());
            let mut lite = SqliteConnection::connect(&url).await.expect("SQLite");
            let mut pg = PgConnection::connect(&postgres::database().await).await.expect("PostgreSQL");
            fill_sqlite(&mut lite, papers).await;
            fill_postgres(&mut pg, papers).await;
            let backend =
                sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut pg).await.expect("a number");
            (lite, pg, backend)
        });
        Self { filled: Some(Filled { runtime, sqlite, postgres, backend, _folder: folder }) }
    }

    /// Asks each peer twice: for what the search gives (the ten, title and excerpt with what was found marked, and how
    /// many there are in all), and for the numbers of the ten alone.
    pub fn measure(&mut self, questions: &[Question]) -> Vec<(&'static str, Figures)> {
        let Some(filled) = &mut self.filled else { return Vec::new() };
        let Filled { runtime, sqlite, postgres, backend, .. } = filled;
        let mut times: [Vec<f64>; 4] = Default::default();
        runtime.block_on(async {
            for question in questions {
                let text = fts5(question);
                for (sql, time) in [(FTS5, 0), (FTS5_BARE, 1)] {
                    let before = measure::process_now();
                    let found = sqlx::query(sql).bind(&text).fetch_all(&mut *sqlite).await.expect("FTS5");
                    if sql == FTS5 {
                        let count = "SELECT count(*) FROM paper WHERE paper MATCH $1";
                        let total = sqlx::query_scalar::<_, i64>(count).bind(&text);
                        std::hint::black_box(total.fetch_one(&mut *sqlite).await.expect("FTS5"));
                    }
                    std::hint::black_box(found);
                    times[time].push(measure::seconds_between(before, measure::process_now()));
                }
                let filter = question
                    .category
                    .map_or(String::new(), |category| format!("AND categories @> ARRAY['{category}']"));
                let from = format!("FROM paper, to_tsquery('english', $1) q WHERE words @@ q {filter}");
                let ranked = format!("{from} ORDER BY ts_rank_cd(words, q) DESC LIMIT 10");
                let shown = format!(
                    "SELECT id, ts_headline('english', title, q, 'HighlightAll=true'),
                     ts_headline('english', body, q, 'MinWords=30, MaxWords=45')
                     FROM (SELECT id, title, body, q {ranked}) AS first"
                );
                let before = cpu_of(*backend);
                ask(postgres, shown, question).await;
                ask(postgres, format!("SELECT count(*) {from}"), question).await;
                let between = cpu_of(*backend);
                ask(postgres, format!("SELECT id {ranked}"), question).await;
                times[2].push(between - before);
                times[3].push(cpu_of(*backend) - between);
            }
        });
        let names = ["fts5", "fts5_bare", "postgres", "postgres_bare"];
        names.into_iter().zip(times.map(Figures::of)).collect()
    }
}

async fn ask(postgres: &mut PgConnection, sql: String, question: &Question) {
    let found = sqlx::query(AssertSqlSafe(sql)).bind(tsquery(question)).fetch_all(postgres).await;
    std::hint::black_box(found.expect("PostgreSQL"));
}

async fn fill_sqlite(lite: &mut SqliteConnection, papers: &[Paper]) {
    let run = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;
        CREATE VIRTUAL TABLE paper USING fts5 (title, body, categories, prefix='4', tokenize='porter unicode61')";
    sqlx::raw_sql(run).execute(&mut *lite).await.expect("FTS5");
    for (batch, rows) in papers.chunks(ROWS).enumerate() {
        let mut insert = sqlx::QueryBuilder::new("INSERT INTO paper (rowid, title, body, categories) ");
        let first = i64::try_from(batch * ROWS).expect("not so many");
        let numbered = (first..).zip(rows);
        insert.push_values(numbered, |mut row, (at, paper)| {
            row.push_bind(at + 1)
                .push_bind(&paper.facts.title)
                .push_bind(&paper.facts.abstract_text)
                .push_bind(paper.facts.categories.join(" ").replace('.', "x"));
        });
        insert.build().execute(&mut *lite).await.expect("FTS5");
    }
    sqlx::raw_sql("INSERT INTO paper (paper) VALUES ('optimize')").execute(&mut *lite).await.expect("FTS5");
}

async fn fill_postgres(pg: &mut PgConnection, papers: &[Paper]) {
    let run = "SET max_parallel_workers_per_gather = 0; SET maintenance_work_mem = '256MB';
        CREATE UNLOGGED TABLE paper (id BIGINT, categories TEXT[], words TSVECTOR, title TEXT, body TEXT)";
    sqlx::raw_sql(run).execute(&mut *pg).await.expect("PostgreSQL");
    for (batch, rows) in papers.chunks(ROWS).enumerate() {
        let mut insert = sqlx::QueryBuilder::new(
            "INSERT INTO paper SELECT id, string_to_array(categories, ' '),
             setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body), title, body FROM (",
        );
        let first = i64::try_from(batch * ROWS).expect("not so many");
        let numbered = (first..).zip(rows);
        insert.push_values(numbered, |mut row, (at, paper)| {
            row.push_bind(at)
                .push_bind(paper.facts.categories.join(" "))
                .push_bind(&paper.facts.title)
                .push_bind(&paper.facts.abstract_text);
        });
        insert.push(") AS new (id, categories, title, body)");
        insert.build().execute(&mut *pg).await.expect("PostgreSQL");
    }
    let run = "CREATE INDEX ON paper USING gin (words); CREATE INDEX ON paper USING gin (categories); ANALYZE paper";
    sqlx::raw_sql(run).execute(&mut *pg).await.expect("PostgreSQL");
}

fn fts5(question: &Question) -> String {
    let quoted: Vec<String> = question.words.iter().map(|word| format!("\"{word}\"")).collect();
    let text = match question.kind {
        "phrase" => format!("\"{}\"", question.words.join(" ")),
        "prefix" => format!("{} *", quoted.join(" ")),
        _ => quoted.join(" "),
    };
    match question.category {
        Some(category) => {
            format!("{{title body}}: ({text}) AND categories: {}", category.replace('.', "x").to_lowercase())
        }
        None => text,
    }
}

fn tsquery(question: &Question) -> String {
    match question.kind {
        "phrase" => question.words.join(" <-> "),
        "prefix" => question.words.join(" & ") + ":*",
        _ => question.words.join(" & "),
    }
}

/// CPU seconds of another process.
fn cpu_of(process: i32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/schedstat")).expect("the backend runs");
    let spent: u64 = text.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    spent as f64 / 1e9
}

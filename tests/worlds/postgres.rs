//! A real PostgreSQL: one cluster for the whole test process, a fresh database for each test.
//!
//! The cluster hangs on a small shell that waits for the end of its standard input, which this
//! process holds. However the process ends, the shell stops the server and removes its folder.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, postgres::PgConnectOptions};

/// Another process may take the free port before the server does.
const PORT_TRIES: u32 = 5;

/// `$1` folder, `$2` folder of PostgreSQL's programs, `$3` port, `$4…` how to become another user.
const WATCHDOG: &str = r#"
dir=$1 bin=$2 port=$3; shift 3
cd / || exit 1
"$@" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync --no-instructions \
    >"$dir/log" 2>&1 &&
"$@" "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -t 60 -o "-c listen_addresses=127.0.0.1 -c port=$port \
    -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=300 -c shared_buffers=32MB -c autovacuum=off" start >"$dir/log" 2>&1 </dev/null
if [ $? -eq 0 ]; then echo ready; else echo failed; tail -n 5 "$dir/log" "$dir/data/log"; fi
exec 1>&-
cat >/dev/null
"$@" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1
rm -rf "$dir"
"#;

struct Cluster {
    port: u16,
    /// Holds the watchdog's standard input open.
    _watchdog: Child,
}

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Makes an empty database in the test process's own cluster and returns its address.
pub async fn database() -> String {
    let cluster = CLUSTER.get_or_init(start).as_ref().unwrap_or_else(|reason| panic!("{reason}"));
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(cluster.port);
    let options = options.username("postgres").database("postgres");
    let mut connection = options.connect().await.expect("connecting to the tests' PostgreSQL");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("creating a database for a test");
    connection.close().await.expect("closing the connection to the tests' PostgreSQL");
    format!("postgres://postgres@127.0.0.1:{}/{name}", cluster.port)
}

fn start() -> Result<Cluster, String> {
    let bin = programs().ok_or(
        "PostgreSQL is not installed, and these tests need a real one: run ./scripts/test, which installs \
         it, or install it (Debian: apt-get install postgresql)",
    )?;
    let mut last = String::new();
    for _ in 0..PORT_TRIES {
        match start_on_a_free_port(&bin) {
            Ok(cluster) => return Ok(cluster),
            Err(reason) => last = reason,
        }
    }
    Err(format!("PostgreSQL from {} does not start: {last}", bin.display()))
}

fn start_on_a_free_port(bin: &Path) -> Result<Cluster, String> {
    let folder = tempfile::Builder::new().prefix("paperwire-postgres-").tempdir();
    let folder = folder.map_err(|e| format!("no temporary folder: {e}"))?.keep();
    let other_user = other_user(&folder)?;
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?.port();
    let mut watchdog = Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog"])
        .args([folder.as_os_str(), bin.as_os_str()])
        .arg(port.to_string())
        .args(other_user)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0) // Ctrl-C must not reach the watchdog before its work.
        .spawn()
        .map_err(|e| format!("sh does not start: {e}"))?;
    let mut said = BufReader::new(watchdog.stdout.take().expect("standard output is piped"));
    let mut first = String::new();
    said.read_line(&mut first).map_err(|e| e.to_string())?;
    if first.trim() == "ready" {
        return Ok(Cluster { port, _watchdog: watchdog });
    }
    let mut log = String::new();
    said.read_to_string(&mut log).map_err(|e| e.to_string())?;
    drop(watchdog.stdin.take());
    watchdog.wait().map_err(|e| e.to_string())?;
    Err(log)
}

/// The folder of `initdb` and `pg_ctl`: that of the search path, else Debian's newest.
fn programs() -> Option<PathBuf> {
    let complete = |dir: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|p| dir.join(p).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<(u32, PathBuf)> = versions
        .filter_map(|v| Some((v.file_name().to_str()?.parse().ok()?, v.path().join("bin"))))
        .collect();
    installed.sort();
    let newest_first = installed.into_iter().rev().map(|(_, bin)| bin);
    std::env::split_paths(&path).chain(newest_first).find(complete)
}

/// PostgreSQL refuses to run as root: then as its own user, who gets the folder.
fn other_user(folder: &Path) -> Result<Vec<&'static str>, String> {
    let id = Command::new("id").arg("-u").output().map_err(|e| format!("id does not start: {e}"))?;
    if id.stdout.trim_ascii() != b"0" {
        return Ok(Vec::new());
    }
    let given = Command::new("chown").arg("postgres").arg(folder).status();
    if !given.is_ok_and(|status| status.success()) {
        return Err("there is no user “postgres”, whom PostgreSQL runs as when root tests".to_owned());
    }
    Ok(vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"])
}

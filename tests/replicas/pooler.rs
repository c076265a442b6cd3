//! pgbouncer in transaction mode between the processes and their database.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::store::Store;
use tempfile::TempDir;

use super::{Counting, queue, send_all};
use crate::serve::{self, DISCORD, Site, eventually};
use crate::store::Database;
use crate::worlds::hub::days::Days;
use crate::worlds::hub::paper;

struct Pooler {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    async fn before(url: &str) -> Self {
        let server = url::Url::parse(url).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = folder.path().join("pgbouncer.ini");
        let mut file = std::fs::File::create(&settings).unwrap();
        write!(
            file,
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\n\
             max_client_conn = 200\n",
            server.port().unwrap()
        )
        .unwrap();
        // It refuses to run as root; a container has a user for it, or for PostgreSQL.
        let root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
        let mut command = Command::new(program());
        if root {
            let given = Command::new("chown").arg("-R").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(given.success());
            command.args(["-u", "postgres"]);
        }
        let child = command.arg(settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let pooler = Self { child, port, _folder: folder };
        let through = pooler.url(url);
        eventually("pgbouncer lets through", async || Store::open(&through).await.is_ok()).await;
        pooler
    }

    fn url(&self, direct: &str) -> String {
        let mut url = url::Url::parse(direct).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file()).expect(
        "pgbouncer is not installed, and these tests need it: run ./scripts/test, which installs it, or install it \
         (Debian: apt-get install pgbouncer)",
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_senders_behind_a_pooler_post_each_delivery_once() {
    let db = Database::postgres().await;
    let pooler = Pooler::before(&db.url).await;
    queue(&db, 50, 10).await;
    let platform = Arc::new(Counting::default());
    let url = pooler.url(&db.url);
    let send = async |owner| send_all(Store::open(&url).await.unwrap(), owner, platform.clone()).await;
    tokio::join!(send("one"), send("two"));
    assert_eq!(platform.counts(), (500, 500));
}

#[tokio::test]
async fn a_pooler_that_swallows_words_is_noticed() {
    let db = Database::postgres().await;
    let pooler = Pooler::before(&db.url).await;
    let store = Store::open(&pooler.url(&db.url)).await.unwrap();
    assert!(store.listen().await.unwrap().is_none());
}

#[tokio::test]
async fn two_processes_behind_a_pooler_post_each_paper_once_and_say_what_they_lack() {
    let mut site = Site::new(serve::Database::Postgres, Days::new()).await;
    let pooler = Pooler::before(&site.store_url).await;
    site.store_url = pooler.url(&site.store_url);
    let ids: Vec<String> = (0..10).map(|n| format!("2608.{n:05}")).collect();
    site.hub.list(SystemClock.today(), ids.iter().map(|id| paper(id).title("Robots at work")));
    site.subscribe("discord", DISCORD[0], "robots").await;
    let replicas = [site.serve_with(&[]), site.serve_with(&[])];
    eventually("everything is posted", async || site.discord.all().len() >= ids.len()).await;
    for replica in &replicas {
        eventually("it says what it lacks", async || replica.log().contains("LISTEN does not come through"))
            .await;
    }
    for replica in replicas {
        assert!(replica.stop().await.success());
    }
    let urls: Vec<String> = ids.iter().map(|id| format!("https://arxiv.org/abs/{id}")).collect();
    assert_eq!(site.seen(DISCORD[0]), urls);
}

//! The whole story with the real binary, over HTTP, with letters as files.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{client, seen};
use crate::serve::{Database, Site, eventually};
use crate::worlds::hub::days::Days;

/// The plain text of the newest letter in the spool, as a mail program reads it.
fn letter(folder: &Path) -> Option<String> {
    let letters =
        std::fs::read_dir(folder.join("mail")).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let whole = letters.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    let newest = whole.max_by_key(|path| path.metadata().unwrap().modified().unwrap())?;
    let script = "import sys, email, email.policy
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
assert m['To'] == 'ada@example.org', m['To']
sys.stdout.write(m.get_body(('plain',)).get_content())";
    let read = Command::new("python3").args(["-c", script]).arg(newest).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    Some(String::from_utf8(read.stdout).unwrap())
}

fn address(log: &str) -> Option<String> {
    let at = log.find("http://127.0.0.1:")?;
    let end = log[at..].find("/healthz")?;
    Some(log[at..at + end].to_owned())
}

async fn somebody_subscribes_and_leaves(database: Database) {
    let site = Site::new(database, Days::new()).await;
    let serve = site.serve_with(&[("PAPERWIRE__WEB__LISTEN", "127.0.0.1:0".to_owned())]);
    let mut url = String::new();
    eventually("the web server listens", async || {
        url = address(&serve.log()).unwrap_or_default();
        !url.is_empty()
    })
    .await;
    let home = format!("{url}/");
    eventually("the pages are shown", async || {
        client().get(&home).send().await.is_ok_and(|page| page.status() == 200)
    })
    .await;
    let post = async |page: &str, body: &'static str| {
        let form = "application/x-www-form-urlencoded";
        seen(client().post(page).header("content-type", form).body(body)).await
    };
    let asked =
        post(&format!("{url}/subscribe"), "address=ada%40example.org&every=daily&query=robots&zone=UTC")
            .await;
    assert_eq!((asked.status, asked.header("location")), (303, "/subscribe/check-your-inbox"));
    let mut link = String::new();
    eventually("the letter is there", async || {
        let text = letter(site.folder.path()).unwrap_or_default();
        text.split_whitespace()
            .find(|word| word.starts_with("http"))
            .unwrap_or_default()
            .clone_into(&mut link);
        !link.is_empty()
    })
    .await;
    assert!(link.starts_with(&format!("{url}/confirm?token=")), "{link}");
    let confirmed = post(&link, "").await;
    confirmed.says("You are subscribed").says("papers that match “robot”");
    let list = async || -> Vec<Value> {
        let lines = site.run(&["mail", "subscribers", "--json"]).await;
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let listed = list().await.remove(0);
    assert_eq!((&listed["address"], &listed["state"]), (&"a…@example.org".into(), &"active".into()));
    let subscriptions = site.run(&["subscriptions", "list", "--json"]).await;
    assert!(subscriptions.contains("\"email\"") && subscriptions.contains("robot"), "{subscriptions}");

    let manage = confirmed.body.split("href=\"").find(|part| part.contains("/manage?token=")).unwrap();
    let manage = manage.split('"').next().unwrap().replace("&#38;", "&");
    for _ in 0..2 {
        post(&manage, "do=end").await.says("no letters, as you wished");
        assert_eq!(list().await[0]["state"], "unsubscribed");
    }
    site.run(&["mail", "subscribers", "remove", "ADA@example.org"]).await;
    assert_eq!(list().await, Vec::<Value>::new());
    let log = serve.log();
    assert!(serve.stop().await.success());
    assert!(
        !log.to_lowercase().contains("ada@example") && !log.contains("token="),
        "the log is silent about people:\n{log}"
    );
}

#[tokio::test]
async fn somebody_subscribes_and_leaves_on_sqlite() {
    somebody_subscribes_and_leaves(Database::Sqlite).await;
}

#[tokio::test]
async fn somebody_subscribes_and_leaves_on_postgresql() {
    somebody_subscribes_and_leaves(Database::Postgres).await;
}

use std::process::Command;

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::store::{DeliveryFilter, Store};

use crate::serve::{self, DISCORD, Site, eventually};
use crate::worlds::hub::days::Days;
use crate::worlds::hub::paper;

const PAPER: &str = "2608.00001";

#[test]
fn a_wrong_role_is_refused_with_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |arguments: &[&str], only: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_paperwire"))
            .args(arguments)
            .env("PAPERWIRE__DATA_DIR", folder.path())
            .env("PAPERWIRE__SERVE__ONLY", only)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (code, said) in [serve(&["serve", "--only", "sender,webs"], ""), serve(&["serve"], "sender,webs")] {
        assert_eq!(code, Some(2), "{said}");
        for role in ["sender", "web", "poller", "router", "roundups", "cards", "commands", "indexer"] {
            assert!(said.contains(role), "{role} is not among what may be written: {said}");
        }
    }
}

#[tokio::test]
async fn processes_with_one_role_each_do_the_work_together_and_none_does_anothers() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    site.hub.list(SystemClock.today(), [paper(PAPER).title("Robots at work")]);
    site.subscribe("discord", DISCORD[0], "robots").await;
    let store = Store::open(&site.store_url).await.unwrap();
    let only = |role: &str| site.serve_with(&[("PAPERWIRE__SERVE__ONLY", role.to_owned())]);

    let poller = only("poller");
    eventually("the paper is stored", async || store.paper_count().await.unwrap() == 1).await;
    assert!(poller.log().contains("Only these roles: poller"), "{}", poller.log());
    assert_eq!(store.unrouted(9).await.unwrap().len(), 1);

    let router = only("router,roundups");
    eventually("the paper is routed", async || store.unrouted(9).await.unwrap().is_empty()).await;
    assert_eq!(store.deliveries(&DeliveryFilter::default()).await.unwrap().len(), 1);
    assert_eq!(site.discord.all().len(), 0);

    let sender = only("sender");
    eventually("the paper is posted", async || site.discord.all().len() == 1).await;
    for process in [poller, router, sender] {
        assert!(process.stop().await.success());
    }
    store.close().await;
}

#[tokio::test]
async fn a_process_that_answers_commands_without_an_index_says_so() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let process = site.serve_with(&[("PAPERWIRE__SERVE__ONLY", "commands".to_owned())]);
    eventually("it says so", async || process.log().contains("without search")).await;
    assert!(!site.folder.path().join("search").exists());
    assert!(process.stop().await.success());
}

//! `paperwire deliveries` as an operator gives it.

use std::process::Output;

use paperwire::domain::{DeliveryState as S, Verdict};
use serde_json::Value;
use tokio::process::Command;

use super::{Database, at, on_both};

async fn paperwire(db: &Database, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("USER", "ada")
        .env("PAPERWIRE__DATA_DIR", folder.path())
        .env("PAPERWIRE__STORE__URL", &db.url)
        .arg("deliveries")
        .args(arguments)
        .output()
        .await
        .unwrap()
}

/// What it printed; it went well.
async fn told(db: &Database, arguments: &[&str]) -> String {
    let output = paperwire(db, arguments).await;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code and the sentence of a refusal.
async fn refused(db: &Database, arguments: &[&str]) -> (i32, String) {
    let output = paperwire(db, arguments).await;
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Ends the delivery of one paper so, and returns its id.
async fn ended(db: &Database, verdict: Verdict) -> String {
    db.queue(&["2608.00001"]).await;
    let claimed = db.claim_one("a", at(0)).await;
    assert!(db.store.intent(&claimed, at(0)).await.unwrap());
    assert!(db.store.finish(&claimed, &verdict, at(1)).await.unwrap());
    claimed.id.to_string()
}

fn lost() -> Verdict {
    Verdict::Ambiguous { reason: "the answer was lost".into() }
}

on_both! {
    async fn an_unconfirmed_delivery_is_listed_shown_and_confirmed(db: Database) {
        let id = ended(&db, lost()).await;
        let list = told(&db, &["--state", "ambiguous"]).await;
        assert!(list.contains("ambiguous: unconfirmed") && list.contains("Paper 2608.00001"), "{list}");
        assert_eq!(told(&db, &["list", "--state", "dead"]).await, "No such deliveries.\n");
        let prefix = &id[..8];
        let shown = told(&db, &["show", prefix]).await;
        assert!(shown.contains("https://arxiv.org/abs/2608.00001: if it is there"), "{shown}");
        assert!(shown.contains("ambiguous: the answer was lost"), "{shown}");
        told(&db, &["confirm", prefix, "--message", "m7"]).await;
        let row: Value = serde_json::from_str(&told(&db, &["show", prefix, "--json"]).await).unwrap();
        assert_eq!((&row["state"], &row["message"]), (&"sent".into(), &"m7".into()));
        let (code, sentence) = refused(&db, &["retry", prefix, "--yes"]).await;
        assert!(code == 2 && sentence.contains("in its channel, for good"), "{sentence}");
    }

    async fn what_may_be_visible_is_retried_only_by_who_says_yes(db: Database) {
        let id = ended(&db, lost()).await;
        let (code, sentence) = refused(&db, &["retry", &id]).await;
        assert!(code == 2 && sentence.contains("look there for https://arxiv.org/abs/2608.00001"), "{sentence}");
        assert_eq!(db.states().await, [S::Ambiguous]);
        let said = told(&db, &["retry", &id, "--yes"]).await;
        assert!(said.contains("waits to be posted"), "{said}");
        assert_eq!(db.states().await, [S::Pending]);
    }

    async fn what_was_refused_is_retried_without_a_question_and_what_is_dropped_names_who(db: Database) {
        let id = ended(&db, Verdict::Dead { reason: "50035".into() }).await;
        told(&db, &["retry", &id]).await;
        let said = told(&db, &["drop", &id, "--why", "spam"]).await;
        assert!(said.contains("is left out"), "{said}");
        assert_eq!(db.deliveries().await[0].reason.as_deref(), Some("dropped by ada: spam"));
        let filtered = told(&db, &["--destination", "sandbox:robotics", "--paper", "2608.00001", "--json"]).await;
        assert_eq!(filtered.lines().count(), 1);
    }

    async fn what_a_sender_holds_is_refused_with_the_time_to_try_again(db: Database) {
        db.queue(&["2608.00001"]).await;
        let held = db.claim_one("a", at(0)).await;
        for deed in ["retry", "confirm", "drop"] {
            let (code, sentence) = refused(&db, &[deed, &held.id.to_string()]).await;
            assert!(code == 2 && sentence.contains("a sender holds it until"), "{sentence}");
        }
        let (code, sentence) = refused(&db, &["show", "ffff"]).await;
        assert!(code == 3 && sentence.contains("no delivery begins with ffff"), "{sentence}");
        let (code, _) = refused(&db, &["show", "robots"]).await;
        assert_eq!(code, 2);
    }
}

//! Requests over HTTP: only Slack's own are read, and each is answered in time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::script::said;
use super::{App, SECRET, Script, World};
use crate::worlds::slack::{ADA, Sort, Via, sign};

async fn app() -> (World, Arc<Script>, App, String) {
    let world = World::start(&["C1"]).await;
    let script = Arc::new(Script::default());
    let app = App::http(&world, &script).await;
    let Via::Http { address, .. } = app.via.clone() else { panic!("over HTTP") };
    (world, script, app, address)
}

fn now() -> i64 {
    use paperwire::clock::Clock as _;
    paperwire::clock::SystemClock.now().as_second()
}

#[tokio::test]
async fn a_request_that_slack_did_not_sign_is_refused_unread() {
    let (world, script, app, address) = app().await;
    let body = Sort::Command.body(&world.command("C1", ADA, "status"));
    let stamp = now();
    let right = sign(SECRET, stamp, &body);
    let tampered = body.replace("status", "statuS");
    let old = stamp - 301;
    let early = stamp + 400;
    for (why, stamp, signature, body) in [
        ("another secret", stamp, sign("another", stamp, &body), &body),
        ("a tampered byte", stamp, right.clone(), &tampered),
        ("another time than the signed one", stamp + 1, right.clone(), &body),
        ("an old time", old, sign(SECRET, old, &body), &body),
        ("a time to come", early, sign(SECRET, early, &body), &body),
        ("no signature", stamp, String::new(), &body),
        ("a short signature", stamp, right[..20].to_owned(), &body),
    ] {
        for sort in [Sort::Command, Sort::Interaction, Sort::Event] {
            let answer = world.send_raw(&address, sort, (stamp, &signature), body).await;
            assert_eq!(answer.status, 401, "{why}");
        }
    }
    assert!(script.requests().is_empty() && world.messages("C1").is_empty());
    let answer = world.send_raw(&address, Sort::Command, (stamp, &right), &body).await;
    assert_eq!(answer.status, 200, "and the right one is taken");
    app.end(&world).await;
}

#[tokio::test]
async fn a_signed_request_that_is_none_of_slacks_is_refused() {
    let (world, script, app, address) = app().await;
    for (sort, body) in [
        (Sort::Command, "hello"),
        (Sort::Command, "team_id=T1&channel_id=C1&user_id=U1"),
        (Sort::Interaction, "payload=nonsense"),
        (Sort::Interaction, "payload=%7B%22type%22%3A5%7D"),
        (Sort::Interaction, "other=1"),
        (Sort::Event, "{"),
        (Sort::Event, "[]"),
        (Sort::Event, r#"{"type":"event_callback"}"#),
    ] {
        let answer = world.request(&address, SECRET, sort, body).await;
        assert_eq!(answer.status, 400, "{sort:?} {body}");
    }
    assert!(script.requests().is_empty());
    app.end(&world).await;
}

#[tokio::test]
async fn a_huge_body_is_refused_before_its_signature_is_looked_at() {
    let (world, script, app, address) = app().await;
    let huge = "x".repeat(1024 * 1024 + 1);
    assert_eq!(world.request(&address, SECRET, Sort::Command, &huge).await.status, 413);
    let most = format!(
        "{}&padding={}",
        Sort::Command.body(&world.command("C1", ADA, "help")),
        "x".repeat(1_000_000)
    );
    assert_eq!(world.request(&address, SECRET, Sort::Command, &most).await.status, 200);
    assert_eq!(script.requests().len(), 1);
    app.end(&world).await;
}

#[tokio::test]
async fn a_replayed_request_gets_the_answer_of_the_first_one() {
    let (world, script, app, address) = app().await;
    script.answers(said("The answer"));
    let body = Sort::Command.body(&world.command("C1", ADA, "status"));
    let first = world.request(&address, SECRET, Sort::Command, &body).await;
    let again = world.request(&address, SECRET, Sort::Command, &body).await;
    assert_eq!(first.body, again.body);
    assert_eq!(first.body["text"], "The answer");
    let ids: Vec<String> = script.requests().into_iter().map(|request| request.id).collect();
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]), "the same id, by which the bot knows it");
    app.end(&world).await;
}

#[tokio::test]
async fn a_command_is_answered_in_its_own_response_when_it_is_quick() {
    let (world, script, app, _) = app().await;
    script.answers(said("Quick"));
    let acked = world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "status")).await;
    assert_eq!(acked.body["response_type"], "ephemeral");
    assert!(acked.after < Duration::from_millis(1_500));
    assert_eq!(world.message("C1", 1).await.title, "Quick");
    assert_eq!(world.calls(), [], "no other way was needed");
    app.end(&world).await;
}

#[tokio::test]
async fn slacks_question_whether_the_address_is_ours_is_answered() {
    let (world, _, app, address) = app().await;
    let body = json!({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}).to_string();
    let answer = world.request(&address, SECRET, Sort::Event, &body).await;
    assert_eq!((answer.status, answer.body), (200, json!("3eZbrw1aB")));
    let check = world.request(&address, SECRET, Sort::Command, "ssl_check=1&token=x").await;
    assert_eq!((check.status, check.body), (200, json!(null)));
    app.end(&world).await;
}

#[test]
fn without_a_signing_secret_nothing_is_served() {
    paperwire::chat::install_tls_provider();
    let config = paperwire::chat::slack::SlackConfig {
        api_base: "https://slack.com/api/".parse().unwrap(),
        token: "x".into(),
        timeout: Duration::from_secs(1),
    };
    let made = paperwire::chat::slack::HttpCommands::new(
        &config,
        " ".into(),
        paperwire::chat::slack::Managers::Members,
        Arc::new(Script::default()),
    );
    let Err(error) = made else { panic!("it must not serve") };
    assert!(error.to_string().contains("PAPERWIRE__SLACK__SIGNING_SECRET"), "{error}");
}

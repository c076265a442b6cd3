//! Requests as Slack's own library was tested with them: each is taken, in time, and nothing is an error of ours.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{App, SECRET, Script, World};
use crate::worlds::slack::{Sort, Via};

/// The recorded bodies with their names; `None` when nobody said where they are.
fn bodies() -> Option<Vec<(String, String)>> {
    let Some(folder) = std::env::var_os("PAPERWIRE_RECORDED") else {
        println!("not run: PAPERWIRE_RECORDED does not name the folder with recorded answers");
        return None;
    };
    let folder = PathBuf::from(folder).join("slack/bolt-python");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut bodies: Vec<(String, String)> = files
        .map(|file| file.unwrap())
        .map(|file| (file.file_name().into_string().unwrap(), std::fs::read_to_string(file.path()).unwrap()))
        .collect();
    bodies.sort();
    Some(bodies)
}

/// What kind of request a body is, and as what it arrives.
fn read(name: &str, body: &str) -> (Sort, Value) {
    let is_form = std::path::Path::new(name).extension().is_some_and(|extension| extension == "form");
    if is_form {
        let fields = url::form_urlencoded::parse(body.trim().as_bytes());
        let fields = fields.map(|(name, value)| (name.into_owned(), json!(value)));
        return (Sort::Command, Value::Object(fields.collect()));
    }
    let payload: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
    let sort = if payload["type"] == "event_callback" { Sort::Event } else { Sort::Interaction };
    (sort, payload)
}

#[tokio::test]
async fn every_recorded_request_is_taken_over_http() {
    let Some(bodies) = bodies() else { return };
    let world = World::start(&["C111"]).await;
    let script = Arc::new(Script::default());
    let app = App::http(&world, &script).await;
    let Via::Http { address, .. } = app.via.clone() else { panic!("over HTTP") };
    for (name, body) in &bodies {
        let (sort, payload) = read(name, body);
        let answer = world.request(&address, SECRET, sort, &sort.body(&payload)).await;
        assert_eq!(answer.status, 200, "{name}");
        let forged = world.request(&address, "another secret", sort, &sort.body(&payload)).await;
        assert_eq!(forged.status, 401, "{name}");
    }
    assert!(bodies.len() >= 70, "only {} were found", bodies.len());
    // Of all these, only the command is ours: buttons, windows and shortcuts of other apps are none.
    let requests = script.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].asker.user.0, "W111");
    assert_eq!(world.calls(), []);
    app.end(&world).await;
}

#[tokio::test]
async fn every_recorded_request_is_acknowledged_over_socket_mode() {
    let Some(bodies) = bodies() else { return };
    let world = World::start(&["C111"]).await;
    let script = Arc::new(Script::default());
    let app = App::socket(&world, &script).await;
    for (name, body) in &bodies {
        let (sort, mut payload) = read(name, body);
        // It is a real address of Slack's, of which nothing is asked here.
        payload["response_url"] = json!(null);
        let kind = match sort {
            Sort::Command => "slash_commands",
            Sort::Interaction => "interactive",
            Sort::Event => "events_api",
        };
        assert!(world.socket().send(kind, &payload).await.is_some(), "{name}");
    }
    world.message("C111", 1).await;
    assert_eq!(script.requests().len(), 1);
    app.end(&world).await;
}

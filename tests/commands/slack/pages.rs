//! The app's page, links in messages, the message shortcut, completions, and the end of an installation.

use paperwire::chat::Action;
use paperwire::command::Topic;
use paperwire::message::{Block, Choice, Piece};
use serde_json::json;

use super::App;
use crate::worlds::slack::{ADA, Sort};

#[tokio::test]
async fn the_apps_page_shows_what_the_bot_says() {
    for (world, script, app) in App::both().await {
        *script.page.lock().unwrap() = vec![
            Block::Heading { text: "Your subscriptions".to_owned() },
            Block::Text { line: vec![Piece::from("robots in <#C1>")] },
        ];
        world.tell(&app.via, Sort::Event, &world.open_home(ADA)).await;
        let page = world.until(|world| world.home(ADA)).await;
        assert_eq!(page["blocks"][0]["text"]["text"], "Your subscriptions");
        assert_eq!(page["blocks"].as_array().unwrap().len(), 2);
        app.end(&world).await;
    }
}

#[tokio::test]
async fn links_to_papers_are_shown_with_what_is_known_and_others_are_left_alone() {
    for (world, script, app) in App::both().await {
        let links = [
            "https://arxiv.org/abs/2608.01234",
            "https://arxiv.org/help",
            "https://huggingface.co/papers/2608.01235",
        ];
        world.tell(&app.via, Sort::Event, &world.share_links("C1", ADA, &links)).await;
        let unfurled = world.until(|world| world.unfurls().first().cloned()).await;
        assert_eq!((unfurled["channel"].as_str(), unfurled["ts"].as_str()), (Some("C1"), Some("5.5")));
        let shown: Vec<&String> = unfurled["unfurls"].as_object().unwrap().keys().collect();
        assert_eq!(shown, [links[0], links[2]]);
        let known = script.links.lock().unwrap().clone();
        assert_eq!(known.last().map(|(_, paper)| paper.as_str()), Some("2608.01235"));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_link_that_is_still_being_written_is_answered_by_its_own_id() {
    for (world, _, app) in App::both().await {
        let mut event = world.share_links("C1", ADA, &["https://arxiv.org/abs/2608.01234"]);
        event["event"]["unfurl_id"] = json!("C1.5.5");
        event["event"]["source"] = json!("conversations_history");
        world.tell(&app.via, Sort::Event, &event).await;
        let unfurled = world.until(|world| world.unfurls().first().cloned()).await;
        assert_eq!(unfurled["unfurl_id"], "C1.5.5");
        assert!(unfurled["channel"].is_null());
        app.end(&world).await;
    }
}

#[tokio::test]
async fn links_in_messages_of_our_own_are_left_alone() {
    for (world, script, app) in App::both().await {
        let own = world.share_links("C1", "U0BOT", &["https://arxiv.org/abs/2608.01234"]);
        world.tell(&app.via, Sort::Event, &own).await;
        let mut another = world.share_links("C1", ADA, &["https://arxiv.org/abs/2608.01234"]);
        another["event"]["bot_id"] = json!("B9");
        world.tell(&app.via, Sort::Event, &another).await;
        app.end(&world).await;
        assert!(script.links.lock().unwrap().is_empty() && world.unfurls().is_empty());
    }
}

#[tokio::test]
async fn the_shortcut_gives_the_bot_every_link_of_the_message() {
    for (world, script, app) in App::both().await {
        let message = json!({
            "type": "message", "ts": "1.2", "user": "U2",
            "text": "Look: <https://arxiv.org/abs/2608.01234|this one> &amp; more",
            "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                {"type": "link", "url": "https://arxiv.org/abs/2608.01234", "text": "this one"},
                {"type": "link", "url": "https://doi.org/10.1000/x", "text": "that one"},
            ]}]}],
            "attachments": [{"from_url": "https://huggingface.co/papers/2608.09999", "text": null}],
        });
        world.tell(&app.via, Sort::Interaction, &world.shortcut("C1", ADA, &message)).await;
        let Action::About { text } = script.request(1).await.action else { panic!("a shortcut") };
        assert_eq!(
            text,
            "Look: https://arxiv.org/abs/2608.01234 & more\nhttps://huggingface.co/papers/2608.09999\n\
             https://doi.org/10.1000/x"
        );
        assert_eq!(world.message("C1", 1).await.only.as_deref(), Some(ADA));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn a_half_written_field_is_completed_in_the_acknowledgement() {
    for (world, script, app) in App::both().await {
        let choice = Choice { label: "Europe/Berlin <x>".to_owned(), value: "Europe/Berlin".to_owned() };
        *script.choices.lock().unwrap() = vec![choice];
        let payload = json!({
            "type": "block_suggestion", "user": {"id": ADA}, "team": {"id": "T1"}, "api_app_id": "A1",
            "container": {"type": "message", "channel_id": "C1"}, "channel": {"id": "C1"},
            "action_id": "complete:zone", "block_id": "b", "value": "ber",
        });
        let acked = world.tell(&app.via, Sort::Interaction, &payload).await;
        assert_eq!(acked.body["options"][0]["value"], "Europe/Berlin");
        assert_eq!(acked.body["options"][0]["text"]["text"], "Europe/Berlin &lt;x&gt;");
        let half = script.completions.lock().unwrap()[0].clone();
        assert_eq!((half.topic, half.text.as_str()), (Topic::Zone, "ber"));
        app.end(&world).await;
    }
}

#[tokio::test]
async fn the_end_of_an_installation_is_taken_note_of() {
    for (world, script, app) in App::both().await {
        for event in
            [json!({"type": "app_uninstalled"}), json!({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}})]
        {
            let acked = world.tell(&app.via, Sort::Event, &world.event(&event)).await;
            assert!(acked.body.is_null());
        }
        assert!(script.requests().is_empty());
        app.end(&world).await;
    }
}

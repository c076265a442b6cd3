//! Every command with the bot itself behind it, as Slack would show its answers.

use paperwire::chat::slack::Managers;
use paperwire::command::COMMANDS;
use paperwire::domain::Platform;
use serde_json::json;

use super::super::scene;
use super::{App, World};
use crate::worlds::slack::{ADA, Sort};

#[tokio::test]
async fn the_bot_answers_every_command_and_tells_of_a_message_of_links_and_of_a_person() {
    for socket in [false, true] {
        let desk = scene::desk(Platform::Slack, "C1").await;
        let world = World::start(&["C1"]).await;
        let app = if socket {
            App::socket_for(&world, scene::handler(&desk), Managers::Members).await
        } else {
            App::http_for(&world, scene::handler(&desk), Managers::Members).await
        };
        for (number, spec) in (1..).zip(COMMANDS) {
            world.tell(&app.via, Sort::Command, &world.command("C1", ADA, spec.example)).await;
            let seen = world.message("C1", number).await;
            assert_eq!(seen.only.as_deref(), Some(ADA));
            let shown = seen.raw.to_string();
            assert!(shown.contains(scene::said(spec.name)), "{}: {shown}", spec.name);
        }
        let message =
            json!({"type": "message", "text": "See <https://arxiv.org/abs/2608.01234>", "ts": "1.2"});
        world.tell(&app.via, Sort::Interaction, &world.shortcut("C1", ADA, &message)).await;
        let about = world.message("C1", COMMANDS.len() + 1).await;
        assert!(about.raw.to_string().contains("for robots"), "{}", about.raw);

        world.tell(&app.via, Sort::Event, &world.open_home(ADA)).await;
        world.until(|world| world.home(ADA)).await;
        let links = world.share_links("C1", ADA, &["https://arxiv.org/abs/2608.01234"]);
        world.tell(&app.via, Sort::Event, &links).await;
        let preview = world.until(|world| world.unfurls().first().cloned()).await;
        assert!(preview.to_string().contains("for robots"), "{preview}");
        app.end(&world).await;
    }
}

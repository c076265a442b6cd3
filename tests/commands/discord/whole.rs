//! Every command with the bot itself behind it, as Discord would show its answers.

use paperwire::chat::discord::{Interactions, Webhook};
use paperwire::command::COMMANDS;
use paperwire::domain::Platform;
use serde_json::Value;

use super::super::scene;
use super::{Bench, Script, Way, config};
use crate::worlds::discord::Discord as World;
use crate::worlds::discord::payload::{ADA, Does, number, text};

/// What a person gives for the command's example.
fn example(command: &str) -> Vec<Value> {
    let paper = || vec![text("paper", "2608.01234")];
    match command {
        "search" => vec![text("query", "\"flow matching\" cat:cs.RO"), text("since", "30d")],
        "show" | "similar" | "explain" | "remove" => paper(),
        "latest" => vec![text("query", "diffusion")],
        "trending" => vec![text("window", "week")],
        "subscribe" => vec![text("query", "\"diffusion policy\" -survey"), text("style", "line")],
        "unsubscribe" => vec![number("subscription", 3)],
        "pause" => vec![text("until", "3d")],
        "roundup" => vec![text("at", "09:00"), text("zone", "Europe/Berlin"), text("every", "weekdays")],
        "source add" => vec![text("feed", "https://www.nature.com/nature.rss")],
        "source remove" => vec![text("feed", "2")],
        "limits" => vec![text("per_day", "8"), text("quiet", "22:00-07:00"), text("spike", "on")],
        "submit" => vec![text("paper", "2608.01234"), text("note", "Worth reading for its ablations")],
        "community" => vec![text("submit", "managers")],
        "help" => vec![text("command", "subscribe")],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn the_bot_answers_every_command_completes_every_option_and_tells_of_a_message() {
    let desk = scene::desk(Platform::Discord, "100").await;
    let world = World::start(&["100"]).await;
    let interactions = Interactions::new(&config(&world), scene::handler(&desk)).unwrap();
    let way = Way::Http(Webhook::new(World::public_key(), interactions).unwrap());
    let bench = Bench { world, script: Script::new(), budget: std::sync::Arc::default(), way };
    for spec in COMMANDS {
        let seen = bench.asks(ADA, Does::Slash(spec.name, example(spec.name))).await;
        let shown = seen.message.as_ref().expect("a message").to_string();
        assert!(shown.contains(scene::said(spec.name)), "{}: {shown}", spec.name);
        for option in spec.options.iter().filter(|option| option.kind.topic().is_some()) {
            let begun = bench.asks(ADA, Does::Writes(spec.name, vec![text(option.name, "f")])).await;
            assert!(begun.data["choices"].is_array(), "{} {}: {}", spec.name, option.name, begun.data);
        }
    }
    let about = bench.asks(ADA, Does::About("See https://arxiv.org/abs/2608.01234".to_owned())).await;
    assert!(about.message.expect("a message").to_string().contains("for robots"));
    bench.ends().await;
}

//! The commands that Discord lists are those of the table, written only when they differ.

use paperwire::chat::discord::{DiscordConfig, Registered, register};
use paperwire::command::COMMANDS;
use serde_json::Value;

use super::{Bench, config};
use crate::worlds::discord::Discord as World;

#[tokio::test]
async fn the_commands_are_written_once_and_then_found_the_same() {
    let world = World::start(&[]).await;
    assert_eq!(register(&config(&world)).await.unwrap(), Registered::Written);
    assert_eq!(register(&config(&world)).await.unwrap(), Registered::Unchanged);
    let unknown_id = DiscordConfig { application_id: None, ..config(&world) };
    assert_eq!(register(&unknown_id).await.unwrap(), Registered::Unchanged);
    assert_eq!((world.registrations(), world.refusals()), (1, vec![]));
}

#[tokio::test]
async fn discord_lists_every_command_with_what_it_takes() {
    let world = World::start(&[]).await;
    register(&config(&world)).await.unwrap();
    let [papers, about] = &world.commands()[..] else { panic!("two commands") };
    assert_eq!(
        (&papers["name"], &about["name"], &about["type"]),
        (&"papers".into(), &"About this paper".into(), &3.into())
    );
    let mut listed = Vec::new();
    for one in papers["options"].as_array().unwrap() {
        let name = one["name"].as_str().unwrap();
        if one["type"] == 2 {
            let group = one["options"].as_array().unwrap().iter();
            listed.extend(group.map(|one| (format!("{name} {}", one["name"].as_str().unwrap()), one)));
        } else {
            listed.push((name.to_owned(), one));
        }
    }
    assert_eq!(listed.len(), COMMANDS.len());
    for (spec, (name, one)) in COMMANDS.iter().zip(listed) {
        assert_eq!((name.as_str(), one["description"].as_str()), (spec.name, Some(spec.about)));
        let options = one["options"].as_array().cloned().unwrap_or_default();
        let names: Vec<&str> = options.iter().filter_map(|option| option["name"].as_str()).collect();
        assert_eq!(names, spec.options.iter().map(|option| option.name).collect::<Vec<_>>());
        for (option, listed) in spec.options.iter().zip(&options) {
            assert_eq!(listed["autocomplete"] == true, option.kind.topic().is_some(), "{}", option.name);
            assert_eq!(listed["required"] == true, option.required, "{}", option.name);
        }
    }
    assert_eq!(papers["contexts"], serde_json::json!([0, 1]));
    assert_eq!(papers["default_member_permissions"], Value::Null);
}

#[tokio::test]
async fn a_connected_bot_has_registered_and_one_without_discord_says_why_not() {
    let bench = Bench::gateway().await;
    assert_eq!(bench.world.registrations(), 1);
    bench.ends().await;
    let world = World::start(&[]).await;
    world.revoke_token();
    let error = format!("{:#}", register(&config(&world)).await.unwrap_err());
    assert!(error.contains("401"), "{error}");
}

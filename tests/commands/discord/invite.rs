//! `paperwire discord invite`

use std::process::{Command, Output};

use crate::worlds::discord::{Discord as World, TOKEN};

fn invite(json: bool, settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
    command.env_clear().env("HOME", "/nowhere").args(["discord", "invite"]).envs(settings.iter().copied());
    if json {
        command.arg("--json");
    }
    command.output().unwrap()
}

#[test]
fn the_link_comes_with_every_scope_and_permission_and_why() {
    let output = invite(false, &[("PAPERWIRE__DISCORD__APPLICATION_ID", "1234")]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with(
            "https://discord.com/oauth2/authorize?client_id=1234&scope=bot+applications.commands&"
        ),
        "{text}"
    );
    insta::assert_snapshot!(text.split_once("\n\n").unwrap().1, @"
    Scopes
      bot                       makes the bot a member of the server, so that it can post papers into channels
      applications.commands     puts /papers and “About this paper” into the server's list of commands

    Permissions
      View Channel              to reach the channels that subscribe; without it Discord hides them (1024)
      Send Messages             to post papers (2048)
      Embed Links               to post them as cards with a title that is a link (16384)
      Send Messages in Threads  to post papers into threads and forum posts (274877906944)
    ");
    let json = invite(true, &[("PAPERWIRE__DISCORD__APPLICATION_ID", "1234")]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert!(json["url"].as_str().unwrap().contains("client_id=1234"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_alone_is_enough_and_nothing_is_not() {
    let world = World::start(&[]).await;
    let base = world.base_url();
    let output = tokio::task::spawn_blocking(move || {
        invite(false, &[("PAPERWIRE__DISCORD__TOKEN", TOKEN), ("PAPERWIRE__DISCORD__API_BASE", &base)])
    });
    let output = output.await.unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("client_id=1&"), "{:?}", output.stderr);
    let output = invite(false, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("discord.application_id"));
}

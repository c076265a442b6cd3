use std::time::{Duration, Instant};

use crate::serve::{self, Site, eventually};
use crate::worlds::hub::days::Days;

#[tokio::test]
async fn one_process_holds_the_connection_to_discord_and_another_follows_when_it_is_gone() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let first = site.serve_with(&[]);
    site.discord.gateway_until(|gateway| gateway.up).await;
    let second = site.serve_with(&[]);
    eventually("the second one stands by", async || second.log().contains("standing by")).await;
    assert_eq!(site.discord.gateway().identifies.len(), 1);
    assert!(first.stop().await.success());
    site.discord.gateway_until(|gateway| gateway.identifies.len() == 2 && gateway.up).await;

    let third = site.serve_with(&[]);
    eventually("the third one stands by", async || third.log().contains("standing by")).await;
    second.kill().await;
    let died = Instant::now();
    site.discord.gateway_until(|gateway| gateway.identifies.len() == 3 && gateway.up).await;
    println!("connected {:?} after the death of the other process", died.elapsed());
    assert!(died.elapsed() < Duration::from_secs(90));
    assert!(third.stop().await.success());
    assert_eq!(site.discord.refusals(), Vec::<String>::new());
}

//! Mode `gateway`: one session, resumed when it can be, started anew within limits when it cannot.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::Answer;
use paperwire::chat::discord::GatewayRefused;

use super::{Bench, Budget, Way, reply};
use crate::worlds::discord::payload::{ADA, Does};
use crate::worlds::discord::{Discord as World, Order};

fn slash() -> Does {
    Does::Slash("status", vec![])
}

#[tokio::test]
async fn a_session_asks_for_no_intents_and_is_ended_with_a_farewell() {
    let bench = Bench::gateway().await;
    let seen = bench.world.gateway();
    assert_eq!(seen.identifies.len(), 1);
    assert_eq!(seen.identifies[0]["intents"], 0);
    let Way::Gateway(stop, task) = bench.way else { panic!() };
    stop.cancel();
    task.await.unwrap().unwrap();
    assert_eq!(bench.world.gateway_until(|gateway| !gateway.up).await.farewell, Some(1000));
    assert_eq!(*bench.budget.taken.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_was_asked_while_the_connection_was_lost_is_answered_after_the_resume() {
    for order in [Order::Cut, Order::Reconnect, Order::Close(4000)] {
        let bench = Bench::gateway().await;
        bench.world.order(order.clone());
        if !matches!(order, Order::Reconnect) {
            bench.world.gateway_until(|gateway| !gateway.up || gateway.resumes > 0).await;
        }
        let seen = bench.asks(ADA, slash()).await;
        assert_eq!(seen.words(), "Answered");
        let gateway = bench.world.gateway_until(|gateway| gateway.resumes > 0).await;
        assert_eq!((gateway.resumes, gateway.identifies.len()), (1, 1), "{order:?}");
        assert_eq!(*bench.budget.taken.lock().unwrap(), 1, "a resume costs nothing");
        bench.ends().await;
    }
}

#[tokio::test]
async fn a_session_that_discord_ends_is_started_anew_and_counted() {
    let bench = Bench::gateway().await;
    bench.world.order(Order::Invalidate);
    bench.world.gateway_until(|gateway| gateway.identifies.len() == 2 && gateway.up).await;
    assert_eq!(bench.asks(ADA, slash()).await.words(), "Answered");
    assert_eq!(*bench.budget.taken.lock().unwrap(), 2);
    bench.ends().await;
}

#[tokio::test]
async fn a_connection_that_answers_no_heartbeat_is_given_up() {
    let world = World::start(&["100"]).await;
    world.goes_deaf(Duration::from_millis(400));
    let bench = Bench::connecting(world, Arc::default());
    bench.world.gateway_until(|gateway| gateway.identifies.len() == 1).await;
    bench
        .world
        .gateway_until(|gateway| {
            gateway.farewell == Some(4000) || gateway.identifies.len() > 1 || !gateway.up
        })
        .await;
    bench.world.listens();
    bench.world.gateway_until(|gateway| gateway.identifies.len() + gateway.resumes > 1 && gateway.up).await;
    assert_eq!(bench.asks(ADA, slash()).await.words(), "Answered");
    bench.ends().await;
}

#[tokio::test]
async fn a_refusal_that_stays_ends_it_with_a_sentence() {
    for (code, words) in [(4004, "PAPERWIRE__DISCORD__TOKEN"), (4013, "intents"), (4014, "intents")] {
        let world = World::start(&["100"]).await;
        world.refuses_session(code);
        let bench = Bench::connecting(world, Arc::default());
        let Way::Gateway(_, task) = bench.way else { panic!() };
        let refused = task.await.unwrap().unwrap_err();
        assert!(refused.to_string().contains(words), "{code}: {refused}");
    }
    let world = World::start(&["100"]).await;
    world.revoke_token();
    let bench = Bench::connecting(world, Arc::default());
    let Way::Gateway(_, task) = bench.way else { panic!() };
    assert!(matches!(task.await.unwrap(), Err(GatewayRefused::Token)));
    assert!(bench.world.gateway().identifies.is_empty(), "which is known before a session is started");
}

#[tokio::test]
async fn no_session_is_started_beyond_what_is_allowed() {
    let world = World::start(&["100"]).await;
    world.allows_sessions(0, Duration::from_millis(30));
    let budget = Arc::new(Budget::default());
    budget.refusals.lock().unwrap().push_back(Duration::from_millis(20));
    let bench = Bench::connecting(world, budget);
    let seen = bench.world.gateway_until(|gateway| gateway.up).await;
    assert_eq!((seen.identifies.len(), seen.asked), (1, 3), "Discord said no, then our own count did");
    bench.ends().await;
}

#[tokio::test]
async fn a_discord_that_is_away_is_asked_again() {
    let world = World::start(&["100"]).await;
    world.stop().await;
    let bench = Bench::connecting(world, Arc::default());
    bench.world.restart().await;
    bench.world.gateway_until(|gateway| gateway.up).await;
    bench.ends().await;
}

#[tokio::test]
async fn what_is_under_way_when_told_to_stop_is_finished_first() {
    let bench = Bench::gateway().await;
    bench.script.hold();
    bench.script.says(Answer::Reply { reply: reply("done all the same") });
    let begun = bench.world.begins(ADA, slash());
    bench.sends(&begun).await;
    bench.world.until(begun.id, |one| one.response == Some(5)).await;
    let Way::Gateway(stop, task) = bench.way else { panic!() };
    stop.cancel();
    bench.world.gateway_until(|gateway| gateway.farewell.is_some()).await;
    bench.script.let_go();
    task.await.unwrap().unwrap();
    assert_eq!(bench.world.interaction(begun.id).words(), "done all the same");
}

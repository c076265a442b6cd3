use paperwire::domain::query::{Field, MatchedTerm};
use paperwire::domain::{DeliveryState, DestinationId, Subscription, Verdict, Why};
use paperwire::store::{DeliveryFilter, NewDelivery, NewMatch, Occasion, Routed, StoreError};

use super::{at, delivery, id, on_both};

fn matched(subscription: &Subscription) -> NewMatch {
    let term = MatchedTerm { text: "robots".into(), field: Field::Title };
    NewMatch { subscription: subscription.id, terms: vec![term] }
}

on_both! {
    async fn a_routed_paper_waits_in_the_outbox_with_the_reason_why(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        let term = MatchedTerm { text: "robots".into(), field: Field::Title };
        let why = vec![Why { query: "robots".into(), terms: vec![term] }];
        let new = NewDelivery { why: why.clone(), ..delivery(robots.destination.id, &paper, at(0)) };
        let routed = db.store.commit_routing(&paper, Occasion::New, &[matched(&robots)], &[new], at(7)).await.unwrap();
        assert_eq!(routed, Routed { delivered: 1, kept: 0, already: false });
        assert!(db.store.unrouted(10).await.unwrap().is_empty());
        let waiting = db.deliveries().await.remove(0);
        assert_eq!((waiting.destination, waiting.paper), (robots.destination, id("2608.00001")));
        assert_eq!((waiting.title.as_str(), waiting.why, waiting.created_at), ("Paper 2608.00001", why, at(7)));
        assert_eq!((waiting.state, waiting.sent_at, waiting.message_id), (DeliveryState::Pending, None, None));
    }

    async fn a_paper_is_routed_once(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.route(&paper, &[], at(0)).await;
        let new = delivery(robots.destination.id, &paper, at(0));
        let routed = db.store.commit_routing(&paper, Occasion::New, &[matched(&robots)], &[new], at(1)).await.unwrap();
        assert_eq!(routed, Routed { delivered: 0, kept: 0, already: true });
        assert!(db.deliveries().await.is_empty());
    }

    async fn a_destination_gets_a_paper_at_most_once(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        let new = || delivery(robots.destination.id, &paper, at(0));
        let routed =
            db.store.commit_routing(&paper, Occasion::New, &[matched(&robots)], &[new(), new()], at(0)).await.unwrap();
        assert_eq!((routed.delivered, db.deliveries().await.len()), (1, 1));
    }

    async fn deliveries_are_in_the_order_of_their_creation_within_one_microsecond(db: Database) {
        let names: Vec<String> = (0..40).map(|n| format!("2608.{n:05}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        db.queue(&names).await;
        let order: Vec<String> = db.deliveries().await.iter().map(|d| d.paper.to_string()).collect();
        assert_eq!(order, names);
    }

    async fn subscriptions_deleted_meanwhile_are_left_out_with_what_only_they_asked_for(db: Database) {
        let gone = db.subscribe("robotics", "robots").await;
        let both = db.subscribe("vision", "robots").await;
        let kept = db.subscribe("vision", "images").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.store.unsubscribe(gone.id).await.unwrap();
        db.store.unsubscribe(both.id).await.unwrap();
        let deliveries =
            [&gone, &kept].map(|s| delivery(s.destination.id, &paper, at(0)));
        let matches = [matched(&gone), matched(&both), matched(&kept)];
        let routed = db.store.commit_routing(&paper, Occasion::New, &matches, &deliveries, at(0)).await.unwrap();
        assert_eq!(routed, Routed { delivered: 1, kept: 0, already: false });
        assert_eq!(db.deliveries().await[0].destination, kept.destination);
    }

    async fn a_failed_commit_leaves_the_paper_unrouted(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        let good = delivery(robots.destination.id, &paper, at(0));
        let bad = delivery(DestinationId(999), &paper, at(0));
        let failed = db.store.commit_routing(&paper, Occasion::New, &[matched(&robots)], &[good, bad], at(0)).await;
        assert!(matches!(failed, Err(StoreError::Refused(_))), "{failed:?}");
        assert_eq!(db.store.unrouted(10).await.unwrap().len(), 1);
        assert!(db.deliveries().await.is_empty());
    }

    async fn deliveries_can_be_asked_for_by_paper_destination_and_state(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let vision = db.subscribe("vision", "images").await;
        let papers = db.papers(&["2608.00001", "2608.00002"]).await;
        for paper in &papers {
            db.route(paper, &[&robots, &vision], at(0)).await;
        }
        let head = db.claim("a", at(0)).await.remove(0);
        let sent = Verdict::Sent { message_id: "1".into() };
        assert!(db.store.finish(&head, &sent, at(1)).await.unwrap());
        let count = async |filter: DeliveryFilter| db.store.deliveries(&filter).await.unwrap().len();
        let all = DeliveryFilter::default();
        assert_eq!(count(all).await, 4);
        assert_eq!(count(DeliveryFilter { paper: Some(papers[0].key), ..all }).await, 2);
        let to_vision = DeliveryFilter { destination: Some(vision.destination.id), ..all };
        assert_eq!(count(to_vision).await, 2);
        assert_eq!(count(DeliveryFilter { paper: Some(papers[1].key), ..to_vision }).await, 1);
        assert_eq!(count(DeliveryFilter { state: Some(DeliveryState::Sent), ..all }).await, 1);
        assert_eq!(count(DeliveryFilter { state: Some(DeliveryState::Pending), ..all }).await, 2);
        assert_eq!(count(DeliveryFilter { limit: Some(3), ..all }).await, 3);
    }
}

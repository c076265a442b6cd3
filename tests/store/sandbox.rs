use paperwire::domain::{ChannelId, Platform};

use super::{at, on_both};

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(Platform::Sandbox, name).unwrap()
}

on_both! {
    async fn a_delivery_is_posted_once_however_often_it_is_sent(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let ids: Vec<_> = db.deliveries().await.iter().map(|d| d.id).collect();
        let first = db.store.sandbox_post(ids[0], &channel("robotics"), "one", at(0)).await.unwrap();
        let again = db.store.sandbox_post(ids[0], &channel("robotics"), "one again", at(9)).await.unwrap();
        let other = db.store.sandbox_post(ids[1], &channel("vision"), "two", at(1)).await.unwrap();
        assert_eq!(first, again);
        assert!(other > first);
        let all = db.store.sandbox_messages(None, 0).await.unwrap();
        let all: Vec<_> = all.iter().map(|m| (m.id, m.delivery, m.channel.as_str(), m.body.as_str())).collect();
        assert_eq!(all, [(first, ids[0], "robotics", "one"), (other, ids[1], "vision", "two")]);
        let vision = db.store.sandbox_messages(Some(&channel("vision")), 0).await.unwrap();
        assert_eq!((vision.len(), vision[0].id, vision[0].posted_at), (1, other, at(1)));
        let later = db.store.sandbox_messages(None, first).await.unwrap();
        assert_eq!((later.len(), later[0].id), (1, other));
    }
}

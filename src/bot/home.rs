//! A person's own page, and papers behind links.

use super::{Bot, entry};
use crate::chat::{Asker, Unfurled};
use crate::domain::{DeliveryState, PaperId};
use crate::message::Block;
use crate::message::replies::home::{self as words, Place, PostedHere};
use crate::message::replies::subscriptions::Listed;
use crate::store::DeliveryFilter;

/// Links of one message that are looked at; more would fill the channel.
const LINKS: usize = 5;

pub(super) async fn page(bot: &Bot, asker: &Asker) -> anyhow::Result<Vec<Block>> {
    let now = bot.clock.now();
    let mut places: Vec<Place> = Vec::new();
    for one in bot.store.subscriptions_by(asker.platform, &asker.user).await? {
        let listed = Listed::new(&one, now);
        match places.last_mut().filter(|place| place.channel == one.destination.channel) {
            Some(place) => place.subscriptions.push(listed),
            None => places.push(Place {
                channel: one.destination.channel,
                pause: one.destination.pause,
                subscriptions: vec![listed],
            }),
        }
    }
    Ok(words::page(&places))
}

pub(super) async fn unfurl(
    bot: &Bot,
    asker: &Asker,
    links: &[(String, PaperId)],
) -> anyhow::Result<Vec<Unfurled>> {
    let here = bot.store.destination(asker.platform, &asker.channel).await?;
    let mut known = Vec::new();
    for (link, id) in links.iter().take(LINKS) {
        let Some(paper) = bot.store.paper(id).await? else { continue };
        let mut posted = None;
        if let Some(here) = &here {
            let filter = DeliveryFilter {
                paper: Some(paper.key),
                destination: Some(here.id),
                state: Some(DeliveryState::Sent),
                limit: Some(1),
            };
            let sent = bot.store.deliveries(&filter).await?.pop();
            posted = sent.and_then(|sent| {
                let (message, at) = (sent.message_id?, sent.sent_at?);
                Some(PostedHere { channel: here.channel.clone(), message, at })
            });
        }
        let blocks = words::unfurled(entry::card(bot, &paper, &[]), posted);
        known.push(Unfurled { link: link.clone(), blocks });
    }
    Ok(known)
}

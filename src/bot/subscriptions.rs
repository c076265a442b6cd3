//! `subscriptions`.

use super::Bot;
use super::controls::{self, Deed};
use crate::chat::{Answer, Asker};
use crate::domain::{PauseCause, Subscription, SubscriptionId};
use crate::message::replies::subscriptions::{self as words, Listed};

pub(super) async fn answer(bot: &Bot, asker: &Asker) -> anyhow::Result<Answer> {
    let now = bot.clock.now();
    let subscriptions = bot.store.subscriptions_in(asker.platform, &asker.channel).await?;
    let pause = subscriptions.first().and_then(|one| one.destination.pause.as_ref());
    let mut controls = Vec::new();
    if asker.may_manage && !subscriptions.is_empty() {
        controls = controls::keep(bot, asker, vec![Deed::UnsubscribeChosen, Deed::Resume]).await?;
    }
    let refused = pause.is_some_and(|pause| pause.cause == PauseCause::Channel);
    let paused = refused || subscriptions.iter().any(|one| one.rest(now).is_some());
    let listed: Vec<Listed> = subscriptions.iter().map(|one| Listed::new(one, now)).collect();
    let [end, resume] = [0, 1].map(|at| controls.get(at).map(String::as_str));
    Ok(Answer::Reply { reply: words::list(&listed, pause, end, resume.filter(|_| paused)) })
}

/// The subscription of this number, if it is one of the asker's channel.
pub(super) async fn here(
    bot: &Bot,
    asker: &Asker,
    id: SubscriptionId,
) -> anyhow::Result<Option<Subscription>> {
    let found = bot.store.subscription(id).await?;
    Ok(found.filter(|found| {
        (found.destination.platform, &found.destination.channel) == (asker.platform, &asker.channel)
    }))
}

//! `email`: the way to get papers by e-mail. The answer is for who asks alone, and the address stays out of it.

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::domain::{MailAddress, MailRhythm, MailWish};
use crate::message::Reply;
use crate::message::replies::email as words;
use crate::signup::{Asked, SignUp};

pub(super) async fn answer(
    bot: &Bot,
    asker: &Asker,
    address: Option<MailAddress>,
    every: Option<MailRhythm>,
) -> anyhow::Result<Answer> {
    let reply = match &bot.sign_up {
        None => words::switched_off(),
        Some(sign_up) => offered(bot, sign_up, asker, address, every.unwrap_or_default()).await?,
    };
    Ok(Answer::Reply { reply })
}

async fn offered(
    bot: &Bot,
    sign_up: &SignUp,
    asker: &Asker,
    address: Option<MailAddress>,
    rhythm: MailRhythm,
) -> anyhow::Result<Reply> {
    let zone = match bot.store.destination(asker.platform, &asker.channel).await? {
        Some(channel) => bot.store.roundup_settings(channel.id).await?.zone,
        None => None,
    };
    let Some(address) = address else {
        return Ok(words::form(&sign_up.links().form(rhythm, zone.as_deref())));
    };
    let wish = MailWish { rhythm, query: None, zone: zone.unwrap_or_else(|| "UTC".to_owned()) };
    Ok(match sign_up.ask(&address, &wish, &format!("{} {}", asker.platform, asker.user)).await? {
        Asked::Sent => words::sent(&address, &wish),
        Asked::TooOften { wait } => words::too_often(wait),
    })
}

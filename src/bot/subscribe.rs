//! `subscribe`: proposes, lets the proposal be changed, and does it when it is confirmed.

use anyhow::Context as _;

use super::backtest::{self, Tested};
use super::controls::{self, Deed, Wanted};
use super::{Bot, entry};
use crate::chat::{Answer, Asker};
use crate::domain::{Cadence, ChannelId, Query, QueryError, Style, Subscription};
use crate::message::replies::subscribe as words;
use crate::store::{NewSubscription, Subscribed};

pub(super) async fn proposed(
    bot: &Bot,
    asker: &Asker,
    query: Query,
    when: Option<Cadence>,
    style: Option<Style>,
    channel: Option<ChannelId>,
) -> anyhow::Result<Answer> {
    let channel = channel.unwrap_or_else(|| asker.channel.clone());
    let wanted = Wanted { query: query.to_string(), when, style, channel };
    bot.store.note_query(asker.platform, &asker.user.0, query.as_str(), bot.clock.now()).await?;
    Ok(Answer::Reply { reply: propose(bot, asker, &query, wanted).await? })
}

async fn propose(
    bot: &Bot,
    asker: &Asker,
    query: &Query,
    wanted: Wanted,
) -> anyhow::Result<crate::message::Reply> {
    let now = bot.clock.now();
    let others = bot.store.subscriptions_in(asker.platform, &wanted.channel).await?;
    let known = others.iter().find(|other| other.query == *query);
    let known = known.map(|known| words::Known {
        id: known.id,
        when: known.cadence,
        style: known.style,
        rest: known.rest(now),
    });
    let Tested { backtest, examples } = backtest::run(bot, query, &others).await?;
    let proposal = words::Proposal {
        query: wanted.query.clone(),
        channel: wanted.channel.clone(),
        when: wanted.when.or(known.map(|known| known.when)).unwrap_or_default(),
        style: wanted.style.or(known.map(|known| known.style)).unwrap_or_default(),
        known,
        backtest,
        examples: examples.iter().map(|paper| entry::by_query(bot, paper, query)).collect(),
    };
    let deeds = vec![Deed::Subscribe { wanted: wanted.clone() }, Deed::Narrow { wanted }, Deed::Cancel];
    let [subscribe, narrow, cancel] =
        <[String; 3]>::try_from(controls::keep(bot, asker, deeds).await?).expect("as many controls as deeds");
    Ok(words::proposal(&proposal, &words::Controls { subscribe, narrow, cancel }))
}

/// Makes the proposed subscription.
pub(super) async fn confirmed(bot: &Bot, asker: &Asker, wanted: &Wanted) -> anyhow::Result<Answer> {
    let query = Query::for_subscription(&wanted.query).context("a proposed query cannot be read")?;
    let subscribed = make(bot, asker, &query, wanted, &asker.user.0).await?;
    let outcome = match &subscribed {
        Subscribed::Created(_) => words::Outcome::Created,
        Subscribed::Changed(_) => words::Outcome::Changed,
        Subscribed::Existing(_) => words::Outcome::Same,
    };
    let Subscription { id, cadence, style, .. } = *subscribed.subscription();
    let wish = words::Wish {
        query: query.as_str(),
        channel: &wanted.channel,
        when: cadence,
        style,
        rest: subscribed.subscription().rest(bot.clock.now()),
    };
    Ok(Answer::Replace { reply: words::done(outcome, id, &wish) })
}

pub(super) async fn make(
    bot: &Bot,
    asker: &Asker,
    query: &Query,
    wanted: &Wanted,
    owner: &str,
) -> anyhow::Result<Subscribed> {
    let wish = NewSubscription {
        platform: asker.platform,
        channel: &wanted.channel,
        workspace: asker.workspace.as_deref(),
        query,
        when: wanted.when,
        style: wanted.style,
        owner,
    };
    Ok(bot.store.subscribe_as(&wish, bot.clock.now()).await?)
}

/// Opens the form in which a proposal can be changed.
pub(super) async fn form(bot: &Bot, asker: &Asker, wanted: Wanted) -> anyhow::Result<Answer> {
    let control =
        controls::keep(bot, asker, vec![Deed::Narrowed { wanted: wanted.clone() }]).await?.remove(0);
    filled(bot, asker, &control, &wanted).await
}

/// Shows the open form with what it would bring as it is filled in now.
pub(super) async fn edited(
    bot: &Bot,
    asker: &Asker,
    control: &str,
    wanted: &Wanted,
    values: &[(String, String)],
) -> anyhow::Result<Answer> {
    let (Ok(wanted) | Err((_, wanted))) = read(wanted, values);
    filled(bot, asker, control, &wanted).await
}

async fn filled(bot: &Bot, asker: &Asker, control: &str, wanted: &Wanted) -> anyhow::Result<Answer> {
    let (when, style) = (wanted.when.unwrap_or_default(), wanted.style.unwrap_or_default());
    let form = match Query::for_subscription(&wanted.query) {
        Ok(query) => {
            let others = bot.store.subscriptions_in(asker.platform, &wanted.channel).await?;
            let known = others.iter().find(|other| other.query == query);
            let when = wanted.when.or(known.map(|known| known.cadence)).unwrap_or_default();
            let style = wanted.style.or(known.map(|known| known.style)).unwrap_or_default();
            let Tested { backtest, .. } = backtest::run(bot, &query, &[]).await?;
            words::form(control, &wanted.query, when, style, Ok(&backtest))
        }
        Err(error) => words::form(control, &wanted.query, when, style, Err(&error)),
    };
    Ok(Answer::Form { form: Box::new(form) })
}

/// Proposes what the form says, or says what is wrong with it and opens it again.
pub(super) async fn narrowed(
    bot: &Bot,
    asker: &Asker,
    wanted: Wanted,
    values: &[(String, String)],
) -> anyhow::Result<Answer> {
    let again = async |wanted: Wanted| -> anyhow::Result<String> {
        Ok(controls::keep(bot, asker, vec![Deed::Narrow { wanted }]).await?.remove(0))
    };
    let wanted = match read(&wanted, values) {
        Ok(wanted) => wanted,
        Err((reason, wanted)) => {
            return Ok(Answer::Reply { reply: words::unusable(&reason, &again(wanted).await?) });
        }
    };
    let query: Result<Query, QueryError> = Query::for_subscription(&wanted.query);
    Ok(match query {
        Ok(query) => {
            let wanted = Wanted { query: query.to_string(), ..wanted };
            Answer::Replace { reply: propose(bot, asker, &query, wanted).await? }
        }
        Err(error) => Answer::Reply { reply: words::unreadable(&error, &again(wanted).await?) },
    })
}

/// What a filled-in form says; where it cannot be read, why, and all that can be.
fn read(wanted: &Wanted, values: &[(String, String)]) -> Result<Wanted, (String, Wanted)> {
    let mut read = wanted.clone();
    let mut wrong = None;
    for (name, value) in values {
        // A platform without lists in forms gives what was typed, perhaps with the words after the colon.
        let word = value.split(':').next().unwrap_or_default().trim();
        match name.as_str() {
            "query" => value.clone_into(&mut read.query),
            "when" => match word.parse() {
                Ok(when) => read.when = Some(when),
                Err(reason) => wrong = Some(reason),
            },
            "style" => match word.parse() {
                Ok(style) => read.style = Some(style),
                Err(reason) => wrong = Some(reason),
            },
            _ => {}
        }
    }
    match wrong {
        None => Ok(read),
        Some(reason) => Err((reason, read)),
    }
}

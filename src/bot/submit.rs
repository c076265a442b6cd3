//! `submit`: puts a paper before the channel, looked up when it is not known yet.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::finder::{Finder, Finding};
use super::list::stands;
use super::{Bot, entry};
use crate::chat::{Answer, Asker, ChatPlatform};
use crate::command::Note;
use crate::domain::{Community, Paper, PaperId, Submitted, Submitters, Tally};
use crate::message::replies::submit::{self as words, Refused};
use crate::message::{Message, Reply};
use crate::store::{NewSubmission, Submission};

/// Papers that one person may put before channels at once; they come back one by one, all of them in an hour.
const PER_PERSON: u32 = 5;
const LIMIT_TIME: Duration = Duration::from_hours(1);
/// Nobody waits longer for a paper to be looked up.
const FIND_WITHIN: Duration = Duration::from_secs(40);

/// What putting papers before channels needs of the process around it.
#[derive(Clone)]
pub struct Submitting {
    /// Looks papers up that are not known yet.
    pub finder: Arc<dyn Finder>,
    /// Every platform, to render for.
    pub platforms: Vec<Arc<dyn ChatPlatform>>,
    /// A message that could not be posted for this long is given up.
    pub max_age: Duration,
}

/// Answers the command.
pub(super) async fn answer(
    bot: &Bot,
    asker: &Asker,
    id: &PaperId,
    note: Option<Note>,
) -> anyhow::Result<Answer> {
    let said = match submitted(bot, asker, id, note.map(|note| note.0).unwrap_or_default()).await? {
        Ok(reply) => reply,
        Err(refused) => words::refused(&refused, asker.platform),
    };
    Ok(Answer::Reply { reply: said })
}

async fn submitted(
    bot: &Bot,
    asker: &Asker,
    id: &PaperId,
    note: String,
) -> anyhow::Result<Result<Reply, Refused>> {
    let platforms = bot.submitting.as_ref().map(|submitting| submitting.platforms.as_slice());
    let platform = platforms.unwrap_or_default().iter().find(|one| one.platform() == asker.platform);
    let (Some(submitting), Some(platform)) = (&bot.submitting, platform) else {
        return Ok(Err(Refused::NotHere));
    };
    if !asker.may_post {
        return Ok(Err(Refused::MayNotWrite));
    }
    let rule = bot.store.submitters(asker.platform, &asker.channel).await?;
    if rule == Submitters::Managers && !asker.may_manage {
        return Ok(Err(Refused::ManagersOnly));
    }
    let paper = match known(bot, submitting, asker, id).await? {
        Ok(paper) => paper,
        Err(refused) => return Ok(Err(refused)),
    };
    let name = asker.name.clone().unwrap_or_default();
    let credit = Submitted { by: asker.user.clone(), name, note };
    let mut card = entry::card(bot, &paper, &[]);
    card.community = Some(Community { tally: Tally { up: 1, down: 0 }, submitted: Some(credit.clone()) });
    let rendered = platform.render(&Message::Paper(card.clone()));
    let now = bot.clock.now();
    let new = NewSubmission {
        platform: asker.platform,
        channel: &asker.channel,
        workspace: asker.workspace.as_deref(),
        paper: paper.key,
        submitted: &credit,
        rich: &rendered.rich,
        plain: &rendered.plain,
        expires_at: now + submitting.max_age,
    };
    let stored = bot.store.submit(&new, now).await?;
    let stand = stands(bot, asker, &[paper.key]).await?.remove(&paper.key);
    Ok(match stored {
        Submission::Queued => Ok(words::queued(&card, stand.and_then(|stand| stand.channel_pause))),
        Submission::Known(tally) => Ok(words::known(&card, stand.as_ref(), tally)),
        Submission::Removed(at) => Err(Refused::Removed(at)),
    })
}

/// The paper, which is looked up and stored when nobody has listed it yet.
///
/// Only what comes into the channel or is looked up draws on the person's allowance.
async fn known(
    bot: &Bot,
    submitting: &Submitting,
    asker: &Asker,
    id: &PaperId,
) -> anyhow::Result<Result<Paper, Refused>> {
    let known = bot.store.paper(id).await?;
    if let Some(paper) = &known {
        let here = bot.store.deliveries_here(asker.platform, &asker.channel, &[paper.key]).await?;
        if !here.is_empty() {
            return Ok(Ok(paper.clone()));
        }
    }
    let scope = format!("submit {} {}", asker.platform, asker.user);
    if let Err(wait) = bot.store.allow(&scope, PER_PERSON, LIMIT_TIME, bot.clock.now()).await? {
        return Ok(Err(Refused::TooMany(wait)));
    }
    if let Some(paper) = known {
        return Ok(Ok(paper));
    }
    let found = tokio::time::timeout(FIND_WITHIN, submitting.finder.find(id)).await;
    let (source, listing) = match found.unwrap_or(Finding::Unreachable) {
        Finding::Found { source, listing } => (source, listing),
        Finding::Nowhere => return Ok(Err(Refused::Nowhere(id.clone()))),
        Finding::NotAsked => return Ok(Err(Refused::NotAsked(id.clone()))),
        Finding::Unreachable => return Ok(Err(Refused::Unreachable)),
    };
    // It is for this channel: the subscriptions of others are asked when a source lists it.
    bot.store.record(source, std::slice::from_ref(&*listing), Date::MAX, bot.clock.now()).await?;
    let found = bot.store.paper(&listing.paper).await?;
    Ok(found.ok_or_else(|| Refused::Nowhere(id.clone())))
}

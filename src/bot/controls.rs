//! What buttons, menus and forms do: kept in the store under an id that says nothing, so that a restart between the
//! answer and the press changes nothing, and nobody can make one up.

use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Bot;
use crate::chat::Asker;
use crate::command::{Order, Scope, Window};
use crate::domain::{Cadence, ChannelId, PaperId, RoundupKind, Style, SubscriptionId, UserId};
use crate::message::{Reply, details_of};

/// For so long the controls of an answer work.
const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// What using a control does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(super) enum Deed {
    /// Shows a page of a search; no cursor: the first.
    SearchPage { query: String, order: Order, since: Option<String>, cursor: Option<String>, number: u32 },
    /// Shows a page of the latest papers, those before this one.
    LatestPage { query: Option<String>, before: Option<i64>, number: u32 },
    /// Shows a page of the trending papers.
    TrendingPage {
        window: Window,
        #[serde(default)]
        scope: Scope,
        number: u32,
    },
    /// Shows the papers of a roundup in detail; page 0 is the first, beside the roundup itself.
    RoundupPage { kind: RoundupKind, date: Date, number: u32 },
    /// Shows everybody what one person saw.
    Share { reply: Reply },
    /// Shows a paper in full.
    Show { paper: PaperId },
    /// Shows the paper that is chosen from a menu.
    ShowChosen,
    /// Shows papers that resemble one.
    Similar { paper: PaperId },
    /// Makes the proposed subscription.
    Subscribe { wanted: Wanted },
    /// Opens the form in which a proposed subscription can be changed.
    Narrow { wanted: Wanted },
    /// Proposes what the form says.
    Narrowed { wanted: Wanted },
    /// Ends a subscription; asks nobody again.
    Unsubscribe { subscription: SubscriptionId },
    /// Ends the subscription that is chosen from a menu.
    UnsubscribeChosen,
    /// Undoes the end of a subscription.
    SubscribeAgain { wanted: Wanted, owner: UserId },
    /// Ends the pause of the channel.
    Resume,
    /// Leaves everything as it is.
    Cancel,
}

impl Deed {
    /// True when only people who may manage the channel can do it.
    pub fn changes(&self) -> bool {
        match self {
            Self::Subscribe { .. }
            | Self::Narrow { .. }
            | Self::Narrowed { .. }
            | Self::Unsubscribe { .. }
            | Self::UnsubscribeChosen
            | Self::SubscribeAgain { .. }
            | Self::Resume => true,
            Self::SearchPage { .. }
            | Self::LatestPage { .. }
            | Self::TrendingPage { .. }
            | Self::RoundupPage { .. }
            | Self::Share { .. }
            | Self::Show { .. }
            | Self::ShowChosen
            | Self::Similar { .. }
            | Self::Cancel => false,
        }
    }
}

/// A subscription as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    /// The canonical query.
    pub query: String,
    /// When its papers come.
    pub when: Option<Cadence>,
    /// How much of each is shown.
    pub style: Option<Style>,
    /// Where they go.
    pub channel: ChannelId,
}

/// What the controls of one answer do, and for whom.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Only this person may use them; `None`: everybody who sees them.
    owner: Option<UserId>,
    deeds: Vec<Deed>,
}

/// Keeps what the controls of an answer do and returns their ids in order.
pub(super) async fn keep(bot: &Bot, asker: &Asker, deeds: Vec<Deed>) -> anyhow::Result<Vec<String>> {
    let owner = Some(asker.user.clone());
    let id = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    let ids = (0..deeds.len()).map(|at| format!("{id}:{at}")).collect();
    let kept = serde_json::to_string(&Kept { owner, deeds })?;
    bot.store.keep_control(&id, &kept, bot.clock.now() + LIFETIME).await?;
    Ok(ids)
}

/// What a control does.
pub(super) enum Control {
    /// This.
    Does(Box<Deed>),
    /// Nothing for this person: it belongs to somebody else's answer.
    Anothers,
    /// Nothing any more: it is too old, or was never made.
    Gone,
}

/// Finds what a control does for a person.
pub(super) async fn find(bot: &Bot, asker: &Asker, control: &str) -> anyhow::Result<Control> {
    // Below a roundup it is for everybody and says what it does: nothing has to be kept for it.
    if let Some((kind, date)) = details_of(control) {
        return Ok(Control::Does(Box::new(Deed::RoundupPage { kind, date, number: 0 })));
    }
    let Some((id, at)) = control.split_once(':') else { return Ok(Control::Gone) };
    let Some(kept) = bot.store.control(id, bot.clock.now()).await? else { return Ok(Control::Gone) };
    let mut kept: Kept = serde_json::from_str(&kept).context("a kept control cannot be read")?;
    if kept.owner.as_ref().is_some_and(|owner| *owner != asker.user) {
        return Ok(Control::Anothers);
    }
    match at.parse::<usize>() {
        Ok(at) if at < kept.deeds.len() => Ok(Control::Does(Box::new(kept.deeds.swap_remove(at)))),
        _ => Ok(Control::Gone),
    }
}

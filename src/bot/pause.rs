//! `pause` and `resume`.

use crate::chat::{Answer, Asker};
use crate::command::Until;
use crate::domain::SubscriptionId;
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn pause(
    _bot: &Bot,
    _asker: &Asker,
    _subscription: Option<SubscriptionId>,
    _until: Option<Until>,
) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}

pub(super) async fn resume(
    _bot: &Bot,
    _asker: &Asker,
    _subscription: Option<SubscriptionId>,
) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}

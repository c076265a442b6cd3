//! `subscribe`.

use crate::chat::{Answer, Asker};
use crate::domain::{Cadence, ChannelId, Query, Style};
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn proposed(
    _bot: &Bot,
    _asker: &Asker,
    _query: Query,
    _when: Option<Cadence>,
    _style: Option<Style>,
    _channel: Option<ChannelId>,
) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}

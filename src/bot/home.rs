//! A person's own page, and papers behind links.

use crate::chat::{Asker, Unfurled};
use crate::domain::PaperId;
use crate::message::Block;

use super::Bot;

pub(super) async fn page(_bot: &Bot, _asker: &Asker) -> anyhow::Result<Vec<Block>> {
    Ok(Vec::new())
}

pub(super) async fn unfurl(
    _bot: &Bot,
    _asker: &Asker,
    _links: &[(String, PaperId)],
) -> anyhow::Result<Vec<Unfurled>> {
    Ok(Vec::new())
}

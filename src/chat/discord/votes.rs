//! The vote buttons below a posted paper.

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton};

use crate::chat::votes::control;
use crate::domain::Ballot;
use crate::message::PaperCard;

/// Where Discord keeps the name of a button.
pub(super) const FIELD: &str = "custom_id";

/// The row of buttons.
pub(super) fn row(card: &PaperCard) -> CreateActionRow {
    let button = |ballot: Ballot| {
        CreateButton::new(control(ballot)).label(card.votes(ballot)).style(ButtonStyle::Secondary)
    };
    CreateActionRow::Buttons(Ballot::ALL.map(button).to_vec())
}

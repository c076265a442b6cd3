//! What the states of a delivery are called, the same wherever a person reads of one.

use crate::domain::DeliveryState;

/// The state in a word or two; the sentences about a delivery say the same.
pub fn state_words(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "waits",
        DeliveryState::Leased => "being posted",
        DeliveryState::Unknown => "answer was lost",
        DeliveryState::Sent => "posted",
        DeliveryState::Ambiguous => "unconfirmed",
        DeliveryState::Dead => "refused it for good",
        DeliveryState::Skipped => "left out on purpose",
    }
}

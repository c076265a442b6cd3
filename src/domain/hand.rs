//! What people may do to a delivery by hand, and what comes of it.

use super::DeliveryState;

/// Something that is done to a delivery by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Post it (again).
    Retry,
    /// It is in its channel: somebody has looked.
    Confirm,
    /// Never post it.
    Drop,
}

/// Why a deed does not go with a delivery's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// It is in its channel, for good.
    Sent,
    /// A sender holds it.
    Leased,
    /// It waits for its turn anyway.
    Waiting,
    /// Paperwire is finding out by itself whether it is there.
    Settling,
    /// Nothing of it was ever in doubt.
    NotInDoubt,
    /// It is left out already.
    Skipped,
}

impl Deed {
    /// The state that the deed leads to, or why it must not be done.
    pub fn on(self, state: DeliveryState) -> Result<DeliveryState, Objection> {
        use DeliveryState as S;
        match (self, state) {
            (_, S::Sent) => Err(Objection::Sent),
            (_, S::Leased) => Err(Objection::Leased),
            (Self::Retry, S::Ambiguous | S::Dead | S::Skipped) => Ok(S::Pending),
            (Self::Retry, S::Pending) => Err(Objection::Waiting),
            (Self::Retry, S::Unknown) => Err(Objection::Settling),
            (Self::Confirm, S::Ambiguous | S::Unknown) => Ok(S::Sent),
            (Self::Confirm, S::Pending | S::Dead | S::Skipped) => Err(Objection::NotInDoubt),
            (Self::Drop, S::Pending | S::Unknown | S::Ambiguous | S::Dead) => Ok(S::Skipped),
            (Self::Drop, S::Skipped) => Err(Objection::Skipped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState as S;

    #[test]
    fn only_what_is_over_is_tried_again_and_only_what_is_in_doubt_is_confirmed() {
        let allowed = |deed: Deed| {
            let states =
                S::ALL.into_iter().filter_map(move |state| deed.on(state).ok().map(|to| (state, to)));
            states.collect::<Vec<_>>()
        };
        let to = |states: &[S], state| states.iter().map(|from| (*from, state)).collect::<Vec<_>>();
        assert_eq!(allowed(Deed::Retry), to(&[S::Ambiguous, S::Dead, S::Skipped], S::Pending));
        assert_eq!(allowed(Deed::Confirm), to(&[S::Unknown, S::Ambiguous], S::Sent));
        assert_eq!(allowed(Deed::Drop), to(&[S::Pending, S::Unknown, S::Ambiguous, S::Dead], S::Skipped));
    }

    #[test]
    fn nothing_is_done_to_what_was_sent_or_is_held_by_a_sender() {
        for deed in [Deed::Retry, Deed::Confirm, Deed::Drop] {
            assert_eq!(deed.on(S::Sent), Err(Objection::Sent));
            assert_eq!(deed.on(S::Leased), Err(Objection::Leased));
        }
    }
}

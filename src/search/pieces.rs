//! Which pieces of the index are joined when there is nothing else to do.
//!
//! Each batch of papers is written as a piece of its own. Joining all of them costs reading and writing all of them, so
//! that the large one is only joined again once enough has come in beside it:
//!
//! ```text
//! 100,000 | 40 12 3          left as it is
//! 100,000 | 900 40 12 3 …    the small ones become one
//! 100,000 | 13,000 900 40    all become one
//! ```

/// The large piece is joined with the others when they hold at least one in so many of its papers, or are as many gone.
const SHARE: u32 = 8;
/// So many small pieces are not worth joining.
const FEW: usize = 4;

/// The places of the pieces to make one of, each piece given by its papers and by those that are gone from it; none
/// when they are few and small.
pub(super) fn worth_joining(pieces: impl Iterator<Item = (u32, u32)>) -> Vec<usize> {
    let pieces: Vec<(u32, u32)> = pieces.collect();
    let Some(large) = (0..pieces.len()).max_by_key(|at| pieces[*at].0) else { return Vec::new() };
    let small: Vec<usize> = (0..pieces.len()).filter(|at| *at != large).collect();
    let beside: u32 = small.iter().map(|at| pieces[*at].0).sum();
    let (papers, gone) = pieces[large];
    if (beside > 0 && beside >= papers / SHARE) || gone > papers / SHARE {
        (0..pieces.len()).collect()
    } else if small.len() > FEW {
        small
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    fn chosen(pieces: &[(u32, u32)]) -> Vec<usize> {
        super::worth_joining(pieces.iter().copied())
    }

    #[test]
    fn the_large_piece_is_written_again_only_when_much_has_come() {
        assert!(chosen(&[]).is_empty());
        assert!(chosen(&[(100, 0)]).is_empty());
        assert!(chosen(&[(40, 0), (100_000, 0), (12, 0), (3, 0)]).is_empty());
        assert_eq!(chosen(&[(40, 0), (100_000, 0), (12, 0), (3, 0), (900, 0), (1, 0)]), [0, 2, 3, 4, 5]);
        assert_eq!(chosen(&[(100_000, 0), (13_000, 0), (900, 0)]), [0, 1, 2]);
        assert_eq!(chosen(&[(100_000, 20_000)]), [0]);
    }

    #[test]
    fn what_is_joined_is_worth_no_second_time() {
        assert!(chosen(&[(113_900, 0)]).is_empty());
        assert!(chosen(&[(100_000, 0), (955, 0)]).is_empty());
    }
}

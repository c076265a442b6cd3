//! The mild preference for newer papers.

use jiff::civil::Date;

use super::document::day_number;

/// A paper of today weighs so much more than a very old one.
const BONUS: f32 = 0.15;
/// After so many days half of the bonus is left.
const HALF_LIFE: f32 = 365.0;
/// After so many days hardly any is left.
const DAYS: usize = 3_650;

/// Factors by a paper's age, as of one day.
#[derive(Debug)]
pub(super) struct Recency {
    today: i64,
    factors: Vec<f32>,
}

impl Recency {
    /// The greatest factor.
    pub const MOST: f32 = 1.0 + BONUS;

    /// The factors as of a day.
    pub fn new(today: Date) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "ages of some thousand days are exact")]
        let factor = |age: usize| 1.0 + BONUS * (-(age as f32) / HALF_LIFE).exp2();
        Self { today: day_number(today), factors: (0..DAYS).map(factor).collect() }
    }

    /// True when the ages count from this day.
    pub fn is_of(&self, today: Date) -> bool {
        self.today == day_number(today)
    }

    /// The factor of a paper that was listed on this day.
    pub fn factor(&self, day: i64) -> f32 {
        let age = usize::try_from(self.today - day).unwrap_or(0);
        self.factors.get(age).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_paper_weighs_a_little_more_and_never_more_than_the_most() {
        let recency = Recency::new(jiff::civil::date(2026, 8, 3));
        let today = day_number(jiff::civil::date(2026, 8, 3));
        let factors: Vec<f32> = [-1, 0, 30, 365, 3_000, 30_000].map(|age| recency.factor(today - age)).into();
        assert!(factors.is_sorted_by(|newer, older| newer >= older), "{factors:?}");
        assert!(factors[0] <= Recency::MOST && factors[5] >= 1.0 && factors[1] > factors[3]);
    }
}

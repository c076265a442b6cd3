//! Places at which a test ends the process without a warning, as a failing machine would.
//!
//! `crashpoint!("name")` is empty unless the feature `crashpoints` is on, which only the tests switch on. Then the
//! environment says where the process kills itself:
//!
//! ```text
//! PAPERWIRE_CRASH_AT=intent:2        at the second pass of this place
//! PAPERWIRE_CRASH_CHANCE=0.02        at each pass of any place with this chance…
//! PAPERWIRE_CRASH_SEED=7             …drawn from this seed
//! ```

/// Every place with what has happened there; `docs/reliability.md` says what follows from a death at each.
pub const POINTS: [(&str, &str); 16] = [
    ("migration_step", "the new tables are made, and not committed"),
    ("listed", "a source's papers are committed, and not that they were read"),
    ("match_pre_commit", "a paper's matches and deliveries are written, and not committed"),
    ("match_post_commit", "a paper's matches and deliveries are committed"),
    ("claimed", "a delivery is leased, and there is no intent to post it"),
    ("intent", "the intent to post is committed, and nothing has been posted"),
    ("post_ok", "the platform has answered, and its answer is not recorded"),
    ("outcome_committed", "the outcome of a try is recorded"),
    ("outcome_logged", "the database does not take the outcome of a post, which is in outcomes.log instead"),
    ("reconcile_read", "a channel has been read for a message in doubt, and nothing follows from it yet"),
    ("reconcile_done", "what follows from a channel's history is recorded"),
    ("duplicate_delete", "a second message is deleted, and that is not recorded"),
    ("roundup_pre_commit", "a roundup is written, and not committed"),
    ("roundup_post_commit", "a roundup is committed"),
    ("card_edit", "a message has been edited, and that is not recorded"),
    ("card_edited", "that a message has been edited is recorded"),
];

/// Marks a place at which a test may end the process.
macro_rules! crashpoint {
    ($name:literal) => {
        #[cfg(feature = "crashpoints")]
        $crate::crash::pass($name);
    };
}

#[cfg(feature = "crashpoints")]
pub use plan::pass;

#[cfg(feature = "crashpoints")]
mod plan {
    use std::sync::{Mutex, OnceLock, PoisonError};

    use super::POINTS;

    /// When this process ends.
    #[derive(Debug)]
    enum Plan {
        Never,
        At { name: String, left: u64 },
        Chance { chance: f64, random: fastrand::Rng },
    }

    impl Plan {
        /// Reads the plan; a wrong one ends the test at once, or it would prove nothing.
        fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
            if let Some(place) = variable("PAPERWIRE_CRASH_AT") {
                let (name, pass) = place.split_once(':').expect("PAPERWIRE_CRASH_AT is written as name:pass");
                assert!(POINTS.iter().any(|(known, _)| *known == name), "{name} is no place to end at");
                let left = pass.parse().expect("the pass is a number");
                return Self::At { name: name.to_owned(), left };
            }
            let Some(chance) = variable("PAPERWIRE_CRASH_CHANCE") else { return Self::Never };
            let seed = variable("PAPERWIRE_CRASH_SEED").unwrap_or_default();
            Self::Chance {
                chance: chance.parse().expect("the chance is a number from 0 to 1"),
                random: fastrand::Rng::with_seed(seed.parse().unwrap_or_default()),
            }
        }

        fn ends(&mut self, here: &str) -> bool {
            match self {
                Self::Never => false,
                Self::At { name, left } => {
                    *left = left.saturating_sub(u64::from(name == here));
                    name == here && *left == 0
                }
                Self::Chance { chance, random } => random.f64() < *chance,
            }
        }
    }

    /// Passes a place: goes on, or kills this process.
    pub fn pass(name: &str) {
        static PLAN: OnceLock<Mutex<Plan>> = OnceLock::new();
        let plan = PLAN.get_or_init(|| Mutex::new(Plan::read(|variable| std::env::var(variable).ok())));
        // Held until the end: no other thread gets past a place meanwhile.
        let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        if plan.ends(name) {
            let killed =
                rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            killed.expect("a process may kill itself");
            loop {
                std::thread::park();
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn plan(variables: &[(&str, &str)]) -> Plan {
            Plan::read(|asked| variables.iter().find(|(n, _)| *n == asked).map(|(_, v)| (*v).to_owned()))
        }

        #[test]
        fn a_process_ends_at_the_named_place_and_pass_or_by_a_chance_that_its_seed_repeats() {
            let mut at = plan(&[("PAPERWIRE_CRASH_AT", "intent:2")]);
            let passed = ["intent", "claimed", "intent"].map(|name| at.ends(name));
            assert_eq!(passed, [false, false, true]);
            let drawn = |seed| {
                let mut plan = plan(&[("PAPERWIRE_CRASH_CHANCE", "0.5"), ("PAPERWIRE_CRASH_SEED", seed)]);
                [(); 64].map(|()| plan.ends("intent"))
            };
            assert_eq!(drawn("7"), drawn("7"));
            assert_ne!(drawn("7"), drawn("8"));
            assert!(!plan(&[]).ends("intent"));
        }
    }
}

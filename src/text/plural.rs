//! Light plural folding: `LLMs` and `LLM`, `policies` and `policy` are one word to a query.
//!
//! It is no stemmer: words that mean different things stay apart (`logistics` and `logistic`, `means` and
//! `mean`, `clips` of a video and the model `CLIP`). Folding a folded word changes nothing, which the canonical
//! form of queries rests on.

use std::borrow::Cow;

/// Folds a plural to its singular; the word is lower case, and anything but plain letters is left alone.
pub(super) fn singular(word: &str) -> Cow<'_, str> {
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    if let Ok(at) = IRREGULAR.binary_search_by_key(&word, |(plural, _)| plural) {
        return Cow::Borrowed(IRREGULAR[at].1);
    }
    if !word.ends_with('s') || is_no_plural(word) {
        return Cow::Borrowed(word);
    }
    let cut = |letters: usize| Cow::Borrowed(&word[..word.len() - letters]);
    match word.as_bytes() {
        [.., b's' | b'u' | b'i', b's'] => Cow::Borrowed(word),
        [.., b'i', b'c', b's'] if !is_ics_plural(word) => Cow::Borrowed(word),
        [_, _, .., b'i', b'e', b's'] if word.len() > 4 => Cow::Owned(format!("{}y", &word[..word.len() - 3])),
        [.., b's', b's' | b'h', b'e', b's']
        | [.., b'c', b'h', b'e', b's']
        | [.., b'x', b'e', b's']
        | [_, _, _, .., b'o', b'e', b's'] => cut(2),
        _ => cut(1),
    }
}

/// True when folding can make a difference between this word, as written, and others: it is a plural, or may be
/// the singular of one.
pub fn has_plural(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// True for words on -s that are no plurals, or whose singular is another word.
fn is_no_plural(word: &str) -> bool {
    matches!(
        word,
        "achilles"
            | "adas"
            | "afterwards"
            | "alias"
            | "always"
            | "aries"
            | "arkansas"
            | "asbestos"
            | "atlas"
            | "bayes"
            | "besides"
            | "bias"
            | "canvas"
            | "carlos"
            | "chaos"
            | "charles"
            | "christmas"
            | "clips"
            | "cosmos"
            | "dallas"
            | "ddos"
            | "diabetes"
            | "does"
            | "erdos"
            | "ethos"
            | "gauss"
            | "goes"
            | "hans"
            | "hermes"
            | "herpes"
            | "james"
            | "jones"
            | "kansas"
            | "keras"
            | "kubernetes"
            | "kudos"
            | "lens"
            | "logos"
            | "lucas"
            | "macos"
            | "mars"
            | "mcts"
            | "means"
            | "moses"
            | "mucus"
            | "neurips"
            | "news"
            | "nips"
            | "ours"
            | "overseas"
            | "pandas"
            | "pathos"
            | "perhaps"
            | "rabies"
            | "saas"
            | "series"
            | "socrates"
            | "sometimes"
            | "species"
            | "stokes"
            | "texas"
            | "theirs"
            | "themselves"
            | "thomas"
            | "towards"
            | "ulysses"
            | "whereas"
            | "yours"
    )
}

/// True for words on -ics that are plurals; the others name a science (`physics`, `semantics`).
fn is_ics_plural(word: &str) -> bool {
    matches!(
        word,
        "antibiotics"
            | "characteristics"
            | "clinics"
            | "comics"
            | "critics"
            | "epics"
            | "fabrics"
            | "heuristics"
            | "logics"
            | "metrics"
            | "mimics"
            | "mosaics"
            | "relics"
            | "rubrics"
            | "skeptics"
            | "tactics"
            | "topics"
    )
}

/// Plurals that the rules would get wrong, with their singulars. Sorted.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("apis", "api"),
    ("atlases", "atlas"),
    ("axes", "axis"),
    ("biases", "bias"),
    ("bonuses", "bonus"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("campuses", "campus"),
    ("canoes", "canoe"),
    ("canvases", "canvas"),
    ("clis", "cli"),
    ("consensuses", "consensus"),
    ("cookies", "cookie"),
    ("corpora", "corpus"),
    ("corpuses", "corpus"),
    ("cpus", "cpu"),
    ("crises", "crisis"),
    ("criteria", "criterion"),
    ("diagnoses", "diagnosis"),
    ("dpus", "dpu"),
    ("focuses", "focus"),
    ("gases", "gas"),
    ("gpus", "gpu"),
    ("grus", "gru"),
    ("guis", "gui"),
    ("headaches", "headache"),
    ("hypotheses", "hypothesis"),
    ("indices", "index"),
    ("lenses", "lens"),
    ("matrices", "matrix"),
    ("menus", "menu"),
    ("movies", "movie"),
    ("mris", "mri"),
    ("niches", "niche"),
    ("npus", "npu"),
    ("parentheses", "parenthesis"),
    ("phenomena", "phenomenon"),
    ("quizzes", "quiz"),
    ("relus", "relu"),
    ("rois", "roi"),
    ("selfies", "selfie"),
    ("shoes", "shoe"),
    ("statuses", "status"),
    ("syntheses", "synthesis"),
    ("theses", "thesis"),
    ("tpus", "tpu"),
    ("vertices", "vertex"),
    ("viruses", "virus"),
    ("wikis", "wiki"),
    ("wolves", "wolf"),
    ("zombies", "zombie"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plurals_fold_and_other_words_stay() {
        for (plural, one) in [
            ("llms", "llm"),
            ("policies", "policy"),
            ("classes", "class"),
            ("networks", "network"),
            ("boxes", "box"),
            ("approaches", "approach"),
            ("meshes", "mesh"),
            ("sizes", "size"),
            ("responses", "response"),
            ("heroes", "hero"),
            ("toes", "toe"),
            ("ties", "tie"),
            ("metrics", "metric"),
            ("matrices", "matrix"),
            ("vlas", "vla"),
            ("videos", "video"),
        ] {
            assert_eq!(singular(plural), one);
        }
        for word in [
            "bias",
            "loss",
            "analysis",
            "gas",
            "this",
            "clips",
            "physics",
            "series",
            "lens",
            "corpus",
            "has",
            "lms",
            "k8s",
            "means",
            "mcts",
            "semantics",
            "bayes",
        ] {
            assert_eq!(singular(word), word);
        }
    }

    #[test]
    fn irregular_plurals_are_sorted_for_the_binary_search_and_hold_fixed_points() {
        assert!(IRREGULAR.is_sorted());
        for (_, one) in IRREGULAR {
            assert_eq!(singular(one), *one);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(word in "[a-z]{0,6}(s|es|ies|ches|xes|sses|oes|us|is|ics)?(s|es)?") {
            let once = singular(&word).into_owned();
            prop_assert_eq!(singular(&once), once.as_str());
        }
    }
}

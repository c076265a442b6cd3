//! Light plural folding: `LLMs` and `LLM`, `policies` and `policy` are one word to a query.
//!
//! It is no stemmer: words that mean different things stay apart (`logistics` and `logistic`, `means` and
//! `mean`, `clips` of a video and the model `CLIP`). Folding a folded word changes nothing, which the canonical
//! form of queries rests on.

use std::borrow::Cow;

/// Folds a plural to its singular; the word is lower case, and anything but plain letters is left alone.
pub fn singular(word: &str) -> Cow<'_, str> {
    let mut buffer = String::new();
    match fold(word, &mut buffer) {
        Folded::Part(length) => Cow::Borrowed(&word[..length]),
        Folded::Known(one) => Cow::Borrowed(one),
        Folded::Buffered => Cow::Owned(buffer),
    }
}

/// The same without an allocation for each word: the singular may be written to `buffer`.
pub(super) fn singular_in<'a>(word: &'a str, buffer: &'a mut String) -> &'a str {
    match fold(word, buffer) {
        Folded::Part(length) => &word[..length],
        Folded::Known(one) => one,
        Folded::Buffered => buffer,
    }
}

/// Where the singular is.
enum Folded {
    /// The first letters of the word.
    Part(usize),
    Known(&'static str),
    Buffered,
}

#[inline]
fn fold(word: &str, buffer: &mut String) -> Folded {
    let whole = Folded::Part(word.len());
    // Without a branch for each letter.
    let is_plain = |word: &str| word.bytes().fold(true, |plain, b| plain & b.is_ascii_lowercase());
    if word.len() < 4 || !may_be_plural(word) || !is_plain(word) {
        return whole;
    }
    if let Some(one) = exception(word) {
        return Folded::Known(one);
    }
    let cut = |letters: usize| Folded::Part(word.len() - letters);
    match word.as_bytes() {
        [.., b's' | b'u' | b'i', b's'] | [.., b'i', b'c', b's'] => whole,
        [_, _, .., b'i', b'e', b's'] if word.len() > 4 => {
            buffer.clear();
            buffer.push_str(&word[..word.len() - 3]);
            buffer.push('y');
            Folded::Buffered
        }
        [.., b's', b's' | b'h', b'e', b's']
        | [.., b'c', b'h', b'e', b's']
        | [.., b'x', b'e', b's']
        | [_, _, _, .., b'o', b'e', b's'] => cut(2),
        [.., b's'] => cut(1),
        _ => whole,
    }
}

/// False for nearly every word that folding leaves alone, told from its end.
#[inline]
pub(super) fn may_be_plural(word: &str) -> bool {
    match word.as_bytes() {
        [.., b's'] => true,
        [.., before, last, b'a'] => matches!([before, last], [b'o', b'r'] | [b'r', b'i'] | [b'e', b'n']),
        _ => false,
    }
}

/// True when folding can make a difference between this word, as written, and others: it is a plural, or may be
/// the singular of one.
pub fn has_plural(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Looks a word up in [`EXCEPTIONS`].
#[inline]
fn exception(word: &str) -> Option<&'static str> {
    let mut slot = hash(word.as_bytes());
    while let Some(at) = SLOTS[slot].checked_sub(1) {
        let (plural, one) = EXCEPTIONS[usize::from(at)];
        if plural == word {
            return Some(one);
        }
        slot = (slot + 1) % SLOTS.len();
    }
    None
}

/// Spreads words by their length, first two and last four letters; the words have at least four.
#[expect(clippy::cast_possible_truncation, reason = "the length only spreads")]
const fn hash(word: &[u8]) -> usize {
    let length = word.len();
    let mut sum = word.len() as u32;
    let letters = [0, 1, length - 4, length - 3, length - 2];
    let mut at = 0;
    while at < letters.len() {
        sum = sum.wrapping_mul(0x9e37).wrapping_add(word[letters[at]] as u32);
        at += 1;
    }
    (sum.wrapping_mul(0x9e37_79b9) >> 22) as usize
}

/// The numbers of the exceptions, counted from 1, at the places that their hashes give; 0 is free.
const SLOTS: [u8; 1024] = {
    let mut slots = [0; 1024];
    let mut at = 0;
    while at < EXCEPTIONS.len() {
        let mut slot = hash(EXCEPTIONS[at].0.as_bytes());
        while slots[slot] != 0 {
            slot = (slot + 1) % slots.len();
        }
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 255, which a test checks")]
        let number = at as u8 + 1;
        slots[slot] = number;
        at += 1;
    }
    slots
};

/// Words that the rules would get wrong, with what they fold to: irregular plurals, words on -s that are no plurals
/// or whose singular is another word, and the plurals on -ics among the sciences (`physics`, `semantics`). Sorted.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("achilles", "achilles"),
    ("adas", "adas"),
    ("afterwards", "afterwards"),
    ("alias", "alias"),
    ("aliases", "alias"),
    ("always", "always"),
    ("analyses", "analysis"),
    ("antibiotics", "antibiotic"),
    ("apis", "api"),
    ("aries", "aries"),
    ("arkansas", "arkansas"),
    ("asbestos", "asbestos"),
    ("atlas", "atlas"),
    ("atlases", "atlas"),
    ("axes", "axis"),
    ("bayes", "bayes"),
    ("besides", "besides"),
    ("bias", "bias"),
    ("biases", "bias"),
    ("bonuses", "bonus"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("campuses", "campus"),
    ("canoes", "canoe"),
    ("canvas", "canvas"),
    ("canvases", "canvas"),
    ("carlos", "carlos"),
    ("chaos", "chaos"),
    ("characteristics", "characteristic"),
    ("charles", "charles"),
    ("christmas", "christmas"),
    ("clinics", "clinic"),
    ("clips", "clips"),
    ("clis", "cli"),
    ("comics", "comic"),
    ("consensuses", "consensus"),
    ("cookies", "cookie"),
    ("corpora", "corpus"),
    ("corpuses", "corpus"),
    ("cosmos", "cosmos"),
    ("cpus", "cpu"),
    ("crises", "crisis"),
    ("criteria", "criterion"),
    ("critics", "critic"),
    ("dallas", "dallas"),
    ("ddos", "ddos"),
    ("diabetes", "diabetes"),
    ("diagnoses", "diagnosis"),
    ("does", "does"),
    ("dpus", "dpu"),
    ("epics", "epic"),
    ("erdos", "erdos"),
    ("ethos", "ethos"),
    ("fabrics", "fabric"),
    ("focuses", "focus"),
    ("gases", "gas"),
    ("gauss", "gauss"),
    ("goes", "goes"),
    ("gpus", "gpu"),
    ("grus", "gru"),
    ("guis", "gui"),
    ("hans", "hans"),
    ("headaches", "headache"),
    ("hermes", "hermes"),
    ("herpes", "herpes"),
    ("heuristics", "heuristic"),
    ("hypotheses", "hypothesis"),
    ("indices", "index"),
    ("james", "james"),
    ("jones", "jones"),
    ("kansas", "kansas"),
    ("keras", "keras"),
    ("kubernetes", "kubernetes"),
    ("kudos", "kudos"),
    ("lens", "lens"),
    ("lenses", "lens"),
    ("logics", "logic"),
    ("logos", "logos"),
    ("lucas", "lucas"),
    ("macos", "macos"),
    ("mars", "mars"),
    ("matrices", "matrix"),
    ("mcts", "mcts"),
    ("means", "means"),
    ("menus", "menu"),
    ("metrics", "metric"),
    ("mimics", "mimic"),
    ("mosaics", "mosaic"),
    ("moses", "moses"),
    ("movies", "movie"),
    ("mris", "mri"),
    ("mucus", "mucus"),
    ("neurips", "neurips"),
    ("news", "news"),
    ("niches", "niche"),
    ("nips", "nips"),
    ("npus", "npu"),
    ("ours", "ours"),
    ("overseas", "overseas"),
    ("pandas", "pandas"),
    ("parentheses", "parenthesis"),
    ("pathos", "pathos"),
    ("perhaps", "perhaps"),
    ("phenomena", "phenomenon"),
    ("quizzes", "quiz"),
    ("rabies", "rabies"),
    ("relics", "relic"),
    ("relus", "relu"),
    ("rois", "roi"),
    ("rubrics", "rubric"),
    ("saas", "saas"),
    ("selfies", "selfie"),
    ("series", "series"),
    ("shoes", "shoe"),
    ("skeptics", "skeptic"),
    ("socrates", "socrates"),
    ("sometimes", "sometimes"),
    ("species", "species"),
    ("statuses", "status"),
    ("stokes", "stokes"),
    ("syntheses", "synthesis"),
    ("tactics", "tactic"),
    ("texas", "texas"),
    ("theirs", "theirs"),
    ("themselves", "themselves"),
    ("theses", "thesis"),
    ("thomas", "thomas"),
    ("topics", "topic"),
    ("towards", "towards"),
    ("tpus", "tpu"),
    ("ulysses", "ulysses"),
    ("vertices", "vertex"),
    ("viruses", "virus"),
    ("whereas", "whereas"),
    ("wikis", "wiki"),
    ("wolves", "wolf"),
    ("yours", "yours"),
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
    fn exceptions_are_sorted_found_and_fold_to_words_that_stay() {
        assert!(EXCEPTIONS.is_sorted() && EXCEPTIONS.len() < usize::from(u8::MAX));
        for (word, one) in EXCEPTIONS {
            assert_eq!((singular(word).as_ref(), singular(one).as_ref()), (*one, *one));
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

//! Any text gives words whose places lie in it and that give themselves again, and a line without hidden characters.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paperwire::text::{Folding, display_tokens, for_each_word, name_tokens, readable, sentences, truncate};

fuzz_target!(|text: &str| {
    for folding in [Folding::Words, Folding::Names] {
        for_each_word(text, folding, |word| {
            assert!(!word.folded.is_empty() && !word.written.is_empty());
            assert!(text.get(word.span.clone()).is_some_and(|part| !part.is_empty()));
        });
    }
    let words: Vec<String> = name_tokens(text).into_iter().map(|token| token.text).collect();
    let again: Vec<String> =
        name_tokens(&display_tokens(&words)).into_iter().map(|token| token.text).collect();
    assert_eq!(again, words);
    let line = readable(text);
    assert!(!line.contains('\n'));
    assert!(truncate(&line, 100).chars().count() <= 100);
    assert!(sentences(&line).all(|sentence| line.contains(sentence)));
});

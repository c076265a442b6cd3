//! Words as queries and papers are compared by.
//!
//! ```text
//! Mixture-of-Experts LLMs    mixture of expert llm      hyphens split, plurals fold
//! C++  C#  GPT-4o  BKZ 2.0   c++  c#  gpt 4o  bkz 2.0   what belongs to the word stays
//! Shannon's  M^2CD           shannon  m2cd
//! 机器学习                    机器 器学 学习               Chinese, Japanese, Korean by overlapping pairs
//! ```

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold;
use super::latex::Latex;
use super::unit::Unit;
use super::words::{Word, emit, for_each_token};

/// A folded word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The word, folded.
    pub text: String,
    /// The bytes of the input that it was read from.
    pub span: Range<usize>,
}

/// What is folded beside case, accents and compatibility forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    /// Plurals too: running text.
    Words,
    /// Nothing more: in names, `Williams` is not `William`.
    Names,
}

/// Splits running text into folded words.
pub fn tokens(text: &str) -> Vec<Token> {
    collect(text, Folding::Words)
}

/// Splits a name into folded words, with plurals kept.
pub fn name_tokens(text: &str) -> Vec<Token> {
    collect(text, Folding::Names)
}

fn collect(text: &str, folding: Folding) -> Vec<Token> {
    let mut found = Vec::new();
    for_each_token(text, folding, |text, span| found.push(Token { text: text.to_owned(), span }));
    found
}

/// The exact way from text to words, with its buffers.
pub(super) struct Exact<'a> {
    latex: Latex<'a>,
    decoded: Vec<Unit>,
    units: Vec<Unit>,
    word: String,
    single: String,
}

impl<'a> Exact<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            latex: Latex::new(text),
            decoded: Vec::new(),
            units: Vec::new(),
            word: String::new(),
            single: String::new(),
        }
    }

    /// Reads the words from a place to the next white space and says where that is.
    pub fn read(&mut self, from: usize, folding: Folding, visit: &mut impl FnMut(Word<'_>)) -> usize {
        let end = self.latex.decode_piece(from, &mut self.decoded);
        fold::fold(&self.decoded, &mut self.units);
        words_of(&self.units, [&mut self.word, &mut self.single], folding, visit);
        end
    }
}

/// Splits folded characters into words.
fn words_of(
    units: &[Unit],
    [word, single]: [&mut String; 2],
    folding: Folding,
    visit: &mut impl FnMut(Word<'_>),
) {
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        if is_cjk(unit.ch) {
            let end = at + units[at..].iter().take_while(|unit| is_cjk(unit.ch)).count();
            for pair in units[at..end].windows(2.min(end - at)) {
                word.clear();
                word.extend(pair.iter().map(|unit| unit.ch));
                visit(Word::plain(word, span(pair)));
            }
            at = end;
        } else if is_letter(unit.ch) {
            word.clear();
            let end = read_word(units, at, word);
            emit(Word::plain(word, span(&units[at..end])), single, folding, visit);
            at = skip_possessive(units, end);
        } else {
            at += 1;
        }
    }
}

/// Writes tokens as one text that gives the same tokens again: `器学` and `学习` become `器学习`.
pub fn display_tokens<S: AsRef<str>>(tokens: &[S]) -> String {
    let mut text = String::new();
    let mut before = "";
    for token in tokens {
        let token = token.as_ref();
        match (cjk_pair(before), cjk_pair(token)) {
            (Some((_, left)), Some((right, last))) if left == right => text.push(last),
            _ => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(token);
            }
        }
        before = token;
    }
    text
}

/// Reads the word that begins at `at` and returns where it ends.
fn read_word(units: &[Unit], at: usize, word: &mut String) -> usize {
    let ch = |at: usize| units.get(at).map_or(' ', |unit| unit.ch);
    let mut end = at;
    loop {
        let (here, next) = (ch(end), ch(end + 1));
        let goes_on = match here {
            '.' => ch(end - 1).is_ascii_digit() && next.is_ascii_digit(),
            '^' => is_letter(next),
            _ => is_letter(here) || is_combining_mark(here),
        };
        if !goes_on {
            break;
        }
        if here != '^' {
            word.push(here);
        }
        end += 1;
    }
    if ch(end) == '+' && ch(end + 1) == '+' {
        word.push_str("++");
        end += 2;
    } else if end - at == 1
        && ch(end) == '#'
        && word.bytes().all(|b| b.is_ascii_lowercase())
        && !is_word(ch(end + 1))
    {
        word.push('#');
        end += 1;
    }
    end
}

/// Steps over the `'s` of `Shannon's`.
fn skip_possessive(units: &[Unit], at: usize) -> usize {
    match &units[at..] {
        [quote, s, rest @ ..]
            if matches!(quote.ch, '\'' | '’' | '‘')
                && s.ch == 's'
                && !rest.first().is_some_and(|unit| is_word(unit.ch)) =>
        {
            at + 2
        }
        _ => at,
    }
}

fn span(units: &[Unit]) -> Range<usize> {
    let start = units.iter().map(|unit| unit.span.start).min();
    let end = units.iter().map(|unit| unit.span.end).max();
    start.unwrap_or_default()..end.unwrap_or_default()
}

fn is_word(ch: char) -> bool {
    ch.is_alphanumeric()
}

fn is_letter(ch: char) -> bool {
    ch.is_alphanumeric() && !is_cjk(ch)
}

/// Scripts written without spaces, and Hangul, whose particles join the word.
fn is_cjk(ch: char) -> bool {
    matches!(ch, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && ch.is_alphanumeric()
}

/// True for two characters of a script that is compared by overlapping pairs.
pub fn is_pair(token: &str) -> bool {
    cjk_pair(token).is_some()
}

fn cjk_pair(token: &str) -> Option<(char, char)> {
    let mut chars = token.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(a), Some(b), None) if is_cjk(a) && is_cjk(b) => Some((a, b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> String {
        tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn spellings_of_one_thing_give_the_same_words() {
        for (text, expected) in [
            ("Mixture-of-Experts", "mixture of expert"),
            ("mixture of experts", "mixture of expert"),
            ("mixture\u{2011}of\u{2013}experts", "mixture of expert"),
            ("LLMs and LLM’s", "llm and llm"),
            ("Erd\\H{o}s, Erdős, ERDO\u{30b}S", "erdos erdos erdos"),
            ("$\\alpha$-divergence", "α divergence"),
            ("Ｃ＋＋ C++ C# GPT-4o R1 k-means 3D", "c++ c++ c# gpt 4o r1 k means 3d"),
            ("M$^2$CD M^2CD M²CD", "m2cd m2cd m2cd"),
            ("BKZ 2.0. Qwen2.5-VL", "bkz 2.0 qwen2.5 vl"),
            ("\\textsc{Llama}s and {B}ERT", "llama and bert"),
            ("Straße Łukasz Ørsted ﬁne", "strasse lukasz orsted fine"),
            ("Foo™ bar", "foo bar"),
            ("zero\u{200b}width so\u{ad}ft", "zerowidth soft"),
            ("A+B=C, ++", "a b c"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn chinese_japanese_and_korean_are_read_in_pairs() {
        assert_eq!(words("机器学习"), "机器 器学 学习");
        assert_eq!(words("学 GPT模型"), "学 gpt 模型");
        assert_eq!(words("か\u{3099}く ｶﾞｸ"), "がく ガク");
        assert_eq!(words("한국어"), words("\u{1112}\u{1161}\u{11ab}국어"));
        assert_eq!(display_tokens(&["gpt", "机器", "器学", "学习", "r1"]), "gpt 机器学习 r1");
    }

    #[test]
    fn names_keep_their_last_letter() {
        let names: Vec<_> = name_tokens("Williams, D'Incà").into_iter().map(|token| token.text).collect();
        assert_eq!(names, ["williams", "d", "inca"]);
    }

    #[test]
    fn a_token_knows_its_bytes() {
        let text = "On Erd\\H{o}s graphs";
        let spans: Vec<_> = tokens(text).into_iter().map(|token| &text[token.span]).collect();
        assert_eq!(spans, ["On", "Erd\\H{o}s", "graphs"]);
    }

    /// The exact way alone, over the whole text.
    fn exactly(text: &str, folding: Folding) -> Vec<Token> {
        let (mut decoded, mut units, mut found) = (Vec::new(), Vec::new(), Vec::new());
        crate::text::latex::decode(text, &mut decoded);
        fold::fold(&decoded, &mut units);
        words_of(&units, [&mut String::new(), &mut String::new()], folding, &mut |word| {
            found.push(Token { text: word.folded.to_owned(), span: word.span });
        });
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn plain_and_other_pieces_give_what_the_exact_way_gives(
            text in "([a-zA-Z0-9]{1,3}|[ .,'^+#\\n-]|[\\\\${}^_`=<~]|[é’–\u{301}\u{200b}\u{338}学가]|'s|C\\+\\+|\\\\bf |\\\\'|\\$\\\\alpha\\$|\u{1}|\\PC){0,24}"
        ) {
            prop_assert_eq!(tokens(&text), exactly(&text, Folding::Words));
            prop_assert_eq!(name_tokens(&text), exactly(&text, Folding::Names));
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_words_that_give_themselves_again(text in "(\\PC|[\\\\${}^_.'+#s2é学가]){0,60}") {
            for found in [tokens(&text), name_tokens(&text)] {
                let words: Vec<_> = found.iter().map(|token| token.text.clone()).collect();
                for token in &found {
                    prop_assert!(text.get(token.span.clone()).is_some_and(|part| !part.is_empty()));
                }
                let shown = display_tokens(&words);
                let again: Vec<_> = collect(&shown, Folding::Names).into_iter().map(|token| token.text).collect();
                prop_assert_eq!(&again, &words, "{}", shown);
                let folded: Vec<_> = words.iter().map(|word| crate::text::singular(word).into_owned()).collect();
                let twice: Vec<_> = tokens(&display_tokens(&folded)).into_iter().map(|token| token.text).collect();
                prop_assert_eq!(twice, folded);
            }
        }
    }
}

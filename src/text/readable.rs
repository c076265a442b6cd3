//! Text for people: one line, no LaTeX, no characters that nobody sees.

use super::latex;

/// Turns a title or abstract into one line for people: `$\alpha$-divergence` becomes `α-divergence`.
pub fn readable(text: &str) -> String {
    if is_plain(text.as_bytes()) { joined(text) } else { decoded(text) }
}

/// The bytes of ASCII that LaTeX and people read as nothing else.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let special = matches!(byte, b'\\' | b'$' | b'{' | b'}' | b'^' | b'_' | b'`' | b'~');
        plain[byte as usize] = (byte > 31 && byte < 127 && !special) || byte.is_ascii_whitespace();
        byte += 1;
    }
    plain
};

fn is_plain(text: &[u8]) -> bool {
    // Two apostrophes are a closing quotation mark.
    text.iter().all(|byte| PLAIN[usize::from(*byte)]) && !text.windows(2).any(|pair| pair == b"''")
}

fn joined(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn decoded(text: &str) -> String {
    let mut units = Vec::with_capacity(text.len());
    latex::decode(text, &mut units);
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for ch in units.into_iter().map(|unit| unit.ch) {
        if ch.is_whitespace() {
            gap = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
        }
        line.push(ch);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn latex_becomes_what_it_looks_like() {
        for (latex, expected) in [
            (
                "Erd\\H{o}s--R\\'{e}nyi, Nystr\\\"om, G\\\"{o}del, na\\\"{\\i}ve",
                "Erdős--Rényi, Nyström, Gödel, naïve",
            ),
            (
                "Mu\\~niz, k\\={a}k\\={a}, \\c{c}, \\v{s}, \\u a, \\r{a}, \\.z, \\k{a}, F\\`ux\\`i, \\^O",
                "Muñiz, kākā, ç, š, ă, å, ż, ą, Fùxì, Ô",
            ),
            ("$\\hat{\\theta}$, \\hat{x}, \\'{\\i}, \\v s, \\~{}", "θ\u{302}, x\u{302}, í, š, ~"),
            ("\\L{}ukasz, \\o re, \\AA, stra\\ss e", "Łukasz, ø re, Å, straß e"),
            ("$\\alpha$-divergence and $\\mu$P", "α-divergence and μP"),
            (
                "\\textsc{Llama}, \\emph{very \\textbf{bold}}, $\\mathbf{x}$, $\\textit{Can}$",
                "Llama, very bold, x, Can",
            ),
            (
                "GSBAK$^K$: top-$K$, X$^{2}$-Gaussian, $\\ell_1$, 360$^\\circ$",
                "GSBAKᴷ: top-K, X²-Gaussian, ℓ₁, 360°",
            ),
            ("$\\mathcal{O}(n^{\\log n})$, $x_{q}$, $\\frac{1}{2}$", "O(n^(log n)), x_q, 1/2"),
            ("A$^\\text{T}$A, $\\text{R}^2\\text{ec}$, \\textsuperscript{\\textregistered}", "AᵀA, R²ec, ^®"),
            ("LLM $\\times$ DATA, 50\\%, R\\&D, a\\_b, \\(x \\leq y\\)", "LLM × DATA, 50%, R&D, a_b, x ≤ y"),
            ("it costs $5 and $10, or $5-$10, $<$5%", "it costs $5 and $10, or $5-$10, <5%"),
            ("{BERT} and {G}PT over 5{,}000 of the set {0, 1}", "BERT and GPT over 5,000 of the set {0, 1}"),
            (
                "\\ours beats \\textcolor{red}{all} \\cite[p. 3]{x}of \\href{http://x.y}{them}",
                "ours beats all of them",
            ),
            (
                "the model\\'s ``own'' words \\bf here\\unicode{x2019}s",
                "the model's “own” words heres".replace("heres", "here’s").leak(),
            ),
            ("C:\\new and a lone \\", "C:new and a lone \\"),
            ("two\n  lines\u{200b}\u{202e}\u{7}", "two lines"),
            ("e\u{301}", "é"),
            ("unclosed $x and {y and \\textbf{z", "unclosed $x and {y and textbf{z"),
        ] {
            assert_eq!(readable(latex), expected, "{latex}");
        }
    }

    #[test]
    fn deep_nesting_and_floods_of_signs_end_in_good_time() {
        for piece in ["{", "$", "\\(", "\\textbf{", "$^{", "\\'", "\\frac{", "$x^", "\\'\\"] {
            let flood = piece.repeat(20_000);
            assert!(readable(&flood).len() <= flood.len() * 3, "{piece}");
            assert!(readable(&format!("{flood}{}", "}".repeat(20_000))).len() <= flood.len() * 4);
        }
    }

    proptest! {
        #[test]
        fn the_short_cut_for_plain_text_gives_the_same(text in "[ -~\\n\\t\\x0c]{0,60}|[a-z' %&#<>|\\-\\[\\]\"/.,;:!?0-9\\n]{0,60}") {
            prop_assert_eq!(readable(&text), decoded(&text));
        }

        #[test]
        fn any_text_becomes_one_line_without_hidden_characters(text in "(\\PC|[\\\\${}^_'\"`\\n a1]|\\\\(textbf|frac|alpha|H|c|cite|u00e9)[{ ]){0,80}") {
            let line = readable(&text);
            prop_assert!(!line.chars().any(|ch| ch.is_control() || super::super::unit::is_hidden(ch)));
            prop_assert!(!line.starts_with(' ') && !line.ends_with(' ') && !line.contains("  "));
        }
    }
}

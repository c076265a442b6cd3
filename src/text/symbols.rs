//! Tables of LaTeX: what each command stands for in Unicode.

/// The characters that a command without arguments stands for.
pub(super) fn symbol(name: &str) -> Option<&'static str> {
    SYMBOLS.binary_search_by_key(&name, |(name, _)| name).ok().map(|at| SYMBOLS[at].1)
}

/// The combining mark of an accent command, which is a letter or a punctuation mark: `\v s`, `\"o`, `\hat{x}`.
pub(super) fn accent(name: &str) -> Option<char> {
    Some(match name {
        "`" | "grave" => '\u{300}',
        "'" | "acute" => '\u{301}',
        "^" | "hat" | "widehat" => '\u{302}',
        "~" | "tilde" | "widetilde" => '\u{303}',
        "=" | "bar" => '\u{304}',
        "u" | "breve" => '\u{306}',
        "." | "dot" => '\u{307}',
        "\"" | "ddot" => '\u{308}',
        "r" => '\u{30a}',
        "H" => '\u{30b}',
        "v" | "check" => '\u{30c}',
        "d" => '\u{323}',
        "c" => '\u{327}',
        "k" => '\u{328}',
        "b" => '\u{331}',
        _ => return None,
    })
}

/// True for commands that set a style from here on and show nothing: `\bf`, `\small`, `\left`.
pub(super) fn is_declaration(name: &str) -> bool {
    matches!(
        name,
        "bf" | "it"
            | "em"
            | "rm"
            | "sc"
            | "sf"
            | "sl"
            | "tt"
            | "tiny"
            | "small"
            | "normalsize"
            | "large"
            | "Large"
            | "bfseries"
            | "itshape"
            | "scshape"
            | "ttfamily"
            | "left"
            | "right"
            | "big"
            | "Big"
            | "bigl"
            | "bigr"
            | "Bigl"
            | "Bigr"
            | "displaystyle"
            | "textstyle"
            | "limits"
            | "nolimits"
            | "noindent"
            | "centering"
            | "protect"
            | "xspace"
            | "not"
    )
}

/// How many leading arguments of a command are not for readers: all of `\cite{key}`, the address of `\href{url}{text}`.
pub(super) fn hidden_arguments(name: &str) -> usize {
    match name {
        "cite" | "citep" | "citet" | "citeauthor" | "citealp" | "ref" | "eqref" | "cref" | "Cref"
        | "autoref" | "label" | "footnote" | "footnotemark" | "thanks" | "vspace" | "hspace" | "begin"
        | "end" | "ding" | "color" | "href" | "textcolor" | "colorbox" | "hyperlink" | "hypertarget"
        | "hyperref" | "fontsize" => 1,
        _ => 0,
    }
}

/// The raised form of a character.
pub(super) fn superscript(ch: char) -> Option<char> {
    pick(
        ch,
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ∘′⊤*†−",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ°′ᵀ*†⁻",
    )
}

/// The lowered form of a character.
pub(super) fn subscript(ch: char) -> Option<char> {
    pick(ch, "0123456789+-=()aehijklmnoprstuvxβγρφχ−", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ₋")
}

fn pick(ch: char, from: &str, to: &str) -> Option<char> {
    from.chars().position(|known| known == ch).and_then(|at| to.chars().nth(at))
}

/// Sorted by name, capitals first.
const SYMBOLS: &[(&str, &str)] = &[
    ("AA", "Å"),
    ("AE", "Æ"),
    ("Delta", "Δ"),
    ("Gamma", "Γ"),
    ("L", "Ł"),
    ("LaTeX", "LaTeX"),
    ("Lambda", "Λ"),
    ("Leftarrow", "⇐"),
    ("Leftrightarrow", "⇔"),
    ("O", "Ø"),
    ("OE", "Œ"),
    ("Omega", "Ω"),
    ("P", "¶"),
    ("Phi", "Φ"),
    ("Pi", "Π"),
    ("Psi", "Ψ"),
    ("Rightarrow", "⇒"),
    ("S", "§"),
    ("Sigma", "Σ"),
    ("TeX", "TeX"),
    ("Theta", "Θ"),
    ("Upsilon", "Υ"),
    ("Xi", "Ξ"),
    ("aa", "å"),
    ("ae", "æ"),
    ("aka", "a.k.a."),
    ("alpha", "α"),
    ("angle", "∠"),
    ("approx", "≈"),
    ("ast", "*"),
    ("asymp", "≍"),
    ("beta", "β"),
    ("bullet", "•"),
    ("cap", "∩"),
    ("cdot", "·"),
    ("cdots", "⋯"),
    ("checkmark", "✓"),
    ("chi", "χ"),
    ("circ", "∘"),
    ("circledR", "®"),
    ("colon", ":"),
    ("cong", "≅"),
    ("copyright", "©"),
    ("cup", "∪"),
    ("dag", "†"),
    ("dagger", "†"),
    ("ddagger", "‡"),
    ("deg", "°"),
    ("degree", "°"),
    ("delta", "δ"),
    ("diamond", "⋄"),
    ("div", "÷"),
    ("dots", "…"),
    ("downarrow", "↓"),
    ("eg", "e.g."),
    ("ell", "ℓ"),
    ("emptyset", "∅"),
    ("epsilon", "ε"),
    ("equiv", "≡"),
    ("eta", "η"),
    ("etc", "etc."),
    ("euro", "€"),
    ("exists", "∃"),
    ("forall", "∀"),
    ("gamma", "γ"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("geqslant", "≥"),
    ("gg", "≫"),
    ("gtrsim", "≳"),
    ("hbar", "ℏ"),
    ("i", "i"),
    ("ie", "i.e."),
    ("iff", "⇔"),
    ("in", "∈"),
    ("infty", "∞"),
    ("int", "∫"),
    ("iota", "ι"),
    ("j", "j"),
    ("kappa", "κ"),
    ("l", "ł"),
    ("lambda", "λ"),
    ("langle", "⟨"),
    ("ldots", "…"),
    ("le", "≤"),
    ("leftarrow", "←"),
    ("leftrightarrow", "↔"),
    ("leq", "≤"),
    ("leqslant", "≤"),
    ("lesssim", "≲"),
    ("ll", "≪"),
    ("mapsto", "↦"),
    ("mid", "|"),
    ("mp", "∓"),
    ("mu", "μ"),
    ("nabla", "∇"),
    ("ne", "≠"),
    ("neg", "¬"),
    ("neq", "≠"),
    ("notin", "∉"),
    ("nu", "ν"),
    ("o", "ø"),
    ("odot", "⊙"),
    ("oe", "œ"),
    ("omega", "ω"),
    ("oplus", "⊕"),
    ("otimes", "⊗"),
    ("parallel", "∥"),
    ("partial", "∂"),
    ("perp", "⊥"),
    ("phi", "φ"),
    ("pi", "π"),
    ("pm", "±"),
    ("pounds", "£"),
    ("prime", "′"),
    ("prod", "∏"),
    ("propto", "∝"),
    ("psi", "ψ"),
    ("qquad", " "),
    ("quad", " "),
    ("rangle", "⟩"),
    ("rho", "ρ"),
    ("rightarrow", "→"),
    ("setminus", "∖"),
    ("sigma", "σ"),
    ("sim", "∼"),
    ("simeq", "≃"),
    ("space", " "),
    ("sqrt", "√"),
    ("ss", "ß"),
    ("star", "⋆"),
    ("subset", "⊂"),
    ("subseteq", "⊆"),
    ("sum", "∑"),
    ("supset", "⊃"),
    ("tau", "τ"),
    ("textasciicircum", "^"),
    ("textasciitilde", "~"),
    ("textbackslash", "\\"),
    ("textbar", "|"),
    ("textbullet", "•"),
    ("textdegree", "°"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("textgreater", ">"),
    ("textless", "<"),
    ("textmu", "μ"),
    ("textpertenthousand", "‱"),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("textunderscore", "_"),
    ("theta", "θ"),
    ("times", "×"),
    ("to", "→"),
    ("top", "⊤"),
    ("triangle", "△"),
    ("uparrow", "↑"),
    ("upsilon", "υ"),
    ("varepsilon", "ε"),
    ("varphi", "φ"),
    ("varrho", "ρ"),
    ("varsigma", "ς"),
    ("vartheta", "θ"),
    ("vdots", "⋮"),
    ("vee", "∨"),
    ("wedge", "∧"),
    ("wr", "≀"),
    ("xi", "ξ"),
    ("zeta", "ζ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_sorted_for_the_binary_search_and_found() {
        assert!(SYMBOLS.is_sorted_by_key(|(name, _)| name));
        assert_eq!((symbol("mu"), symbol("ours")), (Some("μ"), None));
    }

    #[test]
    fn raised_and_lowered_forms_stand_in_the_order_of_their_characters() {
        assert_eq!(
            (superscript('2'), superscript('T'), superscript('−'), superscript('q')),
            (Some('²'), Some('ᵀ'), Some('⁻'), None)
        );
        assert_eq!(
            (subscript('1'), subscript('x'), subscript('−'), subscript('q')),
            (Some('₁'), Some('ₓ'), Some('₋'), None)
        );
    }
}

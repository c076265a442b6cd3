use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> String {
    match Query::parse(text) {
        Ok(query) => query.to_string(),
        Err(error) => format!("{}: {}", error.position, error.message),
    }
}

#[test]
fn the_same_question_has_one_text() {
    for (spellings, expected) in [
        (&["LLM", "  llms ", "(LLM)", "llm LLMs", "llm OR llm", "the llm", "--llm"][..], "llm"),
        (&["mixture-of-experts", "\"Mixture of Experts\"", "“mixture of expert”"], "\"mixture of expert\""),
        (
            &["diffusion image", "image AND diffusion", "(image) (diffusion)", "NOT NOT image diffusion"],
            "diffusion image",
        ),
        (&["x | y", "y OR x", "y OR (x OR y)", "y|x"], "x OR y"),
        (&["x y OR z", "z OR (y x)", "(y AND x)|z"], "(x y) OR z"),
        (&["x -y", "-y x", "x NOT y", "x AND NOT y", "x −y"], "x -y"),
        (&["x -(y OR z)", "x NOT (z|y)"], "x -(y OR z)"),
        (&["ti:(x y)", "ti:y ti:x", "TI: x ti: y"], "ti:x ti:y"),
        (&["cat:CS.cl", "cat:\"cs.CL\"", "CAT:cs.CL"], "cat:cs.CL"),
        (&["cat:cs", "cat:cs.*", "cat:CS"], "cat:cs"),
        (&["cat:physics.acc-ph", "cat:Physics.ACC-PH"], "cat:physics.acc-ph"),
        (&["au:\"Hinton, G\"", "au:\"HINTON,G.\"", "au:Hinton,G"], "au:\"hinton, g\""),
        (&["au:Erdős", "au:Erd\\H{o}s", "au:erdos"], "au:erdos"),
        (&["G\\\"odel", "gödel", "\"G\\\"odel\""], "godel"),
        (&["org:\"Google DeepMind\"", "org:google-deepmind"], "org:\"google deepmind\""),
        (&["机器学习", "\"机器 器学 学习\""], "机器学习"),
        (&["C++", "c++"], "c++"),
        (&["http://arxiv.org"], "\"http arxiv org\""),
        (&["ratio 2:1"], "\"2 1\" ratio"),
        (&["Attention: survey"], "attention survey"),
        (&["au:or", "au:OR", "au:(or)"], "au:or"),
        (&["\"A* search\""], "\"a search\""),
    ] {
        for spelling in spellings {
            assert_eq!(canonical(spelling), expected, "{spelling}");
        }
    }
}

#[test]
fn faults_are_named_with_their_place() {
    let deep = format!("{}x{}", "(".repeat(9), ")".repeat(9));
    let many = vec!["x"; 65].join(" ");
    let unfolding = (0..8).fold("x0 y0 OR z0".to_owned(), |inner, at| format!("x{at} ({inner}) OR y{at}"));
    for (text, expected) in [
        ("", "0: the query is empty: write a word or a phrase, such as diffusion or \"flow matching\""),
        ("the", "0: “the” is in nearly every paper: add a more telling word"),
        ("the of \"to be\"", "0: “the” is in nearly every paper: add a more telling word"),
        ("& …", "0: there is no letter or digit to look for: write a word or a phrase"),
        ("-a1 -b1", "0: excluding alone would select nearly every paper: add a word that must be there"),
        ("x OR -y", "5: excluding alone would select nearly every paper: add a word that must be there"),
        ("x -the", "2: this would exclude nearly every paper: leave it out"),
        ("x y (z OR the)", "10: this part of the OR holds in nearly every paper: leave it out"),
        ("x (y", "2: this “(” is never closed: add “)”"),
        ("x)", "1: this “)” closes nothing: take it away, or add “(” before it"),
        ("x ()", "3: nothing before this “)”: expected a word, a phrase or “(” here"),
        ("x OR", "4: the query stops here: expected a word, a phrase or “(” here"),
        ("OR x", "0: “OR” joins two parts: expected a word, a phrase or “(” here"),
        ("x AND OR y", "6: “OR” joins two parts: expected a word, a phrase or “(” here"),
        ("x \"y z", "2: this quote \" is never closed: add “\"” after the last word of the phrase"),
        (
            "é trans*",
            "7: a word cannot hold “*”: write the whole word, or put it in quotes when the star belongs to it",
        ),
        ("auther:hinton", "0: there is no field “auther:”: did you mean “au:”?"),
        ("x auther:\"Hinton, G\"", "2: there is no field “auther:”: did you mean “au:”?"),
        ("title: x", "0: there is no field “title:”: did you mean “ti:”?"),
        (
            "src:arxiv",
            "0: there is no field “src:”: the fields are ti: abs: au: cat: kw: org:; put the text in quotes to look for it as it is",
        ),
        ("ti:", "3: expected a word, a phrase or “(” after “ti:”"),
        ("x ti:-y", "5: put the minus before the field: -ti:…"),
        ("ti:(au:x)", "4: “au:” cannot stand inside “ti:( … )”: write them side by side"),
        ("cat:c*", "4: “c*” is not a category: write cat:cs.CL, or cat:cs for the whole archive"),
        ("cats or dogs", "5: write OR in capitals, or put the words in quotes to look for “or” itself"),
        ("x - y", "2: a minus excludes the word directly after it: close the gap, or leave the minus out"),
        (&deep, "8: more than 8 levels of parentheses: write the query flatter"),
        (&unfolding, "0: written out, the query has more than 8 levels of parentheses"),
        (&many, "128: more than 64 words and phrases: split this into several subscriptions"),
        (&"x".repeat(1_001), "1000: the query has 1001 characters; at most 1000 are allowed"),
        (&"ﷺ".repeat(999), "0: written out, the query has 17984 characters; at most 1000 are allowed"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn a_fault_is_pointed_at() {
    let pointed = |text: &str| Query::parse(text).expect_err("faulty").pointed();
    assert_eq!(
        pointed("transformer (x OR\ty"),
        "transformer (x OR y\n            ^\nthis “(” is never closed: add “)”"
    );
    let long = format!("{} (x {}", "word ".repeat(20), "word ".repeat(20));
    let lines: Vec<_> = pointed(&long).lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with('…') && lines[0].ends_with('…'), "{lines:?}");
    assert_eq!(lines[0].chars().position(|ch| ch == '('), lines[1].find('^'));
}

/// Queries as people write them, without faults.
fn written(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let word = prop::sample::select(words).prop_map(str::to_owned);
    let phrase = prop::collection::vec(prop::sample::select(words), 1..4)
        .prop_map(|words| format!("\"{}\"", words.join(" ")));
    let fielded = (prop::sample::select(&["ti", "abs", "au", "kw", "org"][..]), prop::sample::select(words))
        .prop_map(|(field, word)| format!("{field}:{word}"));
    let leaf = prop_oneof![4 => word, 2 => phrase, 2 => fielded, 1 => Just("cat:cs.CL".to_owned())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let many = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            many.clone().prop_map(|parts| format!("({})", parts.join(" "))),
            many.prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} -{b})")),
        ]
    })
}

const WORDS: &[&str] =
    &["LLMs", "diffusion", "mixture-of-experts", "Erdős", "C++", "GPT-4o", "机器学习", "2.5", "the", "x"];

fn shuffled(expr: &Expr) -> String {
    let part = |part: &Expr| format!("( {} )", shuffled(part));
    match expr {
        Expr::Condition(condition) => condition.to_string(),
        Expr::Term(term) => {
            term.to_string().replace("cat:cs.CL", "CAT:CS.cl").replace("diffusion", "DIFFUSION")
        }
        Expr::Not(inner) => format!("NOT({})", shuffled(inner)),
        Expr::And(parts) => {
            parts.iter().rev().chain(parts.first()).map(part).collect::<Vec<_>>().join(" AND ")
        }
        Expr::Or(parts) => parts.iter().rev().chain(parts.last()).map(part).collect::<Vec<_>>().join("|"),
    }
}

proptest! {
    #[test]
    fn the_canonical_text_reads_back_to_itself(text in written(WORDS)) {
        if let Ok(query) = Query::parse(&text) {
            let again = Query::parse(query.as_str()).map_err(|error| TestCaseError::fail(error.pointed()))?;
            prop_assert_eq!(again.as_str(), query.as_str());
            prop_assert_eq!(again.expr(), query.expr());
        }
    }

    #[test]
    fn order_case_space_and_repetition_do_not_change_a_query(text in written(&WORDS[..8])) {
        if let Ok(query) = Query::parse(&text) {
            match Query::parse(&shuffled(query.expr())) {
                Ok(other) => prop_assert_eq!(query.as_str(), other.as_str()),
                Err(error) => prop_assert!(error.message.contains("more than"), "{}", error.pointed()),
            }
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic_and_what_it_takes_reads_back(
        text in "(\\PC|[ ()|\"“\\-*:\\\\{}$^.+#,'\n]|AND|OR |NOT|ti:|au:|cat:|cs|the|学|가|é|x){0,40}"
    ) {
        match Query::parse(&text) {
            Ok(query) => prop_assert_eq!(Query::parse(query.as_str()).map(|again| again.to_string()), Ok(query.to_string())),
            Err(error) => {
                prop_assert!(error.position <= text.chars().count());
                prop_assert_eq!(error.pointed().lines().count(), 3);
            }
        }
    }
}

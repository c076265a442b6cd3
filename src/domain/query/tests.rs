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
        (&["Transform*", "transform* transform*"], "transform*"),
        (&["k-Mean*", "K-mean*"], "k-mean*"),
        (&["ti:polic*"], "ti:polic*"),
        (&["au:Hin*"], "au:hin*"),
        (&["机器学习*"], "机器学习"),
        (&["=LLMs", "=\"LLMs\""], "=llms"),
        (&["=\"Large Language Models\""], "=\"large language models\""),
        (&["=C++", "C++"], "c++"),
        (&["=GPT-4o", "=\"gpt 4o\""], "=\"gpt 4o\""),
        (&["ti:=llms", "ti:(=llms)"], "ti:=llms"),
        (&["au:=Williams", "au:williams"], "au:williams"),
        (&["upvotes>=50", "UPVOTES >= 50", "upvotes>49", "upvotes => 50", "upvotes≥050"], "upvotes>=50"),
        (&["x upvotes<10", "x upvotes <= 9"], "upvotes<10 x"),
        (&["comments=3", "comments == 3"], "comments=3"),
        (&["stars+24h>=100", "stars+1d>99"], "stars+24h>=100"),
        (&["upvotes+7d>=30", "upvotes+168h >= 30", "upvotes+1w>=30"], "upvotes+7d>=30"),
        (&["upvotes x", "x upvotes"], "upvote x"),
        (&["p<0.05"], "\"p 0.05\""),
        (&["listed:2026-08-01", "listed=2026-08-01", "listed:2026-08-01..2026-08-01"], "listed:2026-08-01"),
        (&["listed:2026-08-01..2026-08-07"], "listed:2026-08-01..2026-08-07"),
        (&["listed:2026-08-01..", "listed>=2026-08-01", "listed > 2026-07-31"], "listed>=2026-08-01"),
        (&["listed>=7d", "listed >= 1w", "listed>8d", "listed:7d.."], "listed>=7d"),
        (&["listed<7d", "listed<=8d"], "listed<=8d"),
        (&["has:code", "HAS:Code", "has:\"code\""], "has:code"),
        (&["has:(code project)", "has:project has:code"], "has:code has:project"),
        (&["src:(arXiv OR huggingface)", "src:HuggingFace|src:arxiv"], "src:arxiv OR src:huggingface"),
        (&["type:NEW"], "type:new"),
        (&["id:2608.01234", "id:2608.01234v2", "id:https://arxiv.org/abs/2608.01234"], "id:2608.01234"),
        (&["id:\"https://example.org/a(b)\""], "id:\"https://example.org/a(b)\""),
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
            "é tra*ns",
            "5: a star stands at the end of a word; put the text in quotes when the star belongs to it",
        ),
        ("x tr*", "4: a star needs at least 3 letters or digits directly before it"),
        ("c++*", "3: a star needs at least 3 letters or digits directly before it"),
        ("foo-*", "4: a star needs at least 3 letters or digits directly before it"),
        ("=trans*", "6: “=” asks for a whole word: leave out the “=” or the star"),
        ("the*", "0: words in nearly every paper begin with “the”: write more letters"),
        (
            "a = b",
            "2: “=” asks for the word directly after it as it is written: close the gap, or leave it out",
        ),
        (
            "x =(y)",
            "2: “=” asks for the word directly after it as it is written: close the gap, or leave it out",
        ),
        ("upvotes>=", "9: expected a whole number here, such as upvotes>=50"),
        ("x upvotes >= many", "13: expected a whole number here, such as upvotes>=50"),
        ("stars>1000000000", "6: at most 1000000000 can be asked for"),
        ("stars<0 x", "6: no number is below 0"),
        ("stars+24h", "9: expected a comparison after “stars+24h”, such as stars+24h>=100"),
        ("stars+24>5", "6: “24” is no time: write hours or days, such as 24h or 7d"),
        ("stars+31d>5", "6: a rise is asked for over 1h to 30d"),
        ("upvote>=5", "0: there is no number “upvote”: did you mean “upvotes”?"),
        ("likes>5", "0: there is no number “likes”: did you mean “upvotes”?"),
        ("citations>=5", "0: there is no number “citations”: the numbers are upvotes, comments, stars"),
        ("stars:>5", "0: a number is compared without a colon: stars>=50"),
        ("stars<5", "0: “stars<5” holds for nearly every new paper: add a word that must be there"),
        ("x OR stars>=0", "5: “stars>=0” holds for nearly every new paper: add a word that must be there"),
        ("-has:code", "0: excluding alone would select nearly every paper: add a word that must be there"),
        ("has:cod", "4: “has:cod” is not known: did you mean “code”?"),
        ("has:github", "4: “has:github” is not known: did you mean “code”?"),
        ("has:everything", "4: “has:everything” is not known: write one of code, summary, model, project"),
        ("type:nwe", "5: “type:nwe” is not known: did you mean “new”?"),
        ("src:\"a b\"", "5: “a b” is not the name of a source: write src:arxiv or src:huggingface"),
        (
            "id:12",
            "3: “12” is not a paper: give an arXiv id (2608.01234), a DOI (10.1038/…) or the address of a paper (https://…)",
        ),
        ("listed:yesterday", "7: “yesterday” is no day: write 2026-08-01, or 7d for seven days ago"),
        ("listed:2026-02-30", "7: “2026-02-30” is no day: write 2026-08-01, or 7d for seven days ago"),
        ("listed:7d", "7: did you mean “listed>=7d”, the last days up to today?"),
        ("listed:2026-08-07..2026-08-01", "7: this ends before it begins: write the earlier day first"),
        ("listed:2026-08-07..x", "19: “x” is no day: write 2026-08-01, or 7d for seven days ago"),
        ("listed:..", "7: expected a day on one side of “..”"),
        ("listed>0d", "7: that is later or earlier than any paper"),
        ("ti:(stars>5)", "4: “stars” cannot stand inside “ti:( … )”: write them side by side"),
        ("auther:hinton", "0: there is no field “auther:”: did you mean “au:”?"),
        ("x auther:\"Hinton, G\"", "2: there is no field “auther:”: did you mean “au:”?"),
        ("title: x", "0: there is no field “title:”: did you mean “ti:”?"),
        (
            "language:en",
            "0: there is no field “language:”: the fields are ti: abs: au: cat: kw: org: id: src: type: has: listed:; put the text in quotes to look for it as it is",
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
fn a_subscription_has_no_date() {
    let error = Query::for_subscription("llm (graph OR listed>=7d)").expect_err("a date");
    assert_eq!(error.position, 14);
    assert!(error.message.contains("leave out the date"), "{error}");
    let query = Query::for_subscription("llm stars+24h>=100").expect("numbers may be asked for");
    assert!(query.has_numbers());
}

#[test]
fn bombs_are_read_in_as_many_steps_as_they_are_long() {
    let piled = [
        "(",
        "((x OR ",
        "-",
        "NOT ",
        "x OR ",
        "ti:(",
        "-(",
        "x(",
        "=x ",
        "\"",
        "x|(y ",
        "stars>1 ",
        "((((((((x))))))))",
        "au:(",
    ];
    for piece in piled {
        for characters in [250, 500, 1_000] {
            let bomb = piece.repeat(characters / piece.len());
            let before = parser::STEPS.get();
            let read = Query::parse(&bomb);
            let steps = parser::STEPS.get() - before;
            assert!(steps <= 8 * characters, "{steps} steps for {characters} characters of {piece}");
            assert!(read.is_err() || bomb.len() < 1_000, "{piece} is taken");
        }
        assert!(Query::parse(&piece.repeat(100_000)).is_err(), "{piece}");
    }
}

#[test]
fn a_fault_is_pointed_at() {
    let pointed = |text: &str| Query::parse(text).expect_err("faulty").pointed();
    assert_eq!(
        pointed("transformer (x OR\ty"),
        "transformer (x OR y\n            ^\nthis “(” is never closed: add “)”"
    );
    assert_eq!(pointed("cat:\\\n").lines().count(), 3, "a line break in the query is none in the message");
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
    let starred =
        prop::sample::select(&["diffus*", "k-mean*", "ti:trans*", "=LLMs", "=\"LLMs x\"", "kw:=models"][..]);
    let condition = prop::sample::select(
        &[
            "upvotes>=50",
            "stars > 9",
            "comments<=3",
            "stars+1d>=5",
            "upvotes=7",
            "has:code",
            "src:arXiv",
            "type:new",
            "id:2608.01234",
            "id:\"10.1000/a(b)\"",
            "listed>=7d",
            "listed:2026-08-01..2026-08-07",
            "listed<2026-08-01",
        ][..],
    );
    let other = prop_oneof![starred, condition].prop_map(str::to_owned);
    let leaf =
        prop_oneof![4 => word, 2 => phrase, 2 => fielded, 1 => Just("cat:cs.CL".to_owned()), 3 => other];
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
        text in "(\\PC|[ ()|\"“\\-*:\\\\{}$^.+#,'\n]|AND|OR |NOT|ti:|au:|cat:|cs|the|学|가|é|x|=|\\*|stars|\\+7d|>=|9|listed|id:|has:|src:|10\\.1000/|2026-08-01|\\.\\.){0,40}"
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

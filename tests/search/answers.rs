use paperwire::domain::{Counters, Facts, Query};
use paperwire::search::{Ask, Completion, CompletionKind, SearchRequest, Sort};

use super::{TODAY, find, index, keys, paper, request, titled};

#[test]
fn the_title_weighs_more_than_the_abstract_and_new_papers_a_little_more() {
    let in_abstract = Facts { abstract_text: "On flow in graphs".into(), ..titled("A study of graphs") };
    let in_title = Facts { abstract_text: "A study of graphs".into(), ..titled("On flow in graphs") };
    let papers = [
        paper(1, 0, in_abstract.clone()),
        paper(2, 0, in_title.clone()),
        paper(3, 900, in_title),
        paper(4, 900, in_abstract),
    ];
    let page = find(&index(&papers), "flow");
    assert_eq!(keys(&page), [2, 3, 1, 4]);
    assert!(page.hits.is_sorted_by(|better, worse| better.score > worse.score), "{page:?}");
}

#[test]
fn orders_by_date_and_votes_follow_their_numbers_and_then_the_newest_paper() {
    let with = |key, age, upvotes| {
        let counters = Counters { upvotes, ..Counters::default() };
        paperwire::domain::Paper { counters, ..paper(key, age, titled("flow")) }
    };
    let search = index(&[with(1, 3, Some(5)), with(2, 1, None), with(3, 2, Some(50)), with(4, 3, Some(0))]);
    let query: Query = "flow".parse().unwrap();
    let by = |sort| keys(&search.search(&SearchRequest { sort, ..request(Ask::Query(&query)) }).unwrap());
    assert_eq!(by(Sort::Date), [2, 3, 4, 1]);
    assert_eq!(by(Sort::Upvotes), [3, 1, 4, 2]);
}

#[test]
fn pages_continue_each_other_in_every_order_and_count_all() {
    let papers: Vec<_> = (1..=25)
        .map(|key| paper(key, key % 4, titled(if key % 3 == 0 { "flow of flow" } else { "robot flow" })))
        .collect();
    let search = index(&papers);
    let query: Query = "flow".parse().unwrap();
    for sort in [Sort::Relevance, Sort::Date, Sort::Upvotes] {
        let whole = search.search(&SearchRequest { sort, ..request(Ask::Query(&query)) }).unwrap();
        assert_eq!((whole.hits.len(), whole.total, whole.next), (25, 25, None));
        let (mut pages, mut cursor) = (Vec::new(), None);
        for _ in 0..3 {
            let asked = SearchRequest { sort, limit: 10, cursor, ..request(Ask::Query(&query)) };
            let page = search.search(&asked).unwrap();
            assert_eq!(page.total, 25);
            cursor = page.next.map(|next| next.to_string().parse().unwrap());
            pages.extend(keys(&page));
        }
        assert_eq!((pages, cursor), (keys(&whole), None), "{sort:?}");
    }
}

#[test]
fn many_papers_come_in_the_same_order_with_and_without_skipping() {
    let papers: Vec<_> = (1..=3_000)
        .map(|key| {
            let filler = "word ".repeat(usize::try_from(key % 37).unwrap());
            let title = if key % 11 == 0 { "flow matching" } else { "matching of flow" };
            paper(key, key % 900, Facts { abstract_text: filler + "flow robot", ..titled(title) })
        })
        .collect();
    let search = index(&papers);
    for text in ["flow", "flow matching", "\"flow matching\"", "flow OR robot", "flow -word"] {
        let query: Query = text.parse().unwrap();
        let ask = |limit| search.search(&SearchRequest { limit, ..request(Ask::Query(&query)) }).unwrap();
        let (few, many) = (ask(10), ask(1_000));
        assert_eq!(keys(&few), keys(&many)[..10], "{text}");
        assert_eq!(few.total, many.total);
    }
}

#[test]
fn when_no_paper_holds_all_those_with_a_part_come_and_say_so() {
    let papers = [
        paper(1, 0, titled("Flow of robots")),
        paper(2, 0, titled("Flow of water")),
        paper(3, 0, titled("Trees")),
    ];
    let search = index(&papers);
    let page = find(&search, "\"robots flow\" -water");
    assert_eq!((keys(&page), page.relaxed), (vec![1], true));
    let page = find(&search, "flow trees -water");
    assert_eq!((page.total, page.relaxed), (2, true));
    let page = find(&search, "flow cat:cs.CL");
    assert_eq!((page.total, page.relaxed), (0, false), "what was asked of a category is not let go");
    assert!(!find(&search, "flow").relaxed);
}

#[test]
fn joined_pieces_answer_as_before_and_are_joined_once() {
    let search = paperwire::search::Search::in_memory().unwrap();
    for key in 1..=12 {
        search.upsert(&[paper(key, key, titled("Flow of robots")), paper(1, 0, titled("Flow"))]).unwrap();
        search.commit(key).unwrap();
    }
    let before = find(&search, "flow");
    assert!(search.tidy().unwrap() && !search.tidy().unwrap());
    assert_eq!((find(&search, "flow").total, keys(&find(&search, "flow"))), (12, keys(&before)));
    assert_eq!(search.position().unwrap(), 12);
    search.upsert(&[paper(13, 0, titled("Flow"))]).unwrap();
    search.commit(13).unwrap();
    assert_eq!(find(&search, "flow").total, 13);
}

#[test]
fn free_text_needs_no_word_to_be_there() {
    let search = index(&[paper(1, 0, titled("Flow of robots")), paper(2, 0, titled("Flow of water"))]);
    let page = search.search(&request(Ask::Words("Do ROBOTS (like us) flow: or -not?"))).unwrap();
    assert_eq!((keys(&page), page.relaxed), (vec![1, 2], false));
    assert_eq!(search.search(&request(Ask::Words("?!"))).unwrap().total, 0);
}

#[test]
fn a_newer_revision_takes_the_place_of_the_older() {
    let search = index(&[paper(1, 0, titled("Flow")), paper(2, 0, titled("Flow"))]);
    search.upsert(&[paper(1, 0, titled("Stream"))]).unwrap();
    assert_eq!(keys(&find(&search, "flow")), [2, 1], "before the commit nothing changes");
    search.commit(9).unwrap();
    assert_eq!((keys(&find(&search, "flow")), keys(&find(&search, "stream"))), (vec![2], vec![1]));
    assert_eq!((search.len(), search.position().unwrap()), (2, 9));
}

#[test]
fn what_is_begun_is_completed_from_keywords_authors_and_titles() {
    let facts = |title: &str, author: &str, keywords: &[&str]| Facts {
        authors: vec![author.into()],
        keywords: keywords.iter().map(|&k| k.into()).collect(),
        ..titled(title)
    };
    let search = index(&[
        paper(1, 0, facts("Flow in Networks", "Ada Flores", &["flow matching", "graphs"])),
        paper(2, 1, facts("Trees", "Bo Li", &["optical flow", "Flow Matching"])),
    ]);
    let complete = |text: &str| search.complete(text, 10).unwrap();
    let is = |text: &str, kind| Completion { text: text.into(), kind };
    assert_eq!(
        complete("FLO"),
        [
            is("flow matching", CompletionKind::Keyword),
            is("Ada Flores", CompletionKind::Author),
            is("Flow in Networks", CompletionKind::Title),
            is("optical flow", CompletionKind::Keyword),
        ]
    );
    assert_eq!(complete("flow matc"), [is("flow matching", CompletionKind::Keyword)]);
    assert_eq!(complete("networks"), [is("Flow in Networks", CompletionKind::Title)]);
    assert_eq!(search.complete("flo", 1).unwrap().len(), 1);
    assert!(complete("").is_empty() && complete("xyz").is_empty());
}

#[test]
fn a_misspelt_word_is_answered_with_the_nearest_that_finds_something() {
    let author =
        Facts { authors: vec!["Geoffrey Hinton".into()], ..titled("Reinforcement learning of diffusion") };
    let search = index(&[paper(1, 0, author), paper(2, 0, titled("Diffusion"))]);
    let suggest = |text: &str| search.suggest(&text.parse().unwrap(), TODAY).unwrap();
    assert_eq!(suggest("difusion").as_deref(), Some("diffusion"));
    assert_eq!(suggest("\"reinforcment lerning\" -x").as_deref(), Some("\"reinforcement learning\" -x"));
    assert_eq!(suggest("au:hintno").as_deref(), Some("au:hinton"));
    assert_eq!(suggest("diffusion"), None);
    assert_eq!(suggest("zebrafish"), None);
}

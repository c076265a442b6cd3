//! How letters look at their limits. `PAPERWIRE_LETTERS` names a folder that gets the documents, to look at them.

use std::sync::Arc;

use paperwire::chat::ChatPlatform as _;
use paperwire::chat::email::{Route, Security};
use paperwire::message::{Message, PaperCard, RoundupLine};

use super::{card, email, line, roundup, send, three};
use crate::worlds::smtp::{Peer, Taken};

/// Gmail shows no more of a letter than 102 KB.
const HTML_MAX: usize = 100_000;

/// A roundup of this many papers, each with the longest title and facts that a source has given.
fn longest(papers: usize) -> Message {
    let title = "Towards a Unified and Generalisable Framework of Everything That Has Ever Been Measured – "
        .repeat(9);
    let facts = (1..=664).map(|n| format!("Author Number {n}")).collect::<Vec<_>>().join(", ");
    let mut card = roundup(&[(&"\"a long query\" OR ".repeat(40), &[])]);
    let line = RoundupLine { facts: vec![facts, "12 upvotes".to_owned()], ..line(&title) };
    card.sections[0].lines = vec![line; papers];
    Message::Roundup(card)
}

fn usual(papers: usize) -> Message {
    let titles: Vec<String> =
        (1..=papers).map(|n| format!("Paper {n}: A Title of Quite Ordinary Length for Its Field")).collect();
    Message::Roundup(roundup(&[("robots OR agents", &titles.iter().map(String::as_str).collect::<Vec<_>>())]))
}

async fn letter(peer: &Peer, message: &Message) -> Taken {
    let email = email(Route::Smtp(peer.config()), Arc::default());
    send(&email, &email.render(message).rich, false).await;
    peer.letters().pop().unwrap()
}

#[tokio::test]
async fn at_every_limit_a_letter_is_whole_small_enough_and_counts_what_it_leaves_out() {
    let peer = Peer::start(Security::Plain);
    let long =
        PaperCard { text: "Long sentence about little. ".repeat(400), ..card(&"Very Long ".repeat(200)) };
    let cases = [
        ("three", three(), 3),
        ("one", usual(1), 1),
        ("usual-30", usual(30), 30),
        ("usual-200", usual(200), 200),
        ("longest-200", longest(200), 200),
        ("paper", Message::Paper(card("Flow Matching for Robots")), 1),
        ("paper-long", Message::Paper(long), 1),
        (
            "bare",
            Message::Paper(PaperCard {
                text: String::new(),
                byline: String::new(),
                category: None,
                text_credit: None,
                why: String::new(),
                repository: None,
                project_page: None,
                upvotes: None,
                stars: None,
                badges: Vec::new(),
                community: None,
                ..card("")
            }),
            1,
        ),
    ];
    let mut seen = Vec::new();
    for (name, message, papers) in cases {
        let letter = letter(&peer, &message).await;
        assert_eq!(letter.problems, [""; 0], "{name}");
        let html = letter.html.unwrap();
        assert!(html.len() <= HTML_MAX && letter.text.len() <= HTML_MAX, "{name}: {}", html.len());
        assert!(letter.raw.len() < 300_000, "{name}: {}", letter.raw.len());
        let shown = [html.matches("arxiv.org/abs/").count(), letter.text.matches("arxiv.org/abs/").count()];
        for (shown, part) in shown.into_iter().zip([&html, &letter.text]) {
            let counted = format!("… and {} more", papers - shown);
            assert_eq!(shown < papers, part.contains(&counted), "{name}");
        }
        assert!(html.contains("Unsubscribe") && letter.text.contains("To get no more"), "{name}");
        assert!(letter.headers["Subject"].chars().count() <= 223, "{}", letter.headers["Subject"]);
        seen.push(format!("{name}: {shown:?} of {papers} papers"));
        if let Ok(folder) = std::env::var("PAPERWIRE_LETTERS") {
            std::fs::write(format!("{folder}/{name}.html"), &html).unwrap();
            std::fs::write(format!("{folder}/{name}.txt"), &letter.text).unwrap();
            std::fs::write(format!("{folder}/{name}.eml"), &letter.raw).unwrap();
        }
    }
    insta::assert_snapshot!(seen.join("\n"), @r"
    three: [3, 3] of 3 papers
    one: [1, 1] of 1 papers
    usual-30: [30, 30] of 30 papers
    usual-200: [194, 200] of 200 papers
    longest-200: [100, 145] of 200 papers
    paper: [1, 1] of 1 papers
    paper-long: [1, 1] of 1 papers
    bare: [1, 1] of 1 papers
    ");
}

#[tokio::test]
async fn the_checker_of_html_finds_what_is_wrong() {
    let peer = Peer::start(Security::Plain);
    let head = "<!DOCTYPE html><html><head><title>x</title></head><body>";
    assert_eq!(peer.html_errors(&format!("{head}<p>right</p></body></html>")), serde_json::json!([]));
    for wrong in [
        "<p>a</b></p>",
        "<table><p>x</p></table>",
        "<a href='x' href='y'>z</a>",
        "&unknown;",
        "<p>é</p></div>",
    ] {
        let errors = peer.html_errors(&format!("{head}{wrong}</body></html>"));
        assert_ne!(errors, serde_json::json!([]), "{wrong}");
    }
}

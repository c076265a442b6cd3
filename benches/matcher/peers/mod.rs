//! Others who find stored queries for a text, asked the same in the same run.
//!
//! All begin with the raw text. To give the same answers the peers need it in the same normal form, so they are
//! charged what making that costs, by the same analyser; names and categories they are given ready. They evaluate
//! the same trees of phrases. Before anything is timed, their answers must be the matcher's, to the last
//! subscription.

mod daachorse;
mod mokaccino;
mod naive;
mod plain;
mod postgres;

use std::hint::black_box;
use std::time::Duration;

use paperwire::domain::Facts;
use paperwire::matcher::{Document, Matcher, Scratch};
use paperwire::text::{Folding, for_each_token};

use crate::corpus::Corpus;
use crate::matching::{expanded, index};
use crate::measure::{Report, Times, timed};
use crate::subscriptions::subscriptions;
use plain::Plain;

/// A peer gets as many papers as it answers in this time, and at least [`LEAST`].
const PATIENCE: Duration = Duration::from_secs(3);

const LEAST: usize = 5;

/// Someone who stores queries and finds them.
trait Peer {
    /// The numbers of the queries that a text of folded words matches, in any order, and the time it took.
    fn ask(&mut self, text: &str) -> (Vec<u32>, Duration);
}

pub fn run(peer: &str, corpus: &Corpus, (size, n): (&str, usize), usual: bool, report: &mut Report) {
    let name = format!("vs_{peer}/{size}");
    if !report.wants(&name, usual) {
        return;
    }
    let queries = subscriptions(corpus, n);
    let matcher = index(&queries);
    let plain = Plain::of(&queries);
    let texts: Vec<String> = corpus.held_out.iter().map(plain::text).collect();
    let mut other: Box<dyn Peer> = match peer {
        "daachorse" => Box::new(daachorse::Daachorse::new(&plain)),
        "mokaccino" => Box::new(mokaccino::Mokaccino::new(&plain)),
        "postgres" => Box::new(postgres::Postgres::new(&plain)),
        _ => Box::new(naive::Naive::new(&plain)),
    };
    let papers: Vec<(&Facts, &str)> = corpus.held_out.iter().zip(texts.iter().map(String::as_str)).collect();
    let compared = patiently(&papers, |(facts, text)| {
        let (mut found, took) = other.ask(text);
        found.sort_unstable();
        assert_eq!(found, answer(&matcher, facts), "{peer} and the matcher differ on {}", facts.title);
        took
    });
    let mut folded = String::new();
    let times: Times = patiently(&papers, |(facts, text)| {
        let ((), folding) = timed(|| {
            folded.clear();
            for text in [&facts.title, &facts.abstract_text] {
                for_each_token(text, Folding::Words, |word, _| {
                    folded.push_str(word);
                    folded.push(' ');
                });
            }
            black_box(&folded);
        });
        other.ask(text).1 + folding
    })
    .into_iter()
    .collect();
    report.peer(&name, n, &expanded(corpus, &matcher), peer, &times);
    report.note(&format!("{:<34} answers equal on {} papers", "", compared.len()));
}

fn patiently(papers: &[(&Facts, &str)], mut ask: impl FnMut((&Facts, &str)) -> Duration) -> Vec<Duration> {
    let (mut spent, mut times) = (Duration::ZERO, Vec::new());
    for paper in papers {
        if spent > PATIENCE && times.len() >= LEAST {
            break;
        }
        let took = ask(*paper);
        spent += took;
        times.push(took);
    }
    times
}

fn answer(matcher: &Matcher, facts: &Facts) -> Vec<u32> {
    let mut found = Vec::new();
    matcher.search(
        facts,
        || Document::new(facts),
        &mut Scratch::default(),
        |query| {
            found.extend(
                query.subscribers().iter().map(|id| u32::try_from(id.0).expect("numbered from zero")),
            );
        },
    );
    found.sort_unstable();
    found
}

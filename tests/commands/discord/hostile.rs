//! Texts that try to break out of an answer: people see their words, and Discord takes every message.

use paperwire::chat::discord::Discord;
use paperwire::chat::{Answer, ChatPlatform, Post};
use paperwire::domain::{ChannelId, DeliveryId, Platform, SendOutcome};
use paperwire::message::{
    Block, Button, Choice, Entry, Field, Form, Input, Look, Menu, Message, PaperCard, Piece, Press, Reply,
};

use super::{Bench, config};
use crate::chat::{card, hostile_texts};
use crate::worlds::discord::payload::{ADA, Does};
use crate::worlds::discord::{Discord as World, seen};

/// A reply with the text wherever text can come from outside.
fn infected(text: &str) -> Reply {
    let line = vec![
        Piece::Plain(text.to_owned()),
        Piece::Strong(text.to_owned()),
        Piece::Mark(text.to_owned()),
        Piece::Code(text.to_owned()),
        Piece::Link { text: text.to_owned(), url: format!("https://arxiv.org/{text}") },
    ];
    let paper =
        PaperCard { title: text.to_owned(), text: text.to_owned(), byline: text.to_owned(), ..card() };
    let entry = Entry {
        number: Some(1),
        card: paper.clone(),
        title: vec![Piece::Mark(text.to_owned())],
        text: vec![Piece::Plain(text.to_owned())],
        remark: vec![Piece::Plain(text.to_owned())],
    };
    Reply {
        blocks: vec![
            Block::Heading { text: text.to_owned() },
            Block::Text { line: line.clone() },
            Block::Entry(Box::new(entry)),
            Block::Facts { rows: vec![(text.to_owned(), line.clone())] },
            Block::Note { line },
            Block::Paper { card: Box::new(paper) },
        ],
        buttons: vec![
            Button { label: text.to_owned(), look: Look::Danger, press: Press::Control("c:0".to_owned()) },
            Button { label: text.to_owned(), look: Look::Plain, press: Press::Link(text.to_owned()) },
        ],
        menu: Some(Menu {
            control: "c:1".to_owned(),
            placeholder: text.to_owned(),
            choices: vec![Choice { label: text.to_owned(), value: text.to_owned() }],
        }),
        ..Reply::default()
    }
}

const OURS: [&str; 3] = ["https://arxiv.org/", "https://github.com/", "https://flow.example.org/"];

#[tokio::test]
async fn nothing_in_an_answer_mentions_or_links_elsewhere() {
    let bench = Bench::http().await;
    for text in hostile_texts() {
        bench.script.says(Answer::Reply { reply: infected(&text) });
        let answered = bench.asks(ADA, Does::Slash("status", vec![])).await;
        for embed in answered.message.unwrap()["embeds"].as_array().unwrap() {
            for part in ["title", "description"] {
                let shown = seen(embed[part].as_str().unwrap_or_default());
                assert_eq!(shown.mentions, Vec::<String>::new(), "{text:.60}");
                let elsewhere =
                    shown.links.iter().find(|(_, to)| !OURS.iter().any(|ours| to.starts_with(ours)));
                assert_eq!(elsewhere, None, "{text:.60}");
            }
        }
    }
    bench.ends().await;
}

#[tokio::test]
async fn a_paper_in_a_line_is_one_line_that_links_to_it() {
    let world = World::start(&["100"]).await;
    let discord = Discord::new(&config(&world)).unwrap();
    for (number, text) in (0_u128..).zip(hostile_texts()) {
        let paper =
            PaperCard { title: text.clone(), byline: text.clone(), category: Some(text.clone()), ..card() };
        let body = discord.render(&Message::Line(paper)).rich;
        let channel = ChannelId::parse(Platform::Discord, "100").unwrap();
        let delivery = DeliveryId(uuid::Uuid::from_u128(number));
        let outcome = discord.send(Post { channel: &channel, delivery, body: &body, plain: false }).await;
        assert!(
            matches!(outcome, SendOutcome::Sent { .. } | SendOutcome::Wait { .. }),
            "{text:.60}: {outcome:?}"
        );
        let posted = world.all().pop().unwrap();
        assert_eq!((posted.mentions, posted.notifies), (vec![], false), "{text:.60}");
        assert!(
            posted.links.iter().all(|(_, to)| to.starts_with(OURS[0])) && posted.links.len() == 1,
            "{text:.60}"
        );
        assert!(!posted.text.contains('\n'));
    }
}

#[tokio::test]
async fn a_form_takes_any_words() {
    let bench = Bench::http().await;
    for text in hostile_texts() {
        let field = |name: &str, input| Field {
            name: name.to_owned(),
            label: text.clone(),
            value: text.clone(),
            input,
            required: false,
        };
        let choices = vec![Choice { label: text.clone(), value: text.clone() }];
        let form = Form {
            control: "f:0".to_owned(),
            title: text.clone(),
            blocks: Vec::new(),
            fields: vec![
                field("query", Input::Text { max: 1_000, long: true, live: false }),
                field("when", Input::One(choices)),
            ],
            submit: text.clone(),
        };
        bench.script.says(Answer::Form { form: Box::new(form) });
        assert_eq!(bench.asks(ADA, Does::Press("c:0".to_owned())).await.response, Some(9));
    }
    bench.ends().await;
}

//! What goes over the wire, and what a mail program reads of it.

use std::sync::Arc;

use paperwire::chat::email::{LetterLinks, Route, Security};
use paperwire::chat::{ChatPlatform as _, Letter, Letters};
use paperwire::domain::SendOutcome;
use paperwire::message::Message;

use super::{Book, DELIVERY, card, email, roundup, send, three};
use crate::worlds::smtp::{Peer, Taken};

/// Sends a message in its rich rendering and gives back the letter as it arrived.
async fn arrived(peer: &Peer, message: &Message) -> Taken {
    let email = email(Route::Smtp(peer.config()), Arc::default());
    let outcome = send(&email, &email.render(message).rich, false).await;
    assert_eq!(outcome, SendOutcome::Sent { message_id: format!("{DELIVERY}@example.org") });
    peer.letters().pop().unwrap()
}

/// The text without the space that ends the sign of a signature, and that no editor keeps in a source file.
fn signed(text: &str) -> String {
    assert_eq!(text.matches("\n-- \n").count(), 1, "a signature begins: {text}");
    text.replace("\n-- \n", "\n--\n")
}

fn head(letter: &Taken) -> String {
    let lines: Vec<String> = letter.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_letter_arrives_over_each_way_with_everything_that_a_list_has_to_say() {
    for security in [Security::Plain, Security::StartTls, Security::Tls] {
        let peer = Peer::start(security);
        let letter = arrived(&peer, &three()).await;
        let secured = security != Security::Plain;
        assert_eq!((letter.tls, letter.user.as_deref()), (secured, secured.then_some("papers")));
        assert_eq!(
            (letter.from.as_str(), letter.to.as_slice()),
            ("papers@example.org", &["Ada@example.net".to_owned()][..])
        );
        assert_eq!(letter.problems, [""; 0]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(head(&letter), @r#"
            Auto-Submitted: auto-generated
            Content-Type: multipart/alternative; boundary="=_01a022e79f0070008000000000000001"
            Date: Fri, 21 Aug 2026 06:00:00 +0000
            From: Papers “for” you <papers@example.org>
            List-Id: Paperwire <paperwire.example.org>
            List-Unsubscribe: <https://papers.example.org/unsubscribe?token=0123456789abcdefghijkl0123456789abcdefghijkl01234567>
            List-Unsubscribe-Post: List-Unsubscribe=One-Click
            MIME-Version: 1.0
            Message-ID: <01a022e7-9f00-7000-8000-000000000001@example.org>
            Precedence: bulk
            Subject: Flow Matching for Robots That Learn to Walk Over Ice, Sand and Carpets Without Falling Down · Roundup of Tue, 4 Aug 2026: 3 papers
            To: Ada@example.net
            "#);
        }
    }
}

#[tokio::test]
async fn both_parts_say_the_same_and_markup_in_a_title_is_only_text() {
    let peer = Peer::start(Security::Plain);
    let letter = arrived(&peer, &three()).await;
    insta::assert_snapshot!(signed(&letter.text), @r#"
    Roundup of Tue, 4 Aug 2026: 3 papers
    ====================================

    ti:"flow matching" OR robots
    ----------------------------

     1. Flow Matching for Robots That Learn to Walk Over Ice, Sand and Carpets
        Without Falling Down
        Ada Lovelace and 663 more · cs.RO · 4 Aug 2026 · 12 upvotes
        https://arxiv.org/abs/2608.01234

     2. ℝobots & <script>alert(1)</script>
        Ada Lovelace and 663 more · cs.RO · 4 Aug 2026 · 12 upvotes
        https://arxiv.org/abs/2608.01234

    cat:cs.CL
    ---------

     3. 多模态大模型的评测：一个综述
        Ada Lovelace and 663 more · cs.RO · 4 Aug 2026 · 12 upvotes
        https://arxiv.org/abs/2608.01234

    2 more matched but did not fit in

    --
    You get these letters because somebody confirmed this address for them.
    To change what comes: https://papers.example.org/manage?token=1&x=2
    To get no more of them: https://papers.example.org/unsubscribe?token=0123456789abcdefghijkl0123456789abcdefghijkl01234567
    "#);
    let html = letter.html.unwrap();
    assert!(html.contains("ℝobots &amp; &lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script"));
    assert!(html.contains("多模态大模型的评测") && html.contains(">Unsubscribe</a>"));
    assert!(
        !html.contains("<img") && !html.contains("url(") && !html.contains("@import"),
        "nothing is fetched"
    );
}

#[tokio::test]
async fn one_paper_is_a_letter_too() {
    let peer = Peer::start(Security::Plain);
    let letter = arrived(&peer, &Message::Paper(card("Flow Matching"))).await;
    assert_eq!(letter.problems, [""; 0]);
    assert_eq!(letter.headers["Subject"], "Flow Matching · 4 Aug 2026");
    insta::assert_snapshot!(signed(&letter.text), @r"
    Flow Matching
    Ada Lovelace, Charles Babbage and 662 more · cs.RO · 4 Aug 2026 · 12
    upvotes · v2
    https://arxiv.org/abs/2608.01234
    Code (340 stars): https://github.com/lab/flow
    Project page: https://lab.example.org/flow

    We teach robots to flow. They do so with 3 % less power, and “nobody” has
    seen them stumble & fall.

    Summary by Qwen2.5

    Matches “flow matching” in the title

    --
    You get these letters because somebody confirmed this address for them.
    To change what comes: https://papers.example.org/manage?token=1&x=2
    To get no more of them: https://papers.example.org/unsubscribe?token=0123456789abcdefghijkl0123456789abcdefghijkl01234567
    ");
    let html = letter.html.unwrap();
    for said in [
        "662 more\u{a0}· cs.RO",
        "Code (340 stars)",
        "Project page",
        "“nobody” has seen",
        "Summary by Qwen2.5",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(!html.contains("picture.png"), "a picture would tell who reads");
}

#[tokio::test]
async fn the_same_delivery_is_the_same_bytes_and_the_plain_rendering_another_letter() {
    let peer = Peer::start(Security::Plain);
    let (first, second) = (arrived(&peer, &three()).await, arrived(&peer, &three()).await);
    assert_eq!(first.raw, second.raw);
    let email = email(Route::Smtp(peer.config()), Arc::default());
    let outcome = send(&email, &email.render(&three()).plain, true).await;
    assert_eq!(outcome, SendOutcome::Sent { message_id: format!("{DELIVERY}-plain@example.org") });
    let plain = peer.letters().pop().unwrap();
    assert_eq!((plain.kind.as_str(), plain.html, plain.problems), ("text/plain", None, Vec::<String>::new()));
    assert_eq!(plain.text.trim_end(), first.text.trim_end());
}

#[tokio::test]
async fn no_text_breaks_out_of_a_header_and_none_is_left_unencoded() {
    let peer = Peer::start(Security::Plain);
    for title in [
        "Innocent\r\nBcc: eve@example.net",
        "Innocent\n\n<html>",
        "=?utf-8?q?Innocent?=",
        "\u{202e}Innocent\0 \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} ünïcödé",
        &"unbreakable".repeat(30),
        &"深度学习".repeat(80),
        "",
        ".\r\n.\r\nQUIT",
    ] {
        let letter = arrived(&peer, &Message::Roundup(roundup(&[(title, &[title])]))).await;
        assert_eq!(letter.problems, [""; 0], "{title:?}");
        assert!(!letter.headers.contains_key("Bcc"), "{title:?}");
        assert!(
            letter.headers["Subject"].ends_with("Roundup of Tue, 4 Aug 2026: 1 papers"),
            "{:?}",
            letter.headers
        );
        let letter = arrived(&peer, &Message::Paper(card(title))).await;
        assert_eq!(letter.problems, [""; 0], "{title:?}");
        assert_eq!(letter.headers.len(), 12, "{:?}", letter.headers);
    }
}

#[tokio::test]
async fn one_click_is_promised_only_where_it_is_kept() {
    let peer = Peer::start(Security::Plain);
    for (url, headers) in [(Some("http://localhost:8010/u/1"), (true, false)), (None, (false, false))] {
        let links = LetterLinks { unsubscribe: url.map(|url| url.parse().unwrap()), manage: None };
        let book = Book { links, ..Book::default() };
        let email = email(Route::Smtp(peer.config()), Arc::new(book));
        send(&email, &email.render(&three()).rich, false).await;
        let letter = peer.letters().pop().unwrap();
        let has = |name| letter.headers.contains_key(name);
        assert_eq!((has("List-Unsubscribe"), has("List-Unsubscribe-Post")), headers);
        assert!(letter.html.unwrap().contains(if url.is_some() {
            "Unsubscribe"
        } else {
            "answer this letter"
        }));
    }
}

#[tokio::test]
async fn a_letter_that_somebody_asked_for_is_not_bulk() {
    let peer = Peer::start(Security::StartTls);
    let email = email(Route::Smtp(peer.config()), Arc::default());
    let letter = Letter {
        to: "bob@example.net".parse().unwrap(),
        subject: "Confirm\r\nyour address".to_owned(),
        text: "Open this: https://papers.example.org/confirm/1\n".to_owned(),
        html: "<!DOCTYPE html><html lang=\"en\"><head><title>x</title></head><body><p>Open this</p></body></html>"
            .to_owned(),
        list_unsubscribe: None,
    };
    Letters::send(&email, letter).await.unwrap();
    let taken = peer.letters().pop().unwrap();
    assert_eq!(taken.problems, [""; 0]);
    assert_eq!(taken.headers["Subject"], "Confirm your address");
    assert_eq!(taken.headers["Date"], "Fri, 21 Aug 2026 06:00:00 +0000");
    assert!(!taken.headers.contains_key("Precedence") && !taken.headers.contains_key("List-Id"));
    let said = email.test("bob@example.net".parse().unwrap()).await.unwrap();
    assert_eq!(said, "250 2.0.0 taken");
    assert_eq!(peer.letters().pop().unwrap().problems, [""; 0]);
}

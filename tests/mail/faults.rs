//! What a server can answer, and what follows.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform as _;
use paperwire::chat::email::{Route, Security, SmtpConfig};
use paperwire::domain::SendOutcome;

use super::{Book, email, send, three};
use crate::worlds::smtp::Peer;

/// What comes of a letter to a server that is reached like this.
async fn through(config: SmtpConfig, book: &Arc<Book>) -> SendOutcome {
    paperwire::chat::install_tls_provider();
    let email = email(Route::Smtp(config), book.clone());
    let body = email.render(&three()).rich;
    send(&email, &body, false).await
}

fn told(outcome: SendOutcome, port: u16) -> String {
    let text = match outcome {
        SendOutcome::Sent { .. } => "sent".to_owned(),
        SendOutcome::Wait { after, reason } => format!("wait {} min: {reason}", after.as_secs() / 60),
        SendOutcome::NotSent { reason } => format!("not sent: {reason}"),
        SendOutcome::Lost { reason } => format!("lost: {reason}"),
        SendOutcome::BadPayload { reason } => format!("plain next: {reason}"),
        SendOutcome::Refused { reason } => format!("refused: {reason}"),
        SendOutcome::ChannelRefused { reason } => format!("channel stops: {reason}"),
        SendOutcome::AccountRefused { reason } => format!("all stop: {reason}"),
    };
    text.replace(&port.to_string(), "25")
}

#[tokio::test]
async fn every_answer_has_its_consequence_and_no_address_in_it() {
    let peer = Peer::start(Security::Plain);
    let mut lines = Vec::new();
    for fault in [
        "ehlo 421 4.3.2 closing down",
        "ehlo 554 5.3.2 no service for you",
        "mail 451 4.7.1 slow down",
        "mail 553 5.1.8 sender refused",
        "rcpt 450 4.2.0 <ADDRESS>: greylisted",
        "rcpt 550 5.1.1 <ADDRESS>: no such user",
        "rcpt 554 5.7.1 relay access denied",
        "data 452 4.3.1 disk full",
        "data 552 5.3.4 too big for ada@example.net",
        "drop",
    ] {
        peer.fault(fault);
        lines.push(told(through(peer.config(), &Arc::default()).await, peer.port));
    }
    lines.push(told(through(peer.config(), &Arc::default()).await, peer.port));
    insta::assert_snapshot!(lines.join("\n"), @r"
    wait 30 min: localhost:25 wants it later: 421 4.3.2 closing down
    wait 30 min: localhost:25 refused us: 554 5.3.2 no service for you
    wait 30 min: localhost:25 wants it later: 451 4.7.1 slow down
    all stop: localhost:25 does not take letters from us: 553 5.1.8 sender refused. Check mail.from, then restart Paperwire.
    wait 30 min: localhost:25 wants it later: 450 4.2.0 <A…@example.net>: greylisted
    refused: localhost:25 refused the recipient: 550 5.1.1 <A…@example.net>: no such user
    wait 30 min: localhost:25 refused the recipient: 554 5.7.1 relay access denied
    wait 30 min: localhost:25 wants it later: 452 4.3.1 disk full
    plain next: localhost:25 refused the letter: 552 5.3.4 too big for A…@example.net
    lost: localhost:25 got the letter and did not say whether it takes it: incomplete response
    sent
    ");
    assert_eq!(peer.letters().len(), 2, "the one after whose letter the line was cut, and the last");
}

#[tokio::test]
async fn silence_after_the_letter_is_doubt_and_silence_before_it_is_none() {
    let peer = Peer::start(Security::Plain);
    peer.fault("silence");
    let short = SmtpConfig { data_timeout: Duration::from_millis(300), ..peer.config() };
    let outcome = through(short, &Arc::default()).await;
    assert!(
        matches!(&outcome, SendOutcome::Lost { reason } if reason.contains("no answer within 0.3 s")),
        "{outcome:?}"
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mute = SmtpConfig { port, timeout: Duration::from_millis(300), ..peer.config() };
    let outcome = through(mute, &Arc::default()).await;
    assert!(matches!(&outcome, SendOutcome::NotSent { .. }), "{outcome:?}");
    drop(listener);
    let nobody = SmtpConfig { port, ..peer.config() };
    let outcome = through(nobody, &Arc::default()).await;
    assert!(
        matches!(&outcome, SendOutcome::NotSent { reason } if reason.contains("cannot be reached")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_stops_all_and_is_not_told() {
    let peer = Peer::start(Security::StartTls);
    let config = SmtpConfig { credentials: Some(("papers".to_owned(), "hunter2".into())), ..peer.config() };
    let outcome = through(config, &Arc::default()).await;
    let SendOutcome::AccountRefused { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("535") && reason.contains("mail.smtp_password"), "{reason}");
    assert!(!reason.contains("hunter2") && !reason.contains("papers"), "{reason}");
}

#[tokio::test]
async fn no_letter_leaves_without_the_protection_that_was_asked_for() {
    let book = Arc::default();
    for (peer, config) in [
        (Security::Plain, Security::StartTls),
        (Security::Plain, Security::Tls),
        (Security::StartTls, Security::Tls),
    ] {
        let peer = Peer::start(peer);
        let asked = SmtpConfig { security: config, timeout: Duration::from_secs(5), ..peer.config() };
        let outcome = through(asked, &book).await;
        assert!(matches!(&outcome, SendOutcome::NotSent { .. }), "{outcome:?}");
        assert!(peer.letters().is_empty());
    }
    for security in [Security::StartTls, Security::Tls] {
        let peer = Peer::start(security);
        let strange = SmtpConfig { ca: None, ..peer.config() };
        let outcome = through(strange, &book).await;
        assert!(
            matches!(&outcome, SendOutcome::NotSent { reason } if reason.contains("certificate")),
            "{outcome:?}"
        );
        let elsewhere = SmtpConfig { host: "127.0.0.1".to_owned(), ..peer.config() };
        let outcome = through(elsewhere, &book).await;
        assert!(
            matches!(&outcome, SendOutcome::NotSent { reason } if reason.contains("certificate")),
            "{outcome:?}"
        );
        assert!(peer.letters().is_empty());
    }
}

#[tokio::test]
async fn the_third_refusal_of_an_address_ends_its_letters_and_a_letter_taken_forgives() {
    let peer = Peer::start(Security::Plain);
    let book: Arc<Book> = Arc::default();
    let mut seen = Vec::new();
    for fault in [true, true, false, true, true, true] {
        if fault {
            peer.fault("rcpt 550 5.1.1 <ADDRESS>: no such user");
        }
        let told = told(through(peer.config(), &book).await, peer.port);
        seen.push(told.split(':').next().unwrap().to_owned());
    }
    assert_eq!(seen, ["refused", "refused", "sent", "refused", "refused", "channel stops"]);
    assert!(!book.bounces.lock().unwrap().concat().to_lowercase().contains("ada@"), "addresses stay masked");
}

#[tokio::test]
async fn nobody_gets_letters_who_has_left() {
    let peer = Peer::start(Security::Plain);
    let book = Arc::new(Book { gone: true, ..Book::default() });
    let outcome = through(peer.config(), &book).await;
    assert!(matches!(outcome, SendOutcome::ChannelRefused { .. }), "{outcome:?}");
    assert!(peer.letters().is_empty());
}

//! `paperwire mail test`, and what `config check` says of letters.

use std::path::Path;
use std::process::{Command, Output};

use paperwire::chat::email::Security;
use serde_json::Value;

use crate::worlds::smtp::{PASSWORD, Peer, certificate};

fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> (i32, String, String) {
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder)
        .envs(settings.iter().map(|(key, value)| (format!("PAPERWIRE__MAIL__{key}"), value)))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn a_test_letter_goes_to_the_server_and_its_answer_is_told() {
    let (folder, peer) = (tempfile::tempdir().unwrap(), Peer::start(Security::StartTls));
    let url = format!("smtp://papers@localhost:{}", peer.port);
    let certificate = certificate();
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("SMTP_PASSWORD", PASSWORD),
        ("FROM", "Papers <papers@example.org>"),
        ("CA_FILE", certificate.to_str().unwrap()),
    ];
    let (code, said, _) = run(folder.path(), &["mail", "test", "ada@example.net"], &settings);
    assert_eq!(
        (code, said),
        (0, format!("Sent to a…@example.net. localhost:{} said: 250 2.0.0 taken\n", peer.port))
    );
    let letter = peer.letters().remove(0);
    assert_eq!((letter.to.as_slice(), letter.tls), (&["ada@example.net".to_owned()][..], true));
    peer.fault("rcpt 550 5.1.1 <ADDRESS>: no such user");
    let (code, _, said) = run(folder.path(), &["mail", "test", "ada@example.net"], &settings);
    assert_eq!(code, 1);
    assert!(said.contains("refused the recipient: 550 5.1.1 <a…@example.net>: no such user"), "{said}");
    let (code, shown, _) = run(folder.path(), &["config", "check"], &settings);
    assert!(code == 0 && shown.contains("smtp_password = \"<redacted>\""), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[test]
fn without_a_server_the_test_letter_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said, _) = run(folder.path(), &["mail", "test", "ada@example.net", "--json"], &[]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["way"]), (0, &"spool".into()));
    let letter = std::fs::read_to_string(said["answer"].as_str().unwrap()).unwrap();
    assert!(letter.contains("Subject: Letters from Paperwire arrive\r\n"), "{letter}");
}

#[test]
fn what_is_wrong_with_the_settings_is_said_with_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let from = ("FROM", "papers@example.org");
    for (settings, said) in [
        (&[("SMTP_URL", "smtp://mx.example.org")][..], "is needed with mail.smtp_url"),
        (&[("SMTP_URL", "smtp://u@mx.example.org"), from], "has a user and no password"),
        (&[("SMTP_URL", "smtp://mx.example.org"), ("SMTP_PASSWORD", "x"), from], "has no user"),
        (&[("SMTP_URL", "smtp://u:hunter2@mx.example.org"), from], "must not hold the password"),
        (&[("FROM", "papers")], "must be an address"),
        (&[("TIMEOUT", "6m")], "must be a time with its unit"),
    ] {
        let (code, _, error) = run(folder.path(), &["config", "check"], settings);
        assert!(code == 2 && error.contains(said) && !error.contains("hunter2"), "{said}: {error}");
    }
    let (code, _, error) = run(folder.path(), &["mail", "test", "ada"], &[]);
    assert!(code == 2 && error.contains("name@example.org"), "{error}");
}

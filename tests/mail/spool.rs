//! Letters as files, where no server is set.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use paperwire::chat::ChatPlatform as _;
use paperwire::chat::email::Route;
use paperwire::domain::SendOutcome;

use super::{DELIVERY, email, send, three};

#[tokio::test]
async fn a_letter_is_one_file_that_only_the_owner_reads_however_often_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("mail");
    let email = email(Route::Spool(spool.clone()), Arc::default());
    let body = email.render(&three());
    let sent = SendOutcome::Sent { message_id: format!("{DELIVERY}@example.org") };
    assert_eq!(send(&email, &body.rich, false).await, sent);
    let path = spool.join(format!("{DELIVERY}.eml"));
    let first = std::fs::read(&path).unwrap();
    assert_eq!(send(&email, &body.rich, false).await, sent);
    assert_eq!(std::fs::read(&path).unwrap(), first);
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 1, "nothing half-written is left");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&spool), mode(&path)), (0o700, 0o600));
    let letter = String::from_utf8(first).unwrap();
    assert!(letter.contains("\r\nTo: Ada@example.net\r\n") && letter.contains("multipart/alternative"));
}

#[tokio::test]
async fn a_folder_that_takes_nothing_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail");
    std::fs::write(&file, "in the way").unwrap();
    let email = email(Route::Spool(file), Arc::default());
    let outcome = send(&email, &email.render(&three()).rich, false).await;
    assert!(
        matches!(&outcome, SendOutcome::NotSent { reason } if reason.contains("mail.smtp_url")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_stored_body_that_is_no_letter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let email = email(Route::Spool(folder.path().to_owned()), Arc::default());
    let outcome = send(&email, "{\"blocks\":[]}", false).await;
    assert!(matches!(outcome, SendOutcome::BadPayload { .. }), "{outcome:?}");
}

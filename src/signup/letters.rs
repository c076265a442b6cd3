//! The letter that asks whether somebody really wants letters.

use askama::Template;
use url::Url;

use crate::chat::Letter;
use crate::domain::{MailAddress, MailWish};
use crate::message::{clean, cut};

/// The longest query that a letter repeats, in characters.
const QUERY_MAX: usize = 200;

#[derive(Template)]
#[template(path = "letters/confirm.txt")]
struct Text<'a> {
    wanted: &'a str,
    present: &'a str,
    link: &'a str,
    manage: &'a str,
}

#[derive(Template)]
#[template(path = "letters/confirm.html")]
struct Html<'a> {
    wanted: &'a str,
    present: &'a str,
    link: &'a str,
    manage: &'a str,
}

/// Asks for the confirmation of a wish; `present` is what the subscriber gets now, and where to change that.
pub(super) fn confirm(
    to: MailAddress,
    wish: &MailWish,
    present: Option<(&MailWish, &Url)>,
    link: &Url,
) -> anyhow::Result<Letter> {
    let (wanted, link) = (in_words(wish), link.as_str());
    let manage = present.map_or("", |(_, manage)| manage.as_str());
    let present = present.map(|(wish, _)| in_words(wish)).unwrap_or_default();
    let subject = if present.is_empty() {
        "Confirm your subscription"
    } else {
        "Confirm the change of your subscription"
    };
    Ok(Letter {
        to,
        subject: format!("{subject} to papers by e-mail"),
        text: Text { wanted: &wanted, present: &present, link, manage }.render()?,
        html: Html { wanted: &wanted, present: &present, link, manage }.render()?,
        list_unsubscribe: None,
    })
}

/// A wish whose query can do no harm to what stands around it.
fn in_words(wish: &MailWish) -> String {
    let query = wish.query.as_deref().map(|query| cut(&clean(query), QUERY_MAX));
    MailWish { query, ..wish.clone() }.in_words()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MailRhythm;

    fn letter(query: Option<&str>, present: bool) -> Letter {
        let wish = |query: Option<&str>| MailWish {
            rhythm: MailRhythm::Daily,
            query: query.map(str::to_owned),
            zone: "Europe/Berlin".to_owned(),
        };
        let present = present.then(|| wish(None));
        let link = "https://papers.example.org/confirm?token=abc".parse().unwrap();
        let manage = "https://papers.example.org/manage?token=def".parse().unwrap();
        let present = present.as_ref().map(|wish| (wish, &manage));
        confirm("ada@example.org".parse().unwrap(), &wish(query), present, &link).unwrap()
    }

    #[test]
    fn the_letter_says_what_was_asked_for_and_what_to_do() {
        insta::assert_snapshot!(letter(None, false).text, @"
        Somebody, probably you, asked Paperwire to send this to your address:

            trending papers, each day (time zone Europe/Berlin)

        To confirm it, open this page and press the button:

        https://papers.example.org/confirm?token=abc

        The link works for 48 hours. If it was not you, do nothing:
        then nothing is sent, and your address is forgotten.
        ");
        let change = letter(Some("robots"), true);
        assert_eq!(change.subject, "Confirm the change of your subscription to papers by e-mail");
        insta::assert_snapshot!(change.text, @"
        Somebody, probably you, asked Paperwire to send this to your address:

            papers that match “robots”, each day (time zone Europe/Berlin)

        It takes the place of what you get now: trending papers, each day (time zone Europe/Berlin).

        To confirm it, open this page and press the button:

        https://papers.example.org/confirm?token=abc

        The link works for 48 hours. If it was not you, do nothing:
        then nothing changes. To change or end what you get now, open this page:

        https://papers.example.org/manage?token=def
        ");
    }

    #[test]
    fn a_hostile_query_is_only_text() {
        let letter = letter(Some("ti:\"<script>alert(1)</script>\" \u{202e}evil\r\n.\r\nBcc: x"), false);
        assert!(!letter.html.contains("<script") && letter.html.contains("&#60;script"), "{}", letter.html);
        assert!(!letter.text.contains('\u{202e}') && !letter.text.contains("\n."), "{}", letter.text);
    }
}

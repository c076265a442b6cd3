//! What `email` answers.

use std::time::Duration;

use url::Url;

use super::terms::{command, wait};
use crate::domain::{MailAddress, MailWish};
use crate::message::{Button, Line, Look, Piece, Press, Reply};

/// Leads to the form.
pub fn form(page: &Url) -> Reply {
    let line: Line = vec![
        "Get trending papers in your e-mail inbox: the form asks for your address, how often, and for a query if you \
         like. Or give the address here, which only you see: "
            .into(),
        command("email ada@example.org weekly"),
        ".".into(),
    ];
    let press = Press::Link(page.to_string());
    Reply {
        buttons: vec![Button { label: "Subscribe by e-mail".to_owned(), look: Look::Primary, press }],
        ..Reply::text(line)
    }
}

/// A letter is on its way.
pub fn sent(address: &MailAddress, wish: &MailWish) -> Reply {
    Reply::text(Piece::from(format!(
        "A letter is on its way to {address}. Open its link within 48 hours, and you get {}. Nothing is sent before.",
        wish.in_words()
    )))
}

/// The address, or who asks, has had enough letters.
pub fn too_often(time: Duration) -> Reply {
    Reply::text(Piece::from(format!(
        "That were many letters in a short time. Please try again in {}.",
        wait(time)
    )))
}

/// There is no way to subscribe here.
pub fn switched_off() -> Reply {
    Reply::text(Piece::from(
        "Papers cannot be had by e-mail here. Whoever runs this Paperwire can change that: the pages for it need a \
         public address (web.public_url) and web.subscribe.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::seen;
    use super::*;
    use crate::domain::MailRhythm;

    #[test]
    fn an_answer_never_shows_the_address() {
        let wish = MailWish { rhythm: MailRhythm::Weekly, query: None, zone: "Europe/Berlin".to_owned() };
        let told = [
            form(&"https://papers.example.org/subscribe?every=daily".parse().unwrap()),
            sent(&"ada@example.org".parse().unwrap(), &wish),
            too_often(Duration::from_mins(12)),
            switched_off(),
        ];
        insta::assert_snapshot!(told.map(|reply| seen(&reply)).join("\n"), @"
        Get trending papers in your e-mail inbox: the form asks for your address, how often, and
        for a query if you like. Or give the address here, which only you see: /papers email
        ada@example.org weekly.

        [Subscribe by e-mail] https://papers.example.org/subscribe?every=daily

        A letter is on its way to a…@example.org. Open its link within 48 hours, and you get
        trending papers, on Mondays (time zone Europe/Berlin). Nothing is sent before.

        That were many letters in a short time. Please try again in 12 minutes.

        Papers cannot be had by e-mail here. Whoever runs this Paperwire can change that: the
        pages for it need a public address (web.public_url) and web.subscribe.
        ");
    }
}

//! How far a letter came that was not taken, and what follows from it.

use std::time::Duration;

use crate::domain::{MailAddress, SendOutcome};

/// What a server refuses “for now” is tried again after this: RFC 5321 asks for 30 minutes, and grey lists for less.
pub(super) const LATER: Duration = Duration::from_mins(30);

/// How far the conversation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// The connection and the greetings.
    Connect,
    /// STARTTLS.
    Secure,
    /// User and password.
    SignIn,
    /// Our address.
    Sender,
    /// The reader's address.
    Recipient,
    /// Leave to send the content.
    Data,
    /// The content.
    Content,
}

/// What went wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A 5xx.
    Refused,
    /// A 4xx.
    Later,
    /// No answer, or none that can be read.
    Broken,
}

/// A letter that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub point: Point,
    pub kind: Kind,
    /// The server's words with the code in front, or what broke.
    pub words: String,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// An outcome that says all.
    Outcome(SendOutcome),
    /// The reader's address was refused, which is counted.
    Bounce {
        /// The refusal in words.
        reason: String,
    },
}

impl Failure {
    /// The same without an address, which servers like to repeat.
    pub fn masking(self, address: &MailAddress) -> Self {
        Self { words: address.masked_in(&self.words), ..self }
    }

    /// What an operator reads.
    pub fn sentence(&self, server: &str) -> String {
        let Self { words, .. } = self;
        match (self.point, self.kind) {
            (Point::Connect, Kind::Broken) => format!("{server} cannot be reached: {words}"),
            (Point::Secure, Kind::Broken) => format!("no TLS with {server}: {words}"),
            (Point::SignIn, Kind::Refused) => format!("{server} does not take user and password: {words}"),
            (Point::SignIn, Kind::Broken) => format!("{server} does not let us sign in: {words}"),
            (Point::Sender, Kind::Refused) => format!("{server} does not take letters from us: {words}"),
            (Point::Recipient, Kind::Refused) => format!("{server} refused the recipient: {words}"),
            (Point::Content, Kind::Refused) => format!("{server} refused the letter: {words}"),
            (Point::Content, Kind::Broken) => {
                format!("{server} got the letter and did not say whether it takes it: {words}")
            }
            (_, Kind::Later) => format!("{server} wants it later: {words}"),
            (_, Kind::Refused) => format!("{server} refused us: {words}"),
            (_, Kind::Broken) => format!("the conversation with {server} broke off: {words}"),
        }
    }

    /// What follows for a delivery.
    pub fn fate(&self, server: &str) -> Fate {
        let reason = self.sentence(server);
        Fate::Outcome(match (self.point, self.kind) {
            (_, Kind::Later) => SendOutcome::Wait { after: LATER, reason },
            (Point::Content, Kind::Broken) => SendOutcome::Lost { reason },
            (_, Kind::Broken) => SendOutcome::NotSent { reason },
            (Point::SignIn, Kind::Refused) => SendOutcome::AccountRefused {
                reason: format!(
                    "{reason}. Check mail.smtp_url and mail.smtp_password, then restart Paperwire."
                ),
            },
            (Point::Sender, Kind::Refused) => SendOutcome::AccountRefused {
                reason: format!("{reason}. Check mail.from, then restart Paperwire."),
            },
            // A verdict on us, not on the reader: nobody is unsubscribed for it.
            (Point::Recipient, Kind::Refused) if self.is_policy() => {
                SendOutcome::Wait { after: LATER, reason }
            }
            (Point::Recipient, Kind::Refused) => return Fate::Bounce { reason },
            (Point::Content, Kind::Refused) => SendOutcome::BadPayload { reason },
            (Point::Connect | Point::Secure | Point::Data, Kind::Refused) => {
                SendOutcome::Wait { after: LATER, reason }
            }
        })
    }

    /// True for the enhanced codes 5.7.x (RFC 3463: security or policy): relaying denied, a block list.
    fn is_policy(&self) -> bool {
        self.words.split(' ').nth(1).is_some_and(|code| code.starts_with("5.7."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(point: Point, kind: Kind, words: &str) -> String {
        let failure = Failure { point, kind, words: words.to_owned() };
        match failure.fate("mx:25") {
            Fate::Bounce { reason } => format!("bounce: {reason}"),
            Fate::Outcome(outcome) => match outcome {
                SendOutcome::Wait { after, reason } => {
                    format!("after {} min: {reason}", after.as_secs() / 60)
                }
                SendOutcome::NotSent { reason } => format!("not sent: {reason}"),
                SendOutcome::Lost { reason } => format!("lost: {reason}"),
                SendOutcome::BadPayload { reason } => format!("plain: {reason}"),
                SendOutcome::AccountRefused { reason } => format!("all stop: {reason}"),
                other => format!("{other:?}"),
            },
        }
    }

    #[test]
    fn what_follows_depends_on_how_far_the_letter_came() {
        use Kind::{Broken, Later, Refused};
        use Point::{Connect, Content, Data, Recipient, Secure, Sender, SignIn};
        let cases = [
            (Connect, Broken, "connection refused"),
            (Connect, Later, "421 4.3.2 closing down"),
            (Connect, Refused, "554 no SMTP here"),
            (Secure, Broken, "invalid peer certificate"),
            (SignIn, Refused, "535 5.7.8 wrong password"),
            (Sender, Refused, "553 5.7.1 not your address"),
            (Recipient, Later, "450 4.2.0 greylisted"),
            (Recipient, Refused, "550 5.1.1 no such user"),
            (Recipient, Refused, "554 5.7.1 relay access denied"),
            (Recipient, Broken, "connection reset"),
            (Data, Refused, "503 no valid recipients"),
            (Content, Refused, "552 5.3.4 too big"),
            (Content, Later, "451 try again"),
            (Content, Broken, "connection reset"),
        ];
        let told: Vec<String> =
            cases.into_iter().map(|(point, kind, words)| fate(point, kind, words)).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        not sent: mx:25 cannot be reached: connection refused
        after 30 min: mx:25 wants it later: 421 4.3.2 closing down
        after 30 min: mx:25 refused us: 554 no SMTP here
        not sent: no TLS with mx:25: invalid peer certificate
        all stop: mx:25 does not take user and password: 535 5.7.8 wrong password. Check mail.smtp_url and mail.smtp_password, then restart Paperwire.
        all stop: mx:25 does not take letters from us: 553 5.7.1 not your address. Check mail.from, then restart Paperwire.
        after 30 min: mx:25 wants it later: 450 4.2.0 greylisted
        bounce: mx:25 refused the recipient: 550 5.1.1 no such user
        after 30 min: mx:25 refused the recipient: 554 5.7.1 relay access denied
        not sent: the conversation with mx:25 broke off: connection reset
        after 30 min: mx:25 refused us: 503 no valid recipients
        plain: mx:25 refused the letter: 552 5.3.4 too big
        after 30 min: mx:25 wants it later: 451 try again
        lost: mx:25 got the letter and did not say whether it takes it: connection reset
        ");
    }
}

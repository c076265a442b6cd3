//! Letters to one person that are no delivery: to confirm an address, to test the way to it.

use async_trait::async_trait;
use url::Url;

use crate::domain::MailAddress;

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom it goes to.
    pub to: MailAddress,
    /// What it is about, one line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a whole HTML document.
    pub html: String,
    /// Where one click or one POST ends further letters.
    pub list_unsubscribe: Option<Url>,
}

/// Sends letters that somebody asked for just now.
#[async_trait]
pub trait Letters: Send + Sync {
    /// Sends one without any retry; the error says, without the address, why it did not leave.
    async fn send(&self, letter: Letter) -> anyhow::Result<()>;
}

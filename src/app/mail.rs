//! Letters: the way that the configuration names, and who gets them.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;

use crate::chat::Letters;
use crate::chat::email::{AddressBook, Email, EmailConfig, LetterLinks, Route, Security, SmtpConfig};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, SmtpSecurity};
use crate::domain::{ChannelId, MailAddress};
use crate::signup::SignUp;
use crate::store::Store;

/// E-mail as the configuration has it.
pub(super) fn email(config: &Config, book: Arc<dyn AddressBook>) -> anyhow::Result<Email> {
    let mail = &config.mail;
    let route = match &mail.smtp {
        None => Route::Spool(config.data_dir.join("mail")),
        Some(server) => {
            let user = server.user.clone().zip(mail.password.clone());
            let ca = mail.ca_file.as_ref().map(|path| {
                std::fs::read(path)
                    .with_context(|| format!("mail.ca_file “{}” cannot be read", path.display()))
            });
            Route::Smtp(SmtpConfig {
                host: server.host.clone(),
                port: server.port,
                security: match server.security {
                    SmtpSecurity::Tls => Security::Tls,
                    SmtpSecurity::StartTls => Security::StartTls,
                    SmtpSecurity::Plain => Security::Plain,
                },
                credentials: user,
                ca: ca.transpose()?,
                timeout: mail.timeout,
                data_timeout: mail.data_timeout,
            })
        }
    };
    let config = EmailConfig { from: mail.from.clone(), route, per_second: mail.per_second };
    Email::new(config, book, || SystemClock.now())
}

/// Sends a test letter and returns what the server said, or where the file lies.
pub async fn test_mail(config: &Config, to: MailAddress) -> anyhow::Result<String> {
    email(config, Arc::new(Nobody))?.test(to).await
}

/// Letters to people who just asked for one, such as to confirm an address.
pub(super) fn letters(config: &Config) -> anyhow::Result<Arc<dyn Letters>> {
    Ok(Arc::new(email(config, Arc::new(Nobody))?))
}

/// The address book of what leaves without one.
struct Nobody;

#[async_trait]
impl AddressBook for Nobody {
    async fn address(&self, _: &ChannelId) -> anyhow::Result<Option<MailAddress>> {
        Ok(None)
    }

    async fn links(&self, _: &ChannelId, _: Timestamp) -> anyhow::Result<LetterLinks> {
        Ok(LetterLinks::default())
    }

    async fn bounced(&self, _: &ChannelId, _: &str) -> anyhow::Result<u32> {
        Ok(0)
    }

    async fn taken(&self, _: &ChannelId) -> anyhow::Result<()> {
        Ok(())
    }
}

/// The people who subscribed.
pub(super) struct Subscribers {
    /// Where they are kept.
    pub store: Store,
    /// Dates what becomes of them.
    pub clock: Arc<dyn Clock>,
    /// Knows the pages; `None` when there are none.
    pub sign_up: Option<Arc<SignUp>>,
}

#[async_trait]
impl AddressBook for Subscribers {
    async fn address(&self, channel: &ChannelId) -> anyhow::Result<Option<MailAddress>> {
        Ok(self.store.mail_address(channel).await?)
    }

    async fn links(&self, channel: &ChannelId, made_at: Timestamp) -> anyhow::Result<LetterLinks> {
        let Some(sign_up) = &self.sign_up else { return Ok(LetterLinks::default()) };
        let links = sign_up.links();
        Ok(LetterLinks {
            unsubscribe: Some(links.unsubscribe(channel)),
            manage: Some(links.manage(channel, made_at)),
        })
    }

    async fn bounced(&self, channel: &ChannelId, _: &str) -> anyhow::Result<u32> {
        Ok(self.store.mail_bounced(channel, self.clock.now()).await?)
    }

    async fn taken(&self, channel: &ChannelId) -> anyhow::Result<()> {
        Ok(self.store.mail_taken(channel).await?)
    }
}

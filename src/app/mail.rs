//! Letters: the way that the configuration names, and who gets them.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;

use crate::chat::email::{AddressBook, Email, EmailConfig, LetterLinks, Route, Security, SmtpConfig};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, SmtpSecurity};
use crate::domain::{ChannelId, MailAddress};

/// E-mail as the configuration has it.
pub(super) fn email(config: &Config) -> anyhow::Result<Email> {
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
    Email::new(config, Arc::new(Nobody), || SystemClock.now())
}

/// Sends a test letter and returns what the server said, or where the file lies.
pub async fn test_mail(config: &Config, to: MailAddress) -> anyhow::Result<String> {
    email(config)?.test(to).await
}

/// The address book of an installation that nobody can subscribe to.
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

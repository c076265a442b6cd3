//! One letter over SMTP, command by command, so that it is known how far it came.
//!
//! A connection for each letter: whatever a server does to one then concerns no other. Before the content has been
//! sent nothing can have been delivered; after it, silence says nothing (RFC 5321, section 4.5.3.2.6).

use std::future::Future;
use std::time::Duration;

use anyhow::Context as _;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};

use super::failure::{Failure, Kind, Point};
use crate::domain::MailAddress;
use crate::message::{clean, cut};

/// A server's farewell is waited for no longer: the letter has been taken.
const FAREWELL: Duration = Duration::from_secs(2);
/// Longest answer that is kept, in characters.
const ANSWER_MAX: usize = 300;

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, and nothing without it.
    StartTls,
    /// None.
    Plain,
}

/// How to reach an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// Its name, which its certificate has to show.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is protected.
    pub security: Security,
    /// User and password, where it asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// Certificates in PEM to trust beside the system's.
    pub ca: Option<Vec<u8>>,
    /// How long connecting and each command may take.
    pub timeout: Duration,
    /// How long the server may take to answer once it has the letter.
    pub data_timeout: Duration,
}

/// The way to a server, ready to be gone.
pub(super) struct Smtp {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    hello: ClientId,
}

impl Smtp {
    /// Prepares it; nothing is sent yet.
    pub fn new(config: SmtpConfig, own_domain: &str) -> anyhow::Result<Self> {
        let tls = match config.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => {
                let mut tls = TlsParameters::builder(config.host.clone());
                if let Some(pem) = &config.ca {
                    let trusted = Certificate::from_pem(pem);
                    tls = tls.add_root_certificate(
                        trusted.context("mail.ca_file holds no certificate in PEM form")?,
                    );
                }
                Some(tls.build_rustls().context("TLS for the SMTP server cannot be prepared")?)
            }
        };
        Ok(Self { config, tls, hello: ClientId::Domain(own_domain.to_owned()) })
    }

    /// The server as people know it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.config.host, self.config.port)
    }

    /// Hands one letter over and returns the server's words.
    pub async fn send(&self, from: &MailAddress, to: &MailAddress, letter: &[u8]) -> Result<String, Failure> {
        let mut connection = self.connect().await?;
        let result = self.converse(&mut connection, from, to, letter).await;
        // What has been said stands, whether or not the server takes leave.
        let _ = tokio::time::timeout(FAREWELL, connection.abort()).await;
        let answer = result.map_err(|failure| failure.masking(to).masking(from))?;
        Ok(to.masked_in(&words(&answer)))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let SmtpConfig { host, port, security, credentials, timeout, .. } = &self.config;
        let at_once = self.tls.clone().filter(|_| *security == Security::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(*timeout),
            &self.hello,
            at_once,
            None,
        );
        let mut connection = self.within(Point::Connect, connecting).await?;
        if let Some(tls) = self.tls.clone().filter(|_| *security == Security::StartTls) {
            self.within(Point::Secure, connection.starttls(tls, &self.hello)).await?;
        }
        if let Some((user, password)) = credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let signing_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            self.within(Point::SignIn, signing_in).await?;
        }
        Ok(connection)
    }

    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: &MailAddress,
        to: &MailAddress,
        letter: &[u8],
    ) -> Result<Response, Failure> {
        let from = Mail::new(Some(address(from, Point::Sender)?), Vec::new());
        self.within(Point::Sender, connection.command(from)).await?;
        let to = Rcpt::new(address(to, Point::Recipient)?, Vec::new());
        self.within(Point::Recipient, connection.command(to)).await?;
        self.within(Point::Data, connection.command(Data)).await?;
        limited(self.config.data_timeout, Point::Content, connection.message(letter)).await
    }

    async fn within<T>(
        &self,
        point: Point,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        limited(self.config.timeout, point, step).await
    }
}

async fn limited<T>(
    limit: Duration,
    point: Point,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(failure(point, &error)),
        Err(_) => {
            let words = format!("no answer within {} s", limit.as_secs_f32());
            Err(Failure { point, kind: Kind::Broken, words })
        }
    }
}

/// What an error of the library is to us.
fn failure(point: Point, error: &Error) -> Failure {
    let words = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let words = cut(&clean(&words), ANSWER_MAX);
    match error.status() {
        Some(code) if error.is_permanent() => {
            Failure { point, kind: Kind::Refused, words: format!("{code} {words}") }
        }
        Some(code) => Failure { point, kind: Kind::Later, words: format!("{code} {words}") },
        None => Failure { point, kind: Kind::Broken, words },
    }
}

fn words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    cut(&clean(&format!("{} {}", response.code(), lines.join(" "))), ANSWER_MAX)
}

fn address(address: &MailAddress, point: Point) -> Result<Address, Failure> {
    // The library's error quotes the address.
    let refused = |_| Failure { point, kind: Kind::Refused, words: "553 5.1.3 no mail address".to_owned() };
    address.whole().parse().map_err(refused)
}

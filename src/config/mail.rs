//! The section `[mail]`: how letters leave.

use std::path::PathBuf;
use std::time::Duration;

use figment::value::Value;
use secrecy::SecretString;
use url::{Host, Url};

use super::reader::Reader;
use super::value::{Parsed, duration, number, text};
use crate::domain::Correspondent;

/// Whom letters come from while nobody says it and they only become files.
const NOBODY: &str = "Paperwire <paperwire@localhost.invalid>";

/// How letters leave.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The server; `None` is files.
    pub smtp: Option<SmtpServer>,
    /// The password of the user in [`SmtpServer`].
    pub password: Option<SecretString>,
    /// Certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Whom letters come from.
    pub from: Correspondent,
    /// Letters in a second.
    pub per_second: u32,
    /// The longest that connecting and each command may take.
    pub timeout: Duration,
    /// The longest that the server may take to accept a letter.
    pub data_timeout: Duration,
}

/// A server that takes letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: SmtpSecurity,
    /// Who we are to it.
    pub user: Option<String>,
}

/// How the way to a server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// `smtps://`
    Tls,
    /// `smtp://`
    StartTls,
    /// `smtp://…?tls=none`
    Plain,
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let smtp = reader.read("mail.smtp_url", smtp_url);
        let password = reader.secret("mail.smtp_password", |c| !c.is_control());
        let from = reader.read("mail.from", from);
        if smtp.is_some() && from.is_none() {
            let problem =
                "is needed with mail.smtp_url: set it to an address that the server lets you send from";
            reader.fault("mail.from", None, problem.to_owned());
        }
        let user = smtp.as_ref().is_some_and(|server| server.user.is_some());
        if smtp.is_some() && user != password.is_some() {
            let problem = if user {
                "has a user and no password: set PAPERWIRE__MAIL__SMTP_PASSWORD, or mail.smtp_password_file"
            } else {
                "has no user, and mail.smtp_password is set: write it as smtp://user@host:587"
            };
            reader.fault("mail.smtp_url", None, problem.to_owned());
        }
        Self {
            smtp,
            password,
            ca_file: reader.path("mail.ca_file"),
            from: from.unwrap_or_else(|| NOBODY.parse().expect("the constant is an address")),
            per_second: reader.read("mail.per_second", number(1..=1_000)),
            timeout: reader.read("mail.timeout", duration(MOMENT..=5 * MINUTE)),
            // With all that comes before it, it has to end before the letter may go again, 30 minutes after the first.
            data_timeout: reader.read("mail.data_timeout", duration(MOMENT..=10 * MINUTE)),
        }
    }
}

const MOMENT: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_mins(1);

fn from(value: &Value) -> Parsed<Option<Correspondent>> {
    match text(value)?.trim() {
        "" => Ok(None),
        given => given
            .parse()
            .map(Some)
            .map_err(|_| r#"must be an address such as "Papers <papers@example.org>""#.to_owned()),
    }
}

fn smtp_url(value: &Value) -> Parsed<Option<SmtpServer>> {
    let given = text(value)?;
    if given.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || "must be smtp://user@host:587 (STARTTLS) or smtps://user@host:465 (TLS)".to_owned();
    let url = Url::parse(given.trim()).map_err(|_| wrong())?;
    if url.password().is_some() {
        return Err("must not hold the password: set PAPERWIRE__MAIL__SMTP_PASSWORD".to_owned());
    }
    // The names of other schemes are kept as they are written: `[::1]` has brackets, and letters may be capitals.
    let host = Host::parse(url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?);
    let host = host.map_err(|_| wrong())?;
    let user = Some(url.username()).filter(|user| !user.is_empty());
    let user = user.map(|user| percent_decoded(user).ok_or_else(wrong)).transpose()?;
    let (security, port) = match (url.scheme(), url.query()) {
        ("smtps", None) => (SmtpSecurity::Tls, 465),
        ("smtp", None) => (SmtpSecurity::StartTls, 587),
        ("smtp", Some("tls=none")) if user.is_none() || is_loopback(&host) => (SmtpSecurity::Plain, 25),
        ("smtp", Some("tls=none")) => {
            return Err("must not send a password without TLS: leave tls=none out".to_owned());
        }
        _ => return Err(wrong()),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(wrong());
    }
    let host = match host {
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    };
    Ok(Some(SmtpServer { host, port: url.port().unwrap_or(port), security, user }))
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name == "localhost",
    }
}

/// A user name as it was before it was written into a URL: many are mail addresses, with `%40`.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Parsed<Option<SmtpServer>> {
        smtp_url(&Value::from(url))
    }

    fn server(host: &str, port: u16, security: SmtpSecurity, user: Option<&str>) -> SmtpServer {
        SmtpServer { host: host.to_owned(), port, security, user: user.map(str::to_owned) }
    }

    #[test]
    fn the_scheme_says_how_the_way_is_protected_and_none_has_to_be_asked_for() {
        use SmtpSecurity::{Plain, StartTls, Tls};
        assert_eq!(read("").unwrap(), None);
        assert_eq!(
            read("smtp://mx.example.org").unwrap(),
            Some(server("mx.example.org", 587, StartTls, None))
        );
        assert_eq!(
            read("smtps://ada%40example.org@mx.example.org").unwrap(),
            Some(server("mx.example.org", 465, Tls, Some("ada@example.org")))
        );
        assert_eq!(
            read("smtp://localhost:1025?tls=none").unwrap(),
            Some(server("localhost", 1025, Plain, None))
        );
        assert_eq!(read("smtp://u@[::1]:25?tls=none").unwrap(), Some(server("::1", 25, Plain, Some("u"))));
    }

    #[test]
    fn what_would_show_a_password_or_names_no_server_is_refused() {
        for (url, said) in [
            ("smtp://u:secret@mx.example.org", "must not hold the password"),
            ("smtp://u@mx.example.org?tls=none", "without TLS"),
            ("mx.example.org:25", "must be smtp://"),
            ("https://mx.example.org", "must be smtp://"),
            ("smtp://mx.example.org?tls=maybe", "must be smtp://"),
            ("smtp://mx.example.org/path", "must be smtp://"),
            ("smtp://", "must be smtp://"),
            ("smtp://u%0d%0a@mx.example.org", "must be smtp://"),
        ] {
            let error = read(url).unwrap_err();
            assert!(error.contains(said), "{url}: {error}");
        }
    }
}

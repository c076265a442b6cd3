//! An e-mail address, checked so that it can stand in a header and in a command to a mail server.

use std::fmt;
use std::str::FromStr;

use url::Host;

/// The longest address that a mail server takes (RFC 5321, 4.5.3.1.3, with RFC 3696's correction).
const ADDRESS_MAX: usize = 254;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LOCAL_MAX: usize = 64;

/// An e-mail address: `ada@example.org`. Where it is printed it is masked, so that it stays out of logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// The address as mail servers take it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two ways of writing one address are the same.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The address as it may be shown: `a…@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').expect("an address has an @");
        format!("{}…@{domain}", &local[..1])
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailAddress({})", self.masked())
    }
}

impl FromStr for MailAddress {
    type Err = String;

    /// Takes what people have: letters, digits and `.!#$%&'*+/=?^_{|}~-` before the `@`, a name in the DNS after it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        let wrong = |what: &str| format!("{what}: write an e-mail address such as ada@example.org");
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| wrong("this has no @"))?;
        if !is_dot_atom(local) || local.len() > LOCAL_MAX {
            return Err(wrong("the part before the @ cannot be used"));
        }
        let host = match Host::parse(domain) {
            Ok(Host::Domain(host)) if is_public_name(&host) => host,
            _ => return Err(wrong("the part after the @ is no name of a mail domain")),
        };
        let address = format!("{local}@{host}");
        if address.len() > ADDRESS_MAX {
            return Err(wrong("this is too long"));
        }
        Ok(Self(address))
    }
}

/// Words with single dots between them, as RFC 5322 has them.
fn is_dot_atom(text: &str) -> bool {
    let is_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    text.split('.').all(|word| !word.is_empty() && word.bytes().all(is_atom))
}

/// Labels of letters, digits and hyphens, at least two; the last is no number.
fn is_public_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(is_label) && !last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse::<MailAddress>().map(|address| address.as_str().to_owned())
    }

    #[test]
    fn what_people_write_is_taken_and_its_domain_is_put_as_the_dns_has_it() {
        for (written, taken) in [
            (" Ada.Lovelace+papers@Example.ORG ", "Ada.Lovelace+papers@example.org"),
            ("mailto:o'brien@example.co.uk", "o'brien@example.co.uk"),
            ("grüsse@example.org", ""),
            ("info@bücher.example", "info@xn--bcher-kva.example"),
        ] {
            assert_eq!(read(written).unwrap_or_default(), taken, "{written}");
        }
    }

    #[test]
    fn nothing_that_could_become_a_header_or_a_command_is_taken() {
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("ada@{}.org", ["a".repeat(60); 4].join("."));
        for text in [
            "", "@", "ada", "ada@", "@example.org", "ada@localhost", "ada@127.0.0.1", "ada@[127.0.0.1]",
            "ada@example.org\r\nBcc: eve@example.org", "ada\r\n@example.org", "ada@exam ple.org", "a b@example.org",
            "<ada@example.org>", "\"ada\"@example.org", ".ada@example.org", "a..b@example.org", "ada@-x.org",
            "ada@example.org,eve@example.org", "ada\0@example.org", "ada@example.123", "ada@example..org", &long,
            &longer,
        ] {
            let error = read(text).expect_err(text);
            assert!(error.ends_with("such as ada@example.org"), "{error}");
        }
    }

    #[test]
    fn an_address_is_masked_wherever_it_is_printed() {
        let address: MailAddress = "Ada@Example.org".parse().unwrap();
        assert_eq!(address.folded(), "ada@example.org");
        assert_eq!(format!("{address} {address:?}"), "A…@example.org MailAddress(A…@example.org)");
    }
}

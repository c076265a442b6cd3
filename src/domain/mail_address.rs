//! Mail addresses, which are personal: they print masked, and whoever needs one whole asks for it.

use std::fmt;
use std::str::FromStr;

use url::Host;

/// Longest address that RFC 5321 lets pass, in bytes.
const ADDRESS_MAX: usize = 254;
/// Longest part before the `@`.
const LOCAL_MAX: usize = 64;

/// An address that letters can be sent to; its domain is in ASCII and in small letters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailAddress {
    local: String,
    domain: String,
}

/// Why a text is no mail address, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address: write it as name@example.org")]
pub struct MailAddressError;

impl MailAddress {
    /// The whole address, for an envelope or a header and for nothing that is logged.
    pub fn whole(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// The whole address in small letters, by which two spellings of one mailbox are the same.
    pub fn folded(&self) -> String {
        self.whole().to_lowercase()
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Masks this address wherever it stands in a text, as in what a server answers.
    pub fn masked_in(&self, text: &str) -> String {
        let (whole, lower) = (self.folded(), text.to_ascii_lowercase());
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (at, _) in lower.match_indices(&whole) {
            out.push_str(&text[done..at]);
            out.push_str(&self.to_string());
            done = at + whole.len();
        }
        out.push_str(&text[done..]);
        out
    }
}

/// Masked: `a…@example.org`.
impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…@{}", &self.local[..1], self.domain)
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailAddress({self})")
    }
}

impl FromStr for MailAddress {
    type Err = MailAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(MailAddressError)?;
        let in_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        let local_fits = local.len() <= LOCAL_MAX
            && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(in_atom));
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(MailAddressError) };
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_fits = domain.contains('.') && domain.split('.').all(label);
        if !local_fits || !domain_fits || local.len() + 1 + domain.len() > ADDRESS_MAX {
            return Err(MailAddressError);
        }
        Ok(Self { local: local.to_owned(), domain })
    }
}

/// Whom letters come from: a name and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// Shown by mail programs; may be empty.
    pub name: String,
    /// The address.
    pub address: MailAddress,
}

/// `papers@example.org` or `Papers <papers@example.org>`
impl FromStr for Correspondent {
    type Err = MailAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self { name: String::new(), address: text.parse()? });
        };
        let address = rest.strip_suffix('>').ok_or(MailAddressError)?;
        let name = name.trim().trim_matches('"').trim();
        if name.chars().any(char::is_control) {
            return Err(MailAddressError);
        }
        Ok(Self { name: name.to_owned(), address: address.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_written_but_for_its_domain() {
        let address: MailAddress = " Ada.Lovelace+papers@Exämple.ORG ".parse().unwrap();
        assert_eq!(address.whole(), "Ada.Lovelace+papers@xn--exmple-cua.org");
        assert_eq!(address.folded(), "ada.lovelace+papers@xn--exmple-cua.org");
    }

    #[test]
    fn what_could_break_out_of_an_envelope_or_a_header_is_no_address() {
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "a b@example.org",
            "ada@example.org>\r\nRCPT TO:<eve@example.org",
            "ada\r\n@example.org",
            "\"ada lovelace\"@example.org",
            "<ada@example.org>",
            "ada@example..org",
            "ada@-example.org",
            ".ada@example.org",
            "ada@a.org,eve@b.org",
            "ädä@example.org",
        ] {
            assert!(text.parse::<MailAddress>().is_err(), "{text:?}");
        }
        assert!(format!("{}@example.org", "a".repeat(65)).parse::<MailAddress>().is_err());
    }

    #[test]
    fn printing_one_shows_its_first_letter_and_its_domain() {
        let address: MailAddress = "ada@example.org".parse().unwrap();
        assert_eq!(format!("{address} {address:?}"), "a…@example.org MailAddress(a…@example.org)");
        assert_eq!(
            address.masked_in("550 5.1.1 <Ada@Example.org>: no such user ada@example.org"),
            "550 5.1.1 <a…@example.org>: no such user a…@example.org"
        );
    }

    #[test]
    fn a_correspondent_has_a_name_or_none() {
        let read = |text: &str| text.parse::<Correspondent>().map(|c| (c.name, c.address.whole()));
        let address = "papers@example.org".to_owned();
        assert_eq!(read("papers@example.org"), Ok((String::new(), address.clone())));
        assert_eq!(read("Papers of the lab <papers@example.org>"), Ok(("Papers of the lab".into(), address)));
        assert!(read("Papers\r\nBcc: eve@example.org <papers@example.org>").is_err());
        assert!(read("Papers <papers>").is_err());
    }
}

//! A letter in the bytes that go over the wire.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use uuid::Uuid;

use super::parts::Parts;
use super::{LetterLinks, html, text};
use crate::domain::{Correspondent, MailAddress};

/// What makes a letter one of its own.
pub(super) struct Stamp<'a> {
    pub from: &'a Correspondent,
    pub to: &'a MailAddress,
    /// Tells the time and gives the letter its name, the same for every try.
    pub id: Uuid,
    /// True for the rendering in text alone, which is another letter.
    pub plain: bool,
    pub links: &'a LetterLinks,
    /// True for what is sent to many and again and again.
    pub bulk: bool,
}

impl Stamp<'_> {
    /// The `Message-ID` without its brackets.
    pub fn message_id(&self) -> String {
        let kind = if self.plain { "-plain" } else { "" };
        format!("{}{kind}@{}", self.id, self.from.address.domain())
    }
}

/// A letter that was rendered for a channel, with the footer of its reader.
pub(super) fn delivery(stamp: &Stamp<'_>, parts: &Parts) -> anyhow::Result<Vec<u8>> {
    let text = format!("{}{}", parts.text, text::footer(stamp.links));
    let html =
        parts.html.as_ref().map(|[before, after]| format!("{before}{}{after}", html::footer(stamp.links)));
    assemble(stamp, &parts.subject, text, html)
}

/// The bytes of a letter.
pub(super) fn assemble(
    stamp: &Stamp<'_>,
    subject: &str,
    text: String,
    html: Option<String>,
) -> anyhow::Result<Vec<u8>> {
    let domain = stamp.from.address.domain();
    let mut letter = Message::builder()
        .message_id(Some(format!("<{}>", stamp.message_id())))
        .from(mailbox(&stamp.from.name, &stamp.from.address)?)
        .to(mailbox("", stamp.to)?)
        .subject(crate::message::clean(subject))
        .raw_header(header("Auto-Submitted", "auto-generated"));
    if let Some((seconds, nanos)) = stamp.id.get_timestamp().map(|at| at.to_unix()) {
        letter = letter.date(UNIX_EPOCH + Duration::new(seconds, nanos));
    }
    if stamp.bulk {
        letter = letter
            .raw_header(header("List-Id", &format!("Paperwire <paperwire.{domain}>")))
            .raw_header(header("Precedence", "bulk"));
    }
    if let Some(url) = &stamp.links.unsubscribe {
        letter = letter.raw_header(header("List-Unsubscribe", &format!("<{url}>")));
        // One click is promised for https alone: RFC 8058, section 3.1.
        if url.scheme() == "https" {
            letter = letter.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
    }
    let plain = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text);
    let letter = match html {
        None => letter.singlepart(plain)?,
        Some(html) => {
            let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html);
            let parts = MultiPart::alternative().boundary(format!("=_{}", stamp.id.simple()));
            letter.multipart(parts.singlepart(plain).singlepart(html))?
        }
    };
    Ok(letter.formatted())
}

/// A header whose value is ASCII of ours or a URL, which is taken as it is: folding would tear a URL.
fn header(name: &'static str, value: &str) -> HeaderValue {
    let value: String = value.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn mailbox(name: &str, address: &MailAddress) -> anyhow::Result<Mailbox> {
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    // The library's error quotes the address.
    let address = address.whole().parse().map_err(|_| anyhow::anyhow!("{address} is no mail address"))?;
    Ok(Mailbox::new(name, address))
}

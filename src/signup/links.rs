//! The addresses of the pages that letters lead to.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::domain::{ChannelId, MailKey, MailPurpose, MailRhythm};

/// A link to change what comes works for so long; signing up again brings a new one.
const MANAGE_FOR: Duration = Duration::from_hours(60 * 24);

/// Makes the addresses of pages, which may lie below a path.
#[derive(Debug, Clone)]
pub struct Links {
    public: Url,
    key: MailKey,
}

impl Links {
    /// Pages below a public address.
    pub fn new(mut public: Url, key: MailKey) -> Self {
        if !public.path().ends_with('/') {
            let path = format!("{}/", public.path());
            public.set_path(&path);
        }
        public.set_query(None);
        public.set_fragment(None);
        Self { public, key }
    }

    /// The path that all pages lie below, with its slash: `/`.
    pub fn base(&self) -> &str {
        self.public.path()
    }

    /// Where a wish is confirmed.
    pub fn confirm(&self, token: &str) -> Url {
        self.page("confirm", &[("token", token)])
    }

    /// Where a subscriber's letters end; takes the POST of RFC 8058 too.
    pub fn unsubscribe(&self, channel: &ChannelId) -> Url {
        let token = self.key.token(MailPurpose::Unsubscribe, channel, None);
        self.page("unsubscribe", &[("token", &token)])
    }

    /// Where a subscriber changes what comes.
    pub fn manage(&self, channel: &ChannelId, now: Timestamp) -> Url {
        let token = self.key.token(MailPurpose::Manage, channel, Some(now + MANAGE_FOR));
        self.page("manage", &[("token", &token)])
    }

    /// The form, with something filled in.
    pub fn form(&self, rhythm: MailRhythm, zone: Option<&str>) -> Url {
        let mut filled = vec![("every", rhythm.name())];
        filled.extend(zone.map(|zone| ("zone", zone)));
        self.page("subscribe", &filled)
    }

    fn page(&self, name: &str, with: &[(&str, &str)]) -> Url {
        let mut page = self.public.clone();
        page.set_path(&format!("{}{name}", self.public.path()));
        page.query_pairs_mut().extend_pairs(with);
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_below_the_public_address_with_or_without_a_slash() {
        for (public, form) in [
            (
                "https://papers.example.org",
                "https://papers.example.org/subscribe?every=weekly&zone=Asia%2FTokyo",
            ),
            ("https://example.org/wire", "https://example.org/wire/subscribe?every=weekly&zone=Asia%2FTokyo"),
            (
                "https://example.org/wire/?x#y",
                "https://example.org/wire/subscribe?every=weekly&zone=Asia%2FTokyo",
            ),
        ] {
            let links = Links::new(public.parse().unwrap(), MailKey::new([7; 32]));
            assert_eq!(links.form(MailRhythm::Weekly, Some("Asia/Tokyo")).as_str(), form);
        }
    }
}

//! Tokens that stand in letters' links: whoever has one may do one thing for one subscriber.
//!
//! ```text
//! confirm      26 random characters; the store keeps their hash, with the wish, until they expire
//! unsubscribe  22 of the subscriber's id, 26 of HMAC-SHA-256(key, purpose ‖ id)
//! manage       the same over the last hour at which it works, which follows in digits
//! ```
//! 26 characters of base32 hold 130 bits.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::domain::{ChannelId, Platform};

/// Bytes of a MAC that a token carries.
const MAC_BYTES: usize = 16;
/// Characters of a MAC, and of a random token.
const MAC_CHARS: usize = 26;
/// What stands before the characters of a subscriber's id.
const ID_PREFIX: &str = "m-";
/// Characters of a subscriber's id after that.
const ID_CHARS: usize = 22;
const HOUR_SECONDS: i64 = 3_600;
const RANDOM: &str = "the operating system has random bytes";

/// What a token lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPurpose {
    /// End the letters. Works as long as the subscriber is known.
    Unsubscribe,
    /// See and change what comes, and erase all. Works until a time.
    Manage,
}

impl MailPurpose {
    fn name(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Manage => "manage",
        }
    }
}

/// Why a token does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It was not made here, or not for this purpose.
    Wrong,
    /// Its time is over.
    Expired,
}

/// The installation's own key, from which tokens are made.
#[derive(Clone)]
pub struct MailKey([u8; 32]);

impl std::fmt::Debug for MailKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailKey(…)")
    }
}

impl MailKey {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Bytes for a new key.
    pub fn random_bytes() -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect(RANDOM);
        bytes
    }

    /// A token for one subscriber and one purpose; `until` bounds how long it works.
    pub fn token(&self, purpose: MailPurpose, channel: &ChannelId, until: Option<Timestamp>) -> String {
        let id = channel.as_str().strip_prefix(ID_PREFIX).unwrap_or(channel.as_str());
        let hour = until
            .map(|until| until.as_second() / HOUR_SECONDS)
            .map_or_else(String::new, |hour| hour.to_string());
        let mac = self.mac(&[purpose.name(), id, &hour]);
        let mac = base32(&mac.finalize().into_bytes()[..MAC_BYTES]);
        format!("{id}{mac}{hour}")
    }

    /// The subscriber that a token speaks for.
    pub fn read(&self, purpose: MailPurpose, token: &str, now: Timestamp) -> Result<ChannelId, TokenFault> {
        let parts = token.split_at_checked(ID_CHARS).and_then(|(id, rest)| {
            let (mac, hour) = rest.split_at_checked(MAC_CHARS)?;
            Some((id, data_encoding::BASE32_NOPAD_NOCASE.decode(mac.as_bytes()).ok()?, hour))
        });
        let (id, mac, hour) = parts.ok_or(TokenFault::Wrong)?;
        let expected = self.mac(&[purpose.name(), id, hour]);
        expected.verify_truncated_left(&mac).map_err(|_| TokenFault::Wrong)?;
        let until = hour.parse::<i64>().ok();
        if (hour.is_empty() && purpose == MailPurpose::Manage) || (!hour.is_empty() && until.is_none()) {
            return Err(TokenFault::Wrong);
        }
        if until.is_some_and(|hour| now.as_second() / HOUR_SECONDS > hour) {
            return Err(TokenFault::Expired);
        }
        ChannelId::parse(Platform::Email, &format!("{ID_PREFIX}{id}")).map_err(|_| TokenFault::Wrong)
    }

    /// A name for somebody's address or network that does not tell it: for counting.
    pub fn pseudonym(&self, kind: &str, of: &str) -> String {
        base32(&self.mac(&["pseudonym", kind, of]).finalize().into_bytes()[..MAC_BYTES])
    }

    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        for part in parts {
            // With its length, so that no two lists of parts are one text.
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

/// A token that nobody can guess.
pub fn random_token() -> String {
    let mut bytes = [0; MAC_BYTES];
    getrandom::fill(&mut bytes).expect(RANDOM);
    base32(&bytes)
}

/// What the store keeps of a random token.
pub fn hashed(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

fn base32(bytes: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// A new subscriber's id, which does not tell the address.
pub fn new_channel() -> ChannelId {
    let id = format!("{ID_PREFIX}{}", &random_token()[..ID_CHARS]);
    ChannelId::parse(Platform::Email, &id).expect("it has the shape of an id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-08-21T06:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_token_speaks_for_one_subscriber_and_one_purpose() {
        let key = MailKey::new([7; 32]);
        let (ada, eve) = (new_channel(), new_channel());
        let token = key.token(MailPurpose::Unsubscribe, &ada, None);
        assert_eq!(key.read(MailPurpose::Unsubscribe, &token, now()), Ok(ada.clone()));
        assert_eq!(key.read(MailPurpose::Unsubscribe, &token.to_uppercase(), now()), Err(TokenFault::Wrong));
        assert_eq!(key.read(MailPurpose::Manage, &token, now()), Err(TokenFault::Wrong));
        assert_eq!(
            MailKey::new([8; 32]).read(MailPurpose::Unsubscribe, &token, now()),
            Err(TokenFault::Wrong)
        );
        let others = key.token(MailPurpose::Unsubscribe, &eve, None);
        let mixed = format!("{}{}", &token[..ID_CHARS], &others[ID_CHARS..]);
        assert_eq!(key.read(MailPurpose::Unsubscribe, &mixed, now()), Err(TokenFault::Wrong));
        for broken in ["", "ä", &token[..token.len() - 1], &format!("{token}9"), &"é".repeat(40)] {
            assert_eq!(key.read(MailPurpose::Unsubscribe, broken, now()), Err(TokenFault::Wrong), "{broken}");
        }
    }

    #[test]
    fn a_token_to_manage_works_until_its_hour_is_over_and_its_time_cannot_be_moved() {
        let key = MailKey::new([7; 32]);
        let ada = new_channel();
        let token = key.token(MailPurpose::Manage, &ada, Some(now()));
        let read = |token: &str, seconds| {
            key.read(MailPurpose::Manage, token, now() + jiff::SignedDuration::from_secs(seconds))
        };
        assert_eq!(read(&token, 3_599), Ok(ada.clone()));
        assert_eq!(read(&token, 3_600), Err(TokenFault::Expired));
        let later = format!("{}{}", &token[..ID_CHARS + MAC_CHARS], "999999");
        assert_eq!(read(&later, 0), Err(TokenFault::Wrong));
        assert_eq!(read(&key.token(MailPurpose::Manage, &ada, None), 0), Err(TokenFault::Wrong));
    }

    #[test]
    fn random_tokens_differ_and_pseudonyms_do_not_tell_what_they_stand_for() {
        assert_ne!(random_token(), random_token());
        assert_eq!(random_token().len(), MAC_CHARS);
        let key = MailKey::new([7; 32]);
        let name = key.pseudonym("address", "ada@example.org");
        assert_eq!(name, key.pseudonym("address", "ada@example.org"));
        assert_ne!(name, key.pseudonym("network", "ada@example.org"));
        assert!(!name.contains("ada"));
    }
}

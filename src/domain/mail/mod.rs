//! Who gets papers by e-mail, what they asked for, and the tokens that speak for them.

mod token;
mod wish;

pub use token::{MailKey, MailPurpose, TokenFault, hashed, new_channel, random_token};
pub use wish::{MailRhythm, MailWish};

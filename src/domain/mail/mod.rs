//! Who gets papers by e-mail, what they asked for, and the tokens that speak for them.

mod address;
mod token;
mod wish;

pub use address::MailAddress;
pub use token::{MailKey, MailPurpose, TokenFault, hashed, random_token};
pub(super) use token::random_id;
pub use wish::{MailRhythm, MailWish};

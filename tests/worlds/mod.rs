//! Loopback stand-ins for the outside: strict servers with a ledger of what a person would see.

pub mod discord;
pub mod loopback;
pub mod slack;

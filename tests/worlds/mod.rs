//! Loopback stand-ins for the outside: strict servers with a ledger of what a person would see.

pub mod clock;
pub mod hub;
pub mod postgres;

//! Loopback stand-ins for the outside: strict servers with a ledger of what a person would see.

pub mod arxiv;
pub mod clock;
pub mod discord;
pub mod feeds;
pub mod hub;
pub mod loopback;
pub mod postgres;
pub mod proxy;
pub mod slack;
pub mod smtp;

//! The sentences of each command's answer, one file a command: facts in, a neutral reply out.

pub mod platform;

//! The sentences of each command's answer, one file a command: facts in, a neutral reply out.

pub mod about;
pub mod explain;
pub mod latest;
pub mod search;
pub mod show;
pub mod similar;
pub mod status;
pub mod trending;
pub mod words;

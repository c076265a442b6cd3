//! Papers that come in bulk: dumps and archives, found by searching and never posted.

mod arxiv;
mod arxiv_process;
mod backfill;
mod dump;
mod process;
mod stored;

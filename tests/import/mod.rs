//! Papers that come in bulk: dumps and archives, found by searching and never posted.

mod agreement;
mod backfill;
mod dump;
mod process;

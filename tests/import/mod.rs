//! Papers that come in bulk: dumps and archives, found by searching and never posted.

mod backfill;
mod dump;
mod process;
mod stored;

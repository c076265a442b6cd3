//! Roundups: when they come, held against an independent reading of the same zone data; and what comes in them,
//! over simulated months and years, through crashes, and on each platform.

mod catching_up;
mod kinds;
mod late;
mod making;
mod restarts;
mod schedules;
mod shown;
mod sim;
mod sources;
mod year;
mod zones;

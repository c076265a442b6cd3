//! CPU time, percentiles and how they are printed.

use std::path::Path;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

pub struct Args {
    pub json: bool,
    pub peers: bool,
    pub bare: bool,
    pub only: Option<String>,
    pub papers: Option<usize>,
}

/// Microseconds.
pub struct Figures {
    pub p50: f64,
    pub p99: f64,
}

impl Args {
    pub fn read() -> Self {
        let args: Vec<String> = std::env::args().collect();
        let flag = |name: &str| args.iter().any(|arg| arg == name);
        let value =
            |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)).cloned();
        Self {
            json: flag("--json"),
            peers: flag("--peers"),
            bare: flag("--bare"),
            only: value("--only"),
            papers: value("--papers").map(|n| n.parse().expect("--papers N")),
        }
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()) || only.contains(name))
    }

    pub fn report(&self, name: &str, n: usize, own: &Figures, peer: Option<(&str, &Figures)>) {
        if self.json {
            let mut line = serde_json::json!({ "bench": name, "n": n, "p50_us": own.p50, "p99_us": own.p99 });
            if let Some((peer, figures)) = peer {
                line["peer"] = peer.into();
                line["peer_p50_us"] = figures.p50.into();
                line["ratio"] = (figures.p50 / own.p50).into();
            }
            println!("{line}");
            return;
        }
        print!("{name:<32} p50 {:>8.0} µs  p99 {:>8.0} µs", own.p50, own.p99);
        match peer {
            Some((peer, figures)) => println!(
                "   {peer} p50 {:.0} µs, p99 {:.0} µs, {:.1} times",
                figures.p50,
                figures.p99,
                figures.p50 / own.p50
            ),
            None => println!(),
        }
    }
}

impl Figures {
    pub fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)] * 1e6;
        Self { p50: at(50), p99: at(99) }
    }
}

/// CPU seconds of this thread.
pub fn thread<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = clock_gettime(ClockId::ThreadCPUTime);
    let out = work();
    (out, seconds_between(before, clock_gettime(ClockId::ThreadCPUTime)))
}

/// A clock of the CPU time of the whole process: SQLite works on a thread of its own.
pub fn process_now() -> rustix::time::Timespec {
    clock_gettime(ClockId::ProcessCPUTime)
}

pub fn seconds_between(before: rustix::time::Timespec, after: rustix::time::Timespec) -> f64 {
    (after.tv_sec - before.tv_sec) as f64 + (after.tv_nsec - before.tv_nsec) as f64 / 1e9
}

/// Seconds of the clock on the wall.
pub fn wall<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let out = work();
    (out, start.elapsed().as_secs_f64())
}

/// Bytes of memory that are the process's own.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

pub fn bytes_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_of(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

/// `100k`, `1m`.
pub fn short(n: usize) -> String {
    if n >= 1_000_000 && n.is_multiple_of(1_000_000) {
        format!("{}m", n / 1_000_000)
    } else {
        format!("{}k", n / 1_000)
    }
}

//! Timing by the thread's CPU clock, and the lines of the report.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time that this thread has used.
pub fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().expect("time goes on"), now.tv_nsec.try_into().expect("time goes on"))
}

/// Runs once, and says how long it took.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = cpu_time();
    let done = run();
    (done, cpu_time().saturating_sub(start))
}

/// What many runs took.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut times: Vec<_> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

impl Times {
    /// The time in microseconds that `percent` of the runs did not exceed.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[at].as_secs_f64() * 1e6
    }

    pub fn p50(&self) -> f64 {
        self.percentile(50)
    }
}

/// What was asked for, and the way in which it is told.
pub struct Report {
    json: bool,
    only: Option<String>,
}

impl Report {
    pub fn of_arguments() -> Self {
        let mut report = Self { json: false, only: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => report.json = true,
                "--only" => report.only = Some(arguments.next().expect("--only needs the name of a bench")),
                "--bench" => {}
                other => panic!("unknown argument {other}: expected --json or --only NAME"),
            }
        }
        report
    }

    /// True when a bench is asked for, by name or, with `usual`, because no name was given.
    pub fn wants(&self, name: &str, usual: bool) -> bool {
        match &self.only {
            Some(only) => {
                name == only || name.strip_prefix(only.as_str()).is_some_and(|r| r.starts_with('/'))
            }
            None => usual,
        }
    }

    pub fn times(&self, bench: &str, n: usize, times: &Times) {
        self.line(bench, n, times, None);
    }

    /// Tells the times next to those of a peer.
    pub fn peer(&self, bench: &str, n: usize, own: &Times, peer: &str, others: &Times) {
        self.line(bench, n, own, Some((peer, others)));
    }

    pub fn figure(&self, bench: &str, n: usize, figure: &str, value: f64) {
        if self.json {
            println!("{{\"bench\":\"{bench}\",\"n\":{n},\"{figure}\":{value:.3}}}");
        } else {
            println!("{bench:<34} {value:>12.2} {figure}");
        }
    }

    pub fn note(&self, note: &str) {
        if !self.json {
            println!("{note}");
        }
    }

    fn line(&self, bench: &str, n: usize, times: &Times, peer: Option<(&str, &Times)>) {
        let (p50, p99) = (times.p50(), times.percentile(99));
        let ratio = peer.map(|(_, others)| others.p50() / p50);
        if self.json {
            let peer = peer.map_or(String::new(), |(name, others)| {
                format!(
                    ",\"peer\":\"{name}\",\"peer_p50_us\":{:.3},\"ratio\":{:.3}",
                    others.p50(),
                    others.p50() / p50
                )
            });
            println!("{{\"bench\":\"{bench}\",\"n\":{n},\"p50_us\":{p50:.3},\"p99_us\":{p99:.3}{peer}}}");
        } else {
            print!("{bench:<34} p50 {p50:>9.1} µs   p99 {p99:>9.1} µs");
            if let (Some((name, others)), Some(ratio)) = (peer, ratio) {
                print!("   {name} {:>9.1} µs, {ratio:.1}×", others.p50());
            }
            println!();
        }
    }
}

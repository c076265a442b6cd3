//! Shows how far long work is: a bar on a terminal, now and then a line elsewhere, on standard error.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How far some work is, for whoever watches it.
pub struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    total: Option<u64>,
    begun: Instant,
    told: Instant,
}

impl Progress {
    /// Begins with `total` pieces of work to do, if that is known; `what` is counted beside them.
    pub fn new(total: Option<u64>, what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let with_end = "{wide_bar:.green} {percent:>3} %  {msg}, {eta} left";
            let template = if total.is_some() { with_end } else { "{spinner} {msg}" };
            bar.set_style(ProgressStyle::with_template(template).expect("the template is right"));
            bar
        });
        let now = Instant::now();
        Self { bar, what, total, begun: now, told: now }
    }

    /// Shows that `done` of the pieces are done, and how many things that makes.
    pub fn at(&mut self, done: u64, things: u64) {
        let text = told(things, self.what, self.begun.elapsed());
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            bar.set_position(done);
        } else if self.told.elapsed() >= LINE_EVERY {
            self.told = Instant::now();
            let part = self.total.map(|total| format!("{} %, ", done.saturating_mul(100) / total.max(1)));
            self.line(&format!("{}{text}", part.unwrap_or_default()));
        }
    }

    /// Says something without disturbing the bar.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => anstream::eprintln!("{text}"),
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate for reading"
)]
fn told(things: u64, what: &str, took: Duration) -> String {
    let rate = things as f64 / took.as_secs_f64().max(0.001);
    if rate >= 10.0 {
        format!("{things} {what}, {} a second", rate.round() as u64)
    } else {
        format!("{things} {what}, {:.0} a minute", rate * 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_rate_is_told_by_the_minute() {
        assert_eq!(told(12_000, "papers", Duration::from_secs(2)), "12000 papers, 6000 a second");
        assert_eq!(told(25, "papers", Duration::from_secs(10)), "25 papers, 150 a minute");
        assert_eq!(told(0, "papers", Duration::ZERO), "0 papers, 0 a minute");
    }
}

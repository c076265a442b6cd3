//! Log lines on their way to whoever reads them, in a thread of their own.
//!
//! A pipe that nobody empties blocks its writer for as long as it is full. Work must not stand still for its log, so
//! that lines wait in a queue, and what does not fit into it is counted and left out.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// Lines that may wait: a few seconds of a busy process, a few megabytes at most.
const QUEUE: usize = 4_096;
/// How long the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

enum Item {
    Line(Vec<u8>),
    /// Asks to be told when everything before it is written.
    Mark(SyncSender<()>),
}

/// The writing thread, seen from outside.
pub struct Apart {
    queue: SyncSender<Item>,
}

/// Takes lines for the writing thread; never waits.
#[derive(Clone)]
pub(super) struct Lines {
    queue: SyncSender<Item>,
    lost: Arc<AtomicU64>,
}

impl Apart {
    /// Starts the thread, which writes into `sink`.
    pub(super) fn start(sink: impl Write + Send + 'static) -> (Self, Lines) {
        let (queue, items) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let lines = Lines { queue: queue.clone(), lost: Arc::clone(&lost) };
        std::thread::spawn(move || write_all(sink, &items, &lost));
        (Self { queue }, lines)
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        let (written, last) = sync_channel(1);
        if self.queue.try_send(Item::Mark(written)).is_ok() {
            // Whoever does not read them by then does without.
            let _ = last.recv_timeout(LAST_LINES);
        }
    }
}

impl Write for Lines {
    /// Takes one event, which the subscriber writes in one piece.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(Item::Line(bytes.to_vec())) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(mut sink: impl Write, items: &Receiver<Item>, lost: &AtomicU64) {
    while let Ok(item) = items.recv() {
        // A sink that is gone is no reason to stop: lines are taken and thrown away.
        match item {
            Item::Line(line) => drop(sink.write_all(&line)),
            Item::Mark(written) => drop(written.try_send(())),
        }
        let left_out = lost.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            drop(writeln!(sink, "{left_out} lines of the log were left out: nobody read them in time"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc;

    use super::*;

    /// Writes only as much as it is let.
    struct Valve {
        open: mpsc::Receiver<()>,
        written: Arc<Mutex<String>>,
    }

    impl Write for Valve {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // A closed valve opens for good when its other end is dropped.
            let _ = self.open.recv();
            self.written.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_waits_for_a_log_that_nobody_reads_and_what_is_left_out_is_counted() {
        let (open, closed) = mpsc::channel();
        let written = Arc::new(Mutex::new(String::new()));
        let (apart, mut lines) = Apart::start(Valve { open: closed, written: Arc::clone(&written) });
        let surplus = 5;
        for n in 0..QUEUE + surplus {
            assert!(lines.write(format!("line {n}\n").as_bytes()).is_ok());
        }
        drop(open);
        // The mark needs a place in the queue, which is full until the first lines are written.
        while !written.lock().unwrap().contains("line 100\n") {
            std::thread::yield_now();
        }
        drop(apart);
        let written = written.lock().unwrap().clone();
        let kept = written.lines().filter(|line| line.starts_with("line ")).count();
        let told = written
            .lines()
            .find_map(|line| line.strip_suffix(" lines of the log were left out: nobody read them in time"));
        let left_out: usize = told.unwrap().parse().unwrap();
        assert_eq!(kept + left_out, QUEUE + surplus);
        // The thread may have taken one line out of the queue before it stood still.
        assert!((surplus - 1..=surplus).contains(&left_out), "{left_out}");
    }
}

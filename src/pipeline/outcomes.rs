//! Posts that were made and could not be recorded: kept in a file until the database takes them.
//!
//! One line of JSON for each, on the disk before the call returns. Recording a post twice does no
//! harm, so the file is only emptied after all of it was taken.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::store::{SentFact, Store};

/// The file of posts that are to be recorded.
#[derive(Debug, Clone)]
pub struct OutcomeLog {
    path: PathBuf,
}

impl OutcomeLog {
    /// The log in a folder: `outcomes.log`.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("outcomes.log") }
    }

    /// Adds posts; they outlast a power failure from here on.
    pub async fn append(&self, facts: Vec<SentFact>) -> anyhow::Result<()> {
        let log = self.clone();
        tokio::task::spawn_blocking(move || log.append_now(&facts)).await?
    }

    /// Records what the log holds and empties it; returns how many posts were news to the database.
    pub async fn replay(&self, store: &Store, clock: &dyn Clock) -> anyhow::Result<usize> {
        let log = self.clone();
        let Some((file, facts)) = tokio::task::spawn_blocking(move || log.read()).await?? else {
            return Ok(0);
        };
        let news =
            store.record_sent(&facts, clock.now()).await.context("recording the posts of outcomes.log")?;
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || empty(&file).with_context(|| cannot("empty", &path))).await??;
        info!(news, "Recorded {news} posts that the database had not taken when they were made");
        Ok(news)
    }

    fn append_now(&self, facts: &[SentFact]) -> anyhow::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).with_context(|| cannot("make the folder of", &self.path))?;
        let mut lines = String::new();
        for fact in facts {
            lines.push_str(&serde_json::to_string(fact)?);
            lines.push('\n');
        }
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).append(true).read(true).open(&self.path)?;
            // Another process may be about to empty it.
            file.lock()?;
            // What a power failure cut off must not swallow the first new line.
            if file.metadata()?.len() > 0 {
                lines.insert(0, '\n');
            }
            file.write_all(lines.as_bytes())?;
            file.sync_all()?;
            File::open(folder)?.sync_all()
        };
        let mut write = write;
        write().with_context(|| cannot("write to", &self.path))
    }

    /// The file, held against others, and what can be read of it; `None` when there is nothing.
    fn read(&self) -> anyhow::Result<Option<(File, Vec<SentFact>)>> {
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| cannot("open", &self.path)),
        };
        let mut bytes = Vec::new();
        file.lock()
            .and_then(|()| file.read_to_end(&mut bytes))
            .with_context(|| cannot("read", &self.path))?;
        let mut facts = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice(line) {
                Ok(fact) => facts.push(fact),
                Err(error) => warn!(
                    %error,
                    "Left out a line of {} that was not written to its end", self.path.display()
                ),
            }
        }
        Ok((!bytes.is_empty()).then_some((file, facts)))
    }
}

fn empty(file: &File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.sync_all()
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} “{}”: make its folder writable or set data_dir", path.display())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::DeliveryId;

    fn fact(message: &str) -> SentFact {
        SentFact {
            delivery: DeliveryId(Uuid::from_u128(7)),
            epoch: 1,
            message_id: message.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn kept(log: &OutcomeLog) -> Vec<SentFact> {
        log.read().unwrap().map(|(_, facts)| facts).unwrap_or_default()
    }

    #[tokio::test]
    async fn what_was_kept_comes_back_in_order_also_over_several_times() {
        let folder = tempfile::tempdir().unwrap();
        let log = OutcomeLog::in_folder(&folder.path().join("new"));
        assert_eq!(kept(&log), []);
        log.append(vec![fact("1"), fact("2")]).await.unwrap();
        log.append(vec![fact("3")]).await.unwrap();
        assert_eq!(kept(&log), [fact("1"), fact("2"), fact("3")]);
    }

    #[tokio::test]
    async fn a_line_that_was_torn_is_dropped_and_swallows_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let log = OutcomeLog::in_folder(folder.path());
        log.append(vec![fact("1"), fact("2")]).await.unwrap();
        let whole = std::fs::read(&log.path).unwrap();
        for cut in 1..60 {
            std::fs::write(&log.path, &whole[..whole.len() - cut]).unwrap();
            let expected = if cut == 1 { vec![fact("1"), fact("2")] } else { vec![fact("1")] };
            assert_eq!(kept(&log), expected, "{cut} bytes are missing");
            log.append(vec![fact("3")]).await.unwrap();
            assert_eq!(kept(&log).last(), Some(&fact("3")));
        }
    }
}

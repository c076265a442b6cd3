//! The spool: letters as files, for a host without an SMTP server or with a mail system of its own.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A folder of letters.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a letter lies; its name is made of the id before the `@`.
    pub fn path(&self, message_id: &str) -> PathBuf {
        let name = message_id.split('@').next().unwrap_or(message_id);
        self.folder.join(format!("{name}.eml"))
    }

    /// Writes a letter whole or not at all; the same letter again takes its own place.
    pub async fn put(&self, message_id: &str, letter: Vec<u8>) -> anyhow::Result<PathBuf> {
        let (folder, path) = (self.folder.clone(), self.path(message_id));
        tokio::task::spawn_blocking(move || {
            write(&folder, &path, &letter).with_context(|| {
                format!("cannot write into “{}”: make it writable or set mail.smtp_url", folder.display())
            })?;
            Ok(path)
        })
        .await?
    }
}

/// Nobody but the owner may read a letter: it holds an address.
fn write(folder: &Path, path: &Path, letter: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = tempfile::NamedTempFile::with_prefix_in(".letter-", folder)?;
    file.write_all(letter)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

//! Letters as files, for whoever has no mail server.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use async_trait::async_trait;
use data_encoding::BASE64_MIME;

use crate::chat::{Letter, Letters};

/// A folder that letters are put into.
pub struct Spool(PathBuf);

impl Spool {
    /// The spool in the data directory.
    pub fn in_folder(data_dir: &Path) -> Self {
        Self(data_dir.join("mail"))
    }
}

#[async_trait]
impl Letters for Spool {
    async fn send(&self, letter: Letter) -> anyhow::Result<()> {
        tokio::fs::create_dir_all(&self.0).await.context("cannot make the folder for letters")?;
        let name = format!("{:016x}", fastrand::u64(..));
        let (written, whole) = (self.0.join(format!("{name}.part")), self.0.join(format!("{name}.eml")));
        tokio::fs::write(&written, message(&letter)).await.context("cannot write a letter")?;
        tokio::fs::rename(&written, &whole).await.context("cannot put a letter into its folder")
    }
}

fn message(letter: &Letter) -> String {
    let part = |kind: &str, text: &str| {
        let body = BASE64_MIME.encode(text.as_bytes());
        format!(
            "--part\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
        )
    };
    format!(
        "To: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=part\r\n\r\n{}{}--part--\r\n",
        letter.to.whole(),
        letter.subject,
        part("plain", &letter.text),
        part("html", &letter.html)
    )
}

//! The binary itself, over a Hugging Face on loopback: a paper that nobody knew is looked up and queued.

use std::process::Command;

use jiff::civil::date;

use crate::worlds::hub::{Hub, paper};

#[tokio::test]
async fn a_paper_is_submitted_in_the_terminal_and_waits_for_its_sandbox_channel() {
    let hub = Hub::start(date(2026, 8, 21)).await;
    hub.list(date(2026, 8, 21), [paper("2608.00007").title("Robots at work")]);
    let folder = tempfile::tempdir().unwrap();
    let base = hub.base_url().to_string();
    let path = folder.path().to_owned();
    let ask = move |line: &str| {
        let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
        let output = Command::new(env!("CARGO_BIN_EXE_paperwire"))
            .env_clear()
            .envs(kept)
            .env("PAPERWIRE__DATA_DIR", &path)
            .env("PAPERWIRE__STORE__URL", format!("sqlite://{}", path.join("paperwire.db").display()))
            .env("PAPERWIRE__SOURCES__ARXIV__ENABLED", "false")
            .env("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", &base)
            .args(["ask", line])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let told = tokio::task::spawn_blocking(move || {
        ["submit 2608.00007 Worth reading", "submit 2608.00007", "submit 2608.00404", "remove 2608.00007"]
            .map(ask)
    });
    let [queued, known, nowhere, removed] = told.await.unwrap();
    assert!(queued.contains("Robots at work will be in this channel in a moment"), "{queued}");
    assert!(known.contains("is known here") && known.contains("▲ 1 · ▼ 0"), "{known}");
    assert!(nowhere.contains("Neither arXiv nor Hugging Face knows 2608.00404"), "{nowhere}");
    assert!(removed.contains("is not posted in this channel"), "{removed}");
}

//! The disk fills up under SQLite.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{Connection as _, SqliteConnection};

use super::{Database, Report, Rig, until};

/// A small disk of its own, unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    /// `None` where this process may not mount anything.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "paperwire-test"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        for block in [64 * 1024, 512] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a killed process may hold it for another moment.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_stops_posting_and_space_alone_brings_it_back() {
    let mut rig = Rig::new(Database::Sqlite, 1).await;
    let folder = rig.folder.path().join("disk");
    let Some(disk) = Disk::mount(&folder) else {
        println!("not run: this process may not mount a disk of its own");
        return;
    };
    rig.store_url = format!("sqlite://{}", folder.join("paperwire.db").display());
    rig.subscribe(paperwire::domain::Cadence::Instant).await;
    rig.slack.grant_history();
    rig.list(1);
    let serve = rig.serve();
    rig.quiet("before").await;
    disk.fill();
    rig.list(2);
    until("the full disk is told", async || serve.log().contains("full")).await;
    let seen = rig.visible();
    until("it goes on being told", async || serve.log().matches("full").count() >= 3).await;
    assert_eq!(rig.visible(), seen, "nothing is posted that cannot be recorded");
    disk.free();
    rig.quiet("there is space again").await;
    assert!(serve.stop().await.success());
    Report::of(&rig).await.holds(&rig, "there is space again", false);
    let mut connection = SqliteConnection::connect(&rig.store_url).await.unwrap();
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(sound, "ok");
    connection.close().await.unwrap();
    rig.store().close().await;
}

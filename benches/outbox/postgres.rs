//! A PostgreSQL of one's own with its usual settings, which make every commit durable.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A cluster that ends with this value.
pub struct Cluster {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
}

impl Cluster {
    /// Starts one; `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let bin = programs()?;
        let folder = tempfile::Builder::new().prefix("paperwire-bench-").tempdir().expect("a folder");
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(given.is_ok_and(|status| status.success()), "PostgreSQL runs as the user “postgres”");
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let cluster = Self { folder, bin, port };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]);
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''");
        let log = format!("{data}/log");
        cluster.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"]);
        Some(cluster)
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, args: &[&str]) {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut as_user = Command::new("setpriv");
            as_user.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(&program);
            as_user
        } else {
            Command::new(&program)
        };
        let out = command.args(args).current_dir("/").stdout(std::process::Stdio::null()).status();
        assert!(out.is_ok_and(|status| status.success()), "{} fails", program.display());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data();
        self.run("pg_ctl", &["-D", &data, "-m", "fast", "-w", "stop"]);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn programs() -> Option<PathBuf> {
    let complete = |dir: &Path| ["initdb", "pg_ctl"].iter().all(|program| dir.join(program).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    installed.sort();
    std::env::split_paths(&path).chain(installed.into_iter().rev()).find(|dir| complete(dir))
}
